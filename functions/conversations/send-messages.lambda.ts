import { openBucket } from '#platform/bucket.ts';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { logger } from '#platform/logger.ts';
import { patience } from '#platform/patience.ts';
import { queueConsumer, RetryLater } from '#platform/queue.ts';
import { openTable } from '#platform/table.ts';
import { openVault } from '#platform/vault.ts';
import { connectionStore } from '../connections/connection.store.ts';
import { contactStore } from '../contacts/contact.store.ts';
import { graphLines, uploadsFrom } from '../whatsapp/graph-line.client.ts';
import { openPace } from '../whatsapp/outbound-pace.ts';
import { outboundStore } from './outbound.store.ts';
import { runSendTask, SendTask } from './send-task.ts';

const env = readEnv('TABLE_NAME', 'TOKEN_VAULT', 'MEDIA_BUCKET', 'GRAPH_URL');
const table = openTable(documentClient(), env.TABLE_NAME);
const readFile = uploadsFrom(openBucket(env.MEDIA_BUCKET));
const noSecret = async () => Promise.reject(new Error('a sender finds nobody by phone'));
const ports = {
  outbound: outboundStore(table),
  connections: connectionStore(table),
  contacts: contactStore(table, noSecret),
  patience: patience(),
  openLine: graphLines({ graphUrl: env.GRAPH_URL, tokens: openVault(env.TOKEN_VAULT), readFile }),
  pace: openPace(Math.random),
  report: logger.error,
};

export const handler = queueConsumer(
  'send-messages',
  SendTask,
  async (task, { receiveCount: tries }) => {
    const outcome = await runSendTask(task, { tries }, ports);
    if (outcome.did === 'later') throw new RetryLater(outcome.seconds);
  },
  { fifo: true, queue: 'outbound' },
);
