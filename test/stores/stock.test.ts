import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isAppError } from '#core/errors.ts';
import { keys } from '#table/schema.ts';
import { productStore } from '../../functions/catalog/product.store.ts';
import type { Product } from '../../functions/catalog/product.ts';
import { movementWrites, openBucketWrites, stockStore } from '../../functions/stock/stock.store.ts';
import type { StockMovement } from '../../functions/stock/stock.ts';
import { aMovement, anId, aProduct } from '../support/builders.ts';
import { NOON } from '../support/clock.ts';
import { firstAttempts } from '../support/faults.ts';
import { failureOf } from '../support/ports.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let stock: ReturnType<typeof stockStore>;
let product: Product;
const now = new Date(NOON);

beforeAll(async () => {
  server = await startTables();
  world = await server.openTestTable();
  stock = stockStore(world.table);
});
afterAll(() => server.close());
beforeEach(() => {
  product = aProduct();
});

const movement = (change: Partial<StockMovement>) =>
  aMovement({ shopId: product.shopId, productId: product.productId, ...change });

const open = async (units: number, bucket = 0) => {
  const { shopId, productId } = product;
  const first = units > 0 ? movement({ bucket, quantity: units }) : undefined;
  await world.table.transact(openBucketWrites(shopId, productId, bucket, first));
};

const levelOf = async (bucket = 0) => {
  const levels = (await stock.levels(product.shopId, [product], { consistent: true })).get(product.productId) ?? [];
  return levels.find((level) => level.bucket === bucket);
};

const ledger = async (bucket = 0) => Array.fromAsync(stock.ledger(product.shopId, product.productId, bucket));

describe('a movement', () => {
  const kinds = [
    { kind: 'reserve', quantity: 4, after: { onHand: 10, reserved: 7, available: 3, sold: 0, adjusted: 10 } },
    { kind: 'release', quantity: 3, after: { onHand: 10, reserved: 0, available: 10, sold: 0, adjusted: 10 } },
    { kind: 'sell', quantity: 2, after: { onHand: 8, reserved: 1, available: 7, sold: 2, adjusted: 10 } },
    { kind: 'receive', quantity: 5, after: { onHand: 15, reserved: 3, available: 12, sold: 0, adjusted: 15 } },
    { kind: 'adjust', quantity: -7, after: { onHand: 3, reserved: 3, available: 0, sold: 0, adjusted: 3 } },
    { kind: 'adjust', quantity: 1, after: { onHand: 11, reserved: 3, available: 8, sold: 0, adjusted: 11 } },
  ] as const;

  it.each(kinds)(
    'of kind $kind by $quantity changes figures and ledger together',
    async ({ kind, quantity, after }) => {
      await open(10);
      await world.table.transact(movementWrites(movement({ kind: 'reserve', quantity: 3, code: 'A' })));
      const row = movement({ kind, quantity, code: 'B' });
      await world.table.transact(movementWrites(row));
      expect(await levelOf()).toMatchObject(after);
      expect(await ledger()).toHaveLength(3);
      expect(await ledger()).toContainEqual(row);
    },
  );

  const refused = [
    { kind: 'reserve', quantity: 8, why: 'takes more than is available' },
    { kind: 'release', quantity: 4, why: 'gives back more than is reserved' },
    { kind: 'sell', quantity: 4, why: 'sells more than is reserved' },
    { kind: 'adjust', quantity: -8, why: 'cuts into what is reserved' },
  ] as const;

  it.each(refused)('that $why is refused whole', async ({ kind, quantity }) => {
    await open(10);
    await world.table.transact(movementWrites(movement({ kind: 'reserve', quantity: 3, code: 'A' })));
    const before = [await levelOf(), await ledger()];
    expect(await stock.record([movement({ kind, quantity, code: 'B' })], undefined, now)).toBeUndefined();
    expect([await levelOf(), await ledger()]).toEqual(before);
  });

  it('into a bucket that does not exist is refused', async () => {
    expect(await stock.record([movement({ kind: 'receive', quantity: 1 })], undefined, now)).toBeUndefined();
    expect(await levelOf()).toBeUndefined();
  });

  it('is never written twice', async () => {
    await open(10);
    const row = movement({ kind: 'receive', quantity: 2, code: 'once' });
    expect(await stock.record([row], undefined, now)).toBe(true);
    expect(await stock.record([row], undefined, now)).toBeUndefined();
    expect(await levelOf()).toMatchObject({ onHand: 12 });
  });

  it('asks to be planned again when it met another', async () => {
    await open(10);
    world.faults.plan(firstAttempts('TransactWriteItems', 'conflict'));
    expect(await stock.record([movement({ quantity: 1 })], undefined, now)).toBeUndefined();
    expect(await stock.record([movement({ quantity: 1 })], undefined, now)).toBe(true);
  });

  it('is made once when the answer to it was lost on the way', async () => {
    await open(10);
    world.faults.plan(firstAttempts('TransactWriteItems', 'timeout-after'));
    expect(await stock.record([movement({ quantity: 1 })], undefined, now)).toBe(true);
    expect(await levelOf()).toMatchObject({ onHand: 11 });
    expect(await ledger()).toHaveLength(2);
  });
});

describe('movements that belong together', () => {
  it('are made all or none', async () => {
    product = aProduct({ stockBuckets: 2 });
    await open(5, 0);
    await open(5, 1);
    const both = [
      movement({ bucket: 0, kind: 'adjust', quantity: -5 }),
      movement({ bucket: 1, kind: 'adjust', quantity: -6 }),
    ];
    expect(await stock.record(both, undefined, now)).toBeUndefined();
    expect([await levelOf(0), await levelOf(1)]).toMatchObject([{ onHand: 5 }, { onHand: 5 }]);
  });

  it('are remembered with the request behind them, which is not done twice', async () => {
    await open(5);
    const { shopId } = product;
    const request = { shopId, operation: 'change-stock', idempotencyKey: 'k'.repeat(16), content: [5] };
    expect(await stock.findRepeat(request)).toBeUndefined();
    expect(await stock.record([movement({ quantity: 1 })], request, now)).toBe(true);
    expect(await stock.record([movement({ quantity: 1 })], request, now)).toBeUndefined();
    expect(await stock.findRepeat(request)).toBe('');
    const another = await failureOf(stock.findRepeat({ ...request, content: [6] }));
    expect(isAppError(another, 'idempotency.key-reused')).toBe(true);
    expect(await levelOf()).toMatchObject({ onHand: 6 });
  });
});

describe('levels', () => {
  it('come by product, buckets in order, and leave out what has none', async () => {
    product = aProduct({ stockBuckets: 12 });
    for (let bucket = 11; bucket >= 0; bucket -= 1) await open(bucket + 1, bucket);
    const unknown = aProduct({ shopId: product.shopId });
    const levels = await stock.levels(product.shopId, [unknown, product]);
    expect([...levels.keys()]).toEqual([product.productId]);
    expect(levels.get(product.productId)?.map(({ bucket, available }) => [bucket, available])).toEqual(
      Array.from({ length: 12 }, (_, bucket) => [bucket, bucket + 1]),
    );
  });

  it('of more than a hundred buckets are read in several calls', async () => {
    const products = await Promise.all(
      Array.from({ length: 7 }, async () => {
        const one = aProduct({ shopId: product.shopId, stockBuckets: 16 });
        await world.table.transact(
          Array.from({ length: 16 }, (_, bucket) => openBucketWrites(one.shopId, one.productId, bucket)).flat(),
        );
        return one;
      }),
    );
    const levels = await stock.levels(product.shopId, products);
    expect([...levels.values()].map((buckets) => buckets.length)).toEqual([16, 16, 16, 16, 16, 16, 16]);
  });

  it('of another shop are not found under the same product id', async () => {
    await open(3);
    expect(await stock.levels(anId(), [product])).toEqual(new Map());
  });
});

describe('the list of movements', () => {
  const at = (index: number) => new Date(now.getTime() + index * 1000).toISOString();

  const fill = async (count: number, buckets: number) => {
    product = aProduct({ stockBuckets: buckets });
    for (let bucket = 0; bucket < buckets; bucket += 1) await open(0, bucket);
    for (let index = 0; index < count; index += 1) {
      // three of four in one bucket, and several at the same moment
      const bucket = index % 4 === 0 ? index % buckets : 0;
      await stock.record([movement({ bucket, at: at(Math.floor(index / 3)), code: `c${index}` })], undefined, now);
    }
  };

  const pages = async (limit: number) => {
    const found: StockMovement[][] = [];
    let cursor: string | undefined;
    do {
      const page = await stock.movements(product.shopId, product, { limit, ...(cursor && { cursor }) });
      found.push(page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return found;
  };

  it.each([
    { count: 23, buckets: 1, limit: 5 },
    { count: 20, buckets: 1, limit: 5 },
    { count: 23, buckets: 4, limit: 4 },
    { count: 12, buckets: 3, limit: 1 },
    { count: 7, buckets: 16, limit: 100 },
  ])('gives $count rows of $buckets buckets by $limit, newest first, none lost, none twice', async (given) => {
    await fill(given.count, given.buckets);
    const found = await pages(given.limit);
    const ids = found.flat().map(({ movementId }) => movementId);
    expect(ids).toHaveLength(given.count);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    expect(found.map((page) => page.length)).toEqual(
      Array.from({ length: Math.ceil(given.count / given.limit) }, (_, page) =>
        Math.min(given.limit, given.count - page * given.limit),
      ),
    );
  });

  it('of a product without movements is one empty page', async () => {
    await fill(0, 2);
    expect(await stock.movements(product.shopId, product, { limit: 10 })).toEqual({ items: [] });
  });

  it('takes no cursor of another product', async () => {
    await fill(3, 1);
    const { nextCursor } = await stock.movements(product.shopId, product, { limit: 1 });
    const failure = await failureOf(
      stock.movements(product.shopId, aProduct({ shopId: product.shopId }), { limit: 1, cursor: nextCursor ?? '' }),
    );
    expect(isAppError(failure, 'request.invalid')).toBe(true);
  });
});

describe('the ledger of a bucket', () => {
  it('is read whole, oldest first, over many pages', async () => {
    await open(0);
    const { shopId, productId } = product;
    const rows = Array.from({ length: 1100 }, (_, index) =>
      movement({ at: new Date(now.getTime() + index).toISOString(), quantity: 1 }),
    );
    for (let start = 0; start < rows.length; start += 100) {
      await world.table.transact(
        rows
          .slice(start, start + 100)
          .map((row) => ({ put: { ...keys.stockMovement(shopId, productId, 0, row.movementId), ...row } })),
      );
    }
    expect((await ledger()).map(({ movementId }) => movementId)).toEqual(rows.map(({ movementId }) => movementId));
  });
});

describe('spreading and gathering', () => {
  it('opens the missing buckets, empty ones too, and moves stock with a ledger row each', async () => {
    const products = productStore(world.table);
    await world.table.put({ ...keys.category(product.shopId, product.categoryId), products: 0 });
    await products.create(product, undefined, now);
    await stock.record([movement({ quantity: 2, code: 'in' })], undefined, now);
    const spread = { ...product, hot: true, stockBuckets: 4, version: 2 };
    const moves = [
      movement({ bucket: 0, kind: 'adjust', quantity: -1, code: 'spread' }),
      movement({ bucket: 1, kind: 'adjust', quantity: 1, code: 'spread' }),
    ];
    expect(await products.saveSpread(spread, moves, 1)).toBe(true);
    product = spread;
    expect([await levelOf(0), await levelOf(1), await levelOf(2), await levelOf(3)]).toMatchObject([
      { available: 1 },
      { available: 1 },
      { available: 0 },
      { available: 0 },
    ]);
    expect([await ledger(0), await ledger(1), await ledger(2)].map((rows) => rows.length)).toEqual([2, 1, 0]);
    expect(await products.find(product.shopId, product.productId)).toEqual(spread);
    expect(await products.saveSpread(spread, moves, 1)).toBeUndefined();
  });
});
