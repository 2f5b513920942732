import { notFound } from '#core/errors.ts';
import { sees, type Viewer } from '../shops/viewer.ts';
import type { Contact } from './contact.ts';
import { findContact } from './find-contact.ts';

/** Whose somebody's lead and conversations are; undefined stands for nobody's. Empty: they have neither. */
export type AssigneesOf = (contact: Pick<Contact, 'shopId' | 'contactId'>) => Promise<readonly (string | undefined)[]>;

export interface SeeContactPorts {
  contacts: { find: (shopId: string, contactId: string, consistent?: boolean) => Promise<Contact | undefined> };
  assigneesOf: AssigneesOf;
}

/**
 * Lets a contact pass that the viewer may see: through its lead, through any of its conversations, or because it has
 * neither. Throws `not-found` for any other.
 */
export const assertContactSeen = async (
  viewer: Viewer,
  contact: Pick<Contact, 'shopId' | 'contactId'>,
  { assigneesOf }: Pick<SeeContactPorts, 'assigneesOf'>,
): Promise<void> => {
  if (viewer.role === 'admin' || viewer.sellerSees === 'all') return;
  const assignees = await assigneesOf(contact);
  if (assignees.length > 0 && !assignees.some((one) => sees(viewer, one))) throw notFound();
};

/** The contact, or the one it was merged into, if the viewer may see it. Throws `not-found`. */
export const findSeenContact = async (
  { viewer, ...which }: { shopId: string; contactId: string; viewer: Viewer },
  ports: SeeContactPorts,
): Promise<Contact> => {
  const contact = await findContact(which, ports);
  await assertContactSeen(viewer, contact, ports);
  return contact;
};
