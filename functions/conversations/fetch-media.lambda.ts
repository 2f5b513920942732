import { cached } from '#core/cache.ts';
import { openBucket } from '#platform/bucket.ts';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { queueConsumer, RetryLater } from '#platform/queue.ts';
import { openTable } from '#platform/table.ts';
import { openVault } from '#platform/vault.ts';
import { connectionStore } from '../connections/connection.store.ts';
import { graphLines } from '../whatsapp/graph-line.client.ts';
import { FetchMedia, fetchMedia, secondsUntilNextFetch } from './fetch-media.ts';
import { messageStore } from './message.store.ts';

const names = ['TABLE_NAME', 'MEDIA_BUCKET', 'TOKEN_VAULT', 'GRAPH_URL'] as const;
const { TABLE_NAME, MEDIA_BUCKET, TOKEN_VAULT, GRAPH_URL } = readEnv(...names);
const table = openTable(documentClient(), TABLE_NAME);
const clock = () => new Date();
const ports = {
  messages: messageStore(table),
  findConnection: cached(connectionStore(table).findByNumber, { ttlMs: 60_000, clock }),
  openLine: graphLines({ graphUrl: GRAPH_URL, tokens: openVault(TOKEN_VAULT) }),
  bucket: openBucket(MEDIA_BUCKET),
  clock,
};

export const handler = queueConsumer(
  'fetch-media',
  FetchMedia,
  async (which, { receiveCount }) => {
    const wait = secondsUntilNextFetch(receiveCount);
    await fetchMedia({ ...which, lastTry: wait === undefined }, ports).catch((cause: unknown) => {
      throw new RetryLater(wait ?? 0, { cause });
    });
  },
  { fifo: false },
);
