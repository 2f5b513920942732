import type { Product } from '../../functions/catalog/product.ts';
import type { Checkout } from '../../functions/checkouts/checkout.ts';
import type { CreateCheckoutPorts } from '../../functions/checkouts/create-checkout.ts';
import type { EndPorts } from '../../functions/checkouts/end-checkout.ts';
import { freshHolder, type Holder } from '../../functions/checkouts/holder.ts';
import { soldOutGate } from '../../functions/checkouts/sold-out-gate.ts';
import type { Shop } from '../../functions/shops/shop.ts';
import type { StockLevel } from '../../functions/stock/stock.ts';
import { type MovedClock, movedClock } from './clock.ts';
import { quickPatience } from './ports.ts';

type Outcome = Awaited<ReturnType<CreateCheckoutPorts['checkouts']['reserve']>>;
type EndOutcome = Awaited<ReturnType<EndPorts['checkouts']['end']>>;

/** A shop in memory. What happens to the next writes can be said beforehand. */
export const memoryCheckouts = (shop: Shop, products: Product[], levels: StockLevel[]) => {
  const clock: MovedClock = movedClock();
  const holders = new Map<string, Holder>();
  const checkouts = new Map<string, Checkout>();
  const outcomes: Outcome[] = [];
  const ends: (EndOutcome | (() => EndOutcome))[] = [];
  const calls: string[] = [];

  const called = (name: string) => calls.push(name);
  const levelOf = (productId: string, bucket: number) =>
    levels.find((level) => level.productId === productId && level.bucket === bucket);

  const reserve: CreateCheckoutPorts['checkouts']['reserve'] = async ({ checkout, holder, phoneDigest }) => {
    called('reserve');
    const said = outcomes.shift();
    if (said && said !== 'reserved') return said;
    if (checkouts.has(checkout.code)) return 'code-taken';
    if ((holders.get(phoneDigest) ?? freshHolder).version !== holder.version - 1) return 'holder-changed';
    const holds = checkout.lines.flatMap(({ productId, holds }) => holds.map((hold) => ({ ...hold, productId })));
    const isShort = holds.some(
      ({ productId, bucket, quantity }) => (levelOf(productId, bucket)?.available ?? 0) < quantity,
    );
    if (isShort) return 'short';
    for (const { productId, bucket, quantity } of holds) {
      const level = levelOf(productId, bucket) as StockLevel;
      level.available -= quantity;
      level.reserved += quantity;
    }
    holders.set(phoneDigest, holder);
    checkouts.set(checkout.code, checkout);
    return 'reserved';
  };

  const ports = {
    findShopBySlug: async (slug: string) => (slug === shop.slug ? shop : undefined),
    checkouts: {
      startingPoint: async (_: string, productIds: readonly string[], phoneDigest: string, code: string) => {
        called('startingPoint');
        return {
          products: products.filter(({ productId }) => productIds.includes(productId)),
          holder: holders.get(phoneDigest) ?? freshHolder,
          checkout: checkouts.get(code),
        };
      },
      find: async (code: string) => {
        called('find');
        return checkouts.get(code);
      },
      findAll: async (codes: readonly string[]) => {
        called('findAll');
        return codes.map((code) => checkouts.get(code)).filter((checkout) => checkout !== undefined);
      },
      reserve,
      end: async (
        checkout: Checkout,
        { state, at, by, confirmKeyDigest }: Parameters<EndPorts['checkouts']['end']>[1],
      ) => {
        called('end');
        const next = ends.shift();
        const said = typeof next === 'function' ? next() : next;
        if (said && said !== 'ended') return said;
        if (checkouts.get(checkout.code)?.state !== 'active') return 'not-active' as const;
        const ended = { state, endedAt: at.toISOString(), endedBy: by, ...(confirmKeyDigest && { confirmKeyDigest }) };
        checkouts.set(checkout.code, { ...checkout, ...ended });
        return 'ended' as const;
      },
    },
    isFull: async (_: Shop): Promise<boolean> => false,
    stock: {
      levels: async (_: string, wanted: readonly Product[]) => {
        called('levels');
        const ids = wanted.map(({ productId }) => productId);
        return Map.groupBy(
          levels.filter(({ productId }) => ids.includes(productId)).map((level) => ({ ...level })),
          ({ productId }) => productId,
        );
      },
    },
    gate: soldOutGate(),
    secret: async () => 'a secret for tests only',
    patience: quickPatience(clock),
  } satisfies CreateCheckoutPorts & EndPorts;

  return { ports, clock, checkouts, levels, calls, outcomes, ends };
};
