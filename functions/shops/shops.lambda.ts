import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { httpApi } from '#platform/http.ts';
import { openTable } from '#platform/table.ts';
import { findShop } from './find-shop.ts';
import { shopStore } from './shop.store.ts';
import { shopRoutes } from './shops.routes.ts';
import { updateShop } from './update-shop.ts';

const { TABLE_NAME } = readEnv('TABLE_NAME');
const shops = shopStore(openTable(documentClient(), TABLE_NAME));
const clock = () => new Date();

export const handler = httpApi(shopRoutes, {
  getShop: ({ caller }) => findShop(shops.find, caller.shopId),
  updateShop: ({ caller, body, siteUrl }) => updateShop(caller.shopId, body, { shops, clock }, siteUrl),
});
