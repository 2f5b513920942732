import { AppError, notFound } from '#core/errors.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import { exists, missing, where } from '#platform/expression.ts';
import { findRepeat, rememberRequest } from '#platform/idempotency.ts';
import { ConditionFailed, type Item, type Table, type Write } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { byPosition, Category } from './category.ts';

const toItem = (category: Category): Item => ({ ...keys.category(category.shopId, category.categoryId), ...category });

/** The write that counts a product into or out of a category, which must exist. */
export const countProductWrite = (shopId: string, categoryId: string, difference: 1 | -1): Write => ({
  update: keys.category(shopId, categoryId),
  add: { products: difference },
  if: [exists],
});

/** The categories of a shop. */
export const categoryStore = (table: Table) => ({
  find: async (shopId: string, categoryId: string): Promise<Category | undefined> => {
    const item = await table.get(keys.category(shopId, categoryId));
    return item && Category().parse(item);
  },

  /** All categories of a shop, in the order of its window. */
  all: async (shopId: string): Promise<Category[]> => {
    const items = await Array.fromAsync(table.queryAll(ranges.categories(shopId)));
    return items.map((item) => Category().parse(item)).sort(byPosition);
  },

  findRepeat: (request: RepeatableRequest) => findRepeat(table, request),

  create: async (category: Category, request: RepeatableRequest | undefined, now: Date): Promise<void> =>
    table.transact([
      { put: toItem(category), if: [missing] },
      ...(request ? [rememberRequest(request, category.categoryId, now)] : []),
    ]),

  /** Changes name and place; the count of products is left alone. Throws `not-found`. */
  update: async ({ shopId, categoryId, name, position, updatedAt }: Category): Promise<void> => {
    try {
      await table.update(keys.category(shopId, categoryId), { set: { name, position, updatedAt } }, [exists]);
    } catch (error) {
      throw error instanceof ConditionFailed ? notFound() : error;
    }
  },

  /** Throws `not-found`, or `category.not-empty` while products are in it. */
  delete: async (shopId: string, categoryId: string): Promise<void> => {
    try {
      await table.delete(keys.category(shopId, categoryId), [exists, where('products', '=', 0)]);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      if (error.items[0] === undefined) throw notFound();
      throw new AppError('category.not-empty', 'move or delete its products first', { cause: error });
    }
  },
});
