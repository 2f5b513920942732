import type { Contact } from '../contacts/contact.ts';
import type { Shop } from '../shops/shop.ts';
import { type PreviousSales, previousSales } from './previous-sales.ts';
import { boughtOf, type SaleSummary } from './sale-link.ts';

/** One who may have bought, under all ids that they turned out to have. */
export type Customer = Pick<Contact, 'contactId' | 'formerContactIds'>;

/** What customers of a shop have bought, by contact id; nothing of those who have not. */
export type ShowSales = (shopId: string, customers: readonly Customer[]) => Promise<ReadonlyMap<string, PreviousSales>>;

export interface ShowSalesPorts {
  findShop: (shopId: string) => Promise<Shop | undefined>;
  /** The summaries that exist among these contacts, in one read. */
  findSummaries: (shopId: string, contactIds: readonly string[]) => Promise<SaleSummary[]>;
}

const idsOf = ({ contactId, formerContactIds = [] }: Customer): string[] => [contactId, ...formerContactIds];

/**
 * Makes what chats and leads show of earlier sales: one read for all customers of a page, and none where the shop has
 * sale links switched off. It is beside the point of whatever shows it, so that a read that fails shows nothing.
 */
export const showSales =
  ({ findShop, findSummaries }: ShowSalesPorts): ShowSales =>
  async (shopId, customers) => {
    const shop = await findShop(shopId);
    if (!shop?.features.saleLinks || customers.length === 0) return new Map();
    const summaries = await findSummaries(shopId, customers.flatMap(idsOf)).catch(() => []);
    const byId = new Map(summaries.map((one) => [one.contactId, one]));
    const shown = customers.flatMap((customer): [string, PreviousSales][] => {
      const bought = boughtOf(idsOf(customer).flatMap((id) => byId.get(id) ?? []));
      return bought ? [[customer.contactId, previousSales(bought, shop)]] : [];
    });
    return new Map(shown);
  };
