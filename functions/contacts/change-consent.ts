import { AppError } from '#core/errors.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { laterConsent } from './consent.ts';
import { type ConsentEntry, MOST_CONSENT_TEXT } from './consent-entry.ts';
import type { Contact } from './contact.ts';
import { findContact } from './find-contact.ts';
import { nextVersion } from './identity.ts';

/** `known`: this very word is in the ledger already; `conflict`: somebody changed the contact since it was read. */
export type ConsentOutcome = 'saved' | 'known' | 'conflict';

export interface ConsentPorts {
  contacts: {
    find: (shopId: string, contactId: string, consistent?: boolean) => Promise<Contact | undefined>;
    /** Saves the contact with an entry of the ledger, and an entry of the audit trail if one is given, or nothing. */
    saveConsent: (contact: Contact, entry: ConsentEntry, audit?: AuditEntry) => Promise<ConsentOutcome>;
  };
  patience: Patience;
}

/** What a person said about marketing. The text is cut to what the ledger keeps. */
export type ConsentWord = ConsentEntry & { audit?: AuditEntry | undefined };

/** What a contact says about marketing, once this was said as well. */
const toldBy = (contact: Contact, { state, at, source, isImplied }: ConsentEntry): Contact => {
  const said = { state, at, source, ...(isImplied && { isImplied }) };
  return { ...contact, marketing: laterConsent(said, contact.marketing) };
};

/**
 * Writes down what a person said about marketing: in the ledger always, on the contact unless something stands there that
 * counts for more (see {@link laterConsent}: a no yields to few), both in one transaction. The same word told again changes nothing. Follows a merge.
 * Throws `not-found`, and `change.conflict` when others kept changing the contact.
 */
export const changeConsent = async ({ audit, ...word }: ConsentWord, ports: ConsentPorts): Promise<Contact> => {
  const done = await withPatience(ports.patience, async () => {
    const contact = await findContact(word, ports);
    const { contactId } = contact;
    const text = word.text?.slice(0, MOST_CONSENT_TEXT);
    const entry: ConsentEntry = { ...word, contactId, ...(text !== undefined && { text }) };
    const next = nextVersion(toldBy(contact, entry), word.at);
    const outcome = await ports.contacts.saveConsent(
      next,
      entry,
      audit && { ...audit, subject: { kind: 'contact', id: contactId } },
    );
    if (outcome === 'known') return contact;
    return outcome === 'saved' ? next : undefined;
  });
  if (done === undefined) throw new AppError('change.conflict', 'this contact keeps changing; try again');
  return done;
};
