import type { Clock } from '#core/clock.ts';
import { changeProduct, type Product } from '../catalog/product.ts';
import { StockLevel, sumFigures } from '../stock/stock.ts';
import type { Change } from './change.ts';

export interface SoldOutPorts {
  products: {
    find: (shopId: string, productId: string) => Promise<Product | undefined>;
    save: (product: Product) => Promise<void>;
  };
  stock: {
    levels: (
      shopId: string,
      products: readonly Product[],
      options: { consistent: boolean },
    ) => Promise<Map<string, StockLevel[]>>;
  };
  clock: Clock;
}

const hasSome = (image: Record<string, unknown> | undefined): boolean => Number(image?.available ?? 0) > 0;

const MOST_TRIES = 5;

/**
 * A product that sold out or came back changes lists. Reads the truth rather than trusting the change, for changes may
 * come late and a hot product has many buckets; and reads it again after saving, for buckets change side by side:
 * whoever saves last sees what the others saw.
 */
export const refreshSoldOut = async (change: Change, { products, stock, clock }: SoldOutPorts): Promise<void> => {
  if (hasSome(change.before) === hasSome(change.after)) return;
  const { shopId, productId } = StockLevel().parse(change.after ?? change.before);
  let product = await products.find(shopId, productId);
  for (let tries = 0; product !== undefined && tries < MOST_TRIES; tries += 1) {
    const levels = (await stock.levels(shopId, [product], { consistent: true })).get(productId) ?? [];
    const soldOut = sumFigures(levels).available <= 0;
    if (soldOut === product.soldOut) return;
    product = changeProduct(product, { soldOut }, clock());
    await products.save(product);
  }
};
