import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { lazy } from '#core/lazy.ts';
import { saleIdField, saleSources } from './sale.ts';
import { SetSaleSource } from './sale-source.ts';
import { SaleLinksView, SaleLinkView, SaleSourceView, SourceTrialView, SuggestedSalesView } from './sale-views.ts';

const ContactParams = lazy(() => z.object({ contactId: z.string().check(z.maxLength(64)) }));

const LinkSale = lazy(() => z.strictObject({ source: z.enum(saleSources), saleId: saleIdField() }));

/** By what a trial asks. */
const TrySource = lazy(() =>
  z
    .strictObject({
      phone: z.optional(z.string().check(z.regex(/^\+[1-9]\d{7,14}$/, 'must be in E.164, like +5491123456789'))),
      email: z.optional(z.email().check(z.maxLength(200))),
    })
    .check(z.refine(({ phone, email }) => phone !== undefined || email !== undefined, 'must have a phone or an email')),
);

/** Contacts linked to sales: of ours, and of the shop's own system, of which nothing is ever changed. */
export const saleLinkRoutes = {
  getSaleSource: {
    method: 'GET',
    path: '/admin/sale-links/source',
    access: ['admin'],
    summary: 'Where your own system tells of sales, and how it fares; also while links are switched off',
    answer: { status: 200, schema: SaleSourceView },
    errors: ['not-found'],
  },
  setSaleSource: {
    method: 'PUT',
    path: '/admin/sale-links/source',
    access: ['admin'],
    summary: 'Set where your own system tells of sales over HTTPS, and where each fact stands in its JSON',
    body: SetSaleSource,
    answer: { status: 200, schema: SaleSourceView },
    errors: ['sale-links.not-enabled', 'change.conflict'],
  },
  removeSaleSource: {
    method: 'DELETE',
    path: '/admin/sale-links/source',
    access: ['admin'],
    summary: 'Forget your own system and its secret, also while links are switched off; links stay',
    answer: { status: 204 },
    errors: ['not-found', 'change.conflict'],
  },
  trySaleSource: {
    method: 'POST',
    path: '/admin/sale-links/source/try',
    access: ['admin'],
    summary: 'Ask your own system for the sales of one phone or e-mail, and see how they are read',
    body: TrySource,
    answer: { status: 200, schema: SourceTrialView },
    errors: ['not-found', 'sale-links.not-enabled'],
  },
  suggestSales: {
    method: 'GET',
    path: '/admin/contacts/{contactId}/sales',
    access: ['admin', 'seller'],
    summary: 'Sales that may be a contact’s, by phone or e-mail, with how sure that is; none is linked by itself',
    params: ContactParams,
    answer: { status: 200, schema: SuggestedSalesView },
    errors: ['sale-links.not-enabled'],
    owned: 'contact',
  },
  listSaleLinks: {
    method: 'GET',
    path: '/admin/contacts/{contactId}/sale-links',
    access: ['admin', 'seller'],
    summary: 'Linked sales of a contact, at most 200, the latest first, with their totals',
    params: ContactParams,
    answer: { status: 200, schema: SaleLinksView },
    errors: ['sale-links.not-enabled'],
    owned: 'contact',
  },
  linkSale: {
    method: 'POST',
    path: '/admin/contacts/{contactId}/sale-links',
    access: ['admin', 'seller'],
    summary:
      'Link a sale to a contact, as the sale is now; one that is linked already stays as it was. Of your own system a ' +
      'seller links what fits the contact by phone or e-mail, an admin anything',
    params: ContactParams,
    body: LinkSale,
    answer: { status: 201, schema: SaleLinkView },
    errors: [
      'sale-links.not-enabled',
      'sale.not-found',
      'sale-source.unavailable',
      'sale-link.too-many',
      'change.conflict',
    ],
    owned: 'contact',
  },
  unlinkSale: {
    method: 'DELETE',
    path: '/admin/contacts/{contactId}/sale-links/{linkId}',
    access: ['admin', 'seller'],
    summary: 'End a link; sale and contact stay as they are',
    params: lazy(() => z.object({ ...ContactParams().shape, linkId: z.string().check(z.maxLength(64)) })),
    answer: { status: 204 },
    errors: ['sale-links.not-enabled', 'change.conflict'],
    owned: 'contact',
  },
} as const satisfies Routes;
