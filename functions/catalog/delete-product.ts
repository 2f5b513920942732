import { insist } from './change-stored-product.ts';
import { findProduct, type ProductReads } from './find-product.ts';
import type { Product } from './product.ts';

/** Deletes a product with its pictures. Throws `not-found`, `product.has-stock` and `change.conflict`. */
export const deleteProduct = async (
  which: { shopId: string; productId: string },
  {
    products,
    bucket,
  }: {
    products: ProductReads & { delete: (product: Product) => Promise<void> };
    bucket: { remove: (key: string) => Promise<void> };
  },
): Promise<void> => {
  const { pictures } = await insist(async () => {
    const product = await findProduct(products, which);
    await products.delete(product);
    return product;
  });
  // The product has gone already: a picture that stays behind is nobody's, and costs next to nothing.
  await Promise.allSettled(pictures.map(({ key }) => bucket.remove(key)));
};
