import { describe, expect, it } from 'vitest';
import { codeFor } from '#core/ids.ts';
import type { Product } from '../../../functions/catalog/product.ts';
import { createCheckout } from '../../../functions/checkouts/create-checkout.ts';
import { confirmCheckout } from '../../../functions/checkouts/end-checkout.ts';
import { aLevel, aProduct, aShop, wideLimits } from '../../support/builders.ts';
import { HOUR, MINUTE } from '../../support/clock.ts';
import { memoryCheckouts } from '../../support/memory-checkouts.ts';
import { failureOf } from '../../support/ports.ts';

const given = (settings: Parameters<typeof aShop>[0] = {}, units = 10, change: Partial<Product> = {}) => {
  const shop = aShop({ limits: wideLimits(), ...settings });
  const product = aProduct({ shopId: shop.shopId, ...change });
  const levels = Array.from({ length: product.stockBuckets }, (_, bucket) =>
    aLevel(product, { bucket, onHand: units }),
  );
  const world = memoryCheckouts(shop, [product], levels);
  const input = (quantity = 1, more = {}) => ({
    shop: shop.slug,
    lines: [{ productId: product.productId, quantity }],
    customerName: 'Ana',
    phone: '011 15-2345-6789',
    ...more,
  });
  const create = async (idempotencyKey?: string, quantity = 1, more = {}) =>
    (await createCheckout({ input: input(quantity, more), idempotencyKey }, world.ports)).checkout;
  return { ...world, shop, product, create };
};
const KEY = 'one-key-for-one-checkout';

describe('a request for a checkout', () => {
  it('gives an active checkout with frozen lines and the shop’s hold', async () => {
    const { create, product, clock, levels } = given({ holdMinutes: 60 });
    expect(await create(undefined, 3)).toMatchObject({
      state: 'active',
      lines: [{ productId: product.productId, quantity: 3, unitPrice: product.price, amount: 3 * product.price }],
      total: 3 * product.price,
      phone: '+5491123456789',
      expiresAt: new Date(clock().getTime() + HOUR).toISOString(),
    });
    expect(levels[0]).toMatchObject({ reserved: 3, available: 7 });
  });

  it('for an unknown shop or product is not found', async () => {
    const { create } = given();
    expect(await failureOf(create(undefined, 1, { shop: 'otra' }))).toMatchObject({ code: 'not-found' });
    const lines = [{ productId: 'x', quantity: 1 }];
    expect(await failureOf(create(undefined, 1, { lines }))).toMatchObject({ code: 'not-found' });
    expect(await failureOf(given({}, 10, { active: false }).create())).toMatchObject({ code: 'not-found' });
  });

  it('with a phone that is none is refused by field', async () => {
    expect(await failureOf(given().create(undefined, 1, { phone: '123456' }))).toMatchObject({
      code: 'request.invalid',
      details: { errors: [{ field: 'phone' }] },
    });
  });

  it('speaks the language it asked for, else the shop’s', async () => {
    const { create } = given({ language: 'pt' });
    expect([(await create()).language, (await create(undefined, 1, { language: 'en' })).language]).toEqual([
      'pt',
      'en',
    ]);
  });

  it('is refused while the shop has as many as it may', async () => {
    const { create, ports, checkouts } = given();
    ports.isFull = async () => true;
    expect(await failureOf(create())).toMatchObject({ code: 'checkout.shop-limit' });
    expect(checkouts.size).toBe(0);
  });
});

describe('the same request under the same key', () => {
  it('gives the same checkout and reserves nothing more', async () => {
    const { create, checkouts, shop, levels } = given();
    const [first, again] = [await create(KEY, 2), await create(KEY, 2)];
    expect(again).toEqual(first);
    expect(first.code).toBe(codeFor('a secret for tests only', shop.shopId, KEY));
    expect([checkouts.size, levels[0]?.reserved]).toEqual([1, 2]);
  });

  it('gives it however the phone is written, and however the lines are split', async () => {
    const { create, product, checkouts } = given();
    await create(KEY, 2);
    const one = { productId: product.productId, quantity: 1 };
    await create(KEY, 1, { lines: [one, one], phone: '+54 9 11 2345 6789' });
    expect(checkouts.size).toBe(1);
  });

  it('gives it in the state it has come to', async () => {
    const { create, ports } = given();
    const { code } = await create(KEY);
    await confirmCheckout({ code, by: 'shopper' }, ports);
    expect(await create(KEY)).toMatchObject({ code, state: 'confirmed' });
  });

  type World = ReturnType<typeof given>;
  const refusals: [string, (world: World) => void][] = [
    ['the stock is gone', ({ levels }) => Object.assign(levels[0] ?? {}, { available: 0 })],
    ['the product is hidden', ({ product }) => Object.assign(product, { active: false })],
    ['the phone holds all it may', ({ shop }) => Object.assign(shop.limits, { maxActivePerPhone: 1 })],
    ['the shop is full', ({ ports }) => Object.assign(ports, { isFull: async () => true })],
    ['so many units are too many by now', ({ shop }) => Object.assign(shop.limits, { maxUnitsPerLine: 1 })],
    ['the gate knows it sold out', ({ ports, product, clock }) => ports.gate.remember(product.productId, 0, clock())],
  ];

  it.each(refusals)('gives it even if %s, and the first answer was lost', async (_, spoil) => {
    const world = given();
    const first = await world.create(KEY, 2);
    spoil(world);
    const other = await failureOf(world.create('another-key-another-request', 2));
    expect(other).toHaveProperty('code');
    expect(await world.create(KEY, 2)).toEqual(first);
  });

  it.each(refusals)('gives it even if %s and the first read came too early to see it', async (_, spoil) => {
    const world = given();
    const first = await world.create(KEY, 2);
    spoil(world);
    const { startingPoint } = world.ports.checkouts;
    world.ports.checkouts.startingPoint = async (...wanted) => ({
      ...(await startingPoint(...wanted)),
      checkout: undefined,
    });
    expect(await world.create(KEY, 2)).toEqual(first);
  });

  it('but with other content is refused', async () => {
    const { create } = given();
    await create(KEY, 2);
    for (const more of [
      { lines: [{ productId: 'x', quantity: 1 }] },
      { phone: '11 4444-8888' },
      { customerName: 'Eva' },
    ]) {
      expect(await failureOf(create(KEY, 2, more))).toMatchObject({ code: expect.stringMatching(/key-reused/) });
    }
    expect(await failureOf(create(KEY, 3))).toMatchObject({ code: 'idempotency.key-reused', status: 422 });
  });

  it('in another shop is another checkout', async () => {
    const [one, other] = [await given().create(KEY), await given().create(KEY)];
    expect(one.code).not.toBe(other.code);
  });
});

describe('contention', () => {
  it('is met with another try, everything read afresh', async () => {
    const { create, outcomes, calls, ports } = given();
    outcomes.push('conflict', 'holder-changed', 'conflict');
    await create();
    expect(calls.filter((name) => name === 'startingPoint')).toHaveLength(4);
    expect(ports.patience.pauses).toHaveLength(3);
  });

  it('that lasts is answered with busy, and nothing is held', async () => {
    const { create, outcomes, checkouts, ports } = given();
    outcomes.push(...Array.from({ length: 1000 }, () => 'conflict' as const));
    expect(await failureOf(create(KEY))).toMatchObject({ code: 'stock.busy', retryable: true });
    expect(checkouts.size).toBe(0);
    expect(ports.patience.pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(2001);
  });

  it('with a twin of its own is answered with the twin’s checkout', async () => {
    const { create, ports, checkouts } = given();
    const { reserve } = ports.checkouts;
    ports.checkouts.reserve = async (reservation) => {
      await reserve(reservation);
      return 'code-taken';
    };
    expect(await create(KEY)).toEqual([...checkouts.values()][0]);
  });
});

describe('stock that runs out', () => {
  it('is said with what was asked and what is left', async () => {
    const { create, product } = given({}, 2);
    expect(await failureOf(create(undefined, 3))).toMatchObject({
      code: 'stock.short',
      details: { short: [{ productId: product.productId, name: product.name, requested: 3, available: 2 }] },
    });
  });

  it('is remembered at the gate, so that the next buyer costs no write', async () => {
    const { create, calls, clock } = given({}, 2);
    await failureOf(create(undefined, 3));
    calls.length = 0;
    expect(await failureOf(create(undefined, 3))).toMatchObject({ code: 'stock.short' });
    expect(calls).toEqual(['startingPoint']);
    await create(undefined, 2);
    clock.advance(2000);
    calls.length = 0;
    await failureOf(create(undefined, 3));
    expect(calls).toContain('reserve');
  });

  it('in one bucket of a hot product is found in another, or gathered from several', async () => {
    const hot = given({}, 3, { hot: true, stockBuckets: 4 });
    Object.assign(hot.levels[2] ?? {}, { available: 0 });
    const one = await hot.create(undefined, 3);
    expect(one.lines[0]?.holds).toHaveLength(1);
    const many = await hot.create(undefined, 5);
    expect(many.lines[0]?.holds.map(({ quantity }) => quantity)).toEqual([3, 2]);
  });

  it('is not tried for when the product is listed as sold out and is', async () => {
    const { create, calls } = given({}, 0, { soldOut: true });
    expect(await failureOf(create())).toMatchObject({ code: 'stock.short' });
    expect(calls).toEqual(['startingPoint', 'levels']);
  });

  it('and has come back is sold though the list still says sold out', async () => {
    expect(await given({}, 5, { soldOut: true }).create()).toMatchObject({ state: 'active' });
  });
});

describe('limits', () => {
  it('of a phone count its active checkouts, in whatever form its number comes', async () => {
    const { create } = given({ limits: wideLimits({ maxActivePerPhone: 2 }) });
    await create(undefined, 1, { phone: '+54 9 11 2345-6789' });
    await create(undefined, 1, { phone: '+54 11 2345-6789' });
    expect(await failureOf(create())).toMatchObject({ code: 'checkout.phone-limit', status: 429 });
    expect(await create(undefined, 1, { phone: '11 4444-8888' })).toMatchObject({ state: 'active' });
  });

  it('of a phone look up what has ended only when they seem broken', async () => {
    const { create, ports, calls, clock } = given({ holdMinutes: 10, limits: wideLimits({ maxActivePerPhone: 2 }) });
    const first = await create();
    await confirmCheckout({ code: first.code, by: 'shopper' }, ports);
    await create();
    expect(calls).not.toContain('findAll');
    await create();
    expect(calls).toContain('findAll');
    expect(await failureOf(create())).toMatchObject({ code: 'checkout.phone-limit' });
    clock.advance(10 * MINUTE);
    expect(await create()).toMatchObject({ state: 'active' });
  });

  it('of a phone go on for a short first hold that may still be extended', async () => {
    const { create, clock } = given({
      holdMinutes: 60,
      firstHoldMinutes: 10,
      limits: wideLimits({ maxActivePerPhone: 1 }),
    });
    const { expiresAt, fullHoldUntil } = await create();
    expect([expiresAt < String(fullHoldUntil), fullHoldUntil]).toEqual([
      true,
      new Date(clock().getTime() + HOUR).toISOString(),
    ]);
    expect(await failureOf(create())).toMatchObject({ code: 'checkout.phone-limit' });
    clock.advance(10 * MINUTE);
    expect(await create()).toMatchObject({ state: 'active' });
  });

  it('of the share on hold refuse what passes it', async () => {
    const { create } = given({ limits: wideLimits({ maxHeldShare: 50 }) });
    await create(undefined, 4);
    expect(await failureOf(create(undefined, 2))).toMatchObject({ code: 'checkout.product-limit' });
    expect(await create(undefined, 1)).toMatchObject({ state: 'active' });
  });
});
