import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { notFound } from '#core/errors.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { categoryEntries } from './catalog-audit.ts';
import type { Category, UpdateCategory } from './category.ts';

/** Renames or moves a category. Throws `not-found` and `change.conflict`. */
export const updateCategory = async (
  { shopId, categoryId, change, by }: { shopId: string; categoryId: string; change: UpdateCategory; by: Actor },
  ports: {
    categories: {
      find: (shopId: string, categoryId: string) => Promise<Category | undefined>;
      update: (category: Category, change: UpdateCategory, entries: readonly AuditEntry[]) => Promise<void>;
    };
    clock: Clock;
  },
): Promise<Category> => {
  const category = await ports.categories.find(shopId, categoryId);
  if (category === undefined) throw notFound();
  const now = ports.clock();
  const changed = { ...category, ...change, updatedAt: now.toISOString() };
  await ports.categories.update(changed, change, categoryEntries({ before: category, after: changed, by }, now));
  return changed;
};
