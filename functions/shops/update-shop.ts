import type { Clock } from '#core/clock.ts';
import { notFound } from '#core/errors.ts';
import { changeShop, type Shop, type UpdateShop } from './shop.ts';

/** Changes settings of a shop. Throws `change.conflict` when somebody else did so at the same moment. */
export const updateShop = async (
  shopId: string,
  change: UpdateShop,
  ports: {
    shops: { find: (shopId: string) => Promise<Shop | undefined>; save: (shop: Shop) => Promise<void> };
    clock: Clock;
  },
): Promise<Shop> => {
  const shop = await ports.shops.find(shopId);
  if (shop === undefined) throw notFound();
  const changed = changeShop(shop, change, ports.clock());
  await ports.shops.save(changed);
  return changed;
};
