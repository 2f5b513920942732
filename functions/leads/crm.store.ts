import { cached } from '#core/cache.ts';
import type { Table } from '#platform/table.ts';
import { assigneeStore } from '../contacts/assignee.store.ts';
import { contactStore } from '../contacts/contact.store.ts';
import { pipelineStore } from '../pipelines/pipeline.store.ts';
import { previousSalesIn } from '../sale-links/sale-summary.store.ts';
import { shopStore } from '../shops/shop.store.ts';
import { leadStore } from './lead.store.ts';

/** Settings change seldom: another environment learns of a change some seconds late. */
const KNOWN_MS = 5000;

/** Every store that working with leads needs; a shop is remembered for a few seconds. */
export const crmStores = (table: Table, secret: () => Promise<string>) => {
  const shops = shopStore(table);
  const findShop = cached(shops.find, { ttlMs: KNOWN_MS, clock: () => new Date() });
  return {
    leads: leadStore(table, secret),
    contacts: contactStore(table, secret),
    pipelines: pipelineStore(table),
    ...assigneeStore(table),
    users: { find: shops.findUser, all: (shopId: string) => Array.fromAsync(shops.users(shopId)) },
    findShop,
    showSales: previousSalesIn(table, findShop),
  };
};
