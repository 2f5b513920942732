import { notFound } from '#core/errors.ts';
import type { Lead } from '../leads/lead.ts';
import type { Contact } from './contact.ts';
import { namedBy } from './same-person.ts';

export interface FindPersonPorts {
  contacts: { find: (shopId: string, contactId: string, consistent?: boolean) => Promise<Contact | undefined> };
  leads: { find: (shopId: string, leadId: string) => Promise<Lead | undefined> };
}

/** All that a shop takes to be one person: contacts and leads, with those that went on in others. */
export interface Person {
  /** Of contacts, and of leads, which are theirs. The one that was asked for comes first. */
  ids: string[];
  contacts: Contact[];
  leads: Lead[];
}

/**
 * A person with everybody they turned out to be, by events or by the word of a seller who merged leads.
 * Throws `not-found`.
 */
export const findPerson = async (
  { shopId, contactId }: { shopId: string; contactId: string },
  { contacts, leads }: FindPersonPorts,
): Promise<Person> => {
  const person: Person = { ids: [contactId], contacts: [], leads: [] };
  // the list grows while it is walked
  for (const id of person.ids) {
    const [contact, lead] = await Promise.all([contacts.find(shopId, id, true), leads.find(shopId, id)]);
    if (contact) person.contacts.push(contact);
    if (lead) person.leads.push(lead);
    person.ids.push(...new Set(namedBy(contact, lead).filter((one) => !person.ids.includes(one))));
  }
  if (person.contacts.length === 0) throw notFound();
  return person;
};
