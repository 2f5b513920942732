import type { HtmlPage } from '#core/contract.ts';
import type { Language } from '#core/fields.ts';
import { fillPage } from '#core/html.ts';
import { checkoutPreview, noCheckoutPreview } from '#core/messages/previews.ts';
import type { CheckoutView } from './checkout.ts';

/**
 * The page of a checkout, with a link preview that says whose it is and shows a picture, but no total and no name.
 * An unknown code has a page too, with status 404.
 */
export const showCheckout = (
  checkout: CheckoutView | undefined,
  { language = checkout?.language ?? 'es', siteUrl }: { language?: Language; siteUrl: string },
  page: string,
): HtmlPage => {
  const picture = checkout?.lines.find(({ pictureUrl }) => pictureUrl !== null)?.pictureUrl;
  const head = {
    language,
    ...(checkout ? checkoutPreview(language, checkout.shop.name) : noCheckoutPreview(language)),
    url: checkout?.url ?? siteUrl,
    ...(picture && { imageUrl: `${siteUrl}${picture}` }),
    hidden: true,
  };
  return { html: fillPage(page, head, { language, checkout: checkout ?? null }), status: checkout ? 200 : 404 };
};
