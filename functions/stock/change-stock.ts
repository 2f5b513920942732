import type { Actor } from '#core/actor.ts';
import { AppError, notFound } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { type RepeatableRequest, repeatable } from '#core/repeatable.ts';
import type { Product } from '../catalog/product.ts';
import { newMovement, placeChange, type StockLevel, type StockMovement, sumFigures } from './stock.ts';

interface ChangeStock {
  shopId: string;
  productId: string;
  kind: 'receive' | 'adjust';
  change: number;
  reason?: string;
  by: Actor;
  idempotencyKey: string | undefined;
}

export interface ChangeStockPorts {
  products: { find: (shopId: string, productId: string) => Promise<Product | undefined> };
  stock: {
    levels: (
      shopId: string,
      products: readonly Product[],
      options: { consistent: boolean },
    ) => Promise<Map<string, StockLevel[]>>;
    findRepeat: (request: RepeatableRequest) => Promise<string | undefined>;
    record: (
      movements: readonly StockMovement[],
      request: RepeatableRequest | undefined,
      now: Date,
    ) => Promise<true | undefined>;
  };
  patience: Patience;
}

const belowReserved = (levels: readonly StockLevel[]) => {
  const { onHand, reserved, available } = sumFigures(levels);
  return new AppError('stock.below-reserved', `only ${available} of ${onHand} are free; ${reserved} are reserved`, {
    details: { onHand, reserved, available },
  });
};

const planMovements = (
  input: ChangeStock,
  product: Product,
  levels: readonly StockLevel[],
  now: Date,
): StockMovement[] => {
  const { shopId, productId, kind, reason, by } = input;
  const parts = placeChange(levels, input.change, product.hot);
  if (parts === undefined) throw belowReserved(levels);
  const cause = newId(now);
  return parts.map(({ bucket, quantity }) =>
    newMovement(
      { shopId, productId, bucket, kind, quantity, at: now.toISOString(), by, ...(reason && { reason }) },
      cause,
    ),
  );
};

/**
 * Goods come in, or the count is corrected. A repeat under the same idempotency key changes nothing more.
 * Throws `not-found`, `stock.below-reserved` with the figures, `idempotency.key-reused`, and `stock.busy` when others
 * kept changing the same stock for as long as our patience lasts.
 */
export const changeStock = async (
  input: ChangeStock,
  { products, stock, patience }: ChangeStockPorts,
): Promise<Product> => {
  const { shopId, productId } = input;
  const content = [productId, input.kind, input.change, input.reason];
  const request = repeatable(shopId, 'change-stock', input.idempotencyKey, content);
  const changed = await withPatience(patience, async () => {
    const product = await products.find(shopId, productId);
    if (product === undefined) throw notFound();
    if (request && (await stock.findRepeat(request)) !== undefined) return product;
    const levels = (await stock.levels(shopId, [product], { consistent: true })).get(productId) ?? [];
    const now = patience.clock();
    return (await stock.record(planMovements(input, product, levels, now), request, now)) && product;
  });
  if (!changed) throw new AppError('stock.busy', 'the stock of this product is changing too fast; try again');
  return changed;
};
