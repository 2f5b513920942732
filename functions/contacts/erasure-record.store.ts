import type { Page, PageRequest } from '#core/page.ts';
import type { Table } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { Erasure } from './erasure.ts';

/** That people were erased, and how much of each: nothing of them. */
export const erasureRecords = (table: Table) => ({
  /** Keeps that somebody was erased; the same again changes nothing. */
  record: (erasure: Erasure): Promise<void> =>
    table.put({ ...keys.erasure(erasure.shopId, erasure.at, erasure.contactId), ...erasure }),

  /** One page of a shop's erasures, latest first. */
  list: async (shopId: string, page: PageRequest): Promise<Page<Erasure>> => {
    const found = await table.query(ranges.erasures(shopId), page, { newestFirst: true });
    return { ...found, items: found.items.map((item) => Erasure().parse(item)) };
  },
});
