import * as z from 'zod/mini';
import { countField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Breaker } from './breaker.ts';
import { confidences, matchMarks } from './match-sale.ts';
import { PreviousSales, previousSales, type Speaker } from './previous-sales.ts';
import { Sale, saleKey } from './sale.ts';
import { boughtOf, type SaleLink, type SaleSummary } from './sale-link.ts';
import { type SaleSource, SetSaleSource } from './sale-source.ts';
import { sourceFailures } from './source-failure.ts';

/** A link as sellers see it. */
export const SaleLinkView = lazy(() =>
  z.object({
    linkId: z.string(),
    ...Sale().shape,
    linkedAt: timeField(),
    linkedBy: z.string(),
    /** How well whoever bought fitted the contact then; absent: nothing but the word of whoever linked it. */
    confidence: z.optional(z.enum(confidences)),
  }),
);
export type SaleLinkView = z.infer<Lazy<typeof SaleLinkView>>;

export const saleLinkView = ({ sale, linkedAt, linkedBy, confidence }: SaleLink): SaleLinkView => ({
  linkId: saleKey(sale),
  ...sale,
  linkedAt,
  linkedBy,
  ...(confidence && { confidence }),
});

/** All linked sales of a contact, the latest first, and what they come to. */
export const SaleLinksView = lazy(() =>
  z.object({ sales: z.optional(PreviousSales()), items: z.array(SaleLinkView()) }),
);
export type SaleLinksView = z.infer<Lazy<typeof SaleLinksView>>;

export const saleLinksView = (
  links: readonly SaleLink[],
  summaries: readonly SaleSummary[],
  shop: Speaker,
): SaleLinksView => {
  const bought = boughtOf(summaries);
  const distinct = [...new Map(links.map((link) => [saleKey(link.sale), link])).values()];
  return {
    ...(bought && { sales: previousSales(bought, shop) }),
    items: distinct.sort((a, b) => (a.sale.at > b.sale.at ? -1 : 1)).map(saleLinkView),
  };
};

/** How a source fared: `off` when the shop has none, or nothing to ask it by. */
export const SourceStateView = lazy(() =>
  z.object({
    state: z.enum(['off', 'ok', 'down']),
    reason: z.optional(z.enum(sourceFailures)),
    /** When a source that failed repeatedly is asked again. */
    retryAt: z.optional(timeField()),
    /** Rows without an id, a total in a known currency, or a time. */
    unreadable: z.optional(countField()),
  }),
);
export type SourceStateView = z.infer<Lazy<typeof SourceStateView>>;

/** A sale that may be the contact's. Nobody but a person links it. */
export const SuggestedSaleView = lazy(() =>
  z.object({
    ...Sale().shape,
    confidence: z.enum(confidences),
    /** `contact`: our own checkout of this contact; `phone-ending`: only the last eight digits agree. */
    matchedBy: z.array(z.enum(matchMarks)),
    linked: z.boolean(),
  }),
);
export type SuggestedSaleView = z.infer<Lazy<typeof SuggestedSaleView>>;

export const SuggestedSalesView = lazy(() =>
  z.object({ items: z.array(SuggestedSaleView()), source: SourceStateView() }),
);
export type SuggestedSalesView = z.infer<Lazy<typeof SuggestedSalesView>>;

/** The settings of a source, without its secret. */
export const SaleSourceView = lazy(() => {
  const { secret: _, ...settings } = SetSaleSource().shape;
  return z.object({
    ...settings,
    hasSecret: z.boolean(),
    /** Failures since it last answered, if there are any. */
    trouble: z.optional(
      z.object({ failures: countField(), reason: z.enum(sourceFailures), pausedUntil: z.optional(timeField()) }),
    ),
    createdAt: timeField(),
    updatedAt: timeField(),
  });
});
export type SaleSourceView = z.input<Lazy<typeof SaleSourceView>>;

export const saleSourceView = (source: SaleSource, breaker?: Breaker): SaleSourceView => {
  const { shopId: _, secretId, version: __, ...settings } = source;
  return { ...settings, hasSecret: secretId !== undefined, ...(breaker && { trouble: breaker }) };
};

/** What a trial of a source came to. */
export const SourceTrialView = lazy(() =>
  z.object({ source: SourceStateView(), found: countField(), sales: z.array(Sale()) }),
);
export type SourceTrialView = z.infer<Lazy<typeof SourceTrialView>>;
