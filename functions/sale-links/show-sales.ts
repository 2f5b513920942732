import type { FindPeople, Ties } from '../contacts/same-person.ts';
import type { Shop } from '../shops/shop.ts';
import { type PreviousSales, previousSales } from './previous-sales.ts';
import { boughtOf, type SaleSummary } from './sale-link.ts';

/**
 * What customers of a shop have bought, by contact id; nothing of those who have not. `known`: what need not be read to
 * know who is one person.
 */
export type ShowSales = (
  shopId: string,
  contactIds: readonly string[],
  known?: Partial<Ties>,
) => Promise<ReadonlyMap<string, PreviousSales>>;

export interface ShowSalesPorts {
  findShop: (shopId: string) => Promise<Shop | undefined>;
  /** The summaries that exist among these contacts, in one read. */
  findSummaries: (shopId: string, contactIds: readonly string[]) => Promise<SaleSummary[]>;
  findPeople: FindPeople;
}

const none: Awaited<ReturnType<FindPeople>> = new Map();

/**
 * Makes what chats and leads show of earlier sales: one read of sales for all customers of a page, and none of anything
 * where the shop has sale links switched off. It is beside the point of whatever shows it, so that a read that fails
 * shows nothing.
 */
export const showSales = ({ findShop, findSummaries, findPeople }: ShowSalesPorts): ShowSales => {
  const read = async (shopId: string, contactIds: readonly string[], known?: Partial<Ties>) => {
    const people = await findPeople(shopId, contactIds, known);
    const all = [...people.values()].flatMap((person) => person.contactIds);
    return { people, summaries: await findSummaries(shopId, all) };
  };
  return async (shopId, contactIds, known) => {
    const shop = await findShop(shopId);
    if (!shop?.features.saleLinks || contactIds.length === 0) return new Map();
    const { people, summaries } = await read(shopId, contactIds, known).catch(() => ({ people: none, summaries: [] }));
    const byId = new Map(summaries.map((one) => [one.contactId, one]));
    const shown = [...people].flatMap(([contactId, person]): [string, PreviousSales][] => {
      const bought = boughtOf(person.contactIds.flatMap((id) => byId.get(id) ?? []));
      return bought ? [[contactId, previousSales(bought, shop)]] : [];
    });
    return new Map(shown);
  };
};
