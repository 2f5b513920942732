import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_HOLDS } from '../../../functions/checkouts/checkout.ts';
import {
  assertWithinLimits,
  mergeLines,
  mostReserved,
  planLines,
  productsOf,
  shortagesOf,
} from '../../../functions/checkouts/plan-lines.ts';
import type { StockLevel } from '../../../functions/stock/stock.ts';
import { aLevel, aLine, aProduct, wideLimits } from '../../support/builders.ts';
import { failureOf } from '../../support/ports.ts';

const failure = (run: () => unknown) => failureOf((async () => run())());
const [lamp, vase] = [aProduct({ name: 'Lámpara', price: 1500 }), aProduct({ name: 'Florero', price: 700 })];
const want = (product: { productId: string }, quantity: number) => ({ productId: product.productId, quantity });
const known = (...levels: StockLevel[]) => Map.groupBy(levels, ({ productId }) => productId);
const levelsOf = (product: typeof lamp, available: readonly number[]) =>
  available.map((onHand, bucket) => aLevel(product, { bucket, onHand }));
const half = () => 0.5;

describe('merging lines', () => {
  it('makes one line of equal products, in the order they first came, and loses no unit', () => {
    const line = fc.record({
      productId: fc.constantFrom('a', 'b', 'c', 'd'),
      quantity: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), (lines) => {
        const merged = mergeLines(lines);
        expect(merged.map(({ productId }) => productId)).toEqual([...new Set(lines.map(({ productId }) => productId))]);
        for (const { productId, quantity } of merged) {
          const asked = lines.filter((one) => one.productId === productId);
          expect(quantity).toBe(asked.reduce((sum, one) => sum + one.quantity, 0));
        }
      }),
    );
  });
});

describe('the limits of a shop', () => {
  const within = (lines: ReturnType<typeof want>[], limits: Parameters<typeof wideLimits>[0]) =>
    assertWithinLimits(lines, mergeLines(lines), wideLimits(limits));

  it('name the first line of a product of which too many are wanted in all', async () => {
    const lines = [want(vase, 1), want(lamp, 3), want(lamp, 3)];
    expect(await failure(() => within(lines, { maxUnitsPerLine: 5 }))).toMatchObject({
      code: 'request.invalid',
      details: { errors: [{ field: 'lines.1.quantity', code: 'too_big' }] },
    });
    expect(() => within(lines, { maxUnitsPerLine: 6 })).not.toThrow();
  });

  it('count different products, not lines', async () => {
    const lines = [want(lamp, 1), want(lamp, 1), want(vase, 1)];
    expect(() => within(lines, { maxLines: 2 })).not.toThrow();
    expect(await failure(() => within(lines, { maxLines: 1 }))).toMatchObject({
      code: 'request.invalid',
      details: { errors: [{ field: 'lines', code: 'too_many' }] },
    });
  });
});

describe('the products of an order', () => {
  it('come in the order of the lines', () => {
    expect(productsOf([want(vase, 1), want(lamp, 1)], [lamp, vase])).toEqual([vase, lamp]);
  });

  it('are not found when one is hidden or missing', async () => {
    const hidden = { ...vase, active: false };
    expect(await failure(() => productsOf([want(lamp, 1), want(vase, 1)], [lamp, hidden]))).toMatchObject({
      code: 'not-found',
    });
    expect(await failure(() => productsOf([want(lamp, 1), want(vase, 1)], [lamp]))).toMatchObject({
      code: 'not-found',
    });
  });
});

describe('planning lines', () => {
  it('freezes name, price, first picture and amount', () => {
    const pictured = { ...lamp, pictures: [{ pictureId: '1', key: 'shops/1.webp', alt: '' }] };
    expect(planLines([want(pictured, 3)], [pictured], new Map(), half)).toEqual([
      { ...aLine(lamp, 3), pictureKey: 'shops/1.webp', unitPrice: 1500, amount: 4500 },
    ]);
  });

  it('holds in the only bucket, or in any of a hot product, when it knows nothing of the levels', () => {
    const hot = { ...lamp, hot: true, stockBuckets: 16 };
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999999, noNaN: true }), (chance) => {
        const [ordinary, spread] = planLines([want(vase, 2), want(hot, 2)], [vase, hot], new Map(), () => chance);
        expect(ordinary?.holds).toEqual([{ bucket: 0, quantity: 2 }]);
        expect(spread?.holds).toEqual([{ bucket: Math.floor(chance * 16), quantity: 2 }]);
      }),
    );
  });

  it('holds every unit where the known levels have it', () => {
    const some = fc.array(fc.nat(9), { minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(
        some,
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (available, quantity, chance) => {
          const total = available.reduce((a, b) => a + b, 0);
          fc.pre(total >= quantity);
          const [line] = planLines([want(lamp, quantity)], [lamp], known(...levelsOf(lamp, available)), () => chance);
          const holds = line?.holds ?? [];
          expect(holds.reduce((sum, hold) => sum + hold.quantity, 0)).toBe(quantity);
          for (const hold of holds) expect(hold.quantity).toBeLessThanOrEqual(available[hold.bucket] ?? 0);
          if (available.some((units) => units >= quantity)) expect(holds).toHaveLength(1);
        },
      ),
    );
  });

  it('names every product that is short, with what was asked and what there is', async () => {
    const levels = known(...levelsOf(lamp, [1, 1]), ...levelsOf(vase, [0]));
    const wanted = [want(lamp, 3), want(vase, 1)];
    const short = [
      { productId: lamp.productId, name: 'Lámpara', requested: 3, available: 2 },
      { productId: vase.productId, name: 'Florero', requested: 1, available: 0 },
    ];
    expect(shortagesOf(wanted, [lamp, vase], levels)).toEqual(short);
    const error = await failure(() => planLines(wanted, [lamp, vase], levels, half));
    expect(error).toMatchObject({
      code: 'stock.short',
      message: 'not enough of: Lámpara, Florero',
      details: { short },
    });
  });

  it('calls nothing short of which it knows nothing', () => {
    expect(shortagesOf([want(lamp, 99)], [lamp], new Map())).toEqual([]);
  });

  it('asks for another try when stock is scattered over more buckets than one transaction can hold', async () => {
    const products = Array.from({ length: 4 }, () => aProduct());
    const levels = known(
      ...products.flatMap((product) =>
        levelsOf(
          product,
          Array.from({ length: 16 }, () => 1),
        ),
      ),
    );
    const wanted = (units: number) => products.map((product) => want(product, units));
    expect(await failure(() => planLines(wanted(16), products, levels, half))).toMatchObject({ code: 'stock.busy' });
    const lines = planLines(wanted(12), products, levels, half);
    expect(lines.flatMap(({ holds }) => holds)).toHaveLength(MAX_HOLDS);
  });
});

describe('the share of stock that may be on hold', () => {
  const share = (maxHeldShare: number) => wideLimits({ maxHeldShare });

  it('is no limit at a hundred percent', () => {
    expect(mostReserved([aLine(lamp, 5)], new Map(), share(100))).toEqual(new Map());
  });

  it('gives the most that may be reserved before this reservation', () => {
    const levels = known(aLevel(lamp, { onHand: 10, reserved: 1 }));
    expect([...mostReserved([aLine(lamp, 2)], levels, share(30)).values()]).toEqual([1]);
  });

  it('refuses what would pass it, and what it knows nothing of', async () => {
    const levels = known(aLevel(lamp, { onHand: 10, reserved: 2 }));
    const error = await failure(() => mostReserved([aLine(lamp, 2)], levels, share(30)));
    expect(error).toMatchObject({
      code: 'checkout.product-limit',
      details: { productId: lamp.productId, maxHeldShare: 30 },
    });
    expect(await failure(() => mostReserved([aLine(lamp)], new Map(), share(30)))).toMatchObject({
      code: 'checkout.product-limit',
    });
  });

  it('is that of the whole product, however its stock is spread', async () => {
    const thin = known(
      ...levelsOf(
        lamp,
        Array.from({ length: 10 }, () => 1),
      ),
    );
    const one = (bucket: number) => aLine(lamp, 1, [{ bucket, quantity: 1 }]);
    expect([...mostReserved([one(4)], thin, share(30)).values()]).toEqual([2]);
    const uneven = known(aLevel(lamp, { onHand: 10, reserved: 5 }), aLevel(lamp, { bucket: 1, onHand: 10 }));
    expect([...mostReserved([one(0)], uneven, share(50)).values()]).toEqual([9]);
    const full = known(aLevel(lamp, { onHand: 10, reserved: 10 }), aLevel(lamp, { bucket: 1, onHand: 10 }));
    expect(await failure(() => mostReserved([one(1)], full, share(50)))).toMatchObject({
      code: 'checkout.product-limit',
    });
  });
});
