import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#core/actor.ts';
import { auditStore } from '../../functions/audit/audit.store.ts';
import { categoryStore } from '../../functions/catalog/category.store.ts';
import { changeStoredProduct } from '../../functions/catalog/change-stored-product.ts';
import { createCategory } from '../../functions/catalog/create-category.ts';
import { createProduct } from '../../functions/catalog/create-product.ts';
import { deleteCategory } from '../../functions/catalog/delete-category.ts';
import { deleteProduct } from '../../functions/catalog/delete-product.ts';
import { productStore } from '../../functions/catalog/product.store.ts';
import { updateCategory } from '../../functions/catalog/update-category.ts';
import { updateProduct } from '../../functions/catalog/update-product.ts';
import { spreadStock } from '../../functions/stock/spread-stock.ts';
import { stockStore } from '../../functions/stock/stock.store.ts';
import { anId } from '../support/builders.ts';
import { MINUTE, movedClock } from '../support/clock.ts';
import { Crash, firstAttempts } from '../support/faults.ts';
import { failureOf, quickPatience } from '../support/ports.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
});

const shopId = anId();
const by: Actor = 'user:ana';

const open = () => {
  const clock = movedClock();
  const ports = {
    categories: categoryStore(world.table),
    products: productStore(world.table),
    stock: stockStore(world.table),
    bucket: { remove: async () => {} },
    patience: quickPatience(clock),
    clock,
  };
  const later = () => clock.advance(MINUTE);
  const trail = async () =>
    (await auditStore(world.table, movedClock()).list({ shopId }, { limit: 50 })).items
      .toReversed()
      .map(({ subject, action, changes, by: who }) => [subject.kind, action, changes, who]);
  return { ports, later, trail };
};

const input = { name: 'Velas', position: 0 };

describe('what is done to the window', () => {
  it('stands in the audit trail: categories', async () => {
    const { ports, later, trail } = open();
    const request = { shopId, input, idempotencyKey: 'a-key', by };
    const { categoryId } = await createCategory(request, ports);
    await createCategory(request, ports);
    later();
    await updateCategory({ shopId, categoryId, change: { name: 'Luces' }, by: 'user:bea' }, ports);
    await updateCategory({ shopId, categoryId, change: { name: 'Luces' }, by }, ports);
    later();
    await deleteCategory({ shopId, categoryId, by }, ports);
    expect(await failureOf(deleteCategory({ shopId, categoryId, by }, ports))).toMatchObject({ code: 'not-found' });
    expect(await trail()).toEqual([
      ['category', 'category.created', { name: { to: 'Velas' }, position: { to: 0 } }, by],
      ['category', 'category.changed', { name: { from: 'Velas', to: 'Luces' } }, 'user:bea'],
      ['category', 'category.deleted', { name: { from: 'Luces' }, position: { from: 0 } }, by],
    ]);
  });

  it('stands in the audit trail: products, but not what only their stock does to them', async () => {
    const { ports, later, trail } = open();
    const { categoryId } = await createCategory({ shopId, input, idempotencyKey: undefined, by }, ports);
    const given = { categoryId, name: 'Vela', description: '', price: 5, active: true, position: 0 };
    later();
    const { productId } = await createProduct({ shopId, input: given, idempotencyKey: undefined, by }, ports);
    const which = { shopId, productId, by };
    later();
    await updateProduct({ ...which, change: { price: 7, active: false } }, ports);
    await changeStoredProduct(which, () => ({ soldOut: false }), ports);
    later();
    await spreadStock({ ...which, hot: true }, ports);
    later();
    await deleteProduct(which, ports);
    expect((await trail()).slice(1)).toMatchObject([
      ['product', 'product.created', { price: { to: 5 }, name: { to: 'Vela' } }, by],
      ['product', 'product.changed', { price: { from: 5, to: 7 }, active: { from: true, to: false } }, by],
      ['product', 'product.changed', { hot: { from: false, to: true } }, by],
      ['product', 'product.deleted', { name: { from: 'Vela' } }, by],
    ]);
  });

  it('is refused with its entry, and kept with it, whatever breaks', async () => {
    const { ports, trail } = open();
    const { categoryId } = await createCategory({ shopId, input, idempotencyKey: undefined, by }, ports);
    const rename = () => updateCategory({ shopId, categoryId, change: { name: 'Otra' }, by }, ports);
    world.faults.plan(firstAttempts('TransactWriteItems', 'crash-before'));
    await expect(rename()).rejects.toBeInstanceOf(Crash);
    expect(await trail()).toHaveLength(1);
    expect((await ports.categories.find(shopId, categoryId))?.name).toBe('Velas');
    world.faults.plan(firstAttempts('TransactWriteItems', 'crash-after'));
    await expect(rename()).rejects.toBeInstanceOf(Crash);
    expect(await trail()).toHaveLength(2);
    expect((await ports.categories.find(shopId, categoryId))?.name).toBe('Otra');
  });
});
