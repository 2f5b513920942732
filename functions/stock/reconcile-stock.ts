import * as z from 'zod/mini';
import type { Clock } from '#core/clock.ts';
import { idField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import {
  applyMovement,
  bucketName,
  isSound,
  noStock,
  type StockFigures,
  type StockLevel,
  type StockMovement,
} from './stock.ts';

/** One disagreement between what is counted, what the ledger says and what checkouts hold. */
export const Drift = lazy(() => z.object({ productId: idField(), bucket: z.int(), problem: z.string() }));
export type Drift = z.infer<Lazy<typeof Drift>>;

/** The outcome of one proof. */
export const Reconciliation = lazy(() =>
  z.object({ at: z.string(), products: z.int(), movements: z.int(), drifts: z.array(Drift()) }),
);
export type Reconciliation = z.infer<Lazy<typeof Reconciliation>>;

/** Units that one checkout holds in one bucket. */
export interface Hold {
  code: string;
  productId: string;
  bucket: number;
  quantity: number;
}

interface Stocked {
  productId: string;
  stockBuckets: number;
}

interface Ports {
  products: { all: (shopId: string) => AsyncIterable<Stocked> };
  stock: {
    levels: (
      shopId: string,
      products: readonly Stocked[],
      options: { consistent: boolean },
    ) => Promise<Map<string, StockLevel[]>>;
    ledger: (shopId: string, productId: string, bucket: number) => AsyncIterable<StockMovement>;
  };
  checkouts: {
    /** What active checkouts hold, as the index lists them. */
    activeHolds: (shopId: string) => AsyncIterable<Hold>;
    /** What these checkouts hold at this moment, if they are active. */
    holdsOf: (codes: readonly string[]) => Promise<Hold[]>;
  };
  reconciliations: { save: (shopId: string, reconciliation: Reconciliation) => Promise<void> };
  clock: Clock;
}

/** What a ledger adds up to: figures, and what each checkout still holds. */
interface Ledger {
  figures: StockFigures;
  held: Map<string, number>;
  movements: number;
}

const holdChange: Partial<Record<StockMovement['kind'], number>> = { reserve: 1, release: -1, sell: -1 };

/** Adds up a ledger. */
export const replayLedger = async (movements: AsyncIterable<StockMovement>): Promise<Ledger> => {
  const ledger: Ledger = { figures: noStock, held: new Map(), movements: 0 };
  for await (const movement of movements) {
    ledger.figures = applyMovement(ledger.figures, movement);
    ledger.movements += 1;
    const sign = holdChange[movement.kind];
    if (sign === undefined || movement.code === undefined) continue;
    const held = (ledger.held.get(movement.code) ?? 0) + sign * movement.quantity;
    if (held === 0) ledger.held.delete(movement.code);
    else ledger.held.set(movement.code, held);
  }
  return ledger;
};

const figureNames = ['onHand', 'reserved', 'available', 'sold', 'adjusted'] as const satisfies (keyof StockFigures)[];

/** Where the figures of a bucket disagree with its ledger or with themselves. */
export const compareFigures = (level: StockLevel | undefined, { figures }: Ledger): string[] => {
  if (level === undefined) return ['the bucket has a ledger but no level'];
  const different = figureNames
    .filter((name) => level[name] !== figures[name])
    .map((name) => `${name} is ${level[name]}, the ledger says ${figures[name]}`);
  return isSound(level) ? different : [...different, 'the figures do not add up'];
};

/** Where the holds of checkouts disagree with a bucket's ledger. */
export const compareHolds = (held: ReadonlyMap<string, number>, holds: ReadonlyMap<string, number>): string[] =>
  [...new Set([...held.keys(), ...holds.keys()])]
    .filter((code) => held.get(code) !== holds.get(code))
    .map(
      (code) => `checkout ${code.slice(0, 4)}… holds ${holds.get(code) ?? 0}, the ledger says ${held.get(code) ?? 0}`,
    );

const MOST_READINGS = 20;

const figuresOf = (level: StockLevel | undefined): string => JSON.stringify(level ?? null);

/**
 * The level and the ledger of a bucket at one moment: reads again while the level changes under the reading. Undefined
 * when it never holds still: such a bucket is busy, not wrong.
 */
const readBucket = async (shopId: string, product: Stocked, bucket: number, { stock }: Ports) => {
  const levelNow = async () =>
    (await stock.levels(shopId, [product], { consistent: true }))
      .get(product.productId)
      ?.find((level) => level.bucket === bucket);
  let level = await levelNow();
  for (let reading = 0; reading < MOST_READINGS; reading += 1) {
    const ledger = await replayLedger(stock.ledger(shopId, product.productId, bucket));
    const after = await levelNow();
    if (figuresOf(after) === figuresOf(level)) return { level, ledger };
    level = after;
  }
  return undefined;
};

const sumByCode = (holds: readonly Hold[]): Map<string, number> =>
  holds.reduce(
    (sums, { code, quantity }) => sums.set(code, (sums.get(code) ?? 0) + quantity),
    new Map<string, number>(),
  );

const CONFIRMING_READS = 5;

/**
 * The problems of one bucket. Shop and ledger live on while we read, so what looks wrong is read again: only a
 * problem that stays is reported.
 */
const checkBucket = async (shopId: string, product: Stocked, bucket: number, listed: readonly Hold[], ports: Ports) => {
  let outcome = { problems: [] as string[], movements: 0 };
  for (let read = 0; read < CONFIRMING_READS; read += 1) {
    const bucketNow = await readBucket(shopId, product, bucket, ports);
    if (bucketNow === undefined) return outcome;
    const { level, ledger } = bucketNow;
    const codes = [...new Set([...ledger.held.keys(), ...listed.map(({ code }) => code)])];
    const holds = (await ports.checkouts.holdsOf(codes)).filter(
      (hold) => hold.productId === product.productId && hold.bucket === bucket,
    );
    const problems = [...compareFigures(level, ledger), ...compareHolds(ledger.held, sumByCode(holds))];
    outcome = { problems, movements: ledger.movements };
    if (problems.length === 0) break;
  }
  return outcome;
};

/**
 * Proves invariant 1 for a shop: replays every ledger, compares it with the figures and with what checkouts hold, and
 * keeps the outcome. Reports drift; repairs nothing.
 */
export const reconcileStock = async (shopId: string, ports: Ports): Promise<Reconciliation> => {
  const listed = Map.groupBy(await Array.fromAsync(ports.checkouts.activeHolds(shopId)), bucketName);
  const reconciliation: Reconciliation = { at: ports.clock().toISOString(), products: 0, movements: 0, drifts: [] };
  for await (const product of ports.products.all(shopId)) {
    reconciliation.products += 1;
    for (let bucket = 0; bucket < product.stockBuckets; bucket += 1) {
      const holds = listed.get(bucketName({ productId: product.productId, bucket })) ?? [];
      const { problems, movements } = await checkBucket(shopId, product, bucket, holds, ports);
      reconciliation.movements += movements;
      for (const problem of problems) reconciliation.drifts.push({ productId: product.productId, bucket, problem });
    }
  }
  await ports.reconciliations.save(shopId, reconciliation);
  return reconciliation;
};
