import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { notFound } from '#core/errors.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { categoryEntries } from './catalog-audit.ts';
import type { Category } from './category.ts';

/** Deletes a category. Throws `not-found`, `category.not-empty` while products are in it, and `change.conflict`. */
export const deleteCategory = async (
  { shopId, categoryId, by }: { shopId: string; categoryId: string; by: Actor },
  {
    categories,
    clock,
  }: {
    categories: {
      find: (shopId: string, categoryId: string) => Promise<Category | undefined>;
      delete: (shopId: string, categoryId: string, entries: readonly AuditEntry[]) => Promise<void>;
    };
    clock: Clock;
  },
): Promise<void> => {
  const before = await categories.find(shopId, categoryId);
  if (before === undefined) throw notFound();
  await categories.delete(shopId, categoryId, categoryEntries({ before, by }, clock()));
};
