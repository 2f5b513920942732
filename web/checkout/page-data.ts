import type { Language } from '#core/messages/core-types.ts';
import type { CheckoutView } from '../../functions/checkouts/checkout.ts';
import type { checkoutRoutes } from '../../functions/checkouts/checkouts.routes.ts';
import { asFailure, call } from '../ui/client.ts';
import { languageInAddress } from '../ui/use-language.ts';

/** What the server puts into a checkout's page. */
export interface CheckoutPageData {
  language: Language;
  checkout: CheckoutView | null;
}

/** The code of this page: the part of the address after `/c/`. */
const codeInAddress = (): string => decodeURIComponent(location.pathname.match(/^\/c\/([^/]+)/)?.[1] ?? '');

/** The checkout as it stands now. Throws a `CallFailure`. */
export const fetchCheckout = (code: string): Promise<CheckoutView> =>
  call<typeof checkoutRoutes.viewCheckout>('GET', '/api/checkouts/{code}', { params: { code } });

/** The page's data from the API, for a page served without it. Throws a `CallFailure` when the API can't be reached. */
export const fetchCheckoutPage = async (): Promise<CheckoutPageData> => {
  try {
    const checkout = await fetchCheckout(codeInAddress());
    return { language: languageInAddress() ?? checkout.language, checkout };
  } catch (error) {
    const { code } = asFailure(error);
    if (code !== 'not-found' && code !== 'request.invalid') throw error;
    return { language: languageInAddress() ?? 'es', checkout: null };
  }
};
