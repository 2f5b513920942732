import { cached } from '#core/cache.ts';
import { openBucket } from '#platform/bucket.ts';
import { resolveClaim } from '#platform/claims.ts';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { logger } from '#platform/logger.ts';
import { publishMetric } from '#platform/metrics.ts';
import { patience } from '#platform/patience.ts';
import { queueConsumer, RetryLater } from '#platform/queue.ts';
import { openSecret } from '#platform/secret.ts';
import { openTable } from '#platform/table.ts';
import { chatStores } from '../checkouts/chat.store.ts';
import { shopStore } from '../shops/shop.store.ts';
import { WebhookEvent } from '../whatsapp/webhook-event.ts';
import { answerCustomers } from './answer-customers.ts';
import { inboxStores } from './inbox.store.ts';
import { takeEvent } from './take-event.ts';

const { TABLE_NAME, APP_SECRET_ID, ARCHIVE_BUCKET } = readEnv('TABLE_NAME', 'APP_SECRET_ID', 'ARCHIVE_BUCKET');
const table = openTable(documentClient(), TABLE_NAME);
const archive = openBucket(ARCHIVE_BUCKET);
const stores = { ...inboxStores(table, openSecret(APP_SECRET_ID)), ...chatStores(table), patience: patience() };
const ports = {
  ...stores,
  findShop: cached(shopStore(table).find, { ttlMs: 60_000, clock: () => new Date() }),
  ...answerCustomers(stores),
  isArchived: async (key: string) => (await archive.head(key)) !== undefined,
  report: (facts: Readonly<Record<string, unknown>>) => {
    logger.info('an event for nobody', facts);
    publishMetric('UnaddressedEvents', 1);
  },
};
export const handler = queueConsumer(
  'receive-events',
  WebhookEvent,
  async (event, { receiveCount }) => {
    if ((await takeEvent(event, receiveCount, ports)) === 'later') throw new RetryLater(20);
  },
  { fifo: true, queue: 'inbound', resolve: (body) => resolveClaim(body, archive) },
);
