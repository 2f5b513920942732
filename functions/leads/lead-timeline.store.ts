import type { Page, PageRequest } from '#core/page.ts';
import { fromCursor, toCursor } from '#platform/cursor.ts';
import type { Table } from '#platform/table.ts';
import { type Range, ranges } from '#table/schema.ts';
import { AuditEntry } from '../audit/audit-entry.ts';
import { ContactCheckout } from '../contacts/contact-checkout.ts';
import { Message } from '../conversations/message.ts';
import {
  type Moment,
  momentOf,
  momentText,
  newestRows,
  readMoment,
  type TimelineKind,
  type TimelineRow,
  upTo,
} from './lead-timeline.ts';
import { Note } from './note.ts';

/** Where a lead's story is read. */
export interface TimelineSources {
  shopId: string;
  /** The lead, then those that went on in it. */
  leadIds: readonly string[];
  contactIds: readonly string[];
  conversationIds: readonly string[];
}

type Source = [kind: TimelineKind, range: (upTo: string | undefined) => Range];

const sourcesOf = ({ shopId, leadIds, contactIds, conversationIds }: TimelineSources): Source[] => [
  ...leadIds.map((id): Source => ['change', (last) => ranges.auditOf(shopId, { kind: 'lead', id }, undefined, last)]),
  ...leadIds.map((id): Source => ['note', (last) => ranges.leadNotes(shopId, id, last)]),
  ...contactIds.map((id): Source => ['checkout', (last) => ranges.contactCheckouts(shopId, id, last)]),
  ...conversationIds.map((id): Source => ['message', (last) => ranges.messages(shopId, id, last)]),
];

const readRow: Record<TimelineKind, (item: Record<string, unknown>) => TimelineRow> = {
  change: (item) => ({ kind: 'change', entry: AuditEntry().parse(item) }),
  checkout: (item) => ({ kind: 'checkout', checkout: ContactCheckout().parse(item) }),
  message: (item) => ({ kind: 'message', message: Message().parse(item) }),
  note: (item) => ({ kind: 'note', note: Note().parse(item) }),
};

/** The stories of leads, each merged at its reading from the rows of its sources. */
export const timelineStore = (table: Table) => ({
  /** One page of a story, newest first. Throws `request.invalid` for a cursor that another list gave. */
  page: async (from: TimelineSources, { limit, cursor }: PageRequest): Promise<Page<TimelineRow>> => {
    const of = `${from.shopId}#${from.leadIds[0]}`;
    const holds = ({ before }: Record<string, string>) => readMoment(before ?? '') !== undefined;
    const position = fromCursor(cursor, { attribute: 'of', value: of, attributes: ['of', 'before'], holds });
    const before: Moment | undefined = readMoment(position?.['before'] ?? '');
    const read = async ([kind, range]: Source): Promise<TimelineRow[]> => {
      // one more for the page's end, and one because the bound itself is part of the range
      const some = { limit: limit + 2 };
      const { items } = await table.query(range(before && upTo(kind, before)), some, { newestFirst: true });
      return items.map(readRow[kind]);
    };
    const found = await Promise.all(sourcesOf(from).map(read));
    const rows = newestRows(found.flat(), before, limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      ...(rows.length > limit && last && { nextCursor: toCursor({ of, before: momentText(momentOf(last)) }) }),
    };
  },
});
