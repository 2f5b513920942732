import { contentDigest } from '#core/ids.ts';
import { missing, where } from '#platform/expression.ts';
import { ConditionFailed, type Item, type Table, WriteConflict } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { ConsentOutcome } from './change-consent.ts';
import { ConsentEntry } from './consent-entry.ts';
import type { Contact } from './contact.ts';

/** A row of the ledger. */
export const consentItem = (entry: ConsentEntry): Item => {
  const { shopId, contactId, at, state, source, channel, text } = entry;
  const digest = contentDigest([state, source, channel, text ?? '']);
  return { ...keys.consent(shopId, contactId, at, digest), ...(entry as object) };
};

/** The ledger's row comes first: its place in the transaction tells that it was there. */
const outcomeOf = (error: unknown): ConsentOutcome => {
  if (error instanceof WriteConflict) return 'conflict';
  if (!(error instanceof ConditionFailed)) throw error;
  return error.failed[0] ? 'known' : 'conflict';
};

/** The ledger of what people said about marketing: rows beside their contact, written with it, never changed. */
export const consentStore = (table: Table) => ({
  /** See the port. */
  saveConsent: async (contact: Contact, entry: ConsentEntry, audit?: AuditEntry): Promise<ConsentOutcome> => {
    const item = { ...keys.contact(contact.shopId, contact.contactId), ...contact };
    try {
      await table.transact([
        { put: consentItem(entry), if: [missing] },
        { put: item, if: [where('version', '=', contact.version - 1)] },
        ...(audit ? [auditWrite(audit)] : []),
      ]);
      return 'saved';
    } catch (error) {
      return outcomeOf(error);
    }
  },

  /** What these contacts, who are one person, said about marketing, latest first. */
  consentsOf: async (shopId: string, contactIds: readonly string[]): Promise<ConsentEntry[]> => {
    const rows = contactIds.map((id) => Array.fromAsync(table.queryAll(ranges.consents(shopId, id))));
    const entries = (await Promise.all(rows)).flat().map((item) => ConsentEntry().parse(item));
    return entries.sort((one, other) => (one.at < other.at ? 1 : -1));
  },
});
