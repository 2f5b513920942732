import * as z from 'zod/mini';
import { addMinutes, secondsUntil } from '#core/clock.ts';
import { formatCode } from '#core/code.ts';
import { AppError } from '#core/errors.ts';
import {
  amountField,
  countField,
  currencyField,
  idField,
  languageField,
  optionalTextField,
  quantityField,
  sumField,
  textField,
  timeField,
} from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { sumAmounts } from '#core/money.ts';
import { pictureUrl } from '../catalog/picture.ts';
import { conversationIdOf } from '../conversations/conversation.ts';
import { type Shop, ShopView, shopView } from '../shops/shop.ts';

export const checkoutStates = ['active', 'confirmed', 'expired', 'cancelled'] as const;
export type CheckoutState = (typeof checkoutStates)[number];
export type EndState = Exclude<CheckoutState, 'active'>;

/** The most stock buckets one checkout may draw on: keeps its transaction under DynamoDB's hundred actions. */
export const MAX_HOLDS = 48;

/** Selected units of one product, with name and price as they were at that moment and where the units are held. */
export const CheckoutLine = lazy(() =>
  z.object({
    productId: idField(),
    name: z.string(),
    pictureKey: z.optional(z.string()),
    unitPrice: amountField(),
    quantity: quantityField(),
    amount: sumField(),
    holds: z.array(z.object({ bucket: countField(), quantity: quantityField() })),
  }),
);
export type CheckoutLine = z.infer<Lazy<typeof CheckoutLine>>;

/** Who has shown up in the chat with a checkout's code, on which number, with the phone that WhatsApp vouches for. */
export const CheckoutTie = lazy(() =>
  z.object({ contactId: idField(), phoneNumberId: z.string(), phone: z.optional(z.string()) }),
);
export type CheckoutTie = z.infer<Lazy<typeof CheckoutTie>>;

/** Selected lines with their stock held, known by its code. It ends once: confirmed, expired or cancelled. */
export const Checkout = lazy(() =>
  z.object({
    code: z.string(),
    shopId: idField(),
    state: z.enum(checkoutStates),
    lines: z.array(CheckoutLine()),
    currency: currencyField(),
    total: sumField(),
    language: languageField(),
    customerName: z.string(),
    phone: z.string(),
    createdAt: timeField(),
    expiresAt: timeField(),
    /** Until when the hold runs once the shop extends a short first hold. */
    fullHoldUntil: z.optional(timeField()),
    /** The first person who wrote with its code; only they may end it in the chat. */
    tie: z.optional(CheckoutTie()),
    endedAt: z.optional(timeField()),
    endedBy: z.optional(z.string()),
    endReason: z.optional(z.string()),
    /** Tells a repeat of the same request from another request under the same idempotency key. */
    requestDigest: z.string(),
    confirmKeyDigest: z.optional(z.string()),
  }),
);
export type Checkout = z.infer<Lazy<typeof Checkout>>;

export const CreateCheckout = lazy(() =>
  z.strictObject({
    shop: z.string().check(z.minLength(1), z.maxLength(64)),
    lines: z
      .array(
        z.strictObject({ productId: z.string().check(z.minLength(1), z.maxLength(64)), quantity: quantityField(1000) }),
      )
      .check(z.minLength(1), z.maxLength(100)),
    customerName: textField(80),
    phone: z.string().check(z.trim(), z.minLength(6), z.maxLength(30)),
    language: z.optional(languageField()),
  }),
);
export type CreateCheckout = z.infer<Lazy<typeof CreateCheckout>>;

export const CancelCheckout = lazy(() => z.strictObject({ reason: optionalTextField(200) }));

/** What whoever holds the link sees: no name, no phone. */
export const CheckoutView = lazy(() =>
  z.object({
    code: z.string(),
    displayCode: z.string(),
    state: z.enum(checkoutStates),
    lines: z.array(
      z.object({
        productId: idField(),
        name: z.string(),
        pictureUrl: z.nullable(z.string()),
        unitPrice: z.int(),
        quantity: z.int(),
        amount: z.int(),
      }),
    ),
    currency: currencyField(),
    total: z.int(),
    createdAt: z.string(),
    expiresAt: z.string(),
    endedAt: z.nullable(z.string()),
    secondsLeft: z.int(),
    url: z.string(),
    whatsappUrl: z.nullable(z.string()),
    shopperConfirms: z.boolean(),
    language: languageField(),
    shop: ShopView(),
  }),
);
export type CheckoutView = z.infer<Lazy<typeof CheckoutView>>;

/** What sellers see: with the customer, and who ended it. */
export const CheckoutForSeller = lazy(() =>
  z.object({
    code: z.string(),
    displayCode: z.string(),
    state: z.enum(checkoutStates),
    lines: z.array(CheckoutLine()),
    currency: currencyField(),
    total: z.int(),
    customerName: z.string(),
    phone: z.string(),
    language: languageField(),
    createdAt: z.string(),
    expiresAt: z.string(),
    fullHoldUntil: z.nullable(z.string()),
    /** Who wrote with its code; null until somebody has. */
    contactId: z.nullable(z.string()),
    conversationId: z.nullable(z.string()),
    verifiedPhone: z.nullable(z.string()),
    endedAt: z.nullable(z.string()),
    endedBy: z.nullable(z.string()),
    endReason: z.nullable(z.string()),
    secondsLeft: z.int(),
    url: z.string(),
  }),
);
export type CheckoutForSeller = z.infer<Lazy<typeof CheckoutForSeller>>;

/** The state that counts: past its time an active checkout is expired, whether or not its stock has been freed yet. */
export const stateAt = (checkout: Pick<Checkout, 'state' | 'expiresAt'>, now: Date): CheckoutState =>
  checkout.state === 'active' && now >= new Date(checkout.expiresAt) ? 'expired' : checkout.state;

/** When a hold that begins now runs out, and until when it may be extended. */
export const holdTimes = (shop: Pick<Shop, 'holdMinutes' | 'firstHoldMinutes'>, now: Date) => {
  const full = addMinutes(now, shop.holdMinutes).toISOString();
  if (shop.firstHoldMinutes === null || shop.firstHoldMinutes >= shop.holdMinutes) return { expiresAt: full };
  return { expiresAt: addMinutes(now, shop.firstHoldMinutes).toISOString(), fullHoldUntil: full };
};

/** The total of frozen lines. */
export const totalOf = (lines: readonly Pick<CheckoutLine, 'amount'>[]): number =>
  sumAmounts(lines.map((line) => line.amount));

/** The failure of acting on a checkout that has ended: says in which state it is. */
export const checkoutEnded = (state: CheckoutState): AppError =>
  new AppError('checkout.ended', `the checkout is ${state}`, { details: { state } });

/** The shareable address of a checkout. */
export const checkoutUrl = (siteUrl: string, code: string): string => `${siteUrl}/c/${code}`;

const secondsLeft = (checkout: Checkout, now: Date): number =>
  stateAt(checkout, now) === 'active' ? secondsUntil(new Date(checkout.expiresAt), now) : 0;

/** A checkout as whoever holds the link sees it. */
export const checkoutView = (
  checkout: Checkout,
  shop: Shop,
  { now, siteUrl, whatsappUrl }: { now: Date; siteUrl: string; whatsappUrl: string | null },
): CheckoutView => ({
  code: checkout.code,
  displayCode: formatCode(checkout.code),
  state: stateAt(checkout, now),
  lines: checkout.lines.map(({ productId, name, pictureKey, unitPrice, quantity, amount }) => ({
    productId,
    name,
    pictureUrl: pictureKey ? pictureUrl(pictureKey) : null,
    unitPrice,
    quantity,
    amount,
  })),
  currency: checkout.currency,
  total: checkout.total,
  createdAt: checkout.createdAt,
  expiresAt: checkout.expiresAt,
  endedAt: checkout.endedAt ?? null,
  secondsLeft: secondsLeft(checkout, now),
  url: checkoutUrl(siteUrl, checkout.code),
  whatsappUrl,
  shopperConfirms: shop.shopperConfirms,
  language: checkout.language,
  shop: shopView(shop),
});

/** A checkout as the sellers of its shop see it. */
export const checkoutForSeller = (
  checkout: Checkout,
  { now, siteUrl }: { now: Date; siteUrl: string },
): CheckoutForSeller => ({
  code: checkout.code,
  displayCode: formatCode(checkout.code),
  state: stateAt(checkout, now),
  lines: checkout.lines,
  currency: checkout.currency,
  total: checkout.total,
  customerName: checkout.customerName,
  phone: checkout.phone,
  language: checkout.language,
  createdAt: checkout.createdAt,
  expiresAt: checkout.expiresAt,
  fullHoldUntil: checkout.fullHoldUntil ?? null,
  contactId: checkout.tie?.contactId ?? null,
  conversationId: checkout.tie ? conversationIdOf(checkout.tie.phoneNumberId, checkout.tie.contactId) : null,
  verifiedPhone: checkout.tie?.phone ?? null,
  endedAt: checkout.endedAt ?? null,
  endedBy: checkout.endedBy ?? null,
  endReason: checkout.endReason || null,
  secondsLeft: secondsLeft(checkout, now),
  url: checkoutUrl(siteUrl, checkout.code),
});
