import { describe, expect, it } from 'vitest';
import { isAppError } from '#core/errors.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import type { Product } from '../../../functions/catalog/product.ts';
import { changeStock } from '../../../functions/stock/change-stock.ts';
import { spreadStock } from '../../../functions/stock/spread-stock.ts';
import { HOT_BUCKETS, type StockLevel, type StockMovement } from '../../../functions/stock/stock.ts';
import { aLevel, aProduct } from '../../support/builders.ts';
import { failureOf, quickPatience } from '../../support/ports.ts';

/** Ports in memory; `refusals` is how often a write must be planned again. */
const givenPorts = (product: Product | undefined, levels: StockLevel[], refusals = 0) => {
  const recorded: StockMovement[][] = [];
  const saved: { product: Product; moves: readonly StockMovement[]; presentBuckets: number }[] = [];
  const requests = new Set<string>();
  let left = refusals;
  const refuses = () => {
    left -= 1;
    return left >= 0;
  };
  const ports = {
    products: {
      find: async () => product,
      saveSpread: async (changed: Product, moves: readonly StockMovement[], presentBuckets: number) => {
        if (refuses()) return undefined;
        saved.push({ product: changed, moves, presentBuckets });
        return true as const;
      },
    },
    stock: {
      levels: async () => new Map(product ? [[product.productId, levels]] : []),
      findRepeat: async ({ idempotencyKey }: RepeatableRequest) => (requests.has(idempotencyKey) ? '' : undefined),
      record: async (movements: readonly StockMovement[], request: RepeatableRequest | undefined) => {
        if (refuses()) return undefined;
        recorded.push([...movements]);
        if (request) requests.add(request.idempotencyKey);
        return true as const;
      },
    },
    patience: quickPatience(),
  };
  return { ports, recorded, saved };
};

const product = aProduct();
const input = (change: number, more = {}) => ({
  shopId: product.shopId,
  productId: product.productId,
  kind: change > 0 ? ('receive' as const) : ('adjust' as const),
  change,
  by: 'user:ana' as const,
  idempotencyKey: undefined as string | undefined,
  ...more,
});
const codeOf = async (promise: Promise<unknown>) => {
  const error = await failureOf(promise);
  return isAppError(error) ? error.code : error;
};

describe('changing stock', () => {
  it('writes one movement with who and why', async () => {
    const { ports, recorded } = givenPorts(product, [aLevel(product)]);
    expect(await changeStock(input(5, { reason: 'compra' }), ports)).toBe(product);
    expect(recorded).toMatchObject([[{ kind: 'receive', quantity: 5, bucket: 0, by: 'user:ana', reason: 'compra' }]]);
  });

  it('is done once under one key, however often it is asked', async () => {
    const { ports, recorded } = givenPorts(product, [aLevel(product)]);
    await changeStock(input(5, { idempotencyKey: 'k1' }), ports);
    await changeStock(input(5, { idempotencyKey: 'k1' }), ports);
    await changeStock(input(5, { idempotencyKey: 'k2' }), ports);
    expect(recorded).toHaveLength(2);
  });

  it('never takes what is reserved, and says how things stand', async () => {
    const { ports, recorded } = givenPorts(product, [aLevel(product, { onHand: 10, reserved: 4 })]);
    const error = await failureOf(changeStock(input(-7), ports));
    expect(error).toMatchObject({ code: 'stock.below-reserved', details: { onHand: 10, reserved: 4, available: 6 } });
    expect(recorded).toEqual([]);
  });

  it('is planned again when others came between, then gives up as busy', async () => {
    const lucky = givenPorts(product, [aLevel(product)], 3);
    await changeStock(input(1), lucky.ports);
    expect(lucky.ports.patience.pauses).toHaveLength(3);
    const unlucky = givenPorts(product, [aLevel(product)], 1000);
    expect(await codeOf(changeStock(input(1), unlucky.ports))).toBe('stock.busy');
  });

  it('of a product that is not there is not found', async () => {
    expect(await codeOf(changeStock(input(1), givenPorts(undefined, []).ports))).toBe('not-found');
  });
});

describe('spreading stock', () => {
  const request = (hot: boolean) => ({
    shopId: product.shopId,
    productId: product.productId,
    hot,
    by: 'user:ana' as const,
  });

  it('opens all buckets of a hot product and moves free stock only', async () => {
    const { ports, saved } = givenPorts(product, [aLevel(product, { onHand: 20, reserved: 3 })]);
    expect(await spreadStock(request(true), ports)).toMatchObject({ hot: true, stockBuckets: HOT_BUCKETS, version: 2 });
    const [{ moves, presentBuckets }] = saved as [(typeof saved)[0]];
    expect(presentBuckets).toBe(1);
    expect(moves).toHaveLength(HOT_BUCKETS);
    expect(moves[0]).toMatchObject({ bucket: 0, kind: 'adjust', quantity: -15 });
    expect(moves.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(0);
    expect(new Set(moves.map(({ movementId }) => movementId)).size).toBe(moves.length);
  });

  it('gathers it again but keeps the buckets, in which holds may still be', async () => {
    const spread = { ...product, hot: true, stockBuckets: 3 };
    const levels = [0, 1, 2].map((bucket) => aLevel(product, { bucket, onHand: 2, reserved: bucket === 1 ? 1 : 0 }));
    const { ports, saved } = givenPorts(spread, levels);
    expect(await spreadStock(request(false), ports)).toMatchObject({ hot: false, stockBuckets: 3 });
    expect(saved[0]?.moves.map(({ bucket, quantity }) => [bucket, quantity])).toEqual([
      [0, 3],
      [1, -1],
      [2, -2],
    ]);
  });

  it('is planned again when others came between, then gives up as busy', async () => {
    const lucky = givenPorts(product, [aLevel(product)], 2);
    await spreadStock(request(true), lucky.ports);
    expect(lucky.saved).toHaveLength(1);
    expect(await codeOf(spreadStock(request(true), givenPorts(product, [aLevel(product)], 1000).ports))).toBe(
      'stock.busy',
    );
    expect(await codeOf(spreadStock(request(true), givenPorts(undefined, []).ports))).toBe('not-found');
  });
});
