import { formatCode } from '#core/code.ts';
import { whatsappText } from '#core/messages/whatsapp.ts';
import type { Shop } from '../shops/shop.ts';
import type { Checkout } from './checkout.ts';

/**
 * The address that opens a chat with the shop, with a text that carries the code; null while the shop has no number.
 * `clickToChatUrl`: where such addresses lead. Source: WhatsApp Help Center, "How to use click to chat".
 */
export const whatsappUrl = (clickToChatUrl: string, checkout: Checkout, shop: Shop): string | null => {
  if (shop.whatsappNumber === null) return null;
  const text = whatsappText(checkout.language, { displayCode: formatCode(checkout.code), shopName: shop.name });
  return `${clickToChatUrl}/${shop.whatsappNumber.slice(1)}?text=${encodeURIComponent(text)}`;
};
