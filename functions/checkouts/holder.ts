import * as z from 'zod/mini';
import { AppError } from '#core/errors.ts';
import { timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { HoldLimits } from '../shops/shop.ts';

/**
 * What one phone holds in one shop: the guard against hoarding. Entries are not taken out when a checkout ends (that
 * would cost every sale a write); they are dropped when the next checkout of the same phone is made.
 */
export const Holder = lazy(() =>
  z.object({
    version: z.int(),
    holds: z.array(z.object({ code: z.string(), expiresAt: timeField(), units: z.record(z.string(), z.int()) })),
  }),
);
export type Holder = z.infer<Lazy<typeof Holder>>;
export type HolderEntry = Holder['holds'][number];

/** A phone that holds nothing. */
export const freshHolder: Holder = { version: 0, holds: [] };

/** The holder without what has run out or, of those given, has ended otherwise. */
export const dropEnded = (holder: Holder, now: Date, endedCodes: ReadonlySet<string> = new Set()): Holder => ({
  ...holder,
  holds: holder.holds.filter(({ code, expiresAt }) => now < new Date(expiresAt) && !endedCodes.has(code)),
});

const unitsHeld = (holder: Holder, productId: string): number =>
  holder.holds.reduce((sum, { units }) => sum + (units[productId] ?? 0), 0);

/** Which limit a new entry would break, if any. */
export const brokenLimit = (
  holder: Holder,
  units: HolderEntry['units'],
  { maxActivePerPhone, maxUnitsPerProductPerPhone }: HoldLimits,
): AppError | undefined => {
  if (holder.holds.length >= maxActivePerPhone) {
    return new AppError('checkout.phone-limit', `this phone has ${holder.holds.length} active checkouts already`, {
      details: { limit: maxActivePerPhone },
    });
  }
  const tooMany = Object.entries(units).find(
    ([productId, quantity]) => unitsHeld(holder, productId) + quantity > maxUnitsPerProductPerPhone,
  );
  return (
    tooMany &&
    new AppError('checkout.phone-limit', `this phone may hold ${maxUnitsPerProductPerPhone} of a product`, {
      details: { limit: maxUnitsPerProductPerPhone, productId: tooMany[0] },
    })
  );
};

/** The holder with one more entry. */
export const addHold = (holder: Holder, entry: HolderEntry): Holder => ({
  version: holder.version + 1,
  holds: [...holder.holds, entry],
});
