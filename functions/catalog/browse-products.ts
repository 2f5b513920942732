import { notFound } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import type { Shop } from '../shops/shop.ts';
import { sumFigures } from '../stock/stock.ts';
import { type Category, type CategoryView, categoryView } from './category.ts';
import { type Product, type ProductView, productView } from './product.ts';
import type { StockLevels } from './product-with-stock.ts';

interface Ports {
  products: {
    find: (shopId: string, productId: string) => Promise<Product | undefined>;
    list: (
      shopId: string,
      request: PageRequest & { listing: 'active' | 'available'; categoryId?: string },
    ) => Promise<Page<Product>>;
  };
  stock: StockLevels;
}

const toViews = async (shop: Shop, products: readonly Product[], stock: StockLevels): Promise<ProductView[]> => {
  const levels = await stock.levels(shop.shopId, products);
  return products.map((product) =>
    productView(product, sumFigures(levels.get(product.productId) ?? []).available, shop.currency),
  );
};

/**
 * One page of what a shop shows, each product with what can be reserved of it at this moment. Asked for available
 * ones only, what sold out an instant ago is left out, so a page may be short.
 */
export const browseProducts = async (
  shop: Shop,
  { category, available, ...page }: PageRequest & { category?: string; available?: boolean },
  { products, stock }: Ports,
): Promise<Page<ProductView>> => {
  const listing = available ? 'available' : 'active';
  const found = await products.list(shop.shopId, { ...page, listing, ...(category && { categoryId: category }) });
  const views = await toViews(shop, found.items, stock);
  return { ...found, items: available ? views.filter((view) => view.available > 0) : views };
};

/** One active product. Throws `not-found` for one that is unknown, hidden or another shop's. */
export const viewProduct = async (shop: Shop, productId: string, { products, stock }: Ports): Promise<ProductView> => {
  const product = await products.find(shop.shopId, productId);
  const [view] = product?.active ? await toViews(shop, [product], stock) : [];
  if (view === undefined) throw notFound();
  return view;
};

/** A shop's categories in order. */
export const viewCategories = async (
  shop: Shop,
  categories: { all: (shopId: string) => Promise<Category[]> },
): Promise<CategoryView[]> => (await categories.all(shop.shopId)).map(categoryView);
