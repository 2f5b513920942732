import * as z from 'zod/mini';
import { countField, idField, quantityField, textField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

/** How many buckets a hot product's stock is spread over: at least three for each buyer at the same moment. */
export const HOT_BUCKETS = 16;

/**
 * The stock of one bucket of a product (an ordinary product has one bucket). Always:
 * `onHand = adjusted − sold` and `available = onHand − reserved ≥ 0`.
 */
export const StockLevel = lazy(() =>
  z.object({
    shopId: idField(),
    productId: idField(),
    bucket: countField(),
    onHand: z.int(),
    reserved: z.int(),
    available: z.int(),
    sold: z.int(),
    adjusted: z.int(),
  }),
);
export type StockLevel = z.infer<Lazy<typeof StockLevel>>;

export const movementKinds = ['reserve', 'release', 'sell', 'receive', 'adjust'] as const;
export type MovementKind = (typeof movementKinds)[number];

/** One row of the ledger. `quantity` is positive, except an adjustment, which carries its sign. */
export const StockMovement = lazy(() =>
  z.object({
    movementId: z.string(),
    shopId: idField(),
    productId: idField(),
    bucket: countField(),
    kind: z.enum(movementKinds),
    quantity: z.int(),
    at: timeField(),
    by: z.string(),
    reason: z.optional(z.string()),
    /** The checkout behind a reserve, release or sell. */
    code: z.optional(z.string()),
  }),
);
export type StockMovement = z.infer<Lazy<typeof StockMovement>>;

/** The four figures of a level, or the changes to them. */
export type StockFigures = Pick<StockLevel, 'onHand' | 'reserved' | 'available' | 'sold' | 'adjusted'>;

export const noStock: StockFigures = { onHand: 0, reserved: 0, available: 0, sold: 0, adjusted: 0 };

/** What each kind of movement does to the figures of its bucket. The one place where stock arithmetic is written. */
export const movementEffect = {
  reserve: (quantity: number) => ({ available: -quantity, reserved: quantity }),
  release: (quantity: number) => ({ available: quantity, reserved: -quantity }),
  sell: (quantity: number) => ({ reserved: -quantity, onHand: -quantity, sold: quantity }),
  receive: (quantity: number) => ({ onHand: quantity, available: quantity, adjusted: quantity }),
  adjust: (quantity: number) => ({ onHand: quantity, available: quantity, adjusted: quantity }),
} as const satisfies Record<MovementKind, (quantity: number) => Partial<StockFigures>>;

/** The figures after a movement. Does not judge: see {@link isSound}. */
export const applyMovement = (
  figures: StockFigures,
  { kind, quantity }: Pick<StockMovement, 'kind' | 'quantity'>,
): StockFigures => {
  const effect: Partial<StockFigures> = movementEffect[kind](quantity);
  return {
    onHand: figures.onHand + (effect.onHand ?? 0),
    reserved: figures.reserved + (effect.reserved ?? 0),
    available: figures.available + (effect.available ?? 0),
    sold: figures.sold + (effect.sold ?? 0),
    adjusted: figures.adjusted + (effect.adjusted ?? 0),
  };
};

/** Invariant 1 for one bucket, or for the sum of a product's buckets. */
export const isSound = ({ onHand, reserved, available, sold, adjusted }: StockFigures): boolean =>
  onHand === adjusted - sold && available === onHand - reserved && available >= 0 && reserved >= 0;

/** The figures of a product: the sum over its buckets. */
export const sumFigures = (levels: readonly StockFigures[]): StockFigures =>
  levels.reduce<StockFigures>(
    (sum, level) => ({
      onHand: sum.onHand + level.onHand,
      reserved: sum.reserved + level.reserved,
      available: sum.available + level.available,
      sold: sum.sold + level.sold,
      adjusted: sum.adjusted + level.adjusted,
    }),
    noStock,
  );

/** Some units of one bucket. */
export interface BucketQuantity {
  bucket: number;
  quantity: number;
}

/** A bucket among all buckets of a shop, as a map's key. */
export const bucketName = ({ productId, bucket }: { productId: string; bucket: number }): string =>
  `${productId}#${bucket}`;

/** What a movement needs to be told; its place in the ledger follows from it. */
export type NewMovement = Omit<StockMovement, 'movementId'>;

/** A ledger row: stands by time, then by what caused it (`cause` is unique for each change), then by bucket. */
export const newMovement = (movement: NewMovement, cause: string): StockMovement => ({
  ...movement,
  movementId: `${movement.at}#${cause}#${movement.kind}#${movement.bucket}`,
});

/** Splits units evenly over `buckets` buckets; the first ones take what is left over. */
export const spreadEvenly = (quantity: number, buckets: number): BucketQuantity[] =>
  Array.from({ length: buckets }, (_, bucket) => ({
    bucket,
    quantity: Math.floor(quantity / buckets) + (bucket < quantity % buckets ? 1 : 0),
  })).filter((part) => part.quantity > 0);

/**
 * Takes units from the buckets that have most, out of as few as possible and at most `mostBuckets`;
 * undefined when they do not have enough between them.
 */
export const takeFromFullest = (
  levels: readonly Pick<StockLevel, 'bucket' | 'available'>[],
  quantity: number,
  mostBuckets: number = levels.length,
): BucketQuantity[] | undefined => {
  const taken: BucketQuantity[] = [];
  let left = quantity;
  const fullest = [...levels].sort((a, b) => b.available - a.available).slice(0, mostBuckets);
  for (const { bucket, available } of fullest) {
    const part = Math.min(left, available);
    if (part > 0) taken.push({ bucket, quantity: part });
    left -= part;
  }
  return left === 0 ? taken : undefined;
};

/**
 * Where a change of what is on hand goes: goods that come in are spread over a hot product's buckets, goods that go
 * are taken from the fullest. Quantities carry the sign of `change`. Undefined when it would cut into what is reserved.
 */
export const placeChange = (
  levels: readonly StockLevel[],
  change: number,
  hot: boolean,
): BucketQuantity[] | undefined => {
  if (change > 0) return hot ? spreadEvenly(change, levels.length) : [{ bucket: 0, quantity: change }];
  return takeFromFullest(levels, -change)?.map(({ bucket, quantity }) => ({ bucket, quantity: -quantity }));
};

/** The differences that bring free stock to an even spread over `buckets`, or back to the first one. Their sum is zero. */
export const redistribute = (levels: readonly StockLevel[], buckets: number, hot: boolean): BucketQuantity[] => {
  const total = sumFigures(levels).available;
  const wanted = new Map(spreadEvenly(total, hot ? buckets : 1).map(({ bucket, quantity }) => [bucket, quantity]));
  const present = new Map(levels.map(({ bucket, available }) => [bucket, available]));
  return Array.from({ length: Math.max(buckets, levels.length) }, (_, bucket) => ({
    bucket,
    quantity: (wanted.get(bucket) ?? 0) - (present.get(bucket) ?? 0),
  })).filter(({ quantity }) => quantity !== 0);
};

export const ReceiveStock = lazy(() =>
  z.strictObject({ quantity: quantityField(), reason: z.optional(textField(200)) }),
);
export type ReceiveStock = z.infer<Lazy<typeof ReceiveStock>>;

export const AdjustStock = lazy(() =>
  z.strictObject({
    /** How much to add or, below zero, to take away. */
    change: z.int().check(
      z.minimum(-1_000_000),
      z.maximum(1_000_000),
      z.refine((change) => change !== 0, 'must not be zero'),
    ),
    reason: textField(200),
  }),
);
export type AdjustStock = z.infer<Lazy<typeof AdjustStock>>;
