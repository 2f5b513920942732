import { notFound } from '#core/errors.ts';
import type { Product } from './product.ts';

/** Where a product is read. */
export interface ProductReads {
  find: (shopId: string, productId: string) => Promise<Product | undefined>;
}

/** A product of this shop. Throws `not-found`. */
export const findProduct = async (
  products: ProductReads,
  { shopId, productId }: { shopId: string; productId: string },
): Promise<Product> => {
  const product = await products.find(shopId, productId);
  if (product === undefined) throw notFound();
  return product;
};
