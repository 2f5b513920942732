import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isAppError } from '#core/errors.ts';
import { keys, type ProductListing } from '#table/schema.ts';
import { categoryStore } from '../../functions/catalog/category.store.ts';
import type { Category } from '../../functions/catalog/category.ts';
import { productStore } from '../../functions/catalog/product.store.ts';
import type { Product } from '../../functions/catalog/product.ts';
import { movementWrites, stockStore } from '../../functions/stock/stock.store.ts';
import type { StockMovement } from '../../functions/stock/stock.ts';
import { aCategory, aMovement, anId, aProduct } from '../support/builders.ts';
import { NOON } from '../support/clock.ts';
import { firstAttempts } from '../support/faults.ts';
import { failureOf } from '../support/ports.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let categories: ReturnType<typeof categoryStore>;
let products: ReturnType<typeof productStore>;
let category: Category;
const now = new Date(NOON);

beforeAll(async () => {
  server = await startTables();
  world = await server.openTestTable();
  categories = categoryStore(world.table);
  products = productStore(world.table);
});
afterAll(() => server.close());

const addCategory = async (change: Partial<Category> = {}) => {
  const added = aCategory(change);
  await categories.create(added, undefined, now);
  return added;
};

const addProduct = async (change: Partial<Product> = {}) => {
  const product = aProduct({ shopId: category.shopId, categoryId: category.categoryId, ...change });
  expect(await products.create(product, undefined, now)).toBe(true);
  return product;
};

const move = async (product: Product, change: Partial<StockMovement>) =>
  world.table.transact(
    movementWrites(aMovement({ shopId: product.shopId, productId: product.productId, code: 'c', ...change })),
  );

const countOf = async ({ shopId, categoryId }: Category) => (await categories.find(shopId, categoryId))?.products;
const codeOf = async (promise: Promise<unknown>) => {
  const failure = await failureOf(promise);
  return isAppError(failure) ? failure.code : failure;
};

beforeEach(async () => {
  category = await addCategory();
});

describe('categories', () => {
  it('come in the order of the window: place, then name', async () => {
    const { shopId } = category;
    const names = ['Velas', 'Zapatos', 'Ánforas', 'Lámparas'];
    await categories.delete(shopId, category.categoryId);
    for (const [index, name] of names.entries()) await addCategory({ shopId, name, position: index === 1 ? 0 : 5 });
    await addCategory();
    expect((await categories.all(shopId)).map(({ name }) => name)).toEqual(['Zapatos', 'Ánforas', 'Lámparas', 'Velas']);
  });

  it('are renamed and moved without touching the count of their products', async () => {
    await addProduct();
    await Promise.all([
      categories.update({ ...category, products: 77 }, { name: 'Aromas' }),
      categories.update({ ...category, products: 77 }, { position: 9 }),
    ]);
    expect(await categories.find(category.shopId, category.categoryId)).toEqual({
      ...category,
      name: 'Aromas',
      position: 9,
      products: 1,
    });
  });

  it('that do not exist are neither changed nor deleted', async () => {
    expect(await codeOf(categories.update(aCategory(), { position: 1 }))).toBe('not-found');
    expect(await codeOf(categories.delete(category.shopId, anId()))).toBe('not-found');
  });

  it('are deleted only when empty', async () => {
    const product = await addProduct();
    expect(await codeOf(categories.delete(category.shopId, category.categoryId))).toBe('category.not-empty');
    await products.delete(product);
    await categories.delete(category.shopId, category.categoryId);
    expect(await categories.find(category.shopId, category.categoryId)).toBeUndefined();
  });

  it('of another shop are not found under the same id', async () => {
    expect(await categories.find(anId(), category.categoryId)).toBeUndefined();
    expect(await codeOf(categories.delete(anId(), category.categoryId))).toBe('not-found');
  });

  it('are added once under one idempotency key, and the loser learns that it may ask again', async () => {
    const { shopId } = category;
    const request = { shopId, operation: 'create-category', idempotencyKey: 'k'.repeat(16), content: 'x' };
    const twins = [aCategory({ shopId }), aCategory({ shopId })];
    const [first, second] = twins as [Category, Category];
    await categories.create(first, request, now);
    expect(await codeOf(categories.create(second, request, now))).toBe('change.conflict');
    expect(await categories.findRepeat(request)).toBe(first.categoryId);
    expect(await categories.find(shopId, second.categoryId)).toBeUndefined();
  });

  it('met by another write ask to be added, changed or deleted again', async () => {
    const { shopId, categoryId } = category;
    world.faults.plan(firstAttempts('TransactWriteItems', 'conflict'));
    expect(await codeOf(categories.create(aCategory(), undefined, now))).toBe('change.conflict');
    world.faults.plan(firstAttempts('TransactWriteItems', 'throttle', 4));
    expect(await codeOf(categories.update(category, { position: 1 }))).toBe('change.conflict');
    world.faults.plan(firstAttempts('TransactWriteItems', 'throttle', 4));
    expect(await codeOf(categories.delete(shopId, categoryId))).toBe('change.conflict');
  });
});

describe('a new product', () => {
  it('is counted into its category and has one empty bucket', async () => {
    const product = await addProduct();
    const { shopId, productId } = product;
    expect(await products.find(shopId, productId)).toEqual(product);
    expect(await countOf(category)).toBe(1);
    const level = await world.table.get(keys.stockLevel(shopId, productId, 0));
    expect(level).toMatchObject({ onHand: 0, reserved: 0, available: 0, sold: 0, adjusted: 0 });
  });

  it('does not come into a category that has gone', async () => {
    const product = aProduct({ shopId: category.shopId });
    expect(await products.create(product, undefined, now)).toBeUndefined();
    expect(await products.find(product.shopId, product.productId)).toBeUndefined();
  });

  it('is remembered under its idempotency key, once', async () => {
    const { shopId, categoryId } = category;
    const request = { shopId, operation: 'create-product', idempotencyKey: 'k'.repeat(16), content: 'x' };
    const product = aProduct({ shopId, categoryId });
    expect(await products.create(product, request, now)).toBe(true);
    expect(await products.create(aProduct({ shopId, categoryId }), request, now)).toBeUndefined();
    expect(await products.findRepeat(request)).toBe(product.productId);
    expect(await countOf(category)).toBe(1);
  });
});

describe('a changed product', () => {
  it('moves the count when it changes category', async () => {
    const product = await addProduct();
    const other = await addCategory({ shopId: category.shopId });
    await products.save({ ...product, categoryId: other.categoryId, version: 2 }, category.categoryId);
    expect([await countOf(category), await countOf(other)]).toEqual([0, 1]);
    const [found] = (await products.list(product.shopId, { listing: 'all', categoryId: other.categoryId, limit: 5 }))
      .items;
    expect(found?.productId).toBe(product.productId);
  });

  it('is saved by the first of two who read the same version', async () => {
    const product = await addProduct();
    await products.save({ ...product, name: 'Primera', version: 2 });
    expect(await codeOf(products.save({ ...product, name: 'Segunda', version: 2 }))).toBe('change.conflict');
    expect(await products.find(product.shopId, product.productId)).toMatchObject({ name: 'Primera' });
  });

  it('stays where it is when the category it should move to has gone', async () => {
    const product = await addProduct();
    const moved = { ...product, categoryId: anId(), version: 2 };
    expect(await codeOf(products.save(moved, category.categoryId))).toBe('change.conflict');
    expect([await products.find(product.shopId, product.productId), await countOf(category)]).toEqual([product, 1]);
  });

  it('met by another write asks to be changed again', async () => {
    const product = await addProduct();
    world.faults.plan(firstAttempts('TransactWriteItems', 'conflict'));
    expect(await codeOf(products.save({ ...product, version: 2 }))).toBe('change.conflict');
  });
});

describe('deleting a product', () => {
  it('takes its buckets and its place in the count with it, and leaves the ledger', async () => {
    const product = await addProduct();
    await move(product, { kind: 'receive', quantity: 2 });
    await move(product, { kind: 'adjust', quantity: -2 });
    await products.delete(product);
    expect(await products.find(product.shopId, product.productId)).toBeUndefined();
    expect(await countOf(category)).toBe(0);
    const stock = stockStore(world.table);
    expect(await stock.levels(product.shopId, [product])).toEqual(new Map());
    expect(await Array.fromAsync(stock.ledger(product.shopId, product.productId, 0))).toHaveLength(2);
  });

  it('is refused while there is stock', async () => {
    const product = await addProduct();
    await move(product, { kind: 'receive', quantity: 1 });
    expect(await codeOf(products.delete(product))).toBe('product.has-stock');
    expect([await products.find(product.shopId, product.productId), await countOf(category)]).toEqual([product, 1]);
  });

  it('is refused while something is on hold', async () => {
    const product = await addProduct();
    await move(product, { kind: 'receive', quantity: 1 });
    await move(product, { kind: 'reserve', quantity: 1 });
    expect(await codeOf(products.delete(product))).toBe('product.has-stock');
  });

  it('is refused when it was changed meanwhile', async () => {
    const product = await addProduct();
    await products.save({ ...product, version: 2 });
    expect(await codeOf(products.delete(product))).toBe('change.conflict');
    expect(await codeOf(products.delete({ ...product, version: 7 }))).toBe('change.conflict');
  });

  it('met by another write asks to be deleted again', async () => {
    const product = await addProduct();
    world.faults.plan(firstAttempts('TransactWriteItems', 'conflict'));
    expect(await codeOf(products.delete(product))).toBe('change.conflict');
  });
});

describe('a list of products', () => {
  const list = async (listing: ProductListing, limit: number, categoryId?: string) => {
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const request = { listing, limit, ...(categoryId && { categoryId }), ...(cursor && { cursor }) };
      const page = await products.list(category.shopId, request);
      pages.push(page.items.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor);
    return pages;
  };

  it('goes by place, then by name without accents or case', async () => {
    for (const name of ['zeta', 'Álamo', 'beta', 'ARCE']) await addProduct({ name });
    await addProduct({ name: 'primero', position: 0 });
    await addProduct({ name: 'último', position: 10 });
    await addProduct({ name: 'noveno', position: 9 });
    expect((await list('all', 100)).flat()).toEqual(['Álamo', 'ARCE', 'beta', 'primero', 'zeta', 'noveno', 'último']);
  });

  it('shows hidden ones to sellers only, sold-out ones not among the available', async () => {
    await addProduct({ name: 'a' });
    await addProduct({ name: 'b', active: false });
    await addProduct({ name: 'c', soldOut: true });
    expect(await list('all', 100)).toEqual([['a', 'b', 'c']]);
    expect(await list('active', 100)).toEqual([['a', 'c']]);
    expect(await list('available', 100)).toEqual([['a']]);
  });

  it('follows a product that sells out, hides and comes back', async () => {
    const product = await addProduct({ name: 'a' });
    await products.save({ ...product, soldOut: true, version: 2 });
    expect([await list('active', 9), await list('available', 9)]).toEqual([[['a']], [[]]]);
    await products.save({ ...product, active: false, version: 3 });
    expect([await list('all', 9), await list('active', 9), await list('available', 9)]).toEqual([[['a']], [[]], [[]]]);
    await products.save({ ...product, version: 4 });
    expect([await list('active', 9), await list('available', 9)]).toEqual([[['a']], [['a']]]);
  });

  it('comes in pages with nothing lost and nothing twice', async () => {
    const names = Array.from({ length: 11 }, (_, index) => `n${String(index).padStart(2, '0')}`);
    for (const name of names.toReversed()) await addProduct({ name });
    const pages = await list('active', 4);
    expect(pages.flat()).toEqual(names);
    expect(Math.max(...pages.map((page) => page.length))).toBe(4);
  });

  it('can be narrowed to a category, whose cursor does not open another', async () => {
    const other = await addCategory({ shopId: category.shopId });
    await addProduct({ name: 'mine' });
    await addProduct({ name: 'mine too' });
    await addProduct({ name: 'other', categoryId: other.categoryId });
    expect((await list('all', 1, category.categoryId)).flat()).toEqual(['mine', 'mine too']);
    const request = { listing: 'all', limit: 1 } as const;
    const { nextCursor = '' } = await products.list(category.shopId, { ...request, categoryId: category.categoryId });
    const elsewhere = { ...request, cursor: nextCursor };
    const { categoryId } = other;
    expect(await codeOf(products.list(category.shopId, { ...elsewhere, categoryId }))).toBe('request.invalid');
    expect(await codeOf(products.list(anId(), elsewhere))).toBe('request.invalid');
    expect(await codeOf(products.list(category.shopId, { ...elsewhere, listing: 'active' }))).toBe('request.invalid');
  });

  it('of all products walks through every page', async () => {
    for (let index = 0; index < 7; index += 1) await addProduct();
    expect(await Array.fromAsync(products.all(category.shopId))).toHaveLength(7);
  });
});

describe('finding several products', () => {
  it('gives those that exist in this shop', async () => {
    const [one, two] = [await addProduct(), await addProduct()];
    const found = await products.findAll(category.shopId, [one.productId, anId(), two.productId]);
    expect(found.map(({ productId }) => productId).sort()).toEqual([one.productId, two.productId]);
    expect(await products.findAll(anId(), [one.productId])).toEqual([]);
  });
});
