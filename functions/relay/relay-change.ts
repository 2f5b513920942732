import * as z from 'zod/mini';
import type { Clock } from '#core/clock.ts';
import { lazy } from '#core/lazy.ts';
import { changeProduct, type Product } from '../catalog/product.ts';
import { Checkout, stateAt } from '../checkouts/checkout.ts';
import { StockLevel, sumFigures } from '../stock/stock.ts';

/** A change of one item of the table, after it was committed. */
export interface Change {
  kind: 'checkout' | 'stock-level' | 'conversation' | 'message' | 'other';
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

export interface RelayPorts {
  scheduler: { callOnce: (name: string, at: Date, input: object) => Promise<void> };
  products: {
    find: (shopId: string, productId: string) => Promise<Product | undefined>;
    save: (product: Product) => Promise<void>;
  };
  stock: {
    levels: (
      shopId: string,
      products: readonly Product[],
      options: { consistent: boolean },
    ) => Promise<Map<string, StockLevel[]>>;
  };
  clock: Clock;
}

/** The name of a checkout's expiry schedule. A later expiry is another schedule; the earlier one then finds nothing due. */
export const expiryScheduleName = ({ code, expiresAt }: Pick<Checkout, 'code' | 'expiresAt'>): string =>
  `${code}-${new Date(expiresAt).getTime().toString(36)}`;

/** A schedule must lie in the future when the call to make it arrives. */
const SOONEST_MS = 15_000;

/** Only what a schedule needs: a row that can't be read whole must not hold up the stream. */
const ScheduledCheckout = lazy(() => z.pick(Checkout(), { code: true, state: true, expiresAt: true }));

/** What is past its time by the time we learn of it is left to the sweeper. */
const scheduleExpiry = async (change: Change, { scheduler, clock }: RelayPorts): Promise<void> => {
  const checkout = ScheduledCheckout().parse(change.after);
  const now = clock();
  const isNew = change.before?.expiresAt !== checkout.expiresAt;
  if (!isNew || stateAt(checkout, now) !== 'active') return;
  const at = new Date(Math.max(new Date(checkout.expiresAt).getTime(), now.getTime() + SOONEST_MS));
  await scheduler.callOnce(expiryScheduleName(checkout), at, { code: checkout.code });
};

const hasSome = (image: Record<string, unknown> | undefined): boolean => Number(image?.available ?? 0) > 0;

/** Reads the truth rather than trusting the change: changes may come late, and a hot product has many buckets. */
const refreshSoldOut = async (change: Change, { products, stock, clock }: RelayPorts): Promise<void> => {
  if (hasSome(change.before) === hasSome(change.after)) return;
  const { shopId, productId } = StockLevel().parse(change.after ?? change.before);
  const product = await products.find(shopId, productId);
  if (product === undefined) return;
  const levels = (await stock.levels(shopId, [product], { consistent: true })).get(productId) ?? [];
  const soldOut = sumFigures(levels).available <= 0;
  if (soldOut !== product.soldOut) await products.save(changeProduct(product, { soldOut }, clock()));
};

/**
 * What follows from a committed change, outside its transaction: a new checkout gets its expiry schedule, a product
 * that sold out or came back changes lists. Safe to repeat. Throws what its ports throw, to be run again.
 */
export const relayChange = async (change: Change, ports: RelayPorts): Promise<void> => {
  if (change.kind === 'checkout' && change.after) await scheduleExpiry(change, ports);
  if (change.kind === 'stock-level') await refreshSoldOut(change, ports);
};
