import { notFound } from '#core/errors.ts';
import type { Contact } from './contact.ts';

/** The contact, or the one it was merged into. Throws `not-found`. */
export const findContact = async (
  { shopId, contactId }: { shopId: string; contactId: string },
  ports: {
    contacts: { find: (shopId: string, contactId: string, consistent?: boolean) => Promise<Contact | undefined> };
  },
): Promise<Contact> => {
  const contact = await ports.contacts.find(shopId, contactId, true);
  if (contact === undefined) throw notFound();
  return contact.mergedInto === undefined ? contact : findContact({ shopId, contactId: contact.mergedInto }, ports);
};
