import type { Actor } from '#core/actor.ts';
import { AppError, notFound } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { productEntries } from '../catalog/catalog-audit.ts';
import { changeProduct, type Product } from '../catalog/product.ts';
import { HOT_BUCKETS, newMovement, redistribute, type StockLevel, type StockMovement } from './stock.ts';

export interface SpreadStockPorts {
  products: {
    find: (shopId: string, productId: string) => Promise<Product | undefined>;
    saveSpread: (
      product: Product,
      moves: readonly StockMovement[],
      presentBuckets: number,
      entries: readonly AuditEntry[],
    ) => Promise<true | undefined>;
  };
  stock: {
    levels: (
      shopId: string,
      products: readonly Product[],
      options: { consistent: boolean },
    ) => Promise<Map<string, StockLevel[]>>;
  };
  patience: Patience;
}

/**
 * Spreads the free stock of a product over buckets, because many will buy it at once, or gathers it in the first one
 * again. What is reserved stays where it is held. The ledger shows the moves as adjustments that add up to zero.
 * Throws `not-found`, and `stock.busy` when the stock kept changing meanwhile.
 */
export const spreadStock = async (
  { shopId, productId, hot, by }: { shopId: string; productId: string; hot: boolean; by: Actor },
  { products, stock, patience }: SpreadStockPorts,
): Promise<Product> => {
  const reason = hot ? 'spread over buckets' : 'gathered in one bucket';
  const spread = await withPatience(patience, async () => {
    const product = await products.find(shopId, productId);
    if (product === undefined) throw notFound();
    const levels = (await stock.levels(shopId, [product], { consistent: true })).get(productId) ?? [];
    const now = patience.clock();
    const stockBuckets = hot ? Math.max(HOT_BUCKETS, product.stockBuckets) : product.stockBuckets;
    const changed = changeProduct(product, { hot, stockBuckets }, now);
    const cause = newId(now);
    const moves = redistribute(levels, stockBuckets, hot).map(({ bucket, quantity }) =>
      newMovement({ shopId, productId, bucket, kind: 'adjust', quantity, at: changed.updatedAt, by, reason }, cause),
    );
    const entries = productEntries({ before: product, after: changed, by }, now);
    return (await products.saveSpread(changed, moves, product.stockBuckets, entries)) && changed;
  });
  if (!spread) throw new AppError('stock.busy', 'the stock of this product is changing too fast; try again');
  return spread;
};
