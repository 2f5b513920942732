import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { idField, pageFields, pageOf } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import { Category, CreateCategory, UpdateCategory } from './category.ts';
import { AttachPicture, RequestUpload, Upload } from './picture.ts';
import { CreateProduct, ProductWithStock, UpdateProduct } from './product.ts';

const CategoryParams = lazy(() => z.object({ categoryId: z.string().check(z.maxLength(64)) }));
const ProductParams = lazy(() => z.object({ productId: z.string().check(z.maxLength(64)) }));
const PictureParams = lazy(() =>
  z.object({ productId: z.string().check(z.maxLength(64)), pictureId: z.string().check(z.maxLength(64)) }),
);

/** Managing the window: categories, products, pictures. */
export const catalogRoutes = {
  listCategories: {
    method: 'GET',
    path: '/admin/categories',
    access: ['admin', 'seller'],
    summary: 'All categories, in order',
    answer: { status: 200, schema: lazy(() => z.object({ items: z.array(Category()) })) },
  },
  createCategory: {
    method: 'POST',
    path: '/admin/categories',
    access: ['admin', 'seller'],
    summary: 'Add a category',
    body: CreateCategory,
    answer: { status: 201, schema: Category },
    errors: ['idempotency.key-reused', 'change.conflict'],
    idempotent: true,
  },
  updateCategory: {
    method: 'PATCH',
    path: '/admin/categories/{categoryId}',
    access: ['admin', 'seller'],
    summary: 'Rename or move a category',
    params: CategoryParams,
    body: UpdateCategory,
    answer: { status: 200, schema: Category },
    errors: ['change.conflict'],
  },
  deleteCategory: {
    method: 'DELETE',
    path: '/admin/categories/{categoryId}',
    access: ['admin', 'seller'],
    summary: 'Delete a category that has no products',
    params: CategoryParams,
    answer: { status: 204 },
    errors: ['category.not-empty', 'change.conflict'],
  },
  listProducts: {
    method: 'GET',
    path: '/admin/products',
    access: ['admin', 'seller'],
    summary: 'Products with their stock, in pages; all, active, or active and in stock',
    query: lazy(() =>
      z.object({
        category: z.optional(idField()),
        listing: z._default(z.enum(['all', 'active', 'available']), 'all'),
        ...pageFields(50, 100),
      }),
    ),
    answer: { status: 200, schema: lazy(() => pageOf(ProductWithStock())) },
  },
  createProduct: {
    method: 'POST',
    path: '/admin/products',
    access: ['admin', 'seller'],
    summary: 'Add a product; its stock starts at zero',
    body: CreateProduct,
    answer: { status: 201, schema: ProductWithStock },
    errors: ['idempotency.key-reused', 'change.conflict'],
    idempotent: true,
  },
  getProduct: {
    method: 'GET',
    path: '/admin/products/{productId}',
    access: ['admin', 'seller'],
    summary: 'One product with its stock',
    params: ProductParams,
    answer: { status: 200, schema: ProductWithStock },
  },
  updateProduct: {
    method: 'PATCH',
    path: '/admin/products/{productId}',
    access: ['admin', 'seller'],
    summary: 'Change name, price, description, category, place, or whether it shows',
    params: ProductParams,
    body: UpdateProduct,
    answer: { status: 200, schema: ProductWithStock },
    errors: ['change.conflict'],
  },
  deleteProduct: {
    method: 'DELETE',
    path: '/admin/products/{productId}',
    access: ['admin', 'seller'],
    summary: 'Delete a product that has neither stock nor holds; its ledger stays',
    params: ProductParams,
    answer: { status: 204 },
    errors: ['product.has-stock', 'change.conflict'],
  },
  requestUpload: {
    method: 'POST',
    path: '/admin/products/{productId}/uploads',
    access: ['admin', 'seller'],
    summary: 'Get an address to upload one picture to',
    params: ProductParams,
    body: RequestUpload,
    answer: { status: 201, schema: Upload },
    errors: ['product.too-many-pictures'],
  },
  attachPicture: {
    method: 'POST',
    path: '/admin/products/{productId}/pictures',
    access: ['admin', 'seller'],
    summary: 'Show an uploaded picture with the product',
    params: ProductParams,
    body: AttachPicture,
    answer: { status: 201, schema: ProductWithStock },
    errors: ['picture.not-uploaded', 'product.too-many-pictures', 'change.conflict'],
  },
  orderPictures: {
    method: 'PUT',
    path: '/admin/products/{productId}/pictures',
    access: ['admin', 'seller'],
    summary: 'Put the pictures of a product in order, the first being the one in the window',
    params: ProductParams,
    body: lazy(() => z.strictObject({ pictureIds: z.array(idField()).check(z.maxLength(8)) })),
    answer: { status: 200, schema: ProductWithStock },
    errors: ['change.conflict'],
  },
  removePicture: {
    method: 'DELETE',
    path: '/admin/products/{productId}/pictures/{pictureId}',
    access: ['admin', 'seller'],
    summary: 'Take a picture off a product and delete it',
    params: PictureParams,
    answer: { status: 200, schema: ProductWithStock },
    errors: ['change.conflict'],
  },
} as const satisfies Routes;
