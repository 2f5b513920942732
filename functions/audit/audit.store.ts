import { addMinutes, type Clock, toEpochSeconds } from '#core/clock.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { fromCursor, toCursor } from '#platform/cursor.ts';
import type { Value } from '#platform/expression.ts';
import type { Item, Table, Write } from '#platform/table.ts';
import { indexKeys, keys, ranges } from '#table/schema.ts';
import { AuditEntry } from './audit-entry.ts';

/** Which entries a list shows. */
export interface AuditView {
  shopId: string;
  subject?: AuditEntry['subject'] | undefined;
  by?: string | undefined;
  /** Moments, both inclusive: ISO 8601, milliseconds. */
  from?: string | undefined;
  to?: string | undefined;
}

const KEPT_MONTHS = 24;
/** DynamoDB takes its time to remove what has ended. */
const MOST_MONTHS = KEPT_MONTHS + 2;
const MINUTES_A_DAY = 24 * 60;

const inMonths = (from: Date, months: number): Date =>
  new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1));

const keptUntil = (at: string): Date => addMinutes(new Date(at), KEPT_MONTHS * 30.5 * MINUTES_A_DAY);

/** What machines do is read with all else of the shop: one list of it would take whatever happens there. */
const isUser = (by: string): boolean => by.startsWith('user:');

const toItem = (entry: AuditEntry): Item => {
  const { shopId, entryId, subject, at, by, ...rest } = entry;
  return {
    ...keys.auditEntry(shopId, subject, at, entryId),
    ...indexKeys.auditEntry(shopId, at, entryId),
    ...(isUser(by) && indexKeys.auditEntryOf(shopId, by, at, entryId)),
    ...{ shopId, entryId, subject, at, by },
    // its values are JSON already, and undefined ones are left out
    ...(rest as { readonly [attribute: string]: Value | undefined }),
    ttl: toEpochSeconds(keptUntil(at)),
  };
};

/** The write of an entry, for the transaction of the change that it tells of. It is kept for two years. */
export const auditWrite = (entry: AuditEntry): Write => ({ put: toItem(entry) });

const lastOf = (to: string | undefined): string | undefined => (to === undefined ? undefined : `${to}#~`);

/** The months of a list, latest first: as far back as there is anything. */
const monthsOf = ({ from = '0' }: AuditView, last: string | undefined, now: Date): string[] => {
  // clocks differ: an entry may be of a moment that has not come yet here
  const latest = inMonths(addMinutes(now, MINUTES_A_DAY), 0);
  const months = Array.from({ length: MOST_MONTHS }, (_, back) => inMonths(latest, -back).toISOString().slice(0, 7));
  return months.filter((month) => (last === undefined || month <= last) && month >= from.slice(0, 7));
};

const placeOf = ({ at, entryId }: AuditEntry): string => `${at}#${entryId}`;

/** The entries of a shop, or what one of its machines did, from month to month. */
const listMonths = async (
  table: Table,
  view: AuditView,
  { limit, cursor }: PageRequest,
  now: Date,
): Promise<Page<AuditEntry>> => {
  const { shopId, from, to, by } = view;
  const scope = `${shopId}#${by ?? 'all'}`;
  const attributes = ['view', 'before'];
  const before = fromCursor(cursor, { attribute: 'view', value: scope, attributes })?.['before'];
  const last = before ?? lastOf(to);
  const found: AuditEntry[] = [];
  for (const month of monthsOf(view, last, now)) {
    if (found.length >= limit) break;
    // one more, because the entry where the page before ended is in the range
    const page = { limit: limit - found.length + 1 };
    const { items } = await table.query(ranges.audit(shopId, month, from, last), page, { newestFirst: true });
    found.push(...items.map((item) => AuditEntry().parse(item)).filter((one) => placeOf(one) !== before));
  }
  const read = found.slice(0, limit);
  const end = read.at(-1);
  const isMore = found.length > limit || read.length === limit;
  return {
    items: by === undefined ? read : read.filter((entry) => entry.by === by),
    ...(isMore && end && { nextCursor: toCursor({ view: scope, before: placeOf(end) }) }),
  };
};

/** Who changed what. Entries are written with their change and by nobody else: see {@link auditWrite}. */
export const auditStore = (table: Table, clock: Clock = () => new Date()) => ({
  /**
   * One page of entries, newest first. Of a subject and somebody at once it reads the subject's, and of a part of the
   * system all of the shop's: then a page may be short and still have a cursor. Throws `request.invalid` for a cursor
   * that another list gave.
   */
  list: async (view: AuditView, page: PageRequest): Promise<Page<AuditEntry>> => {
    const { shopId, subject, by, from, to } = view;
    if (subject === undefined && (by === undefined || !isUser(by))) return listMonths(table, view, page, clock());
    const last = lastOf(to);
    const range = subject ? ranges.auditOf(shopId, subject, from, last) : ranges.auditBy(shopId, by ?? '', from, last);
    const { items, nextCursor } = await table.query(range, page, { newestFirst: true });
    const entries = items.map((item) => AuditEntry().parse(item));
    const shown = by === undefined ? entries : entries.filter((entry) => entry.by === by);
    return { items: shown, ...(nextCursor && { nextCursor }) };
  },
});
