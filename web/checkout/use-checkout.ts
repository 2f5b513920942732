import { useEffect, useRef, useState } from 'preact/hooks';
import type { CheckoutView } from '../../functions/checkouts/checkout.ts';
import type { checkoutRoutes } from '../../functions/checkouts/checkouts.routes.ts';
import { asFailure, attempts, type CallFailure, call } from '../ui/client.ts';
import { useOnReturn } from '../ui/use-on-return.ts';
import { fetchCheckout } from './page-data.ts';

const POLL_MS = 12_000;

/** A checkout and when we were told so, on the page's own steady clock. */
interface Told {
  checkout: CheckoutView;
  atMs: number;
}

const told = (checkout: CheckoutView): Told => ({ checkout, atMs: performance.now() });

/** The checkout, kept up with what happens elsewhere while it is active and the page is looked at. */
export const useCheckout = (first: CheckoutView) => {
  const [now, setNow] = useState<Told>(() => told(first));
  const { code, state } = now.checkout;
  const refresh = (): void => {
    void fetchCheckout(code).then(
      (checkout) => setNow(told(checkout)),
      () => undefined,
    );
  };
  useEffect(() => {
    if (state !== 'active') return;
    const timer = setInterval(() => document.visibilityState === 'visible' && refresh(), POLL_MS);
    return () => clearInterval(timer);
  }, [code, state]);
  useOnReturn(() => state === 'active' && refresh());
  return { ...now, refresh, take: (checkout: CheckoutView) => setNow(told(checkout)) };
};

/** Confirms or cancels, once at a time; whatever the answer, the page ends up showing how things stand. */
export const useEnding = (
  code: string,
  on: { done: (checkout: CheckoutView, act: 'confirm' | 'cancel') => void; failed: (failure: CallFailure) => void },
) => {
  const [busy, setBusy] = useState(false);
  const keys = useRef(attempts());
  const acts = {
    confirm: () =>
      call<typeof checkoutRoutes.confirmCheckout>('POST', '/api/checkouts/{code}/confirm', {
        params: { code },
        idempotencyKey: keys.current.keyFor(code),
      }),
    cancel: () =>
      call<typeof checkoutRoutes.cancelCheckout>('POST', '/api/checkouts/{code}/cancel', { params: { code } }),
  };
  const run = async (act: 'confirm' | 'cancel'): Promise<void> => {
    setBusy(true);
    try {
      on.done(await acts[act](), act);
    } catch (error) {
      on.failed(asFailure(error));
    }
    setBusy(false);
  };
  return { busy, run };
};
