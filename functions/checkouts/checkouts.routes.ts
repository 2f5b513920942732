import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { codeField, languageField, pageFields, pageOf } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import { CancelCheckout, CheckoutForSeller, CheckoutView, CreateCheckout, checkoutStates } from './checkout.ts';
import { Funnel } from './funnel.ts';
import { Timeline } from './timeline.ts';

const dayField = () => z.optional(z.iso.date());

const CodeParams = lazy(() => z.object({ code: codeField() }));

export const checkoutRoutes = {
  showCheckout: {
    method: 'GET',
    path: '/c/{code}',
    access: 'public',
    summary: 'The page of a checkout',
    params: CodeParams,
    query: lazy(() => z.object({ lang: z.optional(z.catch(z.optional(languageField()), undefined)) })),
    answer: { status: 200, html: true },
  },
  createCheckout: {
    method: 'POST',
    path: '/api/checkouts',
    access: 'public',
    summary: 'Reserve the selected products, all or none, and get a checkout link',
    body: CreateCheckout,
    answer: { status: 201, schema: CheckoutView },
    errors: [
      'stock.short',
      'stock.busy',
      'checkout.phone-limit',
      'checkout.product-limit',
      'checkout.shop-limit',
      'idempotency.key-reused',
    ],
    idempotent: true,
  },
  viewCheckout: {
    method: 'GET',
    path: '/api/checkouts/{code}',
    access: 'public',
    summary: 'Lines, frozen prices, total, state and seconds left',
    params: CodeParams,
    answer: { status: 200, schema: CheckoutView },
  },
  confirmCheckout: {
    method: 'POST',
    path: '/api/checkouts/{code}/confirm',
    access: 'public',
    summary: 'Sell what the checkout holds',
    params: CodeParams,
    answer: { status: 200, schema: CheckoutView },
    errors: ['checkout.ended', 'checkout.seller-confirms', 'stock.busy'],
    idempotent: true,
  },
  cancelCheckout: {
    method: 'POST',
    path: '/api/checkouts/{code}/cancel',
    access: 'public',
    summary: 'Give back what the checkout holds',
    params: CodeParams,
    answer: { status: 200, schema: CheckoutView },
    errors: ['checkout.ended', 'stock.busy'],
  },
  openCheckout: {
    method: 'POST',
    path: '/api/checkouts/{code}/opened',
    access: 'public',
    summary: 'Somebody looks at the page of the checkout: told by the page itself, counted once',
    params: CodeParams,
    answer: { status: 204 },
    errors: ['change.conflict'],
  },
  listCheckouts: {
    method: 'GET',
    path: '/admin/checkouts',
    access: ['admin', 'seller'],
    summary: 'Checkouts by state: the active ones soonest expiry first, the ended ones latest first',
    query: lazy(() => z.object({ state: z._default(z.enum(checkoutStates), 'active'), ...pageFields(50, 100) })),
    answer: { status: 200, schema: lazy(() => pageOf(CheckoutForSeller())) },
  },
  getCheckout: {
    method: 'GET',
    path: '/admin/checkouts/{code}',
    access: ['admin', 'seller'],
    summary: 'One checkout of your shop, with its customer',
    params: CodeParams,
    answer: { status: 200, schema: CheckoutForSeller },
  },
  viewTimeline: {
    method: 'GET',
    path: '/admin/checkouts/{code}/timeline',
    access: ['admin', 'seller'],
    summary: 'What happened to a checkout, oldest first: created, sent, delivered, read, opened, replied, ended',
    params: CodeParams,
    answer: { status: 200, schema: Timeline },
  },
  viewFunnel: {
    method: 'GET',
    path: '/admin/funnel',
    access: ['admin', 'seller'],
    summary:
      'How many checkouts reached each stage, by day in the time zone of the shop; the last thirty days by default',
    query: lazy(() => z.object({ from: dayField(), to: dayField() })),
    answer: { status: 200, schema: Funnel },
  },
  sellCheckout: {
    method: 'POST',
    path: '/admin/checkouts/{code}/confirm',
    access: ['admin', 'seller'],
    summary: 'Confirm the sale',
    params: CodeParams,
    answer: { status: 200, schema: CheckoutForSeller },
    errors: ['checkout.ended', 'stock.busy'],
    idempotent: true,
  },
  releaseCheckout: {
    method: 'POST',
    path: '/admin/checkouts/{code}/cancel',
    access: ['admin', 'seller'],
    summary: 'Cancel a checkout and free its stock',
    params: CodeParams,
    body: CancelCheckout,
    answer: { status: 200, schema: CheckoutForSeller },
    errors: ['checkout.ended', 'stock.busy'],
  },
  extendCheckout: {
    method: 'POST',
    path: '/admin/checkouts/{code}/extend',
    access: ['admin', 'seller'],
    summary: 'The customer has written: give a short first hold its full length',
    params: CodeParams,
    answer: { status: 200, schema: CheckoutForSeller },
    errors: ['checkout.ended', 'checkout.not-extendable', 'stock.busy'],
  },
} as const satisfies Routes;
