import { AppError } from '#core/errors.ts';
import type { Language } from '#core/fields.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { present } from '../whatsapp/wire.ts';
import type { Contact } from './contact.ts';
import { findContact } from './find-contact.ts';
import { nextVersion } from './identity.ts';

export interface ChangeContactPorts {
  contacts: {
    find: (shopId: string, contactId: string, consistent?: boolean) => Promise<Contact | undefined>;
    save: (contact: Contact) => Promise<boolean>;
  };
  patience: Patience;
}

interface Which {
  shopId: string;
  contactId: string;
  /** ISO 8601, milliseconds. */
  at: string;
}

/**
 * Changes a contact, or leaves it as it is when `change` gives the same object back. Follows a merge.
 * Throws `not-found`, and `change.conflict` when others kept changing it.
 */
export const changeContact = async (
  which: Which,
  change: (contact: Contact) => Contact,
  ports: ChangeContactPorts,
): Promise<Contact> => {
  const done = await withPatience(ports.patience, async () => {
    const contact = await findContact(which, ports);
    const changed = change(contact);
    if (changed === contact) return contact;
    const next = nextVersion(changed, which.at);
    return (await ports.contacts.save(next)) ? next : undefined;
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
  { notes, ...which }: Which & { notes: ContactNotes },
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
  );

/** Takes the name that the owner has for a contact in the phone's address book, unless the shop gave one before. */
export const nameFromAddressBook = (
  { name, ...which }: Which & { name: string },
  ports: ChangeContactPorts,
): Promise<Contact> => changeContact(which, (contact) => (contact.name ? contact : { ...contact, name }), ports);
