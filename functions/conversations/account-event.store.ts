import { toEpochSeconds } from '#core/clock.ts';
import type { Page, PageRequest } from '#core/page.ts';
import type { Table } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { AccountEvent } from './account-event.ts';

const KEPT_DAYS = 400;

/** Events come late by minutes or, replayed, by months: then as many as decide what holds now. */
const MOST_LATER = { limit: 500 };

const keyOf = ({ shopId, at, digest }: AccountEvent) => keys.accountEvent(shopId, at, digest);

/** What Meta told shops of their accounts, numbers and templates, raw, for a little more than a year. */
export const accountEventStore = (table: Table) => ({
  isKnown: async (event: AccountEvent): Promise<boolean> => (await table.get(keyOf(event))) !== undefined,

  put: (event: AccountEvent): Promise<void> =>
    table.put({ ...keyOf(event), ...event, ttl: toEpochSeconds(new Date(event.receivedAt)) + KEPT_DAYS * 86_400 }),

  /** What a shop was told of moments after this one: the latest of it. */
  after: async (shopId: string, at: string): Promise<AccountEvent[]> => {
    const { items } = await table.query(ranges.accountEvents(shopId, at), MOST_LATER, { newestFirst: true });
    return items.map((item) => AccountEvent().parse(item)).filter((event) => event.at > at);
  },

  /** One page of what a shop was told, latest first. */
  list: async (shopId: string, page: PageRequest): Promise<Page<AccountEvent>> => {
    const found = await table.query(ranges.accountEvents(shopId), page, { newestFirst: true });
    return { ...found, items: found.items.map((item) => AccountEvent().parse(item)) };
  },
});
