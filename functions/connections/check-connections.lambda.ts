import * as z from 'zod/mini';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { scheduledJob } from '#platform/job.ts';
import { logger } from '#platform/logger.ts';
import { publishMetric } from '#platform/metrics.ts';
import { openTable } from '#platform/table.ts';
import { openVault } from '#platform/vault.ts';
import { shopStore } from '../shops/shop.store.ts';
import { openGraph } from '../whatsapp/graph.client.ts';
import { lookAtConnection } from './check-connection.ts';
import { checkConnections } from './check-connections.ts';
import { connectionStore } from './connection.store.ts';
import type { AppCredentials } from './meta-graph.ts';

const env = readEnv('TABLE_NAME', 'TOKEN_VAULT', 'APP_VAULT', 'META_SECRET_ID', 'GRAPH_URL');
const table = openTable(documentClient(), env.TABLE_NAME);
const connections = connectionStore(table);
const [deployment, tokens, apps] = [openVault(''), openVault(env.TOKEN_VAULT), openVault(env.APP_VAULT)];
const shared = () => deployment.read(env.META_SECRET_ID);
const graph = (version: string, app?: AppCredentials) =>
  openGraph({ graphUrl: env.GRAPH_URL, version, appSecret: app?.appSecret });
const clock = () => new Date();
const ports = { connections, tokens, apps, shared, graph, clock };
const ROUND_MS = 14 * 60_000;

export const handler = scheduledJob('check-connections', z.unknown, async () => {
  const round = await checkConnections(new Date(clock().getTime() + ROUND_MS), {
    shops: shopStore(table).all(),
    connectionsOf: connections.all,
    check: (connection, siteUrl) => lookAtConnection(connection, { ...ports, siteUrl }),
    report: (stopped) => logger.error('a connection cannot send', stopped),
    failed: (which, error) => logger.error('a check failed', { ...which, error }),
    clock,
  });
  publishMetric('ConnectionsStopped', round.newlyStopped);
  publishMetric('ConnectionsNotChecked', round.unchecked);
  return round;
});
