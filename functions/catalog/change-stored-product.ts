import type { Clock } from '#core/clock.ts';
import { isAppError } from '#core/errors.ts';
import { findProduct, type ProductReads } from './find-product.ts';
import { changeProduct, type Product } from './product.ts';

/** Where products are read and saved; `save` throws `change.conflict` when the product was changed since. */
export interface Products extends ProductReads {
  save: (product: Product, fromCategory?: string) => Promise<void>;
}

const MOST_TRIES = 4;

/**
 * Runs what reads a product and writes it; anew when somebody else changed it in between. The change stream does so a
 * moment after its stock has moved, to mark it as sold out: that is no quarrel. Throws `change.conflict` in the end.
 */
export const insist = async <Result>(run: () => Promise<Result>): Promise<Result> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (!isAppError(error, 'change.conflict') || tries === MOST_TRIES) throw error;
    }
  }
};

/** Reads a product, changes it by a rule, saves it. Throws `not-found` and `change.conflict`. */
export const changeStoredProduct = (
  which: { shopId: string; productId: string },
  change: (product: Product) => Partial<Product>,
  { products, clock }: { products: Products; clock: Clock },
): Promise<Product> =>
  insist(async () => {
    const product = await findProduct(products, which);
    const changed = changeProduct(product, change(product), clock());
    await products.save(changed, product.categoryId);
    return changed;
  });
