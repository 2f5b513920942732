import type { Clock } from '#core/clock.ts';
import type { Shop } from '../shops/shop.ts';

const REMEMBERED_MS = 30_000;
const MOST_SHOPS = 1000;

/**
 * Tells whether a shop has as many active checkouts as it may. Counted from the index and remembered for half a
 * minute: a limit against abuse need not be exact, and counting on every reservation would cost more than reserving.
 */
export const fullShops = (countActive: (shopId: string, enough: number) => Promise<number>, clock: Clock) => {
  const seen = new Map<string, { active: number; until: number }>();
  return async ({ shopId, limits: { maxActivePerShop } }: Shop): Promise<boolean> => {
    const now = clock().getTime();
    const known = seen.get(shopId);
    if (known && now < known.until) return known.active >= maxActivePerShop;
    if (seen.size >= MOST_SHOPS) seen.clear();
    const active = await countActive(shopId, maxActivePerShop);
    seen.set(shopId, { active, until: now + REMEMBERED_MS });
    return active >= maxActivePerShop;
  };
};
