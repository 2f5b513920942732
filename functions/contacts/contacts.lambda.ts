import { cached } from '#core/cache.ts';
import { openBucket } from '#platform/bucket.ts';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { httpApi } from '#platform/http.ts';
import { patience } from '#platform/patience.ts';
import { openSecret } from '#platform/secret.ts';
import { openTable } from '#platform/table.ts';
import { jobStore } from '../jobs/job.store.ts';
import { shopStore } from '../shops/shop.store.ts';
import { assigneeStore } from './assignee.store.ts';
import { contactStore } from './contact.store.ts';
import { contactHandlers } from './contact-handlers.ts';
import { contactRoutes } from './contacts.routes.ts';
import { erasureRecords } from './erasure-record.store.ts';

const { TABLE_NAME, APP_SECRET_ID, FILES_BUCKET } = readEnv('TABLE_NAME', 'APP_SECRET_ID', 'FILES_BUCKET');
const table = openTable(documentClient(), TABLE_NAME);
const clock = () => new Date();

export const handler = httpApi(
  contactRoutes,
  contactHandlers({
    ...assigneeStore(table),
    contacts: contactStore(table, openSecret(APP_SECRET_ID)),
    jobs: jobStore(table),
    erasures: erasureRecords(table),
    files: openBucket(FILES_BUCKET),
    findShop: cached(shopStore(table).find, { ttlMs: 5000, clock }),
    patience: patience(),
    clock,
  }),
);
