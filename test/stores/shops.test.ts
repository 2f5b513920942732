import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAppError } from '#core/errors.ts';
import { shopStore } from '../../functions/shops/shop.store.ts';
import type { User } from '../../functions/shops/user.ts';
import { aShop, aUser } from '../support/builders.ts';
import { firstAttempts } from '../support/faults.ts';
import { failureOf } from '../support/ports.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let shops: ReturnType<typeof shopStore>;

beforeAll(async () => {
  server = await startTables();
  world = await server.openTestTable();
  shops = shopStore(world.table);
});
afterAll(() => server.close());

const openShop = async () => {
  const shop = aShop();
  const admin = aUser({ shopId: shop.shopId });
  await shops.create(shop, admin);
  return { shop, admin };
};

describe('shops', () => {
  it('are found by id and by slug once created, with their first user', async () => {
    const { shop, admin } = await openShop();
    expect(await shops.find(shop.shopId)).toEqual(shop);
    expect(await shops.findBySlug(shop.slug)).toEqual(shop);
    expect(await shops.findUser(admin.userId)).toEqual(admin);
  });

  it('are not found by what nobody has', async () => {
    expect([await shops.find('none'), await shops.findBySlug('none'), await shops.findUser('none')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('never share a slug, and the second leaves nothing behind', async () => {
    const { shop } = await openShop();
    const second = aShop({ slug: shop.slug });
    const admin = aUser({ shopId: second.shopId });
    expect(isAppError(await failureOf(shops.create(second, admin)), 'shop.slug-taken')).toBe(true);
    expect([await shops.find(second.shopId), await shops.findUser(admin.userId)]).toEqual([undefined, undefined]);
    expect(await shops.findBySlug(shop.slug)).toEqual(shop);
  });

  it('are not opened with a user of another shop', async () => {
    const { admin } = await openShop();
    const second = aShop();
    await failureOf(shops.create(second, { ...admin, shopId: second.shopId }));
    expect([await shops.find(second.shopId), await shops.findBySlug(second.slug)]).toEqual([undefined, undefined]);
    expect(await shops.findUser(admin.userId)).toEqual(admin);
  });

  it('are saved by the first of two who read the same version', async () => {
    const { shop } = await openShop();
    const changed = { ...shop, name: 'Primera', version: 2 };
    await shops.save(changed);
    const late = await failureOf(shops.save({ ...shop, name: 'Segunda', version: 2 }));
    expect(isAppError(late, 'change.conflict')).toBe(true);
    expect(await shops.find(shop.shopId)).toEqual(changed);
  });

  it('met by another write ask to be saved again', async () => {
    const { shop } = await openShop();
    world.faults.plan(firstAttempts('TransactWriteItems', 'throttle', 4));
    expect(isAppError(await failureOf(shops.save({ ...shop, version: 2 })), 'change.conflict')).toBe(true);
    expect(await shops.find(shop.shopId)).toEqual(shop);
  });

  it('are listed by slug, each once', async () => {
    const table = await server.openTestTable();
    const store = shopStore(table.table);
    for (const slug of ['nube', 'alba', 'mar']) {
      const shop = aShop({ slug });
      await store.create(shop, aUser({ shopId: shop.shopId }));
    }
    expect((await Array.fromAsync(store.all())).map(({ slug }) => slug)).toEqual(['alba', 'mar', 'nube']);
  });
});

describe('users', () => {
  it('are listed for their own shop only', async () => {
    const [one, other] = [await openShop(), await openShop()];
    const seller = aUser({ shopId: one.shop.shopId, role: 'seller', userId: 'zoe' });
    await shops.addUser(seller);
    expect(await Array.fromAsync(shops.users(one.shop.shopId))).toEqual([one.admin, seller]);
    expect(await Array.fromAsync(shops.users(other.shop.shopId))).toEqual([other.admin]);
  });

  it('from before there were states read as active', async () => {
    const { shop } = await openShop();
    const { state: _, ...former } = aUser({ shopId: shop.shopId, userId: 'former', role: 'seller' });
    await shops.addUser(former as User);
    expect(await shops.findUser('former')).toEqual({ ...former, state: 'active' });
  });

  it('belong to one shop and stay as they were first added', async () => {
    const { shop, admin } = await openShop();
    await failureOf(shops.addUser({ ...admin, role: 'seller' }));
    await failureOf(shops.addUser({ ...admin, shopId: aShop().shopId }));
    expect(await Array.fromAsync(shops.users(shop.shopId))).toEqual([admin]);
  });
});
