import type { checkoutRoutes } from '../../functions/checkouts/checkouts.routes.ts';
import { call } from '../ui/client.ts';

const tell = (code: string): void => {
  const told = call<typeof checkoutRoutes.openCheckout>('POST', '/api/checkouts/{code}/opened', { params: { code } });
  told.catch(() => undefined);
};

const whenLookedAt = (act: () => void): void => {
  if (document.visibilityState === 'visible') act();
  else document.addEventListener('visibilitychange', () => whenLookedAt(act), { once: true });
};

/** Tells the shop that somebody looks at a checkout: once the page is really shown, not when it is fetched ahead. */
export const tellOpened = (code: string): void => whenLookedAt(() => tell(code));
