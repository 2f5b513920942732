import { cached } from '#core/cache.ts';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { patience } from '#platform/patience.ts';
import { openQueue } from '#platform/queue.ts';
import { expiryTarget, expiryVariables, openScheduler } from '#platform/schedule.ts';
import { changeConsumer } from '#platform/stream.ts';
import { openTable } from '#platform/table.ts';
import { productStore } from '../catalog/product.store.ts';
import { timelineStore } from '../checkouts/timeline.store.ts';
import { readConversation } from '../conversations/conversation.store.ts';
import { shopStore } from '../shops/shop.store.ts';
import { stockStore } from '../stock/stock.store.ts';
import { openOutbox, relayVariables } from './outbox.ts';
import { relayChange } from './relay-change.ts';

const env = readEnv('TABLE_NAME', ...expiryVariables, ...Object.values(relayVariables));
const table = openTable(documentClient(), env.TABLE_NAME);
const clock = () => new Date();
const outbox = openOutbox((queue) => openQueue(env[relayVariables[queue]]));
const ports = {
  scheduler: openScheduler(expiryTarget(env)),
  products: productStore(table),
  stock: stockStore(table),
  timeline: timelineStore(table),
  findShop: cached(shopStore(table).find, { ttlMs: 5000, clock }),
  readConversation,
  post: outbox.post,
  patience: patience(),
  clock,
};

export const handler = changeConsumer((change) => relayChange(change, ports), outbox.flush);
