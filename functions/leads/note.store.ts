import { timeOfId } from '#core/ids.ts';
import type { Page, PageRequest } from '#core/page.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import { fromCursor, toCursor } from '#platform/cursor.ts';
import { type Condition, exists, missing, where } from '#platform/expression.ts';
import { findRepeat, rememberRequest } from '#platform/idempotency.ts';
import { type Item, saved, type Table, type Write } from '#platform/table.ts';
import { type Key, keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { Note } from './note.ts';

const keyOf = ({ shopId, leadId, at, noteId }: Note): Key => keys.leadNote(shopId, leadId, at, noteId);

const toItem = (note: Note): Item => ({ ...keyOf(note), ...note });

const placeOf = ({ at, noteId }: Note): string => `${at}#${noteId}`;

const goesOnHere: Condition = { attribute: 'mergedInto', exists: false };

/** As it was read: notes have no version, but each edit has its moment. */
const unchanged = ({ editedAt }: Note): Condition[] => [
  exists,
  editedAt === undefined ? { attribute: 'editedAt', exists: false } : where('editedAt', '=', editedAt),
];

/** The newest notes of some leads, at most `limit`, up to a place that is not one of them. */
export const notesBefore = async (
  table: Table,
  shopId: string,
  leadIds: readonly string[],
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Note[]> => {
  // one more, because the bound itself is part of the range
  const some = { limit: limit + 1 };
  const found = await Promise.all(
    leadIds.map((leadId) => table.query(ranges.leadNotes(shopId, leadId, before), some, { newestFirst: true })),
  );
  return found
    .flatMap(({ items }) => items.map((item) => Note().parse(item)))
    .filter((note) => before === undefined || placeOf(note) < before)
    .sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1))
    .slice(0, limit);
};

/** Notes: rows of their lead. */
export const noteStore = (table: Table) => ({
  find: async (shopId: string, leadIds: readonly string[], noteId: string): Promise<Note | undefined> => {
    const at = timeOfId(noteId);
    if (at === undefined) return undefined;
    const wanted = leadIds.map((leadId) => keys.leadNote(shopId, leadId, at, noteId));
    const [item] = await table.batchGet(wanted, { consistent: true });
    return item && Note().parse(item);
  },

  findRepeat: (request: RepeatableRequest) => findRepeat(table, request),

  add: (note: Note, request: RepeatableRequest | undefined): Promise<boolean> => {
    const lead: Write = { check: keys.lead(note.shopId, note.leadId), if: [exists, goesOnHere] };
    const remembered = request ? [rememberRequest(request, note.noteId, new Date(note.at))] : [];
    return saved(table.transact([{ put: toItem(note), if: [missing] }, lead, ...remembered]));
  },

  replace: (before: Note, after: Note | undefined, entry: AuditEntry): Promise<boolean> => {
    const write: Write = after
      ? { put: toItem(after), if: unchanged(before) }
      : { delete: keyOf(before), if: unchanged(before) };
    return saved(table.transact([write, auditWrite(entry)]));
  },

  /** One page, newest first. Throws `request.invalid` for a cursor that another list gave. */
  page: async (shopId: string, leadIds: readonly string[], { limit, cursor }: PageRequest): Promise<Page<Note>> => {
    const scope = { attribute: 'of', value: `${shopId}#${leadIds[0]}`, attributes: ['of', 'before'] };
    const before = fromCursor(cursor, scope)?.['before'];
    const found = await notesBefore(table, shopId, leadIds, { before, limit: limit + 1 });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      ...(found.length > limit && last && { nextCursor: toCursor({ of: scope.value, before: placeOf(last) }) }),
    };
  },
});
