import * as z from 'zod/mini';
import { currencyField, idField, sumField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Currency } from '#core/money.ts';
import { confidences } from './match-sale.ts';
import { Sale, saleKey } from './sale.ts';

/** The most sales of one contact. */
export const MOST_LINKS = 200;

/** That a sale is a contact's, with the sale as it was when somebody said so: it stays, whatever becomes of its source. */
export const SaleLink = lazy(() =>
  z.object({
    shopId: idField(),
    contactId: idField(),
    sale: Sale(),
    linkedAt: timeField(),
    linkedBy: z.string(),
    /** How well whoever bought fitted the contact then. Absent: nothing said that it was theirs but whoever linked it. */
    confidence: z.optional(z.enum(confidences)),
  }),
);
export type SaleLink = z.infer<Lazy<typeof SaleLink>>;

const Counted = lazy(() =>
  z.object({ key: z.string(), total: sumField(), currency: currencyField(), at: timeField() }),
);

/** What counts of a contact's linked sales, in one row that changes with each link. */
export const SaleSummary = lazy(() =>
  z.object({ shopId: idField(), contactId: idField(), sales: z.array(Counted()), version: z.int() }),
);
export type SaleSummary = z.infer<Lazy<typeof SaleSummary>>;

/** Of a contact without linked sales. Version 0: nothing is stored. */
export const emptySummary = (shopId: string, contactId: string): SaleSummary => ({
  shopId,
  contactId,
  sales: [],
  version: 0,
});

/** True when the sale is counted already. */
export const hasSale = ({ sales }: SaleSummary, sale: Pick<Sale, 'source' | 'saleId'>): boolean =>
  sales.some(({ key }) => key === saleKey(sale));

/** The summary with one sale more. */
export const withSale = (summary: SaleSummary, sale: Sale): SaleSummary => {
  const { total, currency, at } = sale;
  const sales = [...summary.sales, { key: saleKey(sale), total, currency, at }];
  return { ...summary, sales, version: summary.version + 1 };
};

/** The summary with one sale less. */
export const withoutSale = (summary: SaleSummary, key: string): SaleSummary => ({
  ...summary,
  sales: summary.sales.filter((one) => one.key !== key),
  version: summary.version + 1,
});

/** The sum of linked sales in one currency, in minor units. */
export interface CurrencyTotal {
  currency: Currency;
  count: number;
  total: number;
}

/** What a contact has bought. */
export interface Bought {
  count: number;
  totals: CurrencyTotal[];
  /** When they last bought. */
  lastAt: string;
}

/**
 * What a person has bought by the summaries of all contacts that they turned out to be: a sale that two of them have
 * counts once. The currency with the most sales comes first. Undefined when there is none.
 */
export const boughtOf = (summaries: readonly SaleSummary[]): Bought | undefined => {
  const sales = [...new Map(summaries.flatMap((one) => one.sales).map((one) => [one.key, one])).values()];
  const last = sales
    .map(({ at }) => at)
    .sort()
    .at(-1);
  if (last === undefined) return undefined;
  const totals = new Map<Currency, CurrencyTotal>();
  for (const { currency, total } of sales) {
    const { count, total: sum } = totals.get(currency) ?? { count: 0, total: 0 };
    totals.set(currency, { currency, count: count + 1, total: sum + total });
  }
  const ordered = [...totals.values()].sort((a, b) => b.count - a.count || (a.currency < b.currency ? -1 : 1));
  return { count: sales.length, totals: ordered, lastAt: last };
};
