import type { Table } from '#platform/table.ts';
import { outboundStore } from '../conversations/outbound.store.ts';
import { checkoutStore } from './checkout.store.ts';
import { timelineStore } from './timeline.store.ts';

/** The stores that talking with customers about their checkouts needs, beside those of the inbox. */
export const chatStores = (table: Table) => ({
  checkouts: checkoutStore(table),
  timeline: timelineStore(table),
  outbound: outboundStore(table),
});
