import type { Actor } from '#core/actor.ts';
import { AppError, notFound } from '#core/errors.ts';
import { contentDigest } from '#core/ids.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { type Checkout, checkoutEnded, type EndState, stateAt } from './checkout.ts';

/** How a checkout ends: as what, when, by whom. */
export interface Ending {
  state: EndState;
  at: Date;
  by: Actor;
  reason?: string;
  confirmKeyDigest?: string;
}

export interface EndPorts {
  checkouts: {
    find: (code: string) => Promise<Checkout | undefined>;
    end: (checkout: Checkout, ending: Ending) => Promise<'ended' | 'not-active' | 'conflict'>;
  };
  patience: Patience;
}

type EndRequest = Omit<Ending, 'at'> & {
  code: string;
  /** A seller's shop: a checkout of another shop is not found. */
  shopId?: string;
};

const findOwn = async ({ code, shopId }: EndRequest, { checkouts }: EndPorts): Promise<Checkout> => {
  const checkout = await checkouts.find(code);
  if (checkout === undefined || (shopId !== undefined && checkout.shopId !== shopId)) throw notFound();
  return checkout;
};

/** The same confirmation again: the sale it made stands, and it is answered as the first time. */
const isRepeat = (checkout: Checkout, { state, confirmKeyDigest }: EndRequest): boolean =>
  state === 'confirmed' &&
  checkout.state === 'confirmed' &&
  confirmKeyDigest !== undefined &&
  checkout.confirmKeyDigest === confirmKeyDigest;

const mayEnd = (checkout: Checkout, state: EndState, now: Date): boolean =>
  checkout.state === 'active' && (stateAt(checkout, now) === 'expired') === (state === 'expired');

const ended = (checkout: Checkout, { code: _, shopId: __, ...ending }: EndRequest, at: Date): Checkout => ({
  ...checkout,
  state: ending.state,
  endedAt: at.toISOString(),
  endedBy: ending.by,
  ...(ending.reason && { endReason: ending.reason }),
  ...(ending.confirmKeyDigest && { confirmKeyDigest: ending.confirmKeyDigest }),
});

/**
 * Ends a checkout once, with its stock: whoever comes first wins, all others learn the state.
 * Throws `not-found`, `checkout.ended` with the state, and `stock.busy` when its stock stayed contended for as long as
 * our patience lasts.
 */
const endCheckout = async (request: EndRequest, ports: EndPorts): Promise<Checkout> => {
  const done = await withPatience(ports.patience, async () => {
    const checkout = await findOwn(request, ports);
    if (isRepeat(checkout, request)) return checkout;
    const at = ports.patience.clock();
    if (!mayEnd(checkout, request.state, at)) throw checkoutEnded(stateAt(checkout, at));
    const { code: _, shopId: __, ...ending } = request;
    const outcome = await ports.checkouts.end(checkout, { ...ending, at });
    return outcome === 'ended' ? ended(checkout, request, at) : undefined;
  });
  if (done === undefined) throw new AppError('stock.busy', 'the stock of this checkout is contended; try again');
  return done;
};

/** Sells what a checkout holds. With an idempotency key a repeat gives the same answer. Fails as {@link endCheckout}. */
export const confirmCheckout = (
  { code, shopId, by, idempotencyKey }: { code: string; shopId?: string; by: Actor; idempotencyKey?: string },
  ports: EndPorts,
): Promise<Checkout> => {
  const confirmKeyDigest = idempotencyKey && contentDigest(idempotencyKey);
  const request = { code, by, ...(shopId && { shopId }), ...(confirmKeyDigest && { confirmKeyDigest }) };
  return endCheckout({ ...request, state: 'confirmed' }, ports);
};

/** Gives back what a checkout holds, before its time. Fails as {@link endCheckout}. */
export const cancelCheckout = (
  { code, shopId, by, reason }: { code: string; shopId?: string; by: Actor; reason?: string },
  ports: EndPorts,
): Promise<Checkout> =>
  endCheckout({ code, by, state: 'cancelled', ...(shopId && { shopId }), ...(reason && { reason }) }, ports);

/** What became of a checkout whose time was said to be up. */
export type ExpiryOutcome = 'expired' | 'not-due' | 'already-ended' | 'unknown';

/**
 * Frees what a checkout holds once its time is up. May be called any number of times, early or late: by its schedule
 * and by the sweeper. Throws `stock.busy`, so that its caller tries again.
 */
export const expireCheckout = async (
  { code, by }: { code: string; by: 'schedule' | 'sweeper' },
  ports: EndPorts,
): Promise<ExpiryOutcome> => {
  const checkout = await ports.checkouts.find(code);
  if (checkout === undefined) return 'unknown';
  if (checkout.state !== 'active') return 'already-ended';
  if (stateAt(checkout, ports.patience.clock()) === 'active') return 'not-due';
  try {
    await endCheckout({ code, by, state: 'expired' }, ports);
    return 'expired';
  } catch (error) {
    if (error instanceof AppError && error.code === 'checkout.ended') return 'already-ended';
    throw error;
  }
};
