import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import type { Category } from './category.ts';
import { changeStoredProduct, type Products } from './change-stored-product.ts';
import { unknownCategory } from './create-product.ts';
import type { Product, UpdateProduct } from './product.ts';

/** Changes what a product says and costs, where it stands and whether it shows. */
export const updateProduct = async (
  { change, ...which }: { shopId: string; productId: string; change: UpdateProduct; by: Actor },
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
