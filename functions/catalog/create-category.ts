import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { notFound } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { type RepeatableRequest, repeatable } from '#core/repeatable.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { categoryEntries } from './catalog-audit.ts';
import type { Category, CreateCategory } from './category.ts';

interface Ports {
  categories: {
    find: (shopId: string, categoryId: string) => Promise<Category | undefined>;
    findRepeat: (request: RepeatableRequest) => Promise<string | undefined>;
    create: (
      category: Category,
      request: RepeatableRequest | undefined,
      now: Date,
      entries: readonly AuditEntry[],
    ) => Promise<void>;
  };
  clock: Clock;
}

/**
 * Adds a category. The same idempotency key again gives the same category. Throws `idempotency.key-reused` and
 * `change.conflict`.
 */
export const createCategory = async (
  {
    shopId,
    input,
    idempotencyKey,
    by,
  }: { shopId: string; input: CreateCategory; idempotencyKey: string | undefined; by: Actor },
  { categories, clock }: Ports,
): Promise<Category> => {
  const request = repeatable(shopId, 'create-category', idempotencyKey, input);
  const repeated = request && (await categories.findRepeat(request));
  if (repeated) return (await categories.find(shopId, repeated)) ?? Promise.reject(notFound());
  const now = clock();
  const at = now.toISOString();
  const category = { ...input, categoryId: newId(now), shopId, products: 0, createdAt: at, updatedAt: at };
  await categories.create(category, request, now, categoryEntries({ after: category, by }, now));
  return category;
};
