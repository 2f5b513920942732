import type { Clock } from '#core/clock.ts';
import { notFound } from '#core/errors.ts';
import { changeShop, type Shop, type UpdateShop } from './shop.ts';

/**
 * Changes settings of a shop. `siteUrl`: where the caller sees the site; links in messages lead there unless the shop
 * says otherwise. Throws `change.conflict` when somebody else did so at the same moment.
 */
export const updateShop = async (
  shopId: string,
  change: UpdateShop,
  ports: {
    shops: { find: (shopId: string) => Promise<Shop | undefined>; save: (shop: Shop) => Promise<void> };
    clock: Clock;
  },
  siteUrl?: string,
): Promise<Shop> => {
  const shop = await ports.shops.find(shopId);
  if (shop === undefined) throw notFound();
  const changed = changeShop(shop, change, ports.clock(), siteUrl);
  await ports.shops.save(changed);
  return changed;
};
