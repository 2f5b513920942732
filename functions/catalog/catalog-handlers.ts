import { actorOf, type Caller } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import type { RouteHandlers } from '#core/contract.ts';
import { notFound } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import type { catalogRoutes } from './catalog.routes.ts';
import type { Category } from './category.ts';
import { attachPicture, orderPictures, type PictureBucket, removePicture, requestUpload } from './change-pictures.ts';
import type { Products } from './change-stored-product.ts';
import { createCategory } from './create-category.ts';
import { createProduct } from './create-product.ts';
import { deleteCategory } from './delete-category.ts';
import { deleteProduct } from './delete-product.ts';
import { findProduct } from './find-product.ts';
import type { Product } from './product.ts';
import { addStock, type StockLevels } from './product-with-stock.ts';
import { updateCategory } from './update-category.ts';
import { updateProduct } from './update-product.ts';

type Listing = PageRequest & { listing: 'all' | 'active' | 'available'; categoryId?: string };

/** Everything that managing the window needs. */
export interface CatalogPorts {
  categories: Parameters<typeof createCategory>[1]['categories'] &
    Parameters<typeof updateCategory>[1]['categories'] &
    Parameters<typeof deleteCategory>[1]['categories'] & {
      all: (shopId: string) => Promise<Category[]>;
    };
  products: Products &
    Parameters<typeof createProduct>[1]['products'] &
    Parameters<typeof deleteProduct>[1]['products'] & {
      list: (shopId: string, listing: Listing) => Promise<Page<Product>>;
    };
  stock: StockLevels;
  bucket: PictureBucket;
  clock: Clock;
}

/** A product with its stock as it is now. */
export const present = async (product: Product, stock: StockLevels) => {
  const [presented] = await addStock(product.shopId, [product], stock);
  if (presented === undefined) throw notFound();
  return presented;
};

const categoryHandlers = (ports: CatalogPorts) =>
  ({
    listCategories: async ({ caller }) => ({ items: await ports.categories.all(caller.shopId) }),
    createCategory: ({ caller, body, idempotencyKey }) =>
      createCategory({ shopId: caller.shopId, input: body, idempotencyKey, by: actorOf(caller) }, ports),
    updateCategory: ({ caller, params, body }) =>
      updateCategory({ shopId: caller.shopId, ...params, change: body, by: actorOf(caller) }, ports),
    deleteCategory: async ({ caller, params }) => {
      await deleteCategory({ shopId: caller.shopId, ...params, by: actorOf(caller) }, ports);
      return undefined;
    },
  }) satisfies Partial<RouteHandlers<typeof catalogRoutes>>;

const changing = (caller: Caller, { productId }: { productId: string }) => ({
  shopId: caller.shopId,
  productId,
  by: actorOf(caller),
});

const productHandlers = (ports: CatalogPorts) =>
  ({
    listProducts: async ({ caller, query: { category, ...query } }) => {
      const page = await ports.products.list(caller.shopId, { ...query, ...(category && { categoryId: category }) });
      return { ...page, items: await addStock(caller.shopId, page.items, ports.stock) };
    },
    createProduct: async ({ caller, body, idempotencyKey }) => {
      const asked = { shopId: caller.shopId, input: body, idempotencyKey, by: actorOf(caller) };
      return present(await createProduct(asked, ports), ports.stock);
    },
    getProduct: async ({ caller, params }) =>
      present(await findProduct(ports.products, { shopId: caller.shopId, ...params }), ports.stock),
    updateProduct: async ({ caller, params, body }) =>
      present(await updateProduct({ ...changing(caller, params), change: body }, ports), ports.stock),
    deleteProduct: async ({ caller, params }) => {
      await deleteProduct(changing(caller, params), ports);
      return undefined;
    },
  }) satisfies Partial<RouteHandlers<typeof catalogRoutes>>;

const pictureHandlers = (ports: CatalogPorts) =>
  ({
    requestUpload: ({ caller, params, body }) =>
      requestUpload({ shopId: caller.shopId, ...params, input: body }, ports),
    attachPicture: async ({ caller, params, body }) =>
      present(await attachPicture({ ...changing(caller, params), input: body }, ports), ports.stock),
    orderPictures: async ({ caller, params, body }) =>
      present(await orderPictures({ ...changing(caller, params), ...body }, ports), ports.stock),
    removePicture: async ({ caller, params }) =>
      present(await removePicture({ ...changing(caller, params), pictureId: params.pictureId }, ports), ports.stock),
  }) satisfies Partial<RouteHandlers<typeof catalogRoutes>>;

/** What answers each route of the catalog. */
export const catalogHandlers = (ports: CatalogPorts): RouteHandlers<typeof catalogRoutes> => ({
  ...categoryHandlers(ports),
  ...productHandlers(ports),
  ...pictureHandlers(ports),
});
