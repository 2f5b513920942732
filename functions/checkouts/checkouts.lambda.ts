import { cached } from '#core/cache.ts';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { httpApi } from '#platform/http.ts';
import { loadPage } from '#platform/page.ts';
import { patience } from '#platform/patience.ts';
import { openSecret } from '#platform/secret.ts';
import { openTable } from '#platform/table.ts';
import { shopStore } from '../shops/shop.store.ts';
import { stockStore } from '../stock/stock.store.ts';
import { checkoutStore } from './checkout.store.ts';
import { checkoutHandlers } from './checkout-handlers.ts';
import { checkoutRoutes } from './checkouts.routes.ts';
import { fullShops } from './full-shops.ts';
import { soldOutGate } from './sold-out-gate.ts';
import { timelineStore } from './timeline.store.ts';

const env = readEnv('TABLE_NAME', 'APP_SECRET_ID', 'CLICK_TO_CHAT_URL');
const table = openTable(documentClient(), env.TABLE_NAME);
const shops = shopStore(table);
const checkouts = checkoutStore(table);
const briefly = { ttlMs: 5000, clock: () => new Date() };

export const handler = httpApi(
  checkoutRoutes,
  checkoutHandlers({
    checkouts,
    timeline: timelineStore(table),
    stock: stockStore(table),
    findShop: cached(shops.find, briefly),
    findShopBySlug: cached(shops.findBySlug, briefly),
    isFull: fullShops(checkouts.countActive, () => new Date()),
    gate: soldOutGate(),
    secret: openSecret(env.APP_SECRET_ID),
    patience: patience(),
    clickToChatUrl: env.CLICK_TO_CHAT_URL,
    page: loadPage('checkout.html'),
  }),
);
