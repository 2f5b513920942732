import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { httpApi } from '#platform/http.ts';
import { openTable } from '#platform/table.ts';
import { openVault } from '#platform/vault.ts';
import { shopStore } from '../shops/shop.store.ts';
import { shopOfActive } from '../shops/viewer.ts';
import { openGraph } from '../whatsapp/graph.client.ts';
import { connectionStore } from './connection.store.ts';
import { connectionHandlers } from './connection-handlers.ts';
import { connectionRoutes } from './connections.routes.ts';

const env = readEnv('TABLE_NAME', 'TOKEN_VAULT', 'APP_VAULT', 'META_SECRET_ID', 'GRAPH_URL');
const table = openTable(documentClient(), env.TABLE_NAME);
const shops = shopStore(table);
const deployment = openVault('');

export const handler = httpApi(
  connectionRoutes,
  connectionHandlers({
    connections: connectionStore(table),
    tokens: openVault(env.TOKEN_VAULT),
    apps: openVault(env.APP_VAULT),
    shared: () => deployment.read(env.META_SECRET_ID),
    graph: (version, app) => openGraph({ graphUrl: env.GRAPH_URL, version, appSecret: app?.appSecret }),
    shopOfUser: async (userId) => shopOfActive(await shops.findUser(userId)),
    findShop: shops.find,
    clock: () => new Date(),
  }),
);
