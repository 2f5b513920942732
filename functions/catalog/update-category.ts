import type { Clock } from '#core/clock.ts';
import { notFound } from '#core/errors.ts';
import type { Category, UpdateCategory } from './category.ts';

/** Renames or moves a category. Throws `not-found` and `change.conflict`. */
export const updateCategory = async (
  { shopId, categoryId, change }: { shopId: string; categoryId: string; change: UpdateCategory },
  ports: {
    categories: {
      find: (shopId: string, categoryId: string) => Promise<Category | undefined>;
      update: (category: Category, change: UpdateCategory) => Promise<void>;
    };
    clock: Clock;
  },
): Promise<Category> => {
  const category = await ports.categories.find(shopId, categoryId);
  if (category === undefined) throw notFound();
  const changed = { ...category, ...change, updatedAt: ports.clock().toISOString() };
  await ports.categories.update(changed, change);
  return changed;
};
