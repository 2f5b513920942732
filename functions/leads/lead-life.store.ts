import { invalidField } from '#core/errors.ts';
import { MOST_WRITES } from '#core/most-writes.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { saved, type Table, type Write } from '#platform/table.ts';
import { ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { conversationWrite } from '../conversations/conversation.store.ts';
import type { Conversation } from '../conversations/conversation.ts';
import { leadRemovalWrites } from './lead.store.ts';
import type { Lead } from './lead.ts';
import { leadChangeWrites, leadsBehind } from './lead-merge.store.ts';
import { emailDigest, facets, reversedDigits } from './lead-rows.ts';
import type { LeadChange } from './merge-leads-of-contacts.ts';

type Secret = () => Promise<string>;

const leadIdsOf = (items: readonly Record<string, unknown>[]): string[] => [
  ...new Set(items.map(({ leadId }) => String(leadId))),
];

/** How many leads of one term are looked at: more bear a common name than anybody would compare. */
const MOST_ALIKE = 100;

const likeness = (table: Table, secret: Secret) => {
  const behind = async (term: 'name' | 'phone' | 'email', shopId: string, prefix: string): Promise<string[]> =>
    leadIdsOf((await table.query(ranges.leadsByTerm(shopId, term, prefix), { limit: MOST_ALIKE })).items);
  return {
    /** Leads with this e-mail address. */
    idsByEmail: async (shopId: string, email: string): Promise<string[]> =>
      behind('email', shopId, `${emailDigest(email, await secret())}#`),

    /** Leads with this folded word in their name; a hundred of them at most. */
    idsByWord: (shopId: string, word: string): Promise<string[]> => behind('name', shopId, `${word}#`),

    /** Leads whose phone ends in these digits. */
    idsByLastDigits: (shopId: string, digits: string): Promise<string[]> =>
      behind('phone', shopId, reversedDigits(digits)),
  };
};

const ROWS_AT_ONCE = 50;

const clearNotes = async (table: Table, shopId: string, leadId: string): Promise<boolean> => {
  const rows = await Array.fromAsync(table.queryAll(ranges.leadNotes(shopId, leadId), { consistent: true }));
  const writes = rows.map(({ pk, sk }): Write => ({ delete: { pk: String(pk), sk: String(sk) } }));
  while (writes.length > 0) if (!(await saved(table.transact(writes.splice(0, ROWS_AT_ONCE))))) return false;
  return true;
};

/** What leads go through beside their ordinary changes: merges, removals, and being like others. */
export const leadLifeStore = (table: Table, secret: Secret) => ({
  ...likeness(table, secret),

  /**
   * Saves several leads with what tells of it, all or nothing; false when somebody was faster. Throws `request.invalid`
   * when that is more than a transaction takes: two leads full of tags, none of which stay.
   */
  saveAll: async (changes: readonly LeadChange[]): Promise<boolean> => {
    const writes = leadChangeWrites(changes, await secret());
    if (writes.length > MOST_WRITES) throw invalidField('tags', 'too-much-at-once', 'take some tags off first');
    return saved(table.transact(writes));
  },

  /** The leads of a stage, the longest untouched first, perhaps as it was a moment ago. */
  idsIn: async (shopId: string, stageId: string, page: PageRequest): Promise<Page<string>> => {
    const { items, nextCursor } = await table.query(ranges.leads(shopId, facets.stage(stageId), 'updated'), page);
    return { items: leadIdsOf(items), ...(nextCursor !== undefined && { nextCursor }) };
  },

  /** These leads as they stand now, and those in which they went on. */
  behind: (shopId: string, leadIds: readonly string[]): Promise<Lead[]> => leadsBehind(table, shopId, leadIds),

  /**
   * Takes leads away with all rows by which they are listed and found, saves conversations, and the lead that no longer
   * names them, all or nothing; false when somebody changed one of them.
   */
  remove: async (
    leads: readonly Lead[],
    conversations: readonly Conversation[],
    entries: readonly AuditEntry[],
    rest?: LeadChange,
  ): Promise<boolean> =>
    saved(
      table.transact([
        ...leads.flatMap(leadRemovalWrites),
        ...(rest ? leadChangeWrites([rest], await secret()) : []),
        ...conversations.map(conversationWrite),
        ...entries.map(auditWrite),
      ]),
    ),

  /** Removes the notes of leads; false when somebody was writing on one of them, and some are left. */
  clearNotes: async (shopId: string, leadIds: readonly string[]): Promise<boolean> => {
    for (const leadId of leadIds) if (!(await clearNotes(table, shopId, leadId))) return false;
    return true;
  },
});
