import type { Clock } from '#core/clock.ts';
import { AppError, notFound } from '#core/errors.ts';
import { type Checkout, checkoutEnded, stateAt } from './checkout.ts';

/**
 * Gives a short first hold its full length: the customer has shown up. Throws `not-found`, `checkout.ended` with the
 * state, and `checkout.not-extendable` when the hold is already full.
 */
export const extendCheckout = async (
  { code, shopId }: { code: string; shopId: string },
  {
    checkouts,
    clock,
  }: {
    checkouts: {
      find: (code: string) => Promise<Checkout | undefined>;
      extend: (checkout: Checkout, expiresAt: string, now: Date) => Promise<boolean>;
    };
    clock: Clock;
  },
): Promise<Checkout> => {
  const checkout = await checkouts.find(code);
  if (checkout?.shopId !== shopId) throw notFound();
  const now = clock();
  if (stateAt(checkout, now) !== 'active') throw checkoutEnded(stateAt(checkout, now));
  const { fullHoldUntil, ...rest } = checkout;
  if (fullHoldUntil === undefined)
    throw new AppError('checkout.not-extendable', 'the hold has its full length already');
  if (await checkouts.extend(checkout, fullHoldUntil, now)) return { ...rest, expiresAt: fullHoldUntil };
  const changed = await checkouts.find(code);
  if (changed?.state === 'active' && changed.fullHoldUntil === undefined) return changed;
  throw checkoutEnded(stateAt(changed ?? checkout, clock()));
};
