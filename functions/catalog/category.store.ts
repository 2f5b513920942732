import { AppError, notFound } from '#core/errors.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import { exists, missing, where } from '#platform/expression.ts';
import { findRepeat, rememberRequest } from '#platform/idempotency.ts';
import { ConditionFailed, type Item, isContention, type Table, type Write, WriteConflict } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { byPosition, Category, type UpdateCategory } from './category.ts';

const toItem = (category: Category): Item => ({ ...keys.category(category.shopId, category.categoryId), ...category });

/** The write that counts a product into or out of a category, which must exist. */
export const countProductWrite = (shopId: string, categoryId: string, difference: 1 | -1): Write => ({
  update: keys.category(shopId, categoryId),
  add: { products: difference },
  if: [exists],
});

const changedMeanwhile = (cause: unknown) =>
  new AppError('change.conflict', 'the category was changed at the same moment', { cause });

/** Why a category was not changed: it has gone, the rule behind the condition, or another write at the same moment. */
const refusal = (error: unknown, broken: (cause: ConditionFailed) => AppError): unknown => {
  if (error instanceof WriteConflict) return changedMeanwhile(error);
  if (!(error instanceof ConditionFailed)) return error;
  return error.items[0] === undefined ? notFound() : broken(error);
};

const notEmpty = (cause: unknown) => new AppError('category.not-empty', 'move or delete its products first', { cause });

/** The categories of a shop. */
export const categoryStore = (table: Table) => ({
  find: async (shopId: string, categoryId: string): Promise<Category | undefined> => {
    const item = await table.get(keys.category(shopId, categoryId), { consistent: true });
    return item && Category().parse(item);
  },

  /** All categories of a shop, in the order of its window. */
  all: async (shopId: string): Promise<Category[]> => {
    const items = await Array.fromAsync(table.queryAll(ranges.categories(shopId)));
    return items.map((item) => Category().parse(item)).sort(byPosition);
  },

  findRepeat: (request: RepeatableRequest) => findRepeat(table, request),

  /** Throws `change.conflict`, also when the same request came twice at once: asked again, it gives the first's. */
  create: async (
    category: Category,
    request: RepeatableRequest | undefined,
    now: Date,
    entries: readonly AuditEntry[] = [],
  ): Promise<void> => {
    try {
      await table.transact([
        { put: toItem(category), if: [missing] },
        ...(request ? [rememberRequest(request, category.categoryId, now)] : []),
        ...entries.map(auditWrite),
      ]);
    } catch (error) {
      throw isContention(error) ? changedMeanwhile(error) : error;
    }
  },

  /** Writes only what was changed: whoever changes the rest at the same moment loses nothing. Throws `not-found` and `change.conflict`. */
  update: async (
    { shopId, categoryId, updatedAt }: Category,
    change: UpdateCategory,
    entries: readonly AuditEntry[] = [],
  ): Promise<void> => {
    const update = { update: keys.category(shopId, categoryId), set: { ...change, updatedAt }, if: [exists] };
    try {
      await table.transact([update, ...entries.map(auditWrite)]);
    } catch (error) {
      throw refusal(error, changedMeanwhile);
    }
  },

  /** Throws `not-found`, `category.not-empty` while products are in it, `change.conflict` while one comes or goes. */
  delete: async (shopId: string, categoryId: string, entries: readonly AuditEntry[] = []): Promise<void> => {
    const empty = { delete: keys.category(shopId, categoryId), if: [exists, where('products', '=', 0)] };
    try {
      await table.transact([empty, ...entries.map(auditWrite)]);
    } catch (error) {
      throw refusal(error, notEmpty);
    }
  },
});
