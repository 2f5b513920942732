import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { patience } from '#platform/patience.ts';
import { queueConsumer, RetryLater } from '#platform/queue.ts';
import { openSecret } from '#platform/secret.ts';
import { openTable } from '#platform/table.ts';
import { openVault } from '#platform/vault.ts';
import { defaultGraphVersion } from '../connections/graph-versions.ts';
import { openPageGraph } from '../whatsapp/graph-page.client.ts';
import { leadWorkStores } from './lead-work.store.ts';
import { LeadWork } from './lead-work.ts';
import { runLeadWork } from './run-lead-work.ts';

const env = readEnv('TABLE_NAME', 'APP_SECRET_ID', 'PAGE_VAULT', 'GRAPH_URL');
const ports = {
  ...leadWorkStores(openTable(documentClient(), env.TABLE_NAME), openSecret(env.APP_SECRET_ID)),
  tokens: openVault(env.PAGE_VAULT),
  pageGraph: openPageGraph({ graphUrl: env.GRAPH_URL, version: defaultGraphVersion }),
  patience: patience(10_000),
};

export const handler = queueConsumer(
  'capture-leads',
  LeadWork,
  async (work, { receiveCount }) => {
    const wait = await runLeadWork(work, receiveCount, ports);
    if (wait !== undefined) throw new RetryLater(wait);
  },
  { fifo: false, queue: 'leads' },
);
