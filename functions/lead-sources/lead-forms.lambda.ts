import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { rawHttp } from '#platform/raw-http.ts';
import { openSecret } from '#platform/secret.ts';
import { openTable } from '#platform/table.ts';
import { leadFormStore } from './lead-form.store.ts';
import { receiveForm } from './receive-form.ts';
import { submissionStore } from './submission.store.ts';

const { TABLE_NAME, APP_SECRET_ID } = readEnv('TABLE_NAME', 'APP_SECRET_ID');
const table = openTable(documentClient(), TABLE_NAME);

export const handler = rawHttp(
  receiveForm({
    forms: leadFormStore(table),
    submissions: submissionStore(table),
    secret: openSecret(APP_SECRET_ID),
    clock: () => new Date(),
  }),
);
