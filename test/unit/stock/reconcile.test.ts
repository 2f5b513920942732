import { describe, expect, it } from 'vitest';
import { reconcileShops } from '../../../functions/stock/reconcile-shops.ts';
import { type Hold, type Reconciliation, reconcileStock } from '../../../functions/stock/reconcile-stock.ts';
import { applyMovement, noStock, type StockLevel, type StockMovement } from '../../../functions/stock/stock.ts';
import { aMovement, aProduct } from '../../support/builders.ts';
import { movedClock } from '../../support/clock.ts';

const product = aProduct({ stockBuckets: 2 });
const row = (change: Partial<StockMovement>): StockMovement =>
  aMovement({ shopId: product.shopId, productId: product.productId, ...change });

/** A sound shop: ten units in, two held by A, one sold to B, one held and given back by C; bucket 1 is empty. */
const soundWorld = () => {
  const ledger = [
    row({ quantity: 10 }),
    row({ kind: 'reserve', quantity: 2, code: 'AAAA000000000000' }),
    row({ kind: 'reserve', quantity: 1, code: 'BBBB000000000000' }),
    row({ kind: 'sell', quantity: 1, code: 'BBBB000000000000' }),
    row({ kind: 'reserve', quantity: 1, code: 'CCCC000000000000' }),
    row({ kind: 'release', quantity: 1, code: 'CCCC000000000000' }),
  ];
  const { shopId, productId } = product;
  const figures = ledger.reduce(applyMovement, noStock);
  return {
    ledgers: [ledger, []] as [StockMovement[], StockMovement[]],
    levels: [
      { shopId, productId, bucket: 0, ...figures },
      { shopId, productId, bucket: 1, ...noStock },
    ] as StockLevel[],
    holds: [{ code: 'AAAA000000000000', productId, bucket: 0, quantity: 2 }] as Hold[],
  };
};
type World = ReturnType<typeof soundWorld>;

const portsOf = (world: World, readings: { levels?: () => StockLevel[]; holdsOf?: () => Hold[] } = {}) => {
  const kept: Reconciliation[] = [];
  return {
    kept,
    products: {
      async *all() {
        yield product;
      },
    },
    stock: {
      levels: async () => new Map([[product.productId, readings.levels?.() ?? world.levels]]),
      async *ledger(_: string, __: string, bucket: number) {
        yield* world.ledgers[bucket] ?? [];
      },
    },
    checkouts: {
      async *activeHolds() {
        yield* world.holds;
      },
      holdsOf: async (codes: readonly string[]) =>
        (readings.holdsOf?.() ?? world.holds).filter(({ code }) => codes.includes(code)),
    },
    reconciliations: {
      save: async (_: string, reconciliation: Reconciliation) => {
        kept.push(reconciliation);
      },
    },
    clock: movedClock(),
  };
};

const problemsOf = async (world: World) =>
  (await reconcileStock(product.shopId, portsOf(world))).drifts.map(({ bucket, problem }) => `${bucket}: ${problem}`);

describe('a reconciliation', () => {
  it('of a sound shop counts what it saw, finds nothing, and is kept', async () => {
    const ports = portsOf(soundWorld());
    const outcome = await reconcileStock(product.shopId, ports);
    expect(outcome).toEqual({ at: '2026-11-21T12:00:00.000Z', products: 1, movements: 6, drifts: [] });
    expect(ports.kept).toEqual([outcome]);
  });

  const figures = ['onHand', 'reserved', 'available', 'sold', 'adjusted'] as const;

  it.each(figures)('finds a changed figure: %s', async (name) => {
    const world = soundWorld();
    const [level] = world.levels as [StockLevel];
    level[name] += 1;
    const problems = await problemsOf(world);
    expect(problems).toContainEqual(expect.stringContaining(`0: ${name} is ${level[name]}, the ledger says`));
    expect(problems).toContain('0: the figures do not add up');
  });

  it.each([0, 1, 3, 5])('finds that row %i of the ledger has gone', async (index) => {
    const world = soundWorld();
    world.ledgers[0].splice(index, 1);
    expect(await problemsOf(world)).not.toEqual([]);
  });

  it('finds a row that was added', async () => {
    const world = soundWorld();
    world.ledgers[0].push(row({ kind: 'adjust', quantity: -1 }));
    expect(await problemsOf(world)).not.toEqual([]);
  });

  it('finds stock held for a checkout that does not hold it', async () => {
    const world = soundWorld();
    world.holds = [];
    expect(await problemsOf(world)).toEqual(['0: checkout AAAA… holds 0, the ledger says 2']);
  });

  it('finds a checkout that holds what the ledger does not know', async () => {
    const world = soundWorld();
    world.holds.push({ code: 'DDDD000000000000', productId: product.productId, bucket: 1, quantity: 3 });
    expect(await problemsOf(world)).toEqual(['1: checkout DDDD… holds 3, the ledger says 0']);
  });

  it('finds holds of different checkouts that only add up in sum', async () => {
    const world = soundWorld();
    const { productId } = product;
    world.holds = ['AAAA000000000000', 'DDDD000000000000'].map((code) => ({ code, productId, bucket: 0, quantity: 1 }));
    expect(await problemsOf(world)).toEqual([
      '0: checkout AAAA… holds 1, the ledger says 2',
      '0: checkout DDDD… holds 1, the ledger says 0',
    ]);
  });

  it('finds a bucket that has gone', async () => {
    const world = soundWorld();
    world.levels.pop();
    expect(await problemsOf(world)).toEqual(['1: the bucket has a ledger but no level']);
  });

  it('takes no alarm at what changes while it reads', async () => {
    const world = soundWorld();
    let reading = 0;
    const moving = () => {
      reading += 1;
      return reading <= 3 ? world.levels.map((level) => ({ ...level, onHand: level.onHand + reading })) : world.levels;
    };
    expect((await reconcileStock(product.shopId, portsOf(world, { levels: moving }))).drifts).toEqual([]);
  });

  it('says nothing of a bucket that never holds still', async () => {
    const world = soundWorld();
    let reading = 0;
    const busy = () => {
      reading += 1;
      return world.levels.map((level) => ({ ...level, onHand: level.onHand + reading }));
    };
    expect((await reconcileStock(product.shopId, portsOf(world, { levels: busy }))).drifts).toEqual([]);
  });

  it('takes no alarm at a checkout that ended while it reads', async () => {
    const world = soundWorld();
    let reading = 0;
    const late = () => {
      reading += 1;
      return reading === 1 ? [] : world.holds;
    };
    expect((await reconcileStock(product.shopId, portsOf(world, { holdsOf: late }))).drifts).toEqual([]);
  });
});

describe('a night of reconciliations', () => {
  const shops = async function* () {
    yield* [{ shopId: 'a' }, { shopId: 'b' }, { shopId: 'c' }];
  };
  const drift = { productId: product.productId, bucket: 0, problem: 'x' };

  it('reports the drifts of each shop and adds them up', async () => {
    const reported: [string, number][] = [];
    const night = await reconcileShops(new Date('2026-11-22T00:00:00.000Z'), {
      shops: shops(),
      reconcile: async (shopId) => ({
        at: '',
        products: 1,
        movements: 1,
        drifts: shopId === 'b' ? [drift, drift] : [],
      }),
      report: (shopId, drifts) => reported.push([shopId, drifts.length]),
      failed: () => undefined,
      clock: movedClock(),
    });
    expect(night).toEqual({ shops: 3, unchecked: 0, drifts: 2 });
    expect(reported).toEqual([['b', 2]]);
  });

  it('stops in time and says how many shops it did not come to', async () => {
    const clock = movedClock('2026-11-21T12:00:00.000Z');
    const night = await reconcileShops(new Date('2026-11-21T12:01:00.000Z'), {
      shops: shops(),
      reconcile: async () => {
        clock.advance(40_000);
        return { at: '', products: 0, movements: 0, drifts: [] };
      },
      report: () => undefined,
      failed: () => undefined,
      clock,
    });
    expect(night).toEqual({ shops: 2, unchecked: 1, drifts: 0 });
  });

  it('begins with another shop on other nights, so that a short night starves none', async () => {
    const firsts = new Set<string>();
    for (let day = 10; day < 30; day += 1) {
      const order: string[] = [];
      await reconcileShops(new Date('2026-12-31T00:00:00.000Z'), {
        shops: shops(),
        reconcile: async (shopId) => {
          order.push(shopId);
          return { at: '', products: 0, movements: 0, drifts: [] };
        },
        report: () => undefined,
        failed: () => undefined,
        clock: movedClock(`2026-11-${day}T06:00:00.000Z`),
      });
      expect(order.toSorted()).toEqual(['a', 'b', 'c']);
      firsts.add(order[0] ?? '');
    }
    expect(firsts.size).toBe(3);
  });

  it('goes on with the other shops when a proof fails, and says that one is not proven', async () => {
    const failures: string[] = [];
    const night = await reconcileShops(new Date('2026-11-22T00:00:00.000Z'), {
      shops: shops(),
      reconcile: async (shopId) => {
        if (shopId === 'a') throw new Error('unreadable');
        return { at: '', products: 1, movements: 1, drifts: [drift] };
      },
      report: () => undefined,
      failed: (shopId, error) => failures.push(`${shopId}: ${error}`),
      clock: movedClock(),
    });
    expect(night).toEqual({ shops: 2, unchecked: 1, drifts: 2 });
    expect(failures).toEqual(['a: Error: unreadable']);
  });
});
