import type { Caller, Role } from '#core/actor.ts';
import { patience } from '#platform/patience.ts';
import type { Table } from '#platform/table.ts';
import { categoryStore } from '../../functions/catalog/category.store.ts';
import type { Category } from '../../functions/catalog/category.ts';
import { createCategory } from '../../functions/catalog/create-category.ts';
import { createProduct } from '../../functions/catalog/create-product.ts';
import { productStore } from '../../functions/catalog/product.store.ts';
import type { Product } from '../../functions/catalog/product.ts';
import { createShop } from '../../functions/shops/create-shop.ts';
import { shopStore } from '../../functions/shops/shop.store.ts';
import type { Shop } from '../../functions/shops/shop.ts';
import { changeStock } from '../../functions/stock/change-stock.ts';
import { stockStore } from '../../functions/stock/stock.store.ts';

/** A shop with a category and products in stock, made by the use cases themselves. */
export interface GivenShop {
  shop: Shop;
  category: Category;
  products: Product[];
  /** A caller of the shop. */
  as: (role: Role) => Caller;
  addProduct: (name: string, units: number, input?: Partial<Product>) => Promise<Product>;
  /** Changes settings behind the functions' back. */
  settle: (change: Partial<Shop>) => Promise<void>;
}

/** Opens a shop whose names all carry its slug, so that a test can tell whose data it sees. */
export const givenShop = async (table: Table, slug: string, settings: Partial<Shop> = {}): Promise<GivenShop> => {
  const ports = {
    shops: shopStore(table),
    categories: categoryStore(table),
    products: productStore(table),
    stock: stockStore(table),
    clock: () => new Date(),
    patience: patience(),
  };
  const admin = { userId: `${slug}-admin`, name: `${slug} admin`, email: `admin@${slug}.example` };
  let shop = await createShop({ slug, name: `${slug} shop` }, admin, ports);
  const { shopId } = shop;
  await ports.shops.addUser({
    ...admin,
    userId: `${slug}-seller`,
    shopId,
    role: 'seller',
    state: 'active',
    createdAt: shop.createdAt,
  });

  const settle = async (change: Partial<Shop>) => {
    shop = { ...shop, ...change, version: shop.version + 1 };
    await ports.shops.save(shop);
  };
  // small stocks are bought out here
  await settle({ limits: { ...shop.limits, maxHeldShare: 100 }, ...settings });

  const input = { name: `${slug} candles`, position: 0 };
  const category = await createCategory({ shopId, input, idempotencyKey: undefined, by: 'operator' }, ports);
  const addProduct = async (name: string, units: number, more: Partial<Product> = {}) => {
    const { categoryId } = category;
    const given = { categoryId, name, description: `${slug} text`, price: 1500, active: true, position: 0, ...more };
    const product = await createProduct({ shopId, input: given, idempotencyKey: undefined, by: 'operator' }, ports);
    const received = { shopId, productId: product.productId, kind: 'receive', by: 'operator' } as const;
    if (units > 0) await changeStock({ ...received, change: units, idempotencyKey: undefined }, ports);
    return product;
  };
  const products = [await addProduct(`${slug} lamp`, 10), await addProduct(`${slug} vase`, 3)];
  return {
    shop,
    category,
    products,
    addProduct,
    settle,
    as: (role) => ({ userId: `${slug}-${role}`, shopId, role }),
  };
};

let phones = 0;

/** A phone nobody has used before. */
export const aPhone = (): string => {
  phones += 1;
  return `+549115${String(phones).padStart(7, '0')}`;
};

/** The body of a checkout of one unit, unless told otherwise. */
export const anOrder = (shop: Shop, product: Product, more: Record<string, unknown> = {}) => ({
  shop: shop.slug,
  lines: [{ productId: product.productId, quantity: 1 }],
  customerName: 'Ana Buyer',
  phone: aPhone(),
  ...more,
});
