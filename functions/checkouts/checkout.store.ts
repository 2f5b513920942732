import type { Actor } from '#core/actor.ts';
import { toEpochSeconds } from '#core/clock.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { type Condition, exists, missing, where } from '#platform/expression.ts';
import { ConditionFailed, type Item, saved, type Table, type Write, WriteConflict } from '#platform/table.ts';
import { expiryShards, indexKeys, keys, ranges } from '#table/schema.ts';
import { Product } from '../catalog/product.ts';
import type { Hold } from '../stock/reconcile-stock.ts';
import { movementWrites } from '../stock/stock.store.ts';
import { bucketName, newMovement, type StockMovement } from '../stock/stock.ts';
import { Checkout, type CheckoutState, type CheckoutTie } from './checkout.ts';
import type { Reservation } from './create-checkout.ts';
import type { Ending } from './end-checkout.ts';
import { freshHolder, Holder } from './holder.ts';
import type { Due } from './sweep-checkouts.ts';

/** How a reservation went. Everything but `reserved` left nothing behind. */
export type ReserveOutcome = 'reserved' | 'code-taken' | 'holder-changed' | 'short' | 'conflict';

/** How ending a checkout went. `not-active`: somebody ended it before, or its time says otherwise. */
export type EndOutcome = 'ended' | 'not-active' | 'conflict';

const GARBAGE_DAYS = 400;
const HOLDER_SLACK_SECONDS = 86_400;

const movementKind = { confirmed: 'sell', expired: 'release', cancelled: 'release' } as const;

const daysAfter = (iso: string, days: number): number => toEpochSeconds(new Date(iso)) + days * 86_400;

const toItem = (checkout: Checkout): Item => ({
  ...keys.checkout(checkout.code),
  ...indexKeys.activeCheckout(checkout.shopId, checkout.code, checkout.expiresAt),
  ...checkout,
});

const movementsOf = (
  checkout: Checkout,
  kind: 'reserve' | 'release' | 'sell',
  { at, by }: { at: string; by: Actor },
): StockMovement[] =>
  checkout.lines.flatMap(({ productId, holds }) =>
    holds.map(({ bucket, quantity }) =>
      newMovement(
        { shopId: checkout.shopId, productId, bucket, kind, quantity, at, by, code: checkout.code },
        checkout.code,
      ),
    ),
  );

const holderWrite = ({ checkout, holder, phoneDigest }: Reservation): Write => ({
  put: {
    ...keys.holder(checkout.shopId, phoneDigest),
    ...holder,
    ttl: Math.max(...holder.holds.map(({ expiresAt }) => toEpochSeconds(new Date(expiresAt)))) + HOLDER_SLACK_SECONDS,
  },
  if: holder.version === 1 ? [missing] : [where('version', '=', holder.version - 1)],
});

/** The checkout and the guard of its phone come first: their place in the transaction tells what failed. */
const reserveWrites = (reservation: Reservation): Write[] => {
  const { checkout, by, mostReserved } = reservation;
  return [
    { put: toItem(checkout), if: [missing] },
    holderWrite(reservation),
    ...movementsOf(checkout, 'reserve', { at: checkout.createdAt, by }).flatMap((movement) => {
      const most = mostReserved.get(bucketName(movement));
      return movementWrites(movement, most === undefined ? [] : [where('reserved', '<=', most)]);
    }),
  ];
};

const reserveOutcome = (error: unknown): ReserveOutcome => {
  if (error instanceof WriteConflict) return 'conflict';
  if (!(error instanceof ConditionFailed)) throw error;
  const [codeTaken, holderChanged] = error.failed;
  if (codeTaken) return 'code-taken';
  return holderChanged ? 'holder-changed' : 'short';
};

/** Only an active checkout ends; sold or cancelled before its time, expired not before. One of them wins. */
const endConditions = ({ state, at }: Ending): Condition[] =>
  state === 'expired' ? [where('state', '=', 'active'), where('expiresAt', '<=', at.toISOString())] : running(at);

const endWrites = (checkout: Checkout, ending: Ending): Write[] => {
  const { state, by, reason, confirmKeyDigest } = ending;
  const endedAt = ending.at.toISOString();
  return [
    {
      update: keys.checkout(checkout.code),
      set: {
        ...indexKeys.endedCheckout(checkout.shopId, state, checkout.code, endedAt),
        state,
        endedAt,
        endedBy: by,
        endReason: reason || undefined,
        confirmKeyDigest,
        ttl: state === 'confirmed' ? undefined : daysAfter(endedAt, GARBAGE_DAYS),
      },
      remove: ['gsi3pk', 'gsi3sk'],
      if: endConditions(ending),
    },
    ...movementsOf(checkout, movementKind[state], { at: endedAt, by }).flatMap((movement) => movementWrites(movement)),
  ];
};

/** A failed condition on the checkout is an answer; on its stock it would be a broken invariant, and is thrown. */
const endOutcome = (error: unknown): EndOutcome => {
  if (error instanceof WriteConflict) return 'conflict';
  if (error instanceof ConditionFailed && error.failed[0]) return 'not-active';
  throw error;
};

const holdsOf = (checkout: Checkout): Hold[] =>
  checkout.lines.flatMap(({ productId, holds }) =>
    holds.map(({ bucket, quantity }) => ({ code: checkout.code, productId, bucket, quantity })),
  );

/** The keys of everything a reservation starts from. */
const startingKeys = (shopId: string, productIds: readonly string[], phoneDigest: string, code: string) => ({
  products: productIds.map((productId) => keys.product(shopId, productId)),
  holder: keys.holder(shopId, phoneDigest),
  checkout: keys.checkout(code),
});

/** Active, and its time is not up. */
const running = (now: Date): Condition[] => [where('state', '=', 'active'), where('expiresAt', '>', now.toISOString())];

/** Checkouts, the guards of the phones behind them, and the stock that moves with them. */
const checkoutWrites = (table: Table) => ({
  /** Reserves every line or none. */
  reserve: async (reservation: Reservation): Promise<ReserveOutcome> => {
    try {
      await table.transact(reserveWrites(reservation));
      return 'reserved';
    } catch (error) {
      return reserveOutcome(error);
    }
  },

  /** Ends a checkout and moves its stock. */
  end: async (checkout: Checkout, ending: Ending): Promise<EndOutcome> => {
    try {
      await table.transact(endWrites(checkout, ending));
      return 'ended';
    } catch (error) {
      return endOutcome(error);
    }
  },

  /** Gives an active checkout a later expiry, unless it changed or ran out: then false. */
  extend: ({ code, shopId, expiresAt: former }: Checkout, expiresAt: string, now: Date): Promise<boolean> => {
    const change = {
      set: { ...indexKeys.activeCheckout(shopId, code, expiresAt), expiresAt },
      remove: ['fullHoldUntil'],
    };
    return saved(table.update(keys.checkout(code), change, [...running(now), where('expiresAt', '=', former)]));
  },

  /** Ties a checkout to who wrote with its code; false when somebody was there before. */
  tie: (code: string, tie: CheckoutTie): Promise<boolean> =>
    saved(table.update(keys.checkout(code), { set: { tie } }, [exists, { attribute: 'tie', exists: false }])),
});

const checkoutReads = (table: Table) => ({
  find: async (code: string): Promise<Checkout | undefined> => {
    const item = await table.get(keys.checkout(code), { consistent: true });
    return item && Checkout().parse(item);
  },

  findAll: async (codes: readonly string[]): Promise<Checkout[]> => {
    const items = await table.batchGet(codes.map(keys.checkout), { consistent: true });
    return items.map((item) => Checkout().parse(item));
  },

  /** Everything a reservation starts from, in one read: products, what the phone holds, and the checkout if it is there. */
  startingPoint: async (shopId: string, productIds: readonly string[], phoneDigest: string, code: string) => {
    const wanted = startingKeys(shopId, productIds, phoneDigest, code);
    const items = await table.batchGet([...wanted.products, wanted.holder, wanted.checkout]);
    const byKey = new Map(items.map((item) => [item.pk, item]));
    const holder = byKey.get(wanted.holder.pk);
    const checkout = byKey.get(wanted.checkout.pk);
    const products = wanted.products.map(({ pk }) => byKey.get(pk)).filter((item) => item !== undefined);
    return {
      products: products.map((item) => Product().parse(item)),
      holder: holder ? Holder().parse(holder) : freshHolder,
      checkout: checkout && Checkout().parse(checkout),
    };
  },

  /** One page of a shop's checkouts in a state: active ones soonest expiry first, ended ones latest first. */
  list: async (shopId: string, state: CheckoutState, page: PageRequest): Promise<Page<Checkout>> => {
    const newestFirst = state !== 'active';
    const found = await table.query(ranges.checkouts(shopId, state), page, { newestFirst });
    return { ...found, items: found.items.map((item) => Checkout().parse(item)) };
  },

  /** How many checkouts of the shop are active, counted no further than a page beyond `enough`. */
  countActive: (shopId: string, enough: number): Promise<number> =>
    table.count(ranges.checkouts(shopId, 'active'), enough),
});

/** Only what the sweep needs: a row that can't be read whole must not stop the others. */
const toDue = ({ code, expiresAt }: Record<string, unknown>): Due => ({
  code: String(code),
  expiresAt: String(expiresAt),
});

/** Checkouts with the stock that they hold: what changes both is one transaction. */
export const checkoutStore = (table: Table) => {
  const reads = checkoutReads(table);
  return {
    ...reads,
    ...checkoutWrites(table),

    /** Active checkouts whose time has passed, of all shops; at most `limit` of each shard. */
    due: async (now: Date, limit: number): Promise<Due[]> => {
      const shards = expiryShards.map((shard) => table.query(ranges.dueExpiries(shard, now.toISOString()), { limit }));
      return (await Promise.all(shards)).flatMap(({ items }) => items.map(toDue));
    },

    async *activeHolds(shopId: string): AsyncGenerator<Hold> {
      for await (const item of table.queryAll(ranges.checkouts(shopId, 'active')))
        yield* holdsOf(Checkout().parse(item));
    },

    holdsOf: async (codes: readonly string[]): Promise<Hold[]> =>
      (await reads.findAll(codes)).filter(({ state }) => state === 'active').flatMap(holdsOf),
  };
};
