import { AppError } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import { missing, where } from '#platform/expression.ts';
import { findRepeat, rememberRequest } from '#platform/idempotency.ts';
import { type Item, isContention, type Table, type Write, WriteConflict } from '#platform/table.ts';
import { indexKeys, keys, type ProductListing, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { closeBucketWrites, movementWrites, openBucketWrites, settled } from '../stock/stock.store.ts';
import type { StockMovement } from '../stock/stock.ts';
import { countProductWrite } from './category.store.ts';
import { Product, productOrder } from './product.ts';

const toItem = (product: Product): Item => ({
  ...keys.product(product.shopId, product.productId),
  ...indexKeys.product(product.shopId, { ...productOrder(product), active: product.active, soldOut: product.soldOut }),
  ...product,
});

const saveWrite = (product: Product): Write => ({
  put: toItem(product),
  if: [where('version', '=', product.version - 1)],
});

const move = (shopId: string, from: string, to: string): Write[] =>
  from === to ? [] : [countProductWrite(shopId, from, -1), countProductWrite(shopId, to, 1)];

const changedMeanwhile = (cause: unknown) =>
  new AppError('change.conflict', 'the product was changed at the same moment', { cause });

const productReads = (table: Table) => ({
  find: async (shopId: string, productId: string): Promise<Product | undefined> => {
    const item = await table.get(keys.product(shopId, productId), { consistent: true });
    return item && Product().parse(item);
  },

  /** The products that exist among these ids. */
  findAll: async (shopId: string, productIds: readonly string[]): Promise<Product[]> => {
    const items = await table.batchGet(productIds.map((productId) => keys.product(shopId, productId)));
    return items.map((item) => Product().parse(item));
  },

  /** One page of a listing, by category, place and name. */
  list: async (
    shopId: string,
    { listing, categoryId, ...page }: PageRequest & { listing: ProductListing; categoryId?: string },
  ): Promise<Page<Product>> => {
    const { items, nextCursor } = await table.query(ranges.products(shopId, listing, categoryId), page);
    return { items: items.map((item) => Product().parse(item)), ...(nextCursor && { nextCursor }) };
  },

  /** Every product of a shop. */
  async *all(shopId: string): AsyncGenerator<Product> {
    for await (const item of table.queryAll(ranges.products(shopId, 'all'))) yield Product().parse(item);
  },

  findRepeat: (request: RepeatableRequest) => findRepeat(table, request),
});

const productWrites = (table: Table) => ({
  /** A new product with one empty stock bucket, counted into its category. Undefined when the category has gone. */
  create: (product: Product, request: RepeatableRequest | undefined, now: Date, entries: readonly AuditEntry[] = []) =>
    settled(
      table.transact([
        { put: toItem(product), if: [missing] },
        countProductWrite(product.shopId, product.categoryId, 1),
        ...openBucketWrites(product.shopId, product.productId, 0),
        ...(request ? [rememberRequest(request, product.productId, now)] : []),
        ...entries.map(auditWrite),
      ]),
    ),

  /**
   * Saves a changed product unless somebody changed it since it was read, moving the count between categories when
   * `fromCategory` is another. Throws `change.conflict`.
   */
  save: async (
    product: Product,
    fromCategory: string = product.categoryId,
    entries: readonly AuditEntry[] = [],
  ): Promise<void> => {
    const moved = move(product.shopId, fromCategory, product.categoryId);
    try {
      await table.transact([saveWrite(product), ...moved, ...entries.map(auditWrite)]);
    } catch (error) {
      throw isContention(error) ? changedMeanwhile(error) : error;
    }
  },

  /** Throws `product.has-stock` unless all its buckets are empty, `change.conflict` when it was changed meanwhile. */
  delete: async (product: Product, entries: readonly AuditEntry[] = []): Promise<void> => {
    const key = keys.product(product.shopId, product.productId);
    try {
      await table.transact([
        { delete: key, if: [where('version', '=', product.version)] },
        countProductWrite(product.shopId, product.categoryId, -1),
        ...closeBucketWrites(product.shopId, product),
        ...entries.map(auditWrite),
      ]);
    } catch (error) {
      if (!isContention(error)) throw error;
      if (error instanceof WriteConflict || error.failed[0]) throw changedMeanwhile(error);
      throw new AppError('product.has-stock', 'sell, release or adjust its stock to zero first', { cause: error });
    }
  },
});

const spreading = (table: Table) => ({
  /** Saves a product whose stock is spread anew, with the movements between its buckets. Undefined: plan it again. */
  saveSpread: (
    product: Product,
    moves: readonly StockMovement[],
    presentBuckets: number,
    entries: readonly AuditEntry[] = [],
  ) =>
    settled(
      table.transact([
        saveWrite(product),
        ...moves.flatMap((movement) =>
          movement.bucket < presentBuckets
            ? movementWrites(movement)
            : openBucketWrites(product.shopId, product.productId, movement.bucket, movement),
        ),
        ...emptyBuckets(product, moves, presentBuckets),
        ...entries.map(auditWrite),
      ]),
    ),
});

/** New buckets that get nothing yet still have to exist. */
const emptyBuckets = (product: Product, moves: readonly StockMovement[], presentBuckets: number): Write[] => {
  const filled = new Set(moves.map(({ bucket }) => bucket));
  return Array.from({ length: product.stockBuckets }, (_, bucket) => bucket)
    .filter((bucket) => bucket >= presentBuckets && !filled.has(bucket))
    .flatMap((bucket) => openBucketWrites(product.shopId, product.productId, bucket));
};

/** Products. Their stock is in the stock store; what must change together with it is written here in one transaction. */
export const productStore = (table: Table) => ({
  ...productReads(table),
  ...productWrites(table),
  ...spreading(table),
});
