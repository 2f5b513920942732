import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { AppError, invalidField, notFound } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { type RepeatableRequest, repeatable } from '#core/repeatable.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { productEntries } from './catalog-audit.ts';
import type { Category } from './category.ts';
import type { CreateProduct, Product } from './product.ts';

interface Ports {
  products: {
    find: (shopId: string, productId: string) => Promise<Product | undefined>;
    findRepeat: (request: RepeatableRequest) => Promise<string | undefined>;
    create: (
      product: Product,
      request: RepeatableRequest | undefined,
      now: Date,
      entries: readonly AuditEntry[],
    ) => Promise<true | undefined>;
  };
  categories: { find: (shopId: string, categoryId: string) => Promise<Category | undefined> };
  clock: Clock;
}

/**
 * Adds a product with no stock. The same idempotency key again gives the same product.
 * Throws `request.invalid` for an unknown category, `idempotency.key-reused`, `change.conflict`.
 */
export const createProduct = async (
  {
    shopId,
    input,
    idempotencyKey,
    by,
  }: { shopId: string; input: CreateProduct; idempotencyKey: string | undefined; by: Actor },
  { products, categories, clock }: Ports,
): Promise<Product> => {
  const request = repeatable(shopId, 'create-product', idempotencyKey, input);
  const repeated = request && (await products.findRepeat(request));
  if (repeated) return (await products.find(shopId, repeated)) ?? Promise.reject(notFound());
  if ((await categories.find(shopId, input.categoryId)) === undefined) throw unknownCategory();
  const now = clock();
  const at = now.toISOString();
  const fresh = { pictures: [], hot: false, stockBuckets: 1, soldOut: true, version: 1, createdAt: at, updatedAt: at };
  const product: Product = { ...input, productId: newId(now), shopId, ...fresh };
  if (await products.create(product, request, now, productEntries({ after: product, by }, now))) return product;
  throw new AppError('change.conflict', 'the category was changed at the same moment');
};

/** The failure of naming a category that the shop does not have. */
export const unknownCategory = () => invalidField('categoryId', 'unknown', 'the shop has no such category');
