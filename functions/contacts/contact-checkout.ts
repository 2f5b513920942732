import * as z from 'zod/mini';
import { currencyField, sumField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { type Checkout, checkoutStates } from '../checkouts/checkout.ts';

/** A checkout as it stands among what a person did: with no name, phone or products. */
export const ContactCheckout = lazy(() =>
  z.object({
    code: z.string(),
    state: z.enum(checkoutStates),
    total: sumField(),
    currency: currencyField(),
    createdAt: timeField(),
    endedAt: z.optional(timeField()),
  }),
);
export type ContactCheckout = z.infer<Lazy<typeof ContactCheckout>>;

/** What is kept of a checkout with its person. */
export const contactCheckoutOf = ({
  code,
  state,
  total,
  currency,
  createdAt,
  endedAt,
}: Pick<Checkout, keyof ContactCheckout>): ContactCheckout => ({
  code,
  state,
  total,
  currency,
  createdAt,
  ...(endedAt && { endedAt }),
});
