import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { httpApi } from '#platform/http.ts';
import { patience } from '#platform/patience.ts';
import { openSecret } from '#platform/secret.ts';
import { openTable } from '#platform/table.ts';
import { crmStores } from './crm.store.ts';
import { leadHandlers } from './lead-handlers.ts';
import { leadRoutes } from './leads.routes.ts';

const { TABLE_NAME, APP_SECRET_ID } = readEnv('TABLE_NAME', 'APP_SECRET_ID');
const table = openTable(documentClient(), TABLE_NAME);
const ports = { ...crmStores(table, openSecret(APP_SECRET_ID)), patience: patience() };

export const handler = httpApi(leadRoutes, leadHandlers(ports));
