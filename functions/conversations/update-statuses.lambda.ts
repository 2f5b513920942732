import { openBucket } from '#platform/bucket.ts';
import { resolveClaim } from '#platform/claims.ts';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { logger } from '#platform/logger.ts';
import { publishMetric } from '#platform/metrics.ts';
import { patience } from '#platform/patience.ts';
import { queueConsumer, RetryLater } from '#platform/queue.ts';
import { openTable } from '#platform/table.ts';
import { WebhookEvent } from '../whatsapp/webhook-event.ts';
import { inboxStores } from './inbox.store.ts';
import { takeStatus } from './take-event.ts';

const { TABLE_NAME, ARCHIVE_BUCKET } = readEnv('TABLE_NAME', 'ARCHIVE_BUCKET');
const archive = openBucket(ARCHIVE_BUCKET);
const noSecret = async () => Promise.reject(new Error('a status finds nobody by phone'));
const stores = inboxStores(openTable(documentClient(), TABLE_NAME), noSecret);
const ports = {
  ...stores,
  stopConnection: stores.connections.stop,
  patience: patience(),
  isArchived: async (key: string) => (await archive.head(key)) !== undefined,
  report: (facts: Readonly<Record<string, unknown>>) => {
    logger.info('a status of nothing', facts);
    publishMetric('UnaddressedStatuses', 1);
  },
};

export const handler = queueConsumer(
  'update-statuses',
  WebhookEvent,
  async (event, { receiveCount }) => {
    if ((await takeStatus(event, receiveCount, ports)) === 'later') throw new RetryLater(3 ** receiveCount);
  },
  { fifo: false, resolve: (body) => resolveClaim(body, archive) },
);
