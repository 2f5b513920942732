import { cached } from '#core/cache.ts';
import { openBucket } from '#platform/bucket.ts';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { httpApi } from '#platform/http.ts';
import { patience } from '#platform/patience.ts';
import { openSecret } from '#platform/secret.ts';
import { openTable } from '#platform/table.ts';
import { assigneeStore } from '../contacts/assignee.store.ts';
import { previousSalesIn } from '../sale-links/sale-summary.store.ts';
import { shopStore } from '../shops/shop.store.ts';
import { shopOfActive } from '../shops/viewer.ts';
import { conversationHandlers } from './conversation-handlers.ts';
import { conversationRoutes } from './conversations.routes.ts';
import { inboxStores } from './inbox.store.ts';
import { outboundStore } from './outbound.store.ts';
import { queueMessage } from './queue-message.ts';

const { TABLE_NAME, APP_SECRET_ID, MEDIA_BUCKET } = readEnv('TABLE_NAME', 'APP_SECRET_ID', 'MEDIA_BUCKET');
const table = openTable(documentClient(), TABLE_NAME);
const shops = shopStore(table);
const clock = () => new Date();
const findShop = cached(shops.find, { ttlMs: 5000, clock });
const stores = inboxStores(table, openSecret(APP_SECRET_ID));
const queuePorts = { outbound: outboundStore(table), conversations: stores.conversations, patience: patience() };

export const handler = httpApi(
  conversationRoutes,
  conversationHandlers({
    ...stores,
    ...assigneeStore(table),
    findConnection: stores.connections.find,
    ...{ findShop, showSales: previousSalesIn(table, findShop) },
    shopOfUser: async (userId) => shopOfActive(await shops.findUser(userId)),
    queueMessage: (message) => queueMessage(message, queuePorts),
    bucket: openBucket(MEDIA_BUCKET),
    patience: patience(),
    clock,
  }),
);
