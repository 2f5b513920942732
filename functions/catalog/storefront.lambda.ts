import { cached } from '#core/cache.ts';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { httpApi } from '#platform/http.ts';
import { loadPage } from '#platform/page.ts';
import { openTable } from '#platform/table.ts';
import { findShop } from '../shops/find-shop.ts';
import { shopStore } from '../shops/shop.store.ts';
import { shopView } from '../shops/shop.ts';
import { stockStore } from '../stock/stock.store.ts';
import { browseProducts, viewCategories, viewProduct } from './browse-products.ts';
import { categoryStore } from './category.store.ts';
import { productStore } from './product.store.ts';
import { showShop } from './show-shop.ts';
import { storefrontRoutes } from './storefront.routes.ts';

const { TABLE_NAME } = readEnv('TABLE_NAME');
const page = loadPage('shop.html');
const table = openTable(documentClient(), TABLE_NAME);
const categories = categoryStore(table);
const ports = { products: productStore(table), stock: stockStore(table), categories, page };
const findBySlug = cached(shopStore(table).findBySlug, { ttlMs: 5000, clock: () => new Date() });
const shopOf = ({ shop }: { shop: string }) => findShop(findBySlug, shop);

export const handler = httpApi(storefrontRoutes, {
  showShop: async ({ params, query, siteUrl }) => showShop(await findBySlug(params.slug), query.lang, siteUrl, ports),
  viewShop: async ({ query }) => shopView(await shopOf(query)),
  viewCategories: async ({ query }) => ({ items: await viewCategories(await shopOf(query), categories) }),
  viewProducts: async ({ query }) => browseProducts(await shopOf(query), query, ports),
  viewProduct: async ({ query, params }) => viewProduct(await shopOf(query), params.productId, ports),
});
