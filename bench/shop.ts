import { patience } from '#platform/patience.ts';
import type { Table } from '#platform/table.ts';
import { categoryStore } from '../functions/catalog/category.store.ts';
import { createCategory } from '../functions/catalog/create-category.ts';
import { createProduct } from '../functions/catalog/create-product.ts';
import { productStore } from '../functions/catalog/product.store.ts';
import { checkoutStore } from '../functions/checkouts/checkout.store.ts';
import type { CreateCheckoutPorts } from '../functions/checkouts/create-checkout.ts';
import { fullShops } from '../functions/checkouts/full-shops.ts';
import { soldOutGate } from '../functions/checkouts/sold-out-gate.ts';
import { createShop } from '../functions/shops/create-shop.ts';
import { shopStore } from '../functions/shops/shop.store.ts';
import type { Shop } from '../functions/shops/shop.ts';
import { changeStock } from '../functions/stock/change-stock.ts';
import { spreadStock } from '../functions/stock/spread-stock.ts';
import { stockStore } from '../functions/stock/stock.store.ts';

/** A shop with one category, and everything to sell in it. */
export const openBenchShop = async (table: Table, now: () => Date = () => new Date()) => {
  const stores = {
    shops: shopStore(table),
    categories: categoryStore(table),
    products: productStore(table),
    stock: stockStore(table),
    checkouts: checkoutStore(table),
  };
  const ports = { ...stores, clock: now, patience: { ...patience(30_000), clock: now } };
  const admin = { userId: 'bench-admin', name: 'Bench', email: 'bench@example.com' };
  const made = await createShop({ slug: 'bench', name: 'Rara y Mágica' }, admin, ports);
  // a sale that may sell out, as its shop would set it: else half of a product at most is on hold at once
  const shop: Shop = { ...made, limits: { ...made.limits, maxHeldShare: 100 } };
  const { shopId } = shop;
  const category = await createCategory(
    { shopId, input: { name: 'Velas y aromas', position: 0 }, idempotencyKey: undefined, by: 'operator' },
    ports,
  );

  const addProduct = async (name: string, units: number, { hot = false } = {}) => {
    const input = {
      categoryId: category.categoryId,
      name,
      description: '',
      price: 1_850_000,
      active: true,
      position: 0,
    };
    const product = await createProduct({ shopId, input, idempotencyKey: undefined, by: 'operator' }, ports);
    const which = { shopId, productId: product.productId, by: 'operator' as const };
    if (hot) await spreadStock({ ...which, hot }, ports);
    if (units > 0)
      await changeStock({ ...which, kind: 'receive', change: units, idempotencyKey: undefined, by: 'operator' }, ports);
    return product;
  };

  const checkoutPorts: CreateCheckoutPorts = {
    findShopBySlug: async (): Promise<Shop> => shop,
    checkouts: stores.checkouts,
    stock: stores.stock,
    isFull: fullShops(stores.checkouts.countActive, now),
    gate: soldOutGate(),
    secret: async () => 'bench-secret',
    patience: ports.patience,
  };
  return { shop, ports, checkoutPorts, addProduct };
};
