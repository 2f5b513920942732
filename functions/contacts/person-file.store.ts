import type { Page, PageRequest } from '#core/page.ts';
import type { Table } from '#platform/table.ts';
import { keys, type Range, ranges } from '#table/schema.ts';
import type { Beside, PlainRow } from './run-person-export.ts';

/** Keys and indexes are ours; all else of a row tells of the person. */
const plainOf = (item: Record<string, unknown>): PlainRow =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !/^(pk|sk|ttl|claim|gsi\d.k)$/.test(name)));

const begins = (item: Record<string, unknown>, prefix: string): boolean => String(item['sk']).startsWith(prefix);

/** The rows of a person as they are stored, for the file that the person gets. */
export const personFileStore = (table: Table) => {
  const all = (range: Range) => Array.fromAsync(table.queryAll(range, { consistent: true }));

  return {
    /** What stands beside a contact and its lead. */
    beside: async (shopId: string, id: string): Promise<Beside> => {
      const [contact, lead, links, ...audit] = await Promise.all([
        all(ranges.contactRows(shopId, id)),
        all(ranges.leadRows(shopId, id)),
        all(ranges.saleLinks(shopId, id)),
        ...['contact', 'lead', 'sale-link'].map((kind) => all(ranges.auditOf(shopId, { kind, id }))),
      ]);
      const [contacts, leads] = [contact, lead].map((rows) => rows?.filter((row) => row['sk'] === 'META') ?? []);
      return {
        contacts: (contacts ?? []).map(plainOf),
        consents: contact.filter((row) => begins(row, 'CONSENT#')).map(plainOf),
        leads: (leads ?? []).map(plainOf),
        notes: lead.filter((row) => begins(row, 'NOTE#')).map(plainOf),
        saleLinks: links.map(plainOf),
        changes: audit.flat().map(plainOf),
      };
    },

    conversation: async (shopId: string, conversationId: string): Promise<PlainRow | undefined> => {
      const item = await table.get(keys.conversation(shopId, conversationId), { consistent: true });
      return item && { conversationId, ...plainOf(item) };
    },

    /** Messages of a conversation, oldest first. */
    messagesOf: async (shopId: string, conversationId: string, page: PageRequest): Promise<Page<PlainRow>> => {
      const range = ranges.messages(shopId, conversationId);
      const { items, nextCursor } = await table.query(range, page, { consistent: true });
      return { items: items.map(plainOf), ...(nextCursor && { nextCursor }) };
    },
  };
};
