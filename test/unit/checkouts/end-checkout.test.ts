import { describe, expect, it } from 'vitest';
import type { Checkout } from '../../../functions/checkouts/checkout.ts';
import { cancelCheckout, confirmCheckout, expireCheckout } from '../../../functions/checkouts/end-checkout.ts';
import { extendCheckout } from '../../../functions/checkouts/extend-checkout.ts';
import { sweepCheckouts } from '../../../functions/checkouts/sweep-checkouts.ts';
import { aCheckout, aShop } from '../../support/builders.ts';
import { HOUR, MINUTE } from '../../support/clock.ts';
import { memoryCheckouts } from '../../support/memory-checkouts.ts';
import { failureOf } from '../../support/ports.ts';

const given = (change: Partial<Checkout> = {}) => {
  const shop = aShop();
  const world = memoryCheckouts(shop, [], []);
  const checkout = aCheckout({ shopId: shop.shopId, ...change });
  world.checkouts.set(checkout.code, checkout);
  return { ...world, shop, checkout, code: checkout.code };
};

describe('confirming', () => {
  it('sells what an active checkout holds and says who did', async () => {
    const { ports, code, clock } = given();
    const sold = await confirmCheckout({ code, by: 'user:ana' }, ports);
    expect(sold).toMatchObject({ state: 'confirmed', endedBy: 'user:ana', endedAt: clock().toISOString() });
    expect(await ports.checkouts.find(code)).toMatchObject({ state: 'confirmed' });
  });

  it('again under the same key is answered as the first time, under another or none it has ended', async () => {
    const { ports, code } = given();
    const first = await confirmCheckout({ code, by: 'shopper', idempotencyKey: 'k1' }, ports);
    expect(await confirmCheckout({ code, by: 'shopper', idempotencyKey: 'k1' }, ports)).toEqual(first);
    for (const more of [{ idempotencyKey: 'k2' }, {}]) {
      const error = await failureOf(confirmCheckout({ code, by: 'shopper', ...more }, ports));
      expect(error).toMatchObject({ code: 'checkout.ended', details: { state: 'confirmed' } });
    }
  });

  it('comes too late from the moment the hold runs out, swept or not', async () => {
    const { ports, code, clock, calls } = given();
    clock.advance(24 * HOUR);
    const error = await failureOf(confirmCheckout({ code, by: 'shopper' }, ports));
    expect(error).toMatchObject({ code: 'checkout.ended', details: { state: 'expired' } });
    expect(calls).not.toContain('end');
  });

  it('of what is unknown, or another shop’s, is not found', async () => {
    const { ports, code } = given();
    expect(await failureOf(confirmCheckout({ code: 'NONE', by: 'shopper' }, ports))).toMatchObject({
      code: 'not-found',
    });
    const foreign = confirmCheckout({ code, shopId: aShop().shopId, by: 'user:eva' }, ports);
    expect(await failureOf(foreign)).toMatchObject({ code: 'not-found' });
  });
});

describe('ending', () => {
  it('is tried again when it met another, then given up as busy', async () => {
    const { ports, code, ends } = given();
    ends.push('conflict', 'not-active', 'conflict');
    expect(await cancelCheckout({ code, by: 'shopper' }, ports)).toMatchObject({ state: 'cancelled' });
    const other = given();
    other.ends.push(...Array.from({ length: 1000 }, () => 'conflict' as const));
    expect(await failureOf(cancelCheckout({ code: other.code, by: 'shopper' }, other.ports))).toMatchObject({
      code: 'stock.busy',
    });
  });

  it('learns who was faster', async () => {
    const { ports, code, checkout, checkouts, ends } = given();
    ends.push(() => {
      checkouts.set(code, { ...checkout, state: 'confirmed' });
      return 'not-active';
    });
    const error = await failureOf(cancelCheckout({ code, by: 'shopper' }, ports));
    expect(error).toMatchObject({ code: 'checkout.ended', details: { state: 'confirmed' } });
  });

  it('by cancellation is not repeated', async () => {
    const { ports, code } = given();
    expect(await cancelCheckout({ code, by: 'user:ana', reason: 'se arrepintió' }, ports)).toMatchObject({
      endReason: 'se arrepintió',
    });
    expect(await failureOf(cancelCheckout({ code, by: 'user:ana' }, ports))).toMatchObject({ code: 'checkout.ended' });
  });
});

describe('expiring', () => {
  it('frees what has run out, once, and may be called at any time', async () => {
    const { ports, code, clock } = given();
    const expire = (which = code) => expireCheckout({ code: which, by: 'schedule' }, ports);
    expect(await expire('NONE')).toBe('unknown');
    expect(await expire()).toBe('not-due');
    clock.advance(24 * HOUR);
    expect([await expire(), await expire()]).toEqual(['expired', 'already-ended']);
    expect(await ports.checkouts.find(code)).toMatchObject({ state: 'expired', endedBy: 'schedule' });
  });

  it('that loses the race against another end has nothing to do', async () => {
    const { ports, code, checkout, checkouts, clock, ends } = given();
    clock.advance(24 * HOUR);
    ends.push(() => {
      checkouts.set(code, { ...checkout, state: 'confirmed' });
      return 'not-active';
    });
    expect(await expireCheckout({ code, by: 'schedule' }, ports)).toBe('already-ended');
  });

  it('that stays contended fails, so that it is called again', async () => {
    const { ports, code, clock, ends } = given();
    clock.advance(24 * HOUR);
    ends.push(...Array.from({ length: 1000 }, () => 'conflict' as const));
    expect(await failureOf(expireCheckout({ code, by: 'schedule' }, ports))).toMatchObject({ code: 'stock.busy' });
  });
});

describe('extending', () => {
  const twoStep = (change: Partial<Checkout> = {}) => {
    const world = given({
      expiresAt: '2026-11-21T12:15:00.000Z',
      fullHoldUntil: '2026-11-22T12:00:00.000Z',
      ...change,
    });
    const { checkouts, code, shop, clock, ports } = world;
    const extend = async (checkout: Checkout, expiresAt: string) => {
      const { fullHoldUntil: _, ...rest } = checkout;
      checkouts.set(checkout.code, { ...rest, expiresAt });
      return true;
    };
    const port = { ...ports.checkouts, extend };
    return {
      ...world,
      port,
      run: (shopId = shop.shopId) => extendCheckout({ code, shopId }, { checkouts: port, clock }),
    };
  };

  it('gives the first hold its full length, once', async () => {
    const { run } = twoStep();
    const extended = await run();
    expect(extended).toMatchObject({ expiresAt: '2026-11-22T12:00:00.000Z' });
    expect(extended).not.toHaveProperty('fullHoldUntil');
    expect(await failureOf(run())).toMatchObject({ code: 'checkout.not-extendable' });
  });

  it('is not for other shops, nor for what has run out', async () => {
    const { run, clock } = twoStep();
    expect(await failureOf(run(aShop().shopId))).toMatchObject({ code: 'not-found' });
    clock.advance(15 * MINUTE);
    expect(await failureOf(run())).toMatchObject({ code: 'checkout.ended', details: { state: 'expired' } });
  });

  it('by somebody else at the same moment is as good', async () => {
    const { run, port } = twoStep();
    const { extend } = port;
    port.extend = async (...given) => !(await extend(...given));
    expect(await run()).toMatchObject({ expiresAt: '2026-11-22T12:00:00.000Z' });
  });

  it('says how the checkout ended in between', async () => {
    const { run, port, checkouts, checkout } = twoStep();
    port.extend = async () => {
      checkouts.set(checkout.code, { ...checkout, state: 'cancelled' });
      return false;
    };
    expect(await failureOf(run())).toMatchObject({ code: 'checkout.ended', details: { state: 'cancelled' } });
  });
});

describe('a sweep', () => {
  const many = (count: number) => {
    const world = given();
    world.checkouts.clear();
    for (let index = 0; index < count; index += 1) {
      const expiresAt = new Date(world.clock().getTime() - index * 1000).toISOString();
      const checkout = aCheckout({ shopId: world.shop.shopId, expiresAt });
      world.checkouts.set(checkout.code, checkout);
    }
    const reported: unknown[] = [];
    const due = async (now: Date, limit: number) =>
      [...world.checkouts.values()]
        .filter(({ state, expiresAt }) => state === 'active' && new Date(expiresAt) <= now)
        .slice(0, limit);
    const ports = {
      ...world.ports,
      checkouts: { ...world.ports.checkouts, due },
      clock: world.clock,
      report: (error: unknown) => reported.push(error),
    };
    const sweep = () => sweepCheckouts(new Date(world.clock().getTime() + 40_000), ports);
    return { ...world, ports, reported, sweep };
  };

  it('frees all that is due, batch after batch, and tells how late the latest was', async () => {
    const { sweep, checkouts } = many(60);
    expect(await sweep()).toEqual({ expired: 60, failed: 0, oldestSeconds: 59 });
    expect([...checkouts.values()].every(({ state }) => state === 'expired')).toBe(true);
    expect(await sweep()).toEqual({ expired: 0, failed: 0, oldestSeconds: 0 });
  });

  it('goes on when one fails, and comes back to it the next time', async () => {
    const { sweep, ports, checkouts, reported } = many(12);
    const { end } = ports.checkouts;
    const [bad] = checkouts.keys();
    let broken = true;
    ports.checkouts.end = async (checkout, ending) => {
      if (broken && checkout.code === bad) throw new Error('broken');
      return end(checkout, ending);
    };
    expect(await sweep()).toMatchObject({ expired: 11, failed: 1 });
    expect(reported.map(String)).toEqual(['Error: broken']);
    broken = false;
    expect(await sweep()).toMatchObject({ expired: 1, failed: 0 });
  });

  it('reaches what is due behind more failures than it looks at at once', async () => {
    const { sweep, ports, checkouts } = many(60);
    const { end } = ports.checkouts;
    const bad = new Set([...checkouts.keys()].slice(0, 40));
    ports.checkouts.end = async (checkout, ending) => {
      if (bad.has(checkout.code)) throw new Error('broken');
      return end(checkout, ending);
    };
    expect(await sweep()).toMatchObject({ expired: 20, failed: 40 });
  });

  it('stops when its time is up', async () => {
    const { sweep, ports, clock } = many(60);
    const { due } = ports.checkouts;
    ports.checkouts.due = async (...wanted) => {
      clock.advance(20_000);
      return due(...wanted);
    };
    expect(await sweep()).toMatchObject({ expired: 25 });
  });
});
