import { contentDigest } from '#core/ids.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { fromCursor, toCursor } from '#platform/cursor.ts';
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

  /**
   * One page of what these contacts, who are one person, said about marketing, latest first. Throws `request.invalid` for
   * a cursor that another list gave.
   */
  consents: async (
    shopId: string,
    contactIds: readonly string[],
    { limit, cursor }: PageRequest,
  ): Promise<Page<ConsentEntry>> => {
    const scope = { attribute: 'of', value: `${shopId}#${contactIds[0]}`, attributes: ['of', 'before'] };
    const before = fromCursor(cursor, scope)?.['before'];
    // one more for the page's end, and one because the bound itself is part of the range
    const some = { limit: limit + 2 };
    const found = await Promise.all(
      contactIds.map((id) => table.query(ranges.consents(shopId, id, before), some, { newestFirst: true })),
    );
    const placeOf = ({ sk }: Record<string, unknown>) => String(sk).slice('CONSENT#'.length);
    const rows = found
      .flatMap(({ items }) => items)
      .filter((row) => before === undefined || placeOf(row) < before)
      .sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((item) => ConsentEntry().parse(item)),
      ...(rows.length > limit && last && { nextCursor: toCursor({ of: scope.value, before: placeOf(last) }) }),
    };
  },
});
