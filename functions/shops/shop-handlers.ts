import { actorOf } from '#core/actor.ts';
import type { RouteHandlers } from '#core/contract.ts';
import { findShop } from './find-shop.ts';
import type { shopRoutes } from './shops.routes.ts';
import { updateShop } from './update-shop.ts';

/** What answers each route about the shop itself. */
export const shopHandlers = (ports: Parameters<typeof updateShop>[1]): RouteHandlers<typeof shopRoutes> => ({
  getShop: ({ caller }) => findShop(ports.shops.find, caller.shopId),
  updateShop: ({ caller, body, siteUrl }) =>
    updateShop({ shopId: caller.shopId, change: body, by: actorOf(caller), siteUrl }, ports),
});
