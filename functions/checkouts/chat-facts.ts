import { formatCode } from '#core/code.ts';
import { localeFor } from '#core/messages/languages.ts';
import { type ChatFacts, checkoutChatWords } from '#core/messages/whatsapp-checkout.ts';
import { formatMoney } from '#core/money.ts';
import type { Shop } from '../shops/shop.ts';
import { type Checkout, checkoutUrl } from './checkout.ts';

const NAME_LENGTH = 40;
const ITEM_LENGTH = 50;

/** The most that Meta takes as the body of a message with buttons. Source: Meta, "Interactive messages". */
const BODY_LENGTH = 1024;
const MOST_ITEMS = 8;

const shortened = (text: string, most: number): string => {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
};

/**
 * The name that a shopper gave, as far as it is one: anybody can type anything beside anybody's phone, and it would
 * reach them in the shop's name. What has a link, an address, a number or an odd sign in it greets nobody.
 */
export const spokenName = (name: string): string | undefined => {
  const plain = name.replace(/\s+/g, ' ').trim();
  const isName = /^[\p{L}\p{M}][\p{L}\p{M} '’.-]*$/u.test(plain) && !/\p{L}\.\p{L}{2}/u.test(plain);
  return isName && [...plain].length <= NAME_LENGTH ? plain : undefined;
};

const itemLines = ({ lines, currency, language }: Checkout, shop: Shop, shown: number): string[] => {
  const locale = localeFor(language, shop.country);
  const rest = lines.length - shown;
  return [
    ...lines
      .slice(0, shown)
      .map(
        ({ quantity, name, amount }) =>
          `${quantity} × ${shortened(name, ITEM_LENGTH)}: ${formatMoney(amount, currency, locale)}`,
      ),
    ...(rest > 0 ? [checkoutChatWords[language].more(rest)] : []),
  ];
};

const momentOf = (at: string, { language }: Checkout, { country, timeZone }: Shop): string =>
  new Intl.DateTimeFormat(localeFor(language, country), {
    day: 'numeric',
    month: 'long',
    hour: 'numeric',
    hourCycle: 'h23',
    minute: '2-digit',
    timeZone,
  }).format(new Date(at));

const factsOf = (checkout: Checkout, shop: Shop, items: string): ChatFacts => {
  const { code, total, currency, language, customerName, expiresAt } = checkout;
  const { siteUrl } = shop.whatsapp;
  return {
    name: spokenName(customerName),
    shopName: shop.name,
    items,
    total: formatMoney(total, currency, localeFor(language, shop.country)),
    until: momentOf(expiresAt, checkout, shop),
    code: formatCode(code),
    shopperConfirms: shop.shopperConfirms,
    ...(siteUrl && { link: checkoutUrl(siteUrl, code), shopLink: `${siteUrl}/s/${shop.slug}` }),
  };
};

/** A text about a checkout with as many of its lines as a message holds. `without`: facts that it shall not name. */
export const chatText = (
  checkout: Checkout,
  shop: Shop,
  text: (facts: ChatFacts) => string,
  without: Partial<Record<'link' | 'shopLink', undefined>> = {},
): string => {
  for (let shown = Math.min(MOST_ITEMS, checkout.lines.length); ; shown -= 1) {
    const bulleted = itemLines(checkout, shop, shown).map((line) => `• ${line}`);
    const whole = text({ ...factsOf(checkout, shop, bulleted.join('\n')), ...without });
    if ([...whole].length <= BODY_LENGTH || shown === 0) return shortened(whole, BODY_LENGTH);
  }
};

/** The facts about a checkout on one line each, as the variables of a template take them. */
export const templateFacts = (checkout: Checkout, shop: Shop): ChatFacts =>
  factsOf(checkout, shop, itemLines(checkout, shop, Math.min(3, checkout.lines.length)).join(', '));
