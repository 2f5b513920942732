import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { idField, languageField, pageFields, pageOf, slugField } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import { ShopView } from '../shops/shop.ts';
import { CategoryView } from './category.ts';
import { ProductView } from './product.ts';

/** How long a shared cache may keep what shoppers see: a rush reads once in two seconds, not ten thousand times. */
const CACHE_SECONDS = 2;

const ShopQuery = lazy(() => z.object({ shop: slugField() }));
const ProductsQuery = lazy(() =>
  z.object({
    shop: slugField(),
    category: z.optional(idField()),
    available: z.optional(
      z.pipe(
        z.enum(['true', 'false']),
        z.transform((flag) => flag === 'true'),
      ),
    ),
    ...pageFields(48, 100),
  }),
);

export const storefrontRoutes = {
  showShop: {
    method: 'GET',
    path: '/s/{slug}',
    access: 'public',
    summary: 'The shop window page',
    params: lazy(() => z.object({ slug: z.string().check(z.maxLength(64)) })),
    query: lazy(() => z.object({ lang: z.optional(z.catch(z.optional(languageField()), undefined)) })),
    answer: { status: 200, html: true },
    cacheSeconds: CACHE_SECONDS,
  },
  viewShop: {
    method: 'GET',
    path: '/api/shop',
    access: 'public',
    summary: 'Name, language, currency and limits of a shop',
    query: ShopQuery,
    answer: { status: 200, schema: ShopView },
    cacheSeconds: CACHE_SECONDS,
  },
  viewCategories: {
    method: 'GET',
    path: '/api/categories',
    access: 'public',
    summary: 'The categories of a shop, in order',
    query: ShopQuery,
    answer: { status: 200, schema: lazy(() => z.object({ items: z.array(CategoryView()) })) },
    cacheSeconds: CACHE_SECONDS,
  },
  viewProducts: {
    method: 'GET',
    path: '/api/products',
    access: 'public',
    summary: 'The active products of a shop with what is available of each; by category, only available, in pages',
    query: ProductsQuery,
    answer: { status: 200, schema: lazy(() => pageOf(ProductView())) },
    cacheSeconds: CACHE_SECONDS,
  },
  viewProduct: {
    method: 'GET',
    path: '/api/products/{productId}',
    access: 'public',
    summary: 'One active product with what is available of it',
    params: lazy(() => z.object({ productId: z.string().check(z.maxLength(64)) })),
    query: ShopQuery,
    answer: { status: 200, schema: ProductView },
    cacheSeconds: CACHE_SECONDS,
  },
} as const satisfies Routes;
