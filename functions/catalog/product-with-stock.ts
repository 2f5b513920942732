import { type StockLevel, sumFigures } from '../stock/stock.ts';
import { pictureUrl } from './picture.ts';
import type { Product, ProductWithStock } from './product.ts';

/** How stock levels are read: of several products at once, by product. */
export interface StockLevels {
  levels: (
    shopId: string,
    products: readonly Product[],
    options?: { consistent?: boolean },
  ) => Promise<Map<string, StockLevel[]>>;
}

/** A product with the sum of its buckets, as its sellers see it. */
export const withStock = (product: Product, levels: readonly StockLevel[]): ProductWithStock => {
  const { onHand, reserved, available, sold } = sumFigures(levels);
  return {
    ...product,
    pictures: product.pictures.map((picture) => ({ ...picture, url: pictureUrl(picture.key) })),
    stock: { onHand, reserved, available, sold },
  };
};

/** Reads the stock of products and puts it beside them, in the same order. */
export const addStock = async (
  shopId: string,
  products: readonly Product[],
  stock: StockLevels,
): Promise<ProductWithStock[]> => {
  const levels = await stock.levels(shopId, products, { consistent: true });
  return products.map((product) => withStock(product, levels.get(product.productId) ?? []));
};
