import type { Page, PageRequest } from '#core/page.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import { fromCursor, toCursor } from '#platform/cursor.ts';
import { type Condition, exists, missing, where } from '#platform/expression.ts';
import { findRepeat, rememberRequest } from '#platform/idempotency.ts';
import { isContention, type Table, type Write } from '#platform/table.ts';
import { type Key, keys, ranges } from '#table/schema.ts';
import { applyMovement, movementEffect, noStock, StockLevel, StockMovement } from './stock.ts';

/** The stock buckets of a product. */
export interface Stocked {
  productId: string;
  stockBuckets: number;
}

const levelKeys = (shopId: string, { productId, stockBuckets }: Stocked): Key[] =>
  Array.from({ length: stockBuckets }, (_, bucket) => keys.stockLevel(shopId, productId, bucket));

/** What must hold for a movement not to break invariant 1. */
const requirement = ({ kind, quantity }: StockMovement): Condition => {
  if (kind === 'release' || kind === 'sell') return where('reserved', '>=', quantity);
  if (kind === 'reserve') return where('available', '>=', quantity);
  return quantity < 0 ? where('available', '>=', -quantity) : exists;
};

const ledgerRow = (movement: StockMovement): Write => ({
  put: {
    ...keys.stockMovement(movement.shopId, movement.productId, movement.bucket, movement.movementId),
    ...movement,
  },
  if: [missing],
});

/**
 * The two writes of a movement: figures and ledger row. They belong to the transaction of whatever causes the movement,
 * so other stores take them from here. The first fails when the stock does not allow it.
 */
export const movementWrites = (movement: StockMovement, also: readonly Condition[] = []): Write[] => [
  {
    update: keys.stockLevel(movement.shopId, movement.productId, movement.bucket),
    add: movementEffect[movement.kind](movement.quantity),
    if: [requirement(movement), ...also],
  },
  ledgerRow(movement),
];

/** A bucket that does not exist yet: with nothing in it, or with what a first movement brings. */
export const openBucketWrites = (
  shopId: string,
  productId: string,
  bucket: number,
  movement?: StockMovement,
): Write[] => [
  {
    put: {
      ...keys.stockLevel(shopId, productId, bucket),
      shopId,
      productId,
      bucket,
      ...(movement ? applyMovement(noStock, movement) : noStock),
    },
    if: [missing],
  },
  ...(movement ? [ledgerRow(movement)] : []),
];

/** The writes that remove a product's buckets, which must be empty; the ledger stays. */
export const closeBucketWrites = (shopId: string, product: Stocked): Write[] =>
  levelKeys(shopId, product).map((key) => ({
    delete: key,
    if: [where('onHand', '=', 0), where('reserved', '=', 0)],
  }));

/** True when the writes were done; undefined when they met others or what they rest on had changed: plan them again. */
export const settled = async (write: Promise<void>): Promise<true | undefined> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (isContention(error)) return undefined;
    throw error;
  }
};

const newestFirst = (a: StockMovement, b: StockMovement): number => (a.movementId < b.movementId ? 1 : -1);

/** Beside a page: the row before it, which the range includes, and one that tells whether more follow. */
const NEIGHBOURS = 2;

/** The newest movements before one, over all buckets: a few more than asked for, so that the end can be told. */
const movementsOf =
  (table: Table) =>
  async (
    shopId: string,
    product: Stocked,
    { limit, before }: { limit: number; before?: string },
  ): Promise<StockMovement[]> => {
    const buckets = Array.from({ length: product.stockBuckets }, (_, bucket) => bucket);
    const pages = await Promise.all(
      buckets.map((bucket) =>
        table.query(
          ranges.stockMovements(shopId, product.productId, bucket, before),
          { limit: limit + NEIGHBOURS },
          { newestFirst: true },
        ),
      ),
    );
    return pages
      .flatMap(({ items }) => items.map((item) => StockMovement().parse(item)))
      .filter(({ movementId }) => movementId !== before)
      .sort(newestFirst);
  };

const ledgerCursor = { attribute: 'pk', attributes: ['pk', 'movementId'] } as const;

/** Stock levels and the ledger. */
export const stockStore = (table: Table) => ({
  /** The levels of all buckets of these products, by product. Products without stock rows are absent. */
  levels: async (
    shopId: string,
    products: readonly Stocked[],
    { consistent = false } = {},
  ): Promise<Map<string, StockLevel[]>> => {
    const items = await table.batchGet(
      products.flatMap((product) => levelKeys(shopId, product)),
      { consistent },
    );
    const levels = items.map((item) => StockLevel().parse(item)).sort((a, b) => a.bucket - b.bucket);
    return Map.groupBy(levels, ({ productId }) => productId);
  },

  findRepeat: (request: RepeatableRequest) => findRepeat(table, request),

  /** Makes these movements together, remembering the request behind them. Undefined: plan them again. */
  record: (movements: readonly StockMovement[], request: RepeatableRequest | undefined, now: Date) =>
    settled(
      table.transact([
        ...movements.flatMap((movement) => movementWrites(movement)),
        ...(request ? [rememberRequest(request, '', now)] : []),
      ]),
    ),

  /** One page of a product's ledger, newest first, over all its buckets. */
  movements: async (shopId: string, product: Stocked, page: PageRequest): Promise<Page<StockMovement>> => {
    const ledger = keys.stockLevel(shopId, product.productId, 0).pk;
    const before = fromCursor(page.cursor, { ...ledgerCursor, value: ledger })?.['movementId'];
    const found = await movementsOf(table)(shopId, product, { limit: page.limit, ...(before && { before }) });
    const items = found.slice(0, page.limit);
    const last = items.at(-1);
    return found.length > page.limit && last
      ? { items, nextCursor: toCursor({ pk: ledger, movementId: last.movementId }) }
      : { items };
  },

  /** The whole ledger of one bucket, oldest first, as it is now. */
  async *ledger(shopId: string, productId: string, bucket: number): AsyncGenerator<StockMovement> {
    for await (const item of table.queryAll(ranges.stockMovements(shopId, productId, bucket), { consistent: true })) {
      yield StockMovement().parse(item);
    }
  },
});
