import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keys } from '#table/schema.ts';
import type { Product } from '../../functions/catalog/product.ts';
import type { Checkout, EndState } from '../../functions/checkouts/checkout.ts';
import type { Reservation } from '../../functions/checkouts/create-checkout.ts';
import { addHold, freshHolder } from '../../functions/checkouts/holder.ts';
import { bucketName } from '../../functions/stock/stock.ts';
import { aCheckout, aLine, anId } from '../support/builders.ts';
import { HOUR, type MovedClock, movedClock, SECOND } from '../support/clock.ts';
import { firstAttempts } from '../support/faults.ts';
import { failureOf } from '../support/ports.ts';
import { openStockedShop, type StockedShop } from '../support/stocked-shop.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let given: StockedShop;
let clock: MovedClock;
let lamp: Product;
let vase: Product;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  clock = movedClock();
  given = await openStockedShop(world, clock);
  [lamp, vase] = [await given.stocked(10), await given.stocked(3)];
});

const draft = (lines = [aLine(lamp, 2)], change: Partial<Checkout> = {}): Checkout =>
  aCheckout({ shopId: given.shop.shopId, lines, ...change });

const reservation = (checkout = draft(), change: Partial<Reservation> = {}): Reservation => ({
  checkout,
  holder: addHold(freshHolder, { code: checkout.code, expiresAt: checkout.expiresAt, units: {} }),
  phoneDigest: checkout.phone,
  by: 'shopper',
  mostReserved: new Map(),
  ...change,
});

const reserved = async (lines?: Checkout['lines'], change?: Partial<Checkout>) => {
  const checkout = draft(lines, change);
  expect(await given.checkouts.reserve(reservation(checkout))).toBe('reserved');
  return checkout;
};

const figures = async (product: Product) =>
  (await given.stock.levels(product.shopId, [product], { consistent: true })).get(product.productId)?.[0];

/** What was in the table before is all that is there now. */
const leavesNothingBehind = async (run: () => Promise<unknown>) => {
  const before = await world.rows();
  await run();
  expect(await world.rows()).toEqual(before);
};

describe('a reservation', () => {
  it('writes checkout, guard, stock and ledger together', async () => {
    const checkout = await reserved([aLine(lamp, 2), aLine(vase, 3)]);
    expect(await given.checkouts.find(checkout.code)).toEqual(checkout);
    expect(await figures(lamp)).toMatchObject({ onHand: 10, reserved: 2, available: 8 });
    expect(await figures(vase)).toMatchObject({ onHand: 3, reserved: 3, available: 0 });
    const ledger = await Array.fromAsync(given.stock.ledger(vase.shopId, vase.productId, 0));
    const row = { kind: 'reserve', quantity: 3, code: checkout.code, by: 'shopper' };
    expect(ledger).toContainEqual(expect.objectContaining(row));
  });

  it('with one line too many is refused whole', async () => {
    await leavesNothingBehind(async () => {
      const checkout = draft([aLine(lamp, 2), aLine(vase, 4)]);
      expect(await given.checkouts.reserve(reservation(checkout))).toBe('short');
    });
  });

  it('under a code that exists is refused, whatever else is wrong with it', async () => {
    const first = await reserved();
    await leavesNothingBehind(async () => {
      const again = reservation(draft([aLine(vase, 99)], { code: first.code }), {
        phoneDigest: first.phone,
        holder: { version: 9, holds: reservation(first).holder.holds },
      });
      expect(await given.checkouts.reserve(again)).toBe('code-taken');
    });
  });

  it('is refused when the phone made another meanwhile', async () => {
    const first = await reserved();
    await leavesNothingBehind(async () => {
      const second = draft([aLine(vase)], { phone: first.phone });
      expect(await given.checkouts.reserve(reservation(second))).toBe('holder-changed');
    });
  });

  it('adds to what the phone holds when nothing came between', async () => {
    const first = await reserved();
    const second = draft([aLine(vase)], { phone: first.phone });
    const entry = { code: second.code, expiresAt: second.expiresAt, units: { [vase.productId]: 1 } };
    const holder = addHold(reservation(first).holder, entry);
    expect(await given.checkouts.reserve(reservation(second, { holder }))).toBe('reserved');
    const start = await given.checkouts.startingPoint(given.shop.shopId, [vase.productId], first.phone, 'none');
    expect(start).toEqual({ products: [vase], holder, checkout: undefined });
  });

  it('that met another says so and leaves nothing behind', async () => {
    await leavesNothingBehind(async () => {
      world.faults.plan(firstAttempts('TransactWriteItems', 'conflict'));
      expect(await given.checkouts.reserve(reservation())).toBe('conflict');
      world.faults.plan(firstAttempts('TransactWriteItems', 'throttle', 4));
      expect(await given.checkouts.reserve(reservation())).toBe('conflict');
      world.faults.stop();
    });
  });

  it('is made once when its answer was lost on the way', async () => {
    world.faults.plan(firstAttempts('TransactWriteItems', 'timeout-after'));
    await reserved();
    expect(await figures(lamp)).toMatchObject({ reserved: 2 });
  });

  it('stays within the share of stock that may be on hold', async () => {
    const checkout = draft([aLine(lamp, 2)]);
    const most = (units: number) => new Map([[bucketName({ productId: lamp.productId, bucket: 0 }), units]]);
    await reserved([aLine(lamp, 3)]);
    expect(await given.checkouts.reserve(reservation(checkout, { mostReserved: most(2) }))).toBe('short');
    expect(await given.checkouts.reserve(reservation(checkout, { mostReserved: most(3) }))).toBe('reserved');
  });

  it('of as many buckets as it may have fits into one transaction, and so does its end', async () => {
    const hot = await Promise.all([1, 2, 3].map(() => given.stocked(32, { hot: true })));
    const all = Array.from({ length: 16 }, (_, bucket) => ({ bucket, quantity: 2 }));
    const checkout = await reserved(hot.map((product) => aLine(product, 32, all)));
    const ending = { state: 'cancelled', at: clock(), by: 'operator' } as const;
    expect(await given.checkouts.end(checkout, ending)).toBe('ended');
    expect(await Promise.all(hot.map(figures))).toMatchObject(hot.map(() => ({ available: 2, reserved: 0 })));
  });
});

describe('the end of a checkout', () => {
  const end = (checkout: Checkout, state: EndState, at = clock()) =>
    given.checkouts.end(checkout, { state, at, by: 'operator' });
  const expiry = (checkout: Checkout, later = 0) => new Date(new Date(checkout.expiresAt).getTime() + later);

  const ends = [
    { state: 'confirmed', kind: 'sell', after: { onHand: 8, reserved: 0, available: 8, sold: 2 } },
    { state: 'cancelled', kind: 'release', after: { onHand: 10, reserved: 0, available: 10, sold: 0 } },
    { state: 'expired', kind: 'release', after: { onHand: 10, reserved: 0, available: 10, sold: 0 } },
  ] as const;

  it.each(ends)('as $state moves its stock with one ledger row ($kind) per hold', async ({ state, kind, after }) => {
    const checkout = await reserved();
    expect(await end(checkout, state, state === 'expired' ? expiry(checkout) : clock())).toBe('ended');
    expect(await figures(lamp)).toMatchObject(after);
    const ledger = await Array.fromAsync(given.stock.ledger(lamp.shopId, lamp.productId, 0));
    const own = ledger.filter(({ code }) => code === checkout.code).map((row) => row.kind);
    expect(own.sort()).toEqual(['reserve', kind].sort());
    expect(await given.checkouts.find(checkout.code)).toMatchObject({ state, endedBy: 'operator' });
  });

  const states = ['confirmed', 'cancelled', 'expired'] as const;
  const pairs = states.flatMap((first) => states.map((second) => ({ first, second })));

  it.each(pairs)('as $first is the last: it does not end again as $second', async ({ first, second }) => {
    const checkout = await reserved();
    const moment = (state: EndState) => (state === 'expired' ? expiry(checkout) : clock());
    expect(await end(checkout, first, moment(first))).toBe('ended');
    await leavesNothingBehind(async () => {
      expect(await end(checkout, second, moment(second))).toBe('not-active');
    });
  });

  it('never comes by sale or cancellation from the moment it runs out, nor by expiry before', async () => {
    const checkout = await reserved();
    await leavesNothingBehind(async () => {
      expect(await end(checkout, 'confirmed', expiry(checkout))).toBe('not-active');
      expect(await end(checkout, 'cancelled', expiry(checkout))).toBe('not-active');
      expect(await end(checkout, 'expired', expiry(checkout, -1))).toBe('not-active');
    });
    expect(await end(checkout, 'confirmed', expiry(checkout, -1))).toBe('ended');
  });

  it('has one winner when all come at once', async () => {
    const checkout = await reserved();
    const all = [end(checkout, 'confirmed'), end(checkout, 'cancelled'), end(checkout, 'expired', expiry(checkout))];
    const outcomes = await Promise.all([...all, end(checkout, 'confirmed'), end(checkout, 'cancelled')]);
    expect(outcomes.filter((outcome) => outcome === 'ended')).toHaveLength(1);
    expect(await figures(lamp)).toMatchObject({ reserved: 0 });
  });

  it('that met another says so', async () => {
    const checkout = await reserved();
    world.faults.plan(firstAttempts('TransactWriteItems', 'conflict'));
    expect(await end(checkout, 'confirmed')).toBe('conflict');
    expect(await end(checkout, 'confirmed')).toBe('ended');
  });

  it('fails loudly, and changes nothing, where the stock it holds is not there', async () => {
    const checkout = await reserved();
    const row = (await world.rows()).find(({ pk, sk }) => sk === 'LEVEL' && pk.includes(lamp.productId));
    await world.tamper({ ...row, reserved: 1 } as never);
    await leavesNothingBehind(async () => {
      expect(String(await failureOf(end(checkout, 'confirmed')))).toContain('condition');
    });
  });

  it('marks for deletion what was not sold, long after', async () => {
    const [sold, dropped] = [await reserved(), await reserved()];
    await end(sold, 'confirmed');
    await end(dropped, 'cancelled');
    const ttlOf = async ({ code }: Checkout) => (await world.rows()).find((row) => row['code'] === code)?.['ttl'];
    expect(await ttlOf(sold)).toBeUndefined();
    expect(await ttlOf(dropped)).toBe(Math.floor((clock().getTime() + 400 * 24 * HOUR) / SECOND));
  });
});

describe('extending', () => {
  const twoStep = () =>
    reserved(undefined, { expiresAt: '2026-11-21T12:15:00.000Z', fullHoldUntil: '2026-11-22T12:00:00.000Z' });
  const extend = (checkout: Checkout, now = clock()) =>
    given.checkouts.extend(checkout, checkout.fullHoldUntil ?? '', now);

  it('gives the full hold, once', async () => {
    const checkout = await twoStep();
    expect(await extend(checkout)).toBe(true);
    expect(await extend(checkout)).toBe(false);
    const { fullHoldUntil, ...rest } = checkout;
    expect(await given.checkouts.find(checkout.code)).toEqual({ ...rest, expiresAt: fullHoldUntil });
  });

  it('moves the expiry with it', async () => {
    const checkout = await twoStep();
    await extend(checkout);
    expect(await given.checkouts.due(new Date('2026-11-22T11:59:59.999Z'), 25)).toEqual([]);
    expect(await given.checkouts.due(new Date('2026-11-22T12:00:00.000Z'), 25)).toHaveLength(1);
  });

  it('comes too late once the hold has run out or ended', async () => {
    const [late, ended] = [await twoStep(), await twoStep()];
    expect(await extend(late, new Date(late.expiresAt))).toBe(false);
    await given.checkouts.end(ended, { state: 'cancelled', at: clock(), by: 'shopper' });
    expect(await extend(ended)).toBe(false);
    expect(await given.checkouts.find(ended.code)).toMatchObject({ state: 'cancelled' });
  });
});

describe('lists of checkouts', () => {
  const list = async (state: Checkout['state'], limit = 2) => {
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await given.checkouts.list(given.shop.shopId, state, { limit, ...(cursor && { cursor }) });
      pages.push(page.items.map(({ code }) => code));
      cursor = page.nextCursor;
    } while (cursor);
    return pages.flat();
  };
  const expiringAt = (hour: number) =>
    reserved([aLine(lamp)], { expiresAt: new Date(clock().getTime() + hour * HOUR).toISOString() });

  it('show the active ones by soonest expiry', async () => {
    const [c, a, b] = [await expiringAt(3), await expiringAt(1), await expiringAt(2)];
    expect(await list('active')).toEqual([a, b, c].map(({ code }) => code));
  });

  it('show the ended ones by latest end, each in its own state', async () => {
    const made = [await expiringAt(1), await expiringAt(1), await expiringAt(1), await expiringAt(1)] as const;
    for (const [index, checkout] of made.entries()) {
      clock.advance(SECOND);
      const state = index === 1 ? 'cancelled' : 'confirmed';
      await given.checkouts.end(checkout, { state, at: clock(), by: 'shopper' });
    }
    expect(await list('confirmed')).toEqual([made[3].code, made[2].code, made[0].code]);
    expect(await list('cancelled')).toEqual([made[1].code]);
    expect([await list('active'), await list('expired')]).toEqual([[], []]);
  });

  it('and counts know their own shop only', async () => {
    await expiringAt(1);
    expect(await given.checkouts.countActive(given.shop.shopId, 10)).toBe(1);
    expect(await given.checkouts.countActive(anId(), 10)).toBe(0);
    expect((await given.checkouts.list(anId(), 'active', { limit: 5 })).items).toEqual([]);
  });

  it('of what is due have every active checkout past its time, of all shops, and nothing else', async () => {
    const other = await openStockedShop(world, clock);
    const theirs = await other.stocked(5);
    const stranger = aCheckout({ shopId: other.shop.shopId, lines: [aLine(theirs)], expiresAt: clock().toISOString() });
    await other.checkouts.reserve(reservation(stranger));
    const [due, gone] = [await expiringAt(0), await expiringAt(1)];
    await given.checkouts.end(gone, { state: 'cancelled', at: clock(), by: 'shopper' });
    await expiringAt(2);
    const found = await given.checkouts.due(new Date(clock().getTime() + HOUR), 25);
    expect(found.map(({ code }) => code).sort()).toEqual([stranger.code, due.code].sort());
  });

  it('of holds have the active ones only', async () => {
    const [active, sold] = [await reserved([aLine(lamp, 2)]), await reserved([aLine(vase)])];
    await given.checkouts.end(sold, { state: 'confirmed', at: clock(), by: 'shopper' });
    const hold = { code: active.code, productId: lamp.productId, bucket: 0, quantity: 2 };
    expect(await Array.fromAsync(given.checkouts.activeHolds(given.shop.shopId))).toEqual([hold]);
    expect(await given.checkouts.holdsOf([active.code, sold.code, 'none'])).toEqual([hold]);
  });
});

describe('keys of a phone', () => {
  it('are not to be read in the table outside of the checkout itself', async () => {
    const checkout = await reserved(undefined, { phone: '+5491123456789' });
    const rows = await world.rows();
    const naming = rows.filter((row) => JSON.stringify(row).includes('1123456789'));
    expect(naming.map(({ pk }) => pk).filter((pk) => !pk.startsWith(`S#${given.shop.shopId}#HOLDER#`))).toEqual([
      keys.checkout(checkout.code).pk,
      keys.shop(given.shop.shopId).pk,
    ]);
  });
});
