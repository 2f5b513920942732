import { AppError, invalidField, notFound } from '#core/errors.ts';
import { lineAmount } from '#core/money.ts';
import type { Product } from '../catalog/product.ts';
import type { HoldLimits } from '../shops/shop.ts';
import { type BucketQuantity, bucketName, type StockLevel, sumFigures, takeFromFullest } from '../stock/stock.ts';
import { type CheckoutLine, MAX_HOLDS } from './checkout.ts';

/** So many units of a product. */
export interface Wanted {
  productId: string;
  quantity: number;
}

/** What is known of stock levels, by product. Absent: not read yet. */
export type KnownLevels = ReadonlyMap<string, readonly StockLevel[]>;

/** One product that a request wants more of than there is. */
export interface Shortage {
  productId: string;
  name: string;
  requested: number;
  available: number;
}

/** Merges equal products of a request into one line each. */
export const mergeLines = (lines: readonly Wanted[]): Wanted[] => {
  const merged = new Map<string, number>();
  for (const { productId, quantity } of lines) merged.set(productId, (merged.get(productId) ?? 0) + quantity);
  return [...merged].map(([productId, quantity]) => ({ productId, quantity }));
};

/** Throws `request.invalid` when a request wants more lines or units than the shop's limits allow. */
export const assertWithinLimits = (
  lines: readonly Wanted[],
  wanted: readonly Wanted[],
  { maxLines, maxUnitsPerLine }: HoldLimits,
): void => {
  if (wanted.length > maxLines) {
    throw invalidField('lines', 'too_many', `a checkout has at most ${maxLines} products`);
  }
  const tooMany = wanted.find(({ quantity }) => quantity > maxUnitsPerLine);
  if (tooMany === undefined) return;
  const index = lines.findIndex(({ productId }) => productId === tooMany.productId);
  const message = `at most ${maxUnitsPerLine} units of a product may be reserved`;
  throw invalidField(`lines.${index}.quantity`, 'too_big', message);
};

/** The product behind each wanted line. Throws `not-found` unless all are there and for sale. */
export const productsOf = (wanted: readonly Wanted[], found: readonly Product[]): Product[] => {
  const byId = new Map(found.map((product) => [product.productId, product]));
  return wanted.map(({ productId }) => {
    const product = byId.get(productId);
    if (!product?.active) throw notFound();
    return product;
  });
};

const pickOne = <One>(all: readonly One[], random: () => number): One | undefined =>
  all[Math.floor(random() * all.length)];

/** Where to hold units when nothing is known of the levels: the only bucket, or any one of a hot product. */
const blindHolds = ({ hot, stockBuckets }: Product, quantity: number, random: () => number): BucketQuantity[] => [
  { bucket: hot ? Math.floor(random() * stockBuckets) : 0, quantity },
];

/** Where to hold units when the levels are known: any bucket that has them all, else gathered from several. */
const knownHolds = (levels: readonly StockLevel[], quantity: number, random: () => number) => {
  const fitting = pickOne(
    levels.filter(({ available }) => available >= quantity),
    random,
  );
  return fitting ? [{ bucket: fitting.bucket, quantity }] : takeFromFullest(levels, quantity);
};

/** Which wanted products are short, by levels that are known. */
export const shortagesOf = (wanted: readonly Wanted[], products: readonly Product[], known: KnownLevels): Shortage[] =>
  wanted.flatMap(({ productId, quantity }, index) => {
    const levels = known.get(productId);
    if (levels === undefined) return [];
    const { available } = sumFigures(levels);
    const name = products[index]?.name ?? '';
    return available < quantity ? [{ productId, name, requested: quantity, available }] : [];
  });

/** The failure of wanting more than there is: names each short product and what is left of it. */
export const stockShort = (short: readonly Shortage[]): AppError =>
  new AppError('stock.short', `not enough of: ${short.map(({ name }) => name).join(', ')}`, { details: { short } });

/**
 * The lines of a checkout: names and prices frozen, and the buckets that hold the units.
 * Throws `stock.short` where the known levels do not have them.
 */
export const planLines = (
  wanted: readonly Wanted[],
  products: readonly Product[],
  known: KnownLevels,
  random: () => number,
): CheckoutLine[] => {
  const short = shortagesOf(wanted, products, known);
  if (short.length > 0) throw stockShort(short);
  const lines = products.map((product, index): CheckoutLine => {
    const quantity = wanted[index]?.quantity ?? 0;
    const levels = known.get(product.productId);
    const holds = (levels && knownHolds(levels, quantity, random)) ?? blindHolds(product, quantity, random);
    const { productId, name, price } = product;
    const pictureKey = product.pictures[0]?.key;
    const amount = lineAmount(price, quantity);
    return { productId, name, ...(pictureKey && { pictureKey }), unitPrice: price, quantity, amount, holds };
  });
  if (lines.flatMap(({ holds }) => holds).length > MAX_HOLDS) {
    throw new AppError('stock.busy', 'the stock of these products is too scattered at this moment; try again');
  }
  return lines;
};

/** A share of so few units would keep the last ones from being sold at all. */
const ALWAYS_HOLDABLE = 3;

/**
 * How many more units of a product may go on hold after these; below zero when it is too many already. Of the whole
 * product: what is free may be spread thin, and what is held may lie in one bucket.
 */
const roomBeyond = ({ quantity }: CheckoutLine, levels: readonly StockLevel[], maxHeldShare: number): number => {
  const { onHand, reserved } = sumFigures(levels);
  const share = Math.floor((onHand * maxHeldShare) / 100);
  return Math.max(share, Math.min(onHand, ALWAYS_HOLDABLE)) - reserved - quantity;
};

/**
 * Where a shop limits the share of stock on hold: how much of each bucket may be reserved before this reservation, so
 * that others who come at the same moment do not pass the limit in that bucket. Throws `checkout.product-limit` when it
 * is too much already.
 */
export const mostReserved = (
  lines: readonly CheckoutLine[],
  known: KnownLevels,
  { maxHeldShare }: HoldLimits,
): ReadonlyMap<string, number> => {
  if (maxHeldShare === 100) return new Map();
  return new Map(
    lines.flatMap((line) => {
      const { productId, name, holds } = line;
      const levels = known.get(productId) ?? [];
      const room = roomBeyond(line, levels, maxHeldShare);
      if (room < 0) {
        const details = { productId, maxHeldShare };
        throw new AppError('checkout.product-limit', `too much of ${name} is on hold`, { details });
      }
      return holds.map(({ bucket }): [string, number] => {
        const level = levels.find((one) => one.bucket === bucket);
        return [bucketName({ productId, bucket }), (level?.reserved ?? 0) + room];
      });
    }),
  );
};
