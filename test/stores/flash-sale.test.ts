import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAppError } from '#core/errors.ts';
import type { Product } from '../../functions/catalog/product.ts';
import { createCheckout } from '../../functions/checkouts/create-checkout.ts';
import { movedClock } from '../support/clock.ts';
import { randomFaults } from '../support/faults.ts';
import { seededRandom } from '../support/random.ts';
import { checkoutProblems, readState, stockProblems } from '../support/stock-invariants.ts';
import { type Environment, openStockedShop, type StockedShop } from '../support/stocked-shop.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());

const BUYERS = 1000;
const UNITS = 10;
const AT_ONCE = 50;
const ENVIRONMENTS = 20;

/** One buyer, who asks again with the same key for as long as the shop is busy or does not answer. */
const buy = async (given: StockedShop, environment: Environment, product: Product, buyer: number) => {
  const random = seededRandom(buyer + 1);
  const input = {
    shop: given.shop.slug,
    lines: [{ productId: product.productId, quantity: 1 }],
    customerName: `Comprador ${buyer}`,
    phone: `+54911${String(30_000_000 + buyer)}`,
  };
  const idempotencyKey = `flash-sale-buyer-${buyer}`;
  for (;;) {
    try {
      return await createCheckout({ input, idempotencyKey }, given.ports(environment, random));
    } catch (error) {
      if (isAppError(error, 'stock.short')) return 'too late';
      if (isAppError(error) && !isAppError(error, 'stock.busy')) throw error;
    }
  }
};

/** Everyone comes at once, as many at the same moment as there are Lambdas under way. */
const sell = async (given: StockedShop, product: Product) => {
  const environments = Array.from({ length: ENVIRONMENTS }, given.newEnvironment);
  const waiting = Array.from({ length: BUYERS }, (_, buyer) => buyer);
  const answers: Awaited<ReturnType<typeof buy>>[] = [];
  const serve = async () => {
    for (let buyer = waiting.shift(); buyer !== undefined; buyer = waiting.shift()) {
      const environment = environments[buyer % ENVIRONMENTS] as Environment;
      answers.push(await buy(given, environment, product, buyer));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, serve));
  return answers;
};

const proveSound = async (world: TestTable, now: Date) => {
  const state = readState(await world.rows());
  expect([...stockProblems(state), ...checkoutProblems(state, { now, mostLateMs: 0 })]).toEqual([]);
  return state;
};

describe('a flash sale: a thousand buyers, ten units', () => {
  const storms = [
    { hot: false, share: 0.5 },
    { hot: true, share: 0.3 },
  ];

  it.each(storms)('sells exactly ten (spread: $hot, share of failing writes: $share)', async ({ hot, share }) => {
    const world = await server.openTestTable();
    const clock = movedClock();
    const given = await openStockedShop(world, clock);
    const product = await given.stocked(UNITS, { hot });
    world.faults.conflictInFlight();
    world.faults.plan(
      randomFaults(7, { conflict: share, 'timeout-before': 0.01, 'timeout-after': 0.02, 'crash-after': 0.02 }),
    );
    const answers = await sell(given, product);
    world.faults.stop();

    const sold = answers.filter((answer) => answer !== 'too late');
    expect(answers).toHaveLength(BUYERS);
    expect(new Set(sold.map(({ checkout }) => checkout.code)).size).toBe(UNITS);
    expect(sold).toHaveLength(UNITS);
    const state = await proveSound(world, clock());
    expect(state.checkouts).toHaveLength(UNITS);
    expect(state.levels.reduce((sum, { available }) => sum + available, 0)).toBe(0);
    expect(world.faults.met.get('conflict')).toBeGreaterThan(UNITS);
    await world.drop();
  });
});
