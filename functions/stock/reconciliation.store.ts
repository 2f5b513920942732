import { addMinutes, type Clock, toEpochSeconds } from '#core/clock.ts';
import type { Page, PageRequest } from '#core/page.ts';
import type { Table } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { productStore } from '../catalog/product.store.ts';
import { checkoutStore } from '../checkouts/checkout.store.ts';
import { Reconciliation } from './reconcile-stock.ts';
import { stockStore } from './stock.store.ts';

const KEPT_MINUTES = 400 * 24 * 60;
const MOST_DRIFTS_KEPT = 200;

/** The outcomes of the nightly proofs. */
export const reconciliationStore = (table: Table) => ({
  /** Keeps an outcome for a year and a month; of very many drifts the first two hundred (the log has them all). */
  save: async (shopId: string, reconciliation: Reconciliation): Promise<void> => {
    const { at, drifts, ...counts } = reconciliation;
    const ttl = toEpochSeconds(addMinutes(new Date(at), KEPT_MINUTES));
    await table.put({
      ...keys.reconciliation(shopId, at),
      at,
      ...counts,
      drifts: drifts.slice(0, MOST_DRIFTS_KEPT),
      ttl,
    });
  },

  /** Outcomes, newest first. */
  list: async (shopId: string, page: PageRequest): Promise<Page<Reconciliation>> => {
    const found = await table.query(ranges.reconciliations(shopId), page, { newestFirst: true });
    return { ...found, items: found.items.map((item) => Reconciliation().parse(item)) };
  },
});

/** Everything a proof reads and writes, on one table. */
export const reconcilePorts = (table: Table, clock: Clock) => ({
  products: productStore(table),
  stock: stockStore(table),
  checkouts: checkoutStore(table),
  reconciliations: reconciliationStore(table),
  clock,
});
