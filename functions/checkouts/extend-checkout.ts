import type { Clock } from '#core/clock.ts';
import { AppError, notFound } from '#core/errors.ts';
import { type Checkout, checkoutEnded, stateAt } from './checkout.ts';

const MOST_TRIES = 4;

interface Ports {
  checkouts: {
    find: (code: string) => Promise<Checkout | undefined>;
    extend: (checkout: Checkout, expiresAt: string, now: Date) => Promise<boolean>;
  };
  clock: Clock;
}

/** The checkout with its full hold, already before or by now; undefined when it changed under our hands. */
const tryExtend = async (checkout: Checkout, isFirst: boolean, { checkouts, clock }: Ports) => {
  const now = clock();
  if (stateAt(checkout, now) !== 'active') throw checkoutEnded(stateAt(checkout, now));
  const { fullHoldUntil, ...rest } = checkout;
  // Extended meanwhile by somebody else: what was asked for has come about.
  if (fullHoldUntil === undefined && !isFirst) return checkout;
  if (fullHoldUntil === undefined) {
    throw new AppError('checkout.not-extendable', 'the hold has its full length already');
  }
  const extended = await checkouts.extend(checkout, fullHoldUntil, now);
  return extended ? { ...rest, expiresAt: fullHoldUntil } : undefined;
};

/**
 * Gives a short first hold its full length: the customer has shown up. Throws `not-found`, `checkout.ended` with the
 * state, `checkout.not-extendable` when the hold is already full, and `stock.busy` when others kept changing it.
 */
export const extendCheckout = async (
  { code, shopId }: { code: string; shopId: string },
  ports: Ports,
): Promise<Checkout> => {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const checkout = await ports.checkouts.find(code);
    if (checkout?.shopId !== shopId) throw notFound();
    const extended = await tryExtend(checkout, tries === 0, ports);
    if (extended) return extended;
  }
  throw new AppError('stock.busy', 'others were changing this checkout at the same moment; try again');
};
