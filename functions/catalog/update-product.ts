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
 * Runs what reads a product and writes it; anew when somebody else changed it in between. The change stream does so a
 * moment after its stock has moved, to mark it as sold out: that is no quarrel. Throws `change.conflict` in the end.
 */
const insist = async <Result>(run: () => Promise<Result>): Promise<Result> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (!isAppError(error, 'change.conflict') || tries === MOST_TRIES) throw error;
    }
  }
};

const findProduct = async ({ find }: Pick<Products, 'find'>, shopId: string, productId: string): Promise<Product> =>
  (await find(shopId, productId)) ?? Promise.reject(notFound());

/** Reads a product, changes it by a rule, saves it. Throws `not-found` and `change.conflict`. */
export const changeStoredProduct = (
  { shopId, productId }: { shopId: string; productId: string },
  change: (product: Product) => Partial<Product>,
  { products, clock }: { products: Products; clock: Clock },
): Promise<Product> =>
  insist(async () => {
    const product = await findProduct(products, shopId, productId);
    const changed = changeProduct(product, change(product), clock());
    await products.save(changed, product.categoryId);
    return changed;
  });

/** Deletes a product. Throws `not-found`, `product.has-stock` and `change.conflict`. */
export const deleteProduct = (
  { shopId, productId }: { shopId: string; productId: string },
  products: Pick<Products, 'find'> & { delete: (product: Product) => Promise<void> },
): Promise<void> => insist(async () => products.delete(await findProduct(products, shopId, productId)));

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
