import { describe, expect, it } from 'vitest';
import {
  arrived,
  asked,
  EVERYTHING,
  failed,
  inWindowOrder,
  isMissing,
  listFor,
  withStock,
} from '../../../web/shop/product-lists.ts';
import { aProduct, someCategories, someProducts } from '../../browser/pages/canned-data.ts';

const first = (count: number, nextCursor?: string) =>
  arrived({}, EVERYTHING, { items: someProducts(count), nextCursor });
const category = someCategories[1]?.categoryId ?? '';

describe('the lists of a window', () => {
  it('cut a category out of everything once everything is here', () => {
    const lists = first(10);
    expect(isMissing(lists, category)).toBe(false);
    expect(listFor(lists, category).items.map((product) => product.categoryId)).toEqual([category, category]);
  });

  it('ask for a category while not everything is here', () => {
    const lists = first(10, 'more');
    expect(isMissing(lists, category)).toBe(true);
    expect(listFor(asked(lists, category), category)).toMatchObject({ items: [], state: 'loading' });
  });

  it('keep a product once when it moves between pages', () => {
    const lists = arrived(first(3, 'more'), EVERYTHING, { items: [aProduct(2), aProduct(3)] });
    expect(listFor(lists, EVERYTHING).items).toHaveLength(4);
  });

  it('keep what they have when more can not be brought', () => {
    expect(listFor(failed(first(3, 'more'), EVERYTHING), EVERYTHING)).toMatchObject({
      state: 'failed',
      nextCursor: 'more',
    });
  });

  it('learn what is left', () => {
    const lists = withStock(first(3), [{ productId: aProduct(2).productId, available: 0 }]);
    expect(listFor(lists, EVERYTHING).items.map(({ available }) => available)).toEqual([12, 3, 0]);
  });
});

describe('the order of the window', () => {
  it('is that of the categories, with the sold out last', () => {
    const shown = inWindowOrder(listFor(first(10), EVERYTHING), someCategories);
    expect(shown.at(-1)?.available).toBe(0);
    const buyable = shown.filter(({ available }) => available > 0).map(({ categoryId }) => categoryId);
    expect(buyable).toEqual([...buyable].sort());
  });

  it('holds the sold out back while more is to come', () => {
    const shown = inWindowOrder(listFor(first(10, 'more'), EVERYTHING), someCategories);
    expect(shown.every(({ available }) => available > 0)).toBe(true);
  });
});
