import type { Actor } from '#core/actor.ts';
import { AppError } from '#core/errors.ts';
import type { Language } from '#core/fields.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { present } from '#core/present.ts';
import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Contact } from './contact.ts';
import { findContact } from './find-contact.ts';
import { nextVersion } from './identity.ts';

export interface ChangeContactPorts {
  contacts: {
    find: (shopId: string, contactId: string, consistent?: boolean) => Promise<Contact | undefined>;
    /** Saves it with an entry of the audit trail, if one is given; false when somebody else was faster. */
    save: (contact: Contact, audit?: AuditEntry) => Promise<boolean>;
  };
  patience: Patience;
}

interface Which {
  shopId: string;
  contactId: string;
  /** ISO 8601, milliseconds. */
  at: string;
}

/** Which fields changed: what a contact is called is personal, and is not told. */
const auditOf = (before: Contact, after: Contact, by: Actor): AuditEntry => {
  const { shopId, contactId, updatedAt } = after;
  const changes = changesOf(before, after, { shown: ['language', 'review'] });
  const subject = { kind: 'contact', id: contactId } as const;
  return auditEntry({ shopId, subject, by, action: 'contact.changed', changes }, new Date(updatedAt));
};

/**
 * Changes a contact, or leaves it as it is when `change` gives the same object back. Follows a merge. `by`: the user of
 * the shop who does it, for the audit trail.
 * Throws `not-found`, and `change.conflict` when others kept changing it.
 */
export const changeContact = async (
  which: Which,
  change: (contact: Contact) => Contact,
  ports: ChangeContactPorts,
  by?: Actor,
): Promise<Contact> => {
  const done = await withPatience(ports.patience, async () => {
    const contact = await findContact(which, ports);
    const changed = change(contact);
    if (changed === contact) return contact;
    const next = nextVersion(changed, which.at);
    const audit = by && auditOf(contact, next, by);
    return (await ports.contacts.save(next, audit)) ? next : undefined;
  });
  if (done === undefined) throw new AppError('change.conflict', 'this contact keeps changing; try again');
  return done;
};

/** Notes that Meta could not deliver to a contact. */
export const noteUndeliverable = (which: Which, ports: ChangeContactPorts): Promise<Contact> =>
  changeContact(
    which,
    (contact) => ((contact.undeliverableAt ?? '') >= which.at ? contact : { ...contact, undeliverableAt: which.at }),
    ports,
  );

/** What people of a shop write on a contact; null takes it away. */
export interface ContactNotes {
  name?: string | null | undefined;
  language?: Language | null | undefined;
  /** Somebody has looked at facts that contradict each other. */
  review?: null | undefined;
}

/** Writes on a contact what people of the shop know of them. */
export const noteContact = (
  { notes, by, ...which }: Which & { notes: ContactNotes; by?: Actor },
  ports: ChangeContactPorts,
): Promise<Contact> =>
  changeContact(
    which,
    (contact) => {
      const { name, language, review, ...rest } = contact;
      const pick = <Value>(own: Value | undefined, said: Value | null | undefined): Value | undefined =>
        said === undefined ? own : (said ?? undefined);
      const next = {
        name: pick(name, notes.name),
        language: pick(language, notes.language),
        review: pick(review, notes.review),
      };
      const isSame = next.name === name && next.language === language && next.review === review;
      return isSame ? contact : Object.assign(rest, present(next));
    },
    ports,
    by,
  );

/** Takes the name that the owner has for a contact in the phone's address book, unless the shop gave one before. */
export const nameFromAddressBook = (
  { name, ...which }: Which & { name: string },
  ports: ChangeContactPorts,
): Promise<Contact> => changeContact(which, (contact) => (contact.name ? contact : { ...contact, name }), ports);
