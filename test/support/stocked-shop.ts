import { cached } from '#core/cache.ts';
import type { Clock } from '#core/clock.ts';
import { keys } from '#table/schema.ts';
import { productStore } from '../../functions/catalog/product.store.ts';
import type { Product } from '../../functions/catalog/product.ts';
import { checkoutStore } from '../../functions/checkouts/checkout.store.ts';
import type { CreateCheckoutPorts } from '../../functions/checkouts/create-checkout.ts';
import { fullShops } from '../../functions/checkouts/full-shops.ts';
import { soldOutGate } from '../../functions/checkouts/sold-out-gate.ts';
import { shopStore } from '../../functions/shops/shop.store.ts';
import type { Shop } from '../../functions/shops/shop.ts';
import { changeStock } from '../../functions/stock/change-stock.ts';
import { spreadStock } from '../../functions/stock/spread-stock.ts';
import { stockStore } from '../../functions/stock/stock.store.ts';
import { aProduct, aShop, aUser, wideLimits } from './builders.ts';
import { quickPatience } from './ports.ts';
import type { TestTable } from './table.ts';

export const SECRET = 'a secret for tests only';

/** What one Lambda environment keeps in memory between requests. */
export interface Environment {
  gate: CreateCheckoutPorts['gate'];
  findShopBySlug: CreateCheckoutPorts['findShopBySlug'];
  isFull: CreateCheckoutPorts['isFull'];
}

/** A shop on a test table, and what acts on it. */
export const openStockedShop = async (world: TestTable, clock: Clock, settings: Partial<Shop> = {}) => {
  const stores = {
    shops: shopStore(world.table),
    products: productStore(world.table),
    stock: stockStore(world.table),
    checkouts: checkoutStore(world.table),
  };
  const shop = aShop({ limits: wideLimits(), ...settings });
  await stores.shops.create(shop, aUser({ shopId: shop.shopId }));

  const newEnvironment = (): Environment => ({
    gate: soldOutGate(),
    findShopBySlug: cached(stores.shops.findBySlug, { ttlMs: 5000, clock }),
    isFull: fullShops(stores.checkouts.countActive, clock),
  });

  /** The ports of one operation; its patience never waits. */
  const ports = (environment = newEnvironment(), random?: () => number) => ({
    ...stores,
    ...environment,
    secret: async () => SECRET,
    patience: quickPatience(clock, { ...(random && { random }) }),
    clock,
  });

  /** A product with units in stock, all of it reached through the use cases. */
  const stocked = async (units: number, { hot = false, ...change }: Partial<Product> = {}): Promise<Product> => {
    const product = aProduct({ shopId: shop.shopId, ...change });
    const { shopId, productId, categoryId } = product;
    await world.tamper({ ...keys.category(shopId, categoryId), products: 0 });
    await stores.products.create(product, undefined, clock());
    const which = { shopId, productId, by: 'operator' } as const;
    if (hot) await spreadStock({ ...which, hot }, ports());
    if (units > 0) await changeStock({ ...which, kind: 'receive', change: units, idempotencyKey: undefined }, ports());
    return (await stores.products.find(shopId, productId)) ?? product;
  };

  return { shop, ...stores, newEnvironment, ports, stocked };
};

export type StockedShop = Awaited<ReturnType<typeof openStockedShop>>;
