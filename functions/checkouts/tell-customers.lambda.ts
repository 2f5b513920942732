import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { logger } from '#platform/logger.ts';
import { patience } from '#platform/patience.ts';
import { queueConsumer } from '#platform/queue.ts';
import { openSecret } from '#platform/secret.ts';
import { openTable } from '#platform/table.ts';
import { inboxStores } from '../conversations/inbox.store.ts';
import { shopStore } from '../shops/shop.store.ts';
import { chatStores } from './chat.store.ts';
import { Notice } from './notice.ts';
import { tellCustomer } from './tell-customer.ts';

const { TABLE_NAME, APP_SECRET_ID } = readEnv('TABLE_NAME', 'APP_SECRET_ID');
const table = openTable(documentClient(), TABLE_NAME);
const stores = { ...inboxStores(table, openSecret(APP_SECRET_ID)), ...chatStores(table) };
const ports = { ...stores, findShop: shopStore(table).find, patience: patience() };

export const handler = queueConsumer(
  'tell-customers',
  Notice,
  async (notice) => {
    const outcome = await tellCustomer(notice, ports);
    logger.info('notice', { occasion: notice.occasion, outcome });
  },
  { fifo: true, queue: 'notices' },
);
