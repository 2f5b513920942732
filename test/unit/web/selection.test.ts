import { describe, expect, it } from 'vitest';
import {
  applyShort,
  hasShrunk,
  isFull,
  type Picked,
  parseSelection,
  refreshSelection,
  type Selection,
  setQuantity,
  totalOf,
  unitsOf,
} from '../../../web/shop/selection.ts';

const limits = { maxLines: 3, maxUnitsPerLine: 10 };
const product = (productId: string, change: Partial<Picked> = {}): Picked => ({
  productId,
  name: productId,
  price: 1000,
  available: 5,
  picture: null,
  ...change,
});
const pick = (...picks: [Picked, number][]): Selection =>
  picks.reduce<Selection>((selection, [picked, quantity]) => setQuantity(selection, picked, quantity, limits), []);

describe('a selection', () => {
  it('keeps the order in which things were picked', () => {
    const selection = setQuantity(pick([product('a'), 1], [product('b'), 1]), product('a'), 3, limits);
    expect(selection.map((line) => [line.productId, line.quantity])).toEqual([
      ['a', 3],
      ['b', 1],
    ]);
  });

  it('never holds more of a product than there is', () => {
    expect(unitsOf(pick([product('a', { available: 2 }), 7]))).toBe(2);
  });

  it('never holds more of a product than a checkout takes', () => {
    expect(unitsOf(pick([product('a', { available: 50 }), 30]))).toBe(10);
  });

  it('drops a product at zero', () => {
    expect(setQuantity(pick([product('a'), 2]), product('a'), 0, limits)).toEqual([]);
  });

  it('takes no more different products than a checkout takes, and more of those it has', () => {
    const full = pick([product('a'), 1], [product('b'), 1], [product('c'), 1]);
    expect(isFull(full, 'd', limits)).toBe(true);
    expect(setQuantity(full, product('d'), 1, limits)).toBe(full);
    expect(unitsOf(setQuantity(full, product('c'), 2, limits))).toBe(4);
  });

  it('adds up exactly', () => {
    expect(totalOf(pick([product('a', { price: 1999 }), 3], [product('b', { price: 1 }), 2]))).toBe(5999);
  });

  it('takes fresh prices and stock, and lets go of what sold out', () => {
    const before = pick([product('a'), 4], [product('b'), 2], [product('c'), 1]);
    const after = refreshSelection(
      before,
      [product('a', { available: 3, price: 2000 }), product('b', { available: 0 })],
      limits,
    );
    expect(after.map(({ productId, quantity, price }) => [productId, quantity, price])).toEqual([
      ['a', 3, 2000],
      ['c', 1, 1000],
    ]);
    expect(hasShrunk(before, after)).toBe(true);
  });

  it('does not count a change of price as a loss', () => {
    const before = pick([product('a'), 4]);
    expect(hasShrunk(before, refreshSelection(before, [product('a', { price: 5 })], limits))).toBe(false);
  });
});

describe('a refused selection', () => {
  it('keeps what is left of the short lines, and all of the rest', () => {
    const selection = pick([product('a'), 4], [product('b'), 2], [product('c'), 1]);
    const short = [
      { productId: 'a', name: 'a', requested: 4, available: 1 },
      { productId: 'b', name: 'b', requested: 2, available: 0 },
    ];
    expect(applyShort(selection, short).map(({ productId, quantity }) => [productId, quantity])).toEqual([
      ['a', 1],
      ['c', 1],
    ]);
  });
});

describe('a stored selection', () => {
  it('comes back as it was', () => {
    const selection = pick([product('a'), 2]);
    expect(parseSelection(JSON.stringify(selection))).toEqual(selection);
  });

  it.each([
    [null],
    ['{'],
    ['{"a":1}'],
    ['[{"productId":"a"}]'],
    ['[{"productId":"a","name":"a","price":-1,"available":1,"quantity":1}]'],
  ])('is empty when it is %s', (text) => {
    expect(parseSelection(text)).toEqual([]);
  });
});
