import type { Page, PageRequest } from '#core/page.ts';
import type { Value } from '#platform/expression.ts';
import type { Item, Table, Write } from '#platform/table.ts';
import { indexKeys, keys, type Range, ranges } from '#table/schema.ts';
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

const toItem = (entry: AuditEntry): Item => {
  const { shopId, entryId, subject, at, by, ...rest } = entry;
  return {
    ...keys.auditEntry(shopId, subject, at, entryId),
    ...indexKeys.auditEntry(shopId, at, entryId),
    ...indexKeys.auditEntryOf(shopId, by, at, entryId),
    ...{ shopId, entryId, subject, at, by },
    // its values are JSON already, and undefined ones are left out
    ...(rest as { readonly [attribute: string]: Value | undefined }),
  };
};

/** The write of an entry, for the transaction of the change that it tells of. */
export const auditWrite = (entry: AuditEntry): Write => ({ put: toItem(entry) });

/** The one index that fits: by subject, by whoever did it, or all of the shop. */
const rangeOf = ({ shopId, subject, by, from, to }: AuditView): Range => {
  const last = to === undefined ? undefined : `${to}#~`;
  if (subject) return ranges.auditOf(shopId, subject, from, last);
  return by === undefined ? ranges.audit(shopId, from, last) : ranges.auditBy(shopId, by, from, last);
};

/** Who changed what. Entries are written with their change and by nobody else: see {@link auditWrite}. */
export const auditStore = (table: Table) => ({
  /**
   * One page of entries, newest first. Of a subject and a user at once it reads the subject's, so that a page may be
   * short and still have a cursor. Throws `request.invalid` for a cursor that another list gave.
   */
  list: async (view: AuditView, page: PageRequest): Promise<Page<AuditEntry>> => {
    const { items, nextCursor } = await table.query(rangeOf(view), page, { newestFirst: true });
    const entries = items.map((item) => AuditEntry().parse(item));
    const shown = view.by === undefined ? entries : entries.filter(({ by }) => by === view.by);
    return { items: shown, ...(nextCursor && { nextCursor }) };
  },
});
