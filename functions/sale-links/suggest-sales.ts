import type { SalesFound, SalesPorts } from './find-sales.ts';
import { type CustomerPorts, findCustomer, type WhichCustomer, wantedOf } from './known-customer.ts';
import { confidences, matchSale, type Wanted } from './match-sale.ts';
import type { FoundSale } from './sale.ts';
import { hasSale, type SaleSummary } from './sale-link.ts';
import type { SuggestedSalesView, SuggestedSaleView } from './sale-views.ts';

export interface SuggestSalesPorts extends CustomerPorts {
  sales: SalesPorts;
  findSummaries: (shopId: string, contactIds: readonly string[]) => Promise<SaleSummary[]>;
}

/** More than these nobody looks through. */
const MOST_SUGGESTIONS = 50;

const suggested = (
  { sale, buyer }: FoundSale,
  wanted: Wanted,
  summaries: readonly SaleSummary[],
): SuggestedSaleView[] => {
  const match = matchSale(buyer, wanted);
  return match ? [{ ...sale, ...match, linked: summaries.some((one) => hasSale(one, sale)) }] : [];
};

const bestFirst = (a: SuggestedSaleView, b: SuggestedSaleView): number =>
  confidences.indexOf(a.confidence) - confidences.indexOf(b.confidence) || (a.at > b.at ? -1 : 1);

/**
 * Sales that may be a contact's, of both sources, the surest and latest first. It links none. That the shop's own system
 * is down takes only its own sales away. Throws `sale-links.not-enabled`, `not-found`.
 */
export const suggestSales = async (which: WhichCustomer, ports: SuggestSalesPorts): Promise<SuggestedSalesView> => {
  const customer = await findCustomer(which, ports);
  const wanted = wantedOf(customer, which.shop);
  const [summaries, own, outside]: [SaleSummary[], SalesFound, SalesFound] = await Promise.all([
    ports.findSummaries(wanted.shopId, wanted.contactIds),
    ports.sales.checkouts.search(wanted),
    ports.sales.http.search(wanted),
  ]);
  const items = [...own.found, ...outside.found].flatMap((found) => suggested(found, wanted, summaries));
  return { items: items.sort(bestFirst).slice(0, MOST_SUGGESTIONS), source: outside.source };
};
