import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Product } from '../../functions/catalog/product.ts';
import { createCheckout } from '../../functions/checkouts/create-checkout.ts';
import { confirmCheckout, expireCheckout } from '../../functions/checkouts/end-checkout.ts';
import { anId } from '../support/builders.ts';
import { HOUR, type MovedClock, movedClock } from '../support/clock.ts';
import { openStockedShop, type StockedShop } from '../support/stocked-shop.ts';
import { startTables, type TestTable } from '../support/table.ts';

/** The budgets of docs/architecture.md, measured as DynamoDB bills them. */
let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let given: StockedShop;
let clock: MovedClock;
let product: Product;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  clock = movedClock();
  given = await openStockedShop(world, clock);
  product = await given.stocked(10, {
    name: 'Vela de soja con aroma a vainilla y lavanda, frasco ámbar de 220 gramos',
    pictures: [
      {
        pictureId: '01KAHZ3V5R8M4X9QJ2T7WNB6CD',
        key: `shops/${'0'.repeat(26)}/products/${'0'.repeat(26)}/1.webp`,
        alt: '',
      },
    ],
  });
});

const input = () => ({
  shop: given.shop.slug,
  lines: [{ productId: product.productId, quantity: 2 }],
  customerName: 'María Fernanda González de la Torre',
  phone: '011 15-2345-6789',
});
const create = async (environment = given.newEnvironment(), idempotencyKey = 'b7d1c9f0-5a8e-4c1e-9f63-0d2f8a7c4e11') =>
  (await createCheckout({ input: input(), idempotencyKey }, given.ports(environment))).checkout;

/** The size that DynamoDB counts: names and values of all attributes, in UTF-8. */
const sizeOf = (value: unknown): number => {
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(Math.abs(value)).length / 2) + 1;
  const parts = Array.isArray(value) ? value : Object.entries(value as object).flat();
  return parts.reduce<number>((sum, part) => sum + sizeOf(part), 0) + (Array.isArray(value) ? 3 + value.length : 0);
};

describe('a checkout of one line', () => {
  it('costs at most ten write units and two read units to create, with a warm cache of the shop', async () => {
    const environment = given.newEnvironment();
    await environment.findShopBySlug(given.shop.slug);
    await environment.isFull(given.shop);
    const units = await world.unitsOf(() => create(environment));
    expect(units.write).toBeLessThanOrEqual(10);
    expect(units.read).toBeLessThanOrEqual(2);
  });

  it('costs at most ten write units and two read units to confirm', async () => {
    const { code } = await create();
    const units = await world.unitsOf(async () => {
      // as the route does it: the checkout is looked up for its shop first
      await given.checkouts.find(code);
      await confirmCheckout({ code, by: 'shopper', idempotencyKey: 'k'.repeat(16) }, given.ports());
    });
    expect(units.write).toBeLessThanOrEqual(10);
    expect(units.read).toBeLessThanOrEqual(2);
  });

  it('costs at most nine write units and two read units to expire', async () => {
    const { code } = await create();
    clock.advance(24 * HOUR);
    const units = await world.unitsOf(() => expireCheckout({ code, by: 'schedule' }, given.ports()));
    expect(units.write).toBeLessThanOrEqual(9);
    expect(units.read).toBeLessThanOrEqual(2);
  });

  it('is an item of less than 1 KB, as is everything that is written with it, even once confirmed', async () => {
    const { code } = await create();
    await given.checkouts.tie(code, { contactId: anId(), phoneNumberId: '1'.repeat(17), phone: '+5491123456789' });
    await confirmCheckout({ code, by: `user:${code}-${code}-${code}`, idempotencyKey: 'k'.repeat(16) }, given.ports());
    const rows = (await world.rows()).filter(({ pk }) => /^CHECKOUT#|#HOLDER#|#STOCK#/.test(pk));
    expect(rows.length).toBeGreaterThanOrEqual(5);
    const sizes = rows.map((row) => ({ pk: row.pk.replace(/[0-9A-Z]{16,}/g, '…'), size: sizeOf(row) }));
    for (const { size } of sizes) expect(size).toBeLessThan(1024);
  });
});

describe('a rush on a product that is sold out', () => {
  it('costs nothing to write once the environment knows', async () => {
    const environment = given.newEnvironment();
    const buy = (quantity: number, phone: string) =>
      createCheckout(
        {
          input: { ...input(), lines: [{ productId: product.productId, quantity }], phone },
          idempotencyKey: undefined,
        },
        given.ports(environment),
      ).catch((error: unknown) => error);
    await buy(10, '011 15-2345-0001');
    await buy(1, '011 15-2345-0002');
    const units = await world.unitsOf(() => buy(1, '011 15-2345-0003'));
    expect(units).toEqual({ read: expect.any(Number), write: 0 });
    expect(units.read).toBeLessThanOrEqual(1.5);
  });

  it('costs nothing to write to whoever asks for a product that is listed as sold out', async () => {
    const empty = await given.stocked(0, { soldOut: true });
    const order = { ...input(), lines: [{ productId: empty.productId, quantity: 1 }] };
    const units = await world.unitsOf(() =>
      createCheckout({ input: order, idempotencyKey: undefined }, given.ports()).catch((error: unknown) => error),
    );
    expect(units.write).toBe(0);
  });
});
