import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyMovement,
  bucketName,
  isSound,
  type MovementKind,
  movementEffect,
  movementKinds,
  newMovement,
  noStock,
  placeChange,
  redistribute,
  type StockFigures,
  type StockLevel,
  spreadEvenly,
  sumFigures,
  takeFromFullest,
} from '../../../functions/stock/stock.ts';
import { aLevel, aMovement, aProduct } from '../../support/builders.ts';

const product = aProduct();
const levelsOf = (available: readonly number[], reserved: readonly number[] = []): StockLevel[] =>
  available.map((units, bucket) => {
    const held = reserved[bucket] ?? 0;
    return aLevel(product, { bucket, onHand: units + held, reserved: held });
  });
const buckets = fc.array(fc.nat(30), { minLength: 1, maxLength: 16 });
const sum = (parts: readonly { quantity: number }[]) => parts.reduce((total, { quantity }) => total + quantity, 0);

/** What the rules let through: the same conditions as the store's, in words of their own. */
const isLegal = (figures: StockFigures, kind: MovementKind, quantity: number): boolean => {
  if (kind === 'reserve') return figures.available >= quantity;
  if (kind === 'release' || kind === 'sell') return figures.reserved >= quantity;
  return quantity >= 0 || figures.available >= -quantity;
};

const movement = fc.record({
  kind: fc.constantFrom(...movementKinds),
  quantity: fc.integer({ min: 1, max: 20 }),
  sign: fc.boolean(),
});

describe('the figures of a bucket', () => {
  it('stay sound through every legal sequence of movements', () => {
    fc.assert(
      fc.property(fc.array(movement, { maxLength: 60 }), (movements) => {
        let figures = noStock;
        for (const { kind, quantity, sign } of movements) {
          const signed = kind === 'adjust' && sign ? -quantity : quantity;
          if (!isLegal(figures, kind, signed)) continue;
          figures = applyMovement(figures, { kind, quantity: signed });
          expect(isSound(figures)).toBe(true);
        }
      }),
    );
  });

  it('are not sound after any movement that should have been refused', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), movement, (free, reserved, { kind, quantity, sign }) => {
        const figures = { ...noStock, onHand: free + reserved, adjusted: free + reserved, reserved, available: free };
        const signed = kind === 'adjust' && sign ? -quantity : quantity;
        const after = applyMovement(figures, { kind, quantity: signed });
        expect(isSound(after)).toBe(isLegal(figures, kind, signed));
      }),
    );
  });

  it.each([
    ['onHand', { onHand: 11 }],
    ['reserved', { reserved: 3 }],
    ['available', { available: 9 }],
    ['sold', { sold: 1 }],
    ['adjusted', { adjusted: 9 }],
    ['what is below zero', { available: -1, reserved: 11 }],
    ['reserved below zero', { available: 11, reserved: -1 }],
  ])('are not sound when %s is off', (_, change) => {
    const figures = { ...noStock, onHand: 10, reserved: 2, available: 8, adjusted: 10 };
    expect([isSound(figures), isSound({ ...figures, ...change })]).toEqual([true, false]);
  });

  it('are changed by every kind of movement there is', () => {
    expect(Object.keys(movementEffect).sort()).toEqual([...movementKinds].sort());
  });

  it('of a product are the sums over its buckets, sound when each of them is', () => {
    fc.assert(
      fc.property(buckets, buckets, (available, reserved) => {
        const total = sumFigures(levelsOf(available, reserved));
        expect(isSound(total)).toBe(true);
        expect(total.available).toBe(available.reduce((a, b) => a + b, 0));
      }),
    );
    expect(sumFigures([])).toEqual(noStock);
  });
});

describe('spreading evenly', () => {
  it('gives every unit to a bucket, none more than one ahead of another, the first ones first', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 32 }), (quantity, count) => {
        const parts = spreadEvenly(quantity, count);
        const all = Array.from(
          { length: count },
          (_, bucket) => parts.find((part) => part.bucket === bucket)?.quantity ?? 0,
        );
        expect(sum(parts)).toBe(quantity);
        expect((all[0] ?? 0) - (all.at(-1) ?? 0)).toBeLessThanOrEqual(1);
        expect(all).toEqual(all.toSorted((a, b) => b - a));
        expect(parts.every((part) => part.quantity > 0)).toBe(true);
      }),
    );
  });
});

describe('taking from the fullest', () => {
  it('takes exactly what is asked, from as few buckets as possible, never more than they have', () => {
    fc.assert(
      fc.property(buckets, fc.integer({ min: 1, max: 200 }), (available, quantity) => {
        const taken = takeFromFullest(levelsOf(available), quantity);
        const total = available.reduce((a, b) => a + b, 0);
        expect(taken !== undefined).toBe(total >= quantity);
        if (taken === undefined) return;
        expect(sum(taken)).toBe(quantity);
        expect(new Set(taken.map(({ bucket }) => bucket)).size).toBe(taken.length);
        for (const part of taken) expect(part.quantity).toBeLessThanOrEqual(available[part.bucket] ?? 0);
        const fewer = available.toSorted((a, b) => b - a).slice(0, taken.length - 1);
        expect(fewer.reduce((a, b) => a + b, 0)).toBeLessThan(quantity);
      }),
    );
  });

  it('keeps to the number of buckets it may use', () => {
    expect(takeFromFullest(levelsOf([2, 3, 4]), 7, 2)).toEqual([
      { bucket: 2, quantity: 4 },
      { bucket: 1, quantity: 3 },
    ]);
    expect(takeFromFullest(levelsOf([2, 3, 4]), 8, 2)).toBeUndefined();
  });
});

describe('placing a change of what is on hand', () => {
  const change = fc.integer({ min: -60, max: 60 }).filter((units) => units !== 0);

  it('adds up to the change and cuts no bucket below what it holds', () => {
    fc.assert(
      fc.property(buckets, change, fc.boolean(), (available, units, hot) => {
        const parts = placeChange(levelsOf(available), units, hot);
        const total = available.reduce((a, b) => a + b, 0);
        expect(parts === undefined).toBe(units < 0 && total < -units);
        if (parts === undefined) return;
        expect(sum(parts)).toBe(units);
        for (const { bucket, quantity } of parts) expect((available[bucket] ?? 0) + quantity).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('puts goods into the first bucket, of a hot product into all', () => {
    expect(placeChange(levelsOf([1, 1]), 5, false)).toEqual([{ bucket: 0, quantity: 5 }]);
    expect(placeChange(levelsOf([1, 1]), 5, true)).toEqual([
      { bucket: 0, quantity: 3 },
      { bucket: 1, quantity: 2 },
    ]);
  });
});

describe('redistributing', () => {
  it('adds up to zero, takes only what is free, and ends even or in the first bucket', () => {
    fc.assert(
      fc.property(
        buckets,
        buckets,
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        (available, reserved, count, hot) => {
          const moves = redistribute(levelsOf(available, reserved), count, hot);
          const total = available.reduce((a, b) => a + b, 0);
          const after = Array.from({ length: Math.max(count, available.length) }, (_, bucket) => {
            const moved = moves.find((move) => move.bucket === bucket)?.quantity ?? 0;
            return (available[bucket] ?? 0) + moved;
          });
          const wanted = spreadEvenly(total, hot ? count : 1);
          expect(sum(moves)).toBe(0);
          expect(moves.every(({ quantity }) => quantity !== 0)).toBe(true);
          expect(after).toEqual(after.map((_, bucket) => wanted.find((one) => one.bucket === bucket)?.quantity ?? 0));
        },
      ),
    );
  });

  it('does nothing when all stands as it should', () => {
    expect(redistribute(levelsOf([3, 2, 2]), 3, true)).toEqual([]);
    expect(redistribute(levelsOf([7, 0, 0]), 3, false)).toEqual([]);
  });
});

describe('a movement', () => {
  it('has a place in the ledger by time, then cause, that no other one shares', () => {
    const at = '2026-11-21T12:00:00.000Z';
    const ids = ['a', 'b'].flatMap((cause) =>
      movementKinds.flatMap((kind) =>
        [0, 1].map((bucket) => newMovement({ ...aMovement(), at, kind, bucket }, cause).movementId),
      ),
    );
    expect(new Set(ids).size).toBe(ids.length);
    const later = newMovement({ ...aMovement(), at: '2026-11-21T12:00:00.001Z' }, '0').movementId;
    expect(ids.every((id) => id < later)).toBe(true);
  });

  it('stands in a bucket whose name is no other bucket’s', () => {
    expect(bucketName({ productId: 'p1', bucket: 2 })).not.toBe(bucketName({ productId: 'p', bucket: 12 }));
  });
});
