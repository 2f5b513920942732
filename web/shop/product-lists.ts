import type { ProductView } from '../../functions/catalog/product.ts';

/** Products of one category (or of all) as far as they have been brought. */
export interface ProductList {
  items: readonly ProductView[];
  nextCursor?: string | undefined;
  state: 'loading' | 'ready' | 'failed';
}

/** Lists by category id; `''` is everything. */
export type ProductLists = Readonly<Record<string, ProductList>>;

export const EVERYTHING = '';

const emptyList: ProductList = { items: [], state: 'loading' };

const isWhole = (list: ProductList | undefined): boolean => list?.state === 'ready' && list.nextCursor === undefined;

/** True when the list must be asked for before it can be shown. */
export const isMissing = (lists: ProductLists, category: string): boolean =>
  lists[category] === undefined && !isWhole(lists[EVERYTHING]);

/** The products to show for a category: from its own list, or out of everything when everything is here. */
export const listFor = (lists: ProductLists, category: string): ProductList => {
  const everything = lists[EVERYTHING];
  if (category !== EVERYTHING && everything !== undefined && isWhole(everything)) {
    return { ...everything, items: everything.items.filter((product) => product.categoryId === category) };
  }
  return lists[category] ?? emptyList;
};

/** A list while its next page is on the way. */
export const asked = (lists: ProductLists, category: string): ProductLists => ({
  ...lists,
  [category]: { ...(lists[category] ?? emptyList), state: 'loading' },
});

/** A list whose next page did not come. */
export const failed = (lists: ProductLists, category: string): ProductLists => ({
  ...lists,
  [category]: { ...(lists[category] ?? emptyList), state: 'failed' },
});

/** A list with its next page; a product that has moved between pages stays once. */
export const arrived = (
  lists: ProductLists,
  category: string,
  page: { items: readonly ProductView[]; nextCursor?: string | undefined },
): ProductLists => {
  const before = lists[category]?.items ?? [];
  const known = new Set(before.map((product) => product.productId));
  const items = [...before, ...page.items.filter((product) => !known.has(product.productId))];
  return { ...lists, [category]: { items, nextCursor: page.nextCursor, state: 'ready' } };
};

/** All lists with fresh figures of these products, each in its place. */
export const refreshed = (lists: ProductLists, products: readonly ProductView[]): ProductLists => {
  const fresh = new Map(products.map((product) => [product.productId, product]));
  const entries = Object.entries(lists).map(([category, list]) => [
    category,
    { ...list, items: list.items.map((product) => fresh.get(product.productId) ?? product) },
  ]);
  return Object.fromEntries(entries);
};

/** All lists with what is left of some products. */
export const withStock = (
  lists: ProductLists,
  stock: readonly { productId: string; available: number }[],
): ProductLists => {
  const left = new Map(stock.map(({ productId, available }) => [productId, available]));
  const changed = Object.values(lists)
    .flatMap((list) => list.items)
    .filter((product) => left.has(product.productId))
    .map((product) => ({ ...product, available: left.get(product.productId) ?? product.available }));
  return refreshed(lists, changed);
};

/**
 * The order of the window: categories in theirs, what can be bought first, what has sold out last. While more is to
 * come the sold out wait, so that nothing already on show moves.
 */
export const inWindowOrder = (
  list: ProductList,
  categories: readonly { categoryId: string }[],
): readonly ProductView[] => {
  const place = new Map(categories.map(({ categoryId }, index) => [categoryId, index]));
  const whole = isWhole(list);
  const placeOf = (product: ProductView): number => place.get(product.categoryId) ?? categories.length;
  const sorted = whole ? [...list.items].sort((a, b) => placeOf(a) - placeOf(b)) : list.items;
  const buyable = sorted.filter((product) => product.available > 0);
  return whole ? [...buyable, ...sorted.filter((product) => product.available <= 0)] : buyable;
};
