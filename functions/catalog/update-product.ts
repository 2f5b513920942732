import type { Clock } from '#core/clock.ts';
import { isAppError, notFound } from '#core/errors.ts';
import type { Category } from './category.ts';
import { unknownCategory } from './create-product.ts';
import { changeProduct, type Product, type UpdateProduct } from './product.ts';

/** Where products are read and saved; `save` throws `change.conflict` when the product was changed since. */
export interface Products {
  find: (shopId: string, productId: string) => Promise<Product | undefined>;
  save: (product: Product, fromCategory?: string) => Promise<void>;
}

const MOST_TRIES = 4;

/**
 * Reads a product, changes it by a rule, saves it; anew when somebody else changed it in between.
 * Throws `not-found`, and `change.conflict` when that keeps happening.
 */
export const changeStoredProduct = async (
  { shopId, productId }: { shopId: string; productId: string },
  change: (product: Product) => Partial<Product>,
  { products, clock }: { products: Products; clock: Clock },
): Promise<Product> => {
  for (let tries = 1; ; tries += 1) {
    const product = await products.find(shopId, productId);
    if (product === undefined) throw notFound();
    const changed = changeProduct(product, change(product), clock());
    try {
      await products.save(changed, product.categoryId);
      return changed;
    } catch (error) {
      // The change stream marks products as sold out a moment after their stock has moved: that is no quarrel.
      if (!isAppError(error, 'change.conflict') || tries === MOST_TRIES) throw error;
    }
  }
};

/** Changes what a product says and costs, where it stands and whether it shows. */
export const updateProduct = async (
  { change, ...which }: { shopId: string; productId: string; change: UpdateProduct },
  ports: {
    products: Products;
    categories: { find: (shopId: string, categoryId: string) => Promise<Category | undefined> };
    clock: Clock;
  },
): Promise<Product> => {
  const { categoryId } = change;
  if (categoryId && (await ports.categories.find(which.shopId, categoryId)) === undefined) throw unknownCategory();
  return changeStoredProduct(which, () => change, ports);
};
