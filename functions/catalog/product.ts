import * as z from 'zod/mini';
import {
  amountField,
  countField,
  currencyField,
  idField,
  optionalTextField,
  textField,
  timeField,
} from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Currency } from '#core/money.ts';
import { fold } from '#core/text.ts';
import { Picture, pictureUrl } from './picture.ts';

const fields = () => ({
  categoryId: idField(),
  name: textField(100),
  description: optionalTextField(2000),
  /** Minor units of the shop's currency: 1230000 is $ 12.300,00. */
  price: amountField(),
  active: z.boolean(),
  /** Place within the category: lower comes first. */
  position: countField(),
});

/** Something a shop sells. Its stock is counted apart, in stock levels. */
export const Product = lazy(() =>
  z.object({
    productId: idField(),
    shopId: idField(),
    ...fields(),
    pictures: z.array(Picture()),
    /** Spread over several stock buckets because many buyers come at once. */
    hot: z.boolean(),
    /** How many stock buckets exist; it never shrinks. */
    stockBuckets: countField(),
    /** Kept by the change stream for listings; the stock levels are the truth. */
    soldOut: z.boolean(),
    version: z.int(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type Product = z.infer<Lazy<typeof Product>>;

export const CreateProduct = lazy(() =>
  z.strictObject({ ...fields(), active: z._default(z.boolean(), true), position: z._default(countField(), 0) }),
);
export type CreateProduct = z.infer<Lazy<typeof CreateProduct>>;

export const UpdateProduct = lazy(() =>
  z.partial(z.strictObject({ ...fields(), description: z.string().check(z.maxLength(2000)) })),
);
export type UpdateProduct = z.infer<Lazy<typeof UpdateProduct>>;

const PictureView = lazy(() => z.object({ url: z.string(), alt: z.string() }));

/** What shoppers see of a product: `available` is what can be reserved right now. */
export const ProductView = lazy(() =>
  z.object({
    productId: idField(),
    categoryId: idField(),
    name: z.string(),
    description: z.string(),
    price: z.int(),
    currency: currencyField(),
    available: z.int(),
    pictures: z.array(PictureView()),
  }),
);
export type ProductView = z.infer<Lazy<typeof ProductView>>;

/** A product as its sellers see it: with its stock figures, summed over buckets. */
export const ProductWithStock = lazy(() =>
  z.object({
    ...Product().shape,
    pictures: z.array(z.object({ ...Picture().shape, url: z.string() })),
    stock: z.object({ onHand: z.int(), reserved: z.int(), available: z.int(), sold: z.int() }),
  }),
);
export type ProductWithStock = z.infer<Lazy<typeof ProductWithStock>>;

/** The part of a product that shoppers see. */
export const productView = (product: Product, available: number, currency: Currency): ProductView => ({
  productId: product.productId,
  categoryId: product.categoryId,
  name: product.name,
  description: product.description,
  price: product.price,
  currency,
  available,
  pictures: product.pictures.map(({ key, alt }) => ({ url: pictureUrl(key), alt: alt || product.name })),
});

/** As a name stands in a key, before a `#`: nothing in it sorts before that, so that «vela» comes before «vela roja». */
const sortName = (name: string): string => fold(name).slice(0, 60).toWellFormed().replace(/[ !"]/g, '$');

/** What orders a product in lists. */
export const productOrder = ({ categoryId, position, name, productId }: Product) => ({
  categoryId,
  position,
  sortName: sortName(name),
  productId,
});

/** The product with these fields changed. */
export const changeProduct = (product: Product, change: Partial<Product>, now: Date): Product => ({
  ...product,
  ...change,
  version: product.version + 1,
  updatedAt: now.toISOString(),
});
