import * as z from 'zod/mini';
import { secondsUntil } from '#core/clock.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { type ChatFacts, checkoutChatWords } from '#core/messages/whatsapp-checkout.ts';
import { messageIdOf } from '../conversations/message.ts';
import type { Shop } from '../shops/shop.ts';
import { type Occasion, occasions, type TemplateUse, type TemplateValue } from '../shops/whatsapp-settings.ts';
import type { OutboundContent } from '../whatsapp/outbound-content.ts';
import { actId } from './chat-act.ts';
import { chatText, templateFacts } from './chat-facts.ts';
import { type Checkout, checkoutUrl, stateAt } from './checkout.ts';

/** Something about a checkout that its customer should hear. */
export const Notice = lazy(() =>
  z.object({
    code: z.string(),
    occasion: z.enum(occasions),
    /** Of a reminder: the end of the hold that it calls to mind. */
    expiresAt: z.optional(z.string()),
  }),
);
export type Notice = z.infer<Lazy<typeof Notice>>;

/** Why a customer was not told. */
export type NotSent = 'no-connection' | 'connection-stopped' | 'window-closed' | 'refused';

/**
 * The message of a notice has always the same id, so that a repeat is no second message; a lengthened hold has a
 * reminder of its own.
 */
export const noticeMessageId = ({ code, occasion, expiresAt }: Notice): string =>
  messageIdOf(`notice:${occasion}:${code}${expiresAt === undefined ? '' : `:${expiresAt}`}`);

/** A schedule may come a little early or late; one that is far off belongs to a hold that has been lengthened since. */
const SLACK_SECONDS = 180;

const isTimely = (checkout: Checkout, { reminderMinutes }: Shop['whatsapp'], now: Date): boolean =>
  reminderMinutes !== null &&
  stateAt(checkout, now) === 'active' &&
  secondsUntil(new Date(checkout.expiresAt), now) <= reminderMinutes * 60 + SLACK_SECONDS;

/**
 * Whether a notice still says something that is true and new: what has ended meanwhile, what the customer did in the
 * chat (and was answered there), and what the shop does not want told, is dropped.
 */
export const isWorthTelling = (checkout: Checkout, shop: Shop, occasion: Occasion, now: Date): boolean => {
  if (!shop.whatsapp.notices[occasion]) return false;
  switch (occasion) {
    case 'created':
      return stateAt(checkout, now) === 'active' && checkout.tie === undefined;
    case 'reminder':
      return isTimely(checkout, shop.whatsapp, now);
    case 'confirmed':
      return checkout.state === 'confirmed' && checkout.endedBy !== 'customer';
    case 'expired':
      return checkout.state === 'expired';
    case 'cancelled':
      return checkout.state === 'cancelled' && checkout.endedBy !== 'customer' && checkout.endedBy !== 'shopper';
  }
};

const texts = {
  created: 'created',
  reminder: 'reminder',
  confirmed: 'confirmed',
  expired: 'expired',
  cancelled: 'cancelledByShop',
} as const;

/** One bubble with a button that leads to the checkout, or to the shop once it is over; without a site, only the text. */
const freeContent = (checkout: Checkout, shop: Shop, occasion: Occasion): OutboundContent => {
  const words = checkoutChatWords[checkout.language];
  const body = chatText(checkout, shop, words[texts[occasion]], { link: undefined, shopLink: undefined });
  const { siteUrl } = shop.whatsapp;
  if (siteUrl === null) return { type: 'text', text: { body } };
  const isOver = occasion === 'expired' || occasion === 'cancelled';
  const parameters = isOver
    ? { display_text: words.seeShop, url: `${siteUrl}/s/${shop.slug}` }
    : { display_text: words.seeCheckout, url: checkoutUrl(siteUrl, checkout.code) };
  return {
    type: 'interactive',
    interactive: { type: 'cta_url', body: { text: body }, action: { name: 'cta_url', parameters } },
  };
};

const BODY_PARAMETER = 250;
const HEADER_PARAMETER = 60;

/** Text as Meta takes it for a variable: one line, no row of spaces, never empty. Source: Meta, "Template components". */
const parameterText = (text: string | undefined, most: number): string => {
  const characters = [...(text ?? '').replace(/\s+/g, ' ').trim()];
  if (characters.length === 0) return '-';
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
};

const wordFor = (facts: ChatFacts, value: TemplateValue, customer: string): string | undefined =>
  value === 'customerName' ? (facts.name ?? customer) : facts[value];

/** An approved template, filled with what is known of a checkout. */
export const templateContent = (checkout: Checkout, shop: Shop, use: TemplateUse): OutboundContent => {
  const facts = templateFacts(checkout, shop);
  const { customer } = checkoutChatWords[checkout.language];
  const parameter = ({ value, name }: TemplateUse['body'][number], most: number) => ({
    type: 'text' as const,
    ...(name && { parameter_name: name }),
    text: parameterText(wordFor(facts, value, customer), most),
  });
  const { header, body, urlButton, quickReplies = [] } = use;
  const suffix = { code: checkout.code, shop: shop.slug };
  const components = [
    ...(header ? [{ type: 'header' as const, parameters: [parameter(header, HEADER_PARAMETER)] }] : []),
    ...(body.length > 0
      ? [{ type: 'body' as const, parameters: body.map((one) => parameter(one, BODY_PARAMETER)) }]
      : []),
    ...(urlButton
      ? [
          {
            type: 'button' as const,
            sub_type: 'url' as const,
            index: String(urlButton.index),
            parameters: [{ type: 'text' as const, text: suffix[urlButton.suffix] }],
          },
        ]
      : []),
    ...quickReplies.map(({ index, act }) => ({
      type: 'button' as const,
      sub_type: 'quick_reply' as const,
      index: String(index),
      parameters: [{ type: 'payload' as const, payload: actId(act, checkout.code) }],
    })),
  ];
  return {
    type: 'template',
    template: { name: use.name, language: { code: use.language }, ...(components.length > 0 && { components }) },
  };
};

/** What to say: freely inside the customer service window, with the shop's template outside of it, or nothing. */
export const noticeContent = (
  checkout: Checkout,
  shop: Shop,
  occasion: Occasion,
  mayBeFree: boolean,
): OutboundContent | undefined => {
  if (mayBeFree) return freeContent(checkout, shop, occasion);
  const use = shop.whatsapp.templates[occasion];
  return use === null ? undefined : templateContent(checkout, shop, use);
};
