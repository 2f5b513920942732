import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { productEntries } from './catalog-audit.ts';
import { insist } from './change-stored-product.ts';
import { findProduct, type ProductReads } from './find-product.ts';
import type { Product } from './product.ts';

/** Deletes a product with its pictures. Throws `not-found`, `product.has-stock` and `change.conflict`. */
export const deleteProduct = async (
  { by, ...which }: { shopId: string; productId: string; by: Actor },
  {
    products,
    bucket,
    clock,
  }: {
    products: ProductReads & { delete: (product: Product, entries: readonly AuditEntry[]) => Promise<void> };
    bucket: { remove: (key: string) => Promise<void> };
    clock: Clock;
  },
): Promise<void> => {
  const { pictures } = await insist(async () => {
    const product = await findProduct(products, which);
    await products.delete(product, productEntries({ before: product, by }, clock()));
    return product;
  });
  // The product has gone already: a picture that stays behind is nobody's, and costs next to nothing.
  await Promise.allSettled(pictures.map(({ key }) => bucket.remove(key)));
};
