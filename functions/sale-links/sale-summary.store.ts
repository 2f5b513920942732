import type { Table } from '#platform/table.ts';
import { keys } from '#table/schema.ts';
import { samePersonStore } from '../contacts/same-person.store.ts';
import { SaleSummary } from './sale-link.ts';
import { type ShowSales, type ShowSalesPorts, showSales } from './show-sales.ts';

/** What contacts have bought, for whoever shows it: it only reads. */
export const saleSummaryStore = (table: Pick<Table, 'batchGet'>) => ({
  /** The summaries that exist among these contacts, in one read. */
  findSummaries: async (shopId: string, contactIds: readonly string[]): Promise<SaleSummary[]> => {
    const ids = [...new Set(contactIds)];
    const items = await table.batchGet(ids.map((contactId) => keys.saleSummary(shopId, contactId)));
    return items.map((item) => SaleSummary().parse(item));
  },
});

/** What customers have bought, as chats and leads show it. */
export const previousSalesIn = (table: Pick<Table, 'batchGet'>, findShop: ShowSalesPorts['findShop']): ShowSales =>
  showSales({ ...saleSummaryStore(table), ...samePersonStore(table), findShop });
