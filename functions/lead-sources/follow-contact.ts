import type { Contact } from '../contacts/contact.ts';
import { findContact } from '../contacts/find-contact.ts';
import { type CaptureLeadPorts, refreshLead } from '../leads/capture-lead.ts';
import type { LeadWorkOf } from './lead-work.ts';

export interface FollowContactPorts extends Pick<CaptureLeadPorts, 'leads' | 'contacts' | 'patience'> {
  contactCheckouts: {
    /** Gives all that a contact has to the one who goes on in its place. */
    move: (from: { shopId: string; contactId: string }, to: string) => Promise<void>;
  };
}

/** Somebody may have been erased since. */
const whoGoesOn = async (
  { shopId, contactId }: LeadWorkOf<'contact'>,
  { contacts }: FollowContactPorts,
): Promise<Contact | undefined> => {
  const contact = await contacts.find(shopId, contactId, true);
  return contact && findContact({ shopId, contactId }, { contacts });
};

/**
 * Has a lead show its contact as it is now: phone, ids, the name in the chat. What somebody reserved goes to the one who
 * goes on, when two contacts turned out to be one. Safe to repeat.
 * Throws `change.conflict` when others kept changing the lead.
 */
export const followContact = async (work: LeadWorkOf<'contact'>, ports: FollowContactPorts): Promise<void> => {
  const contact = await whoGoesOn(work, ports);
  if (contact === undefined) return;
  const { shopId, contactId } = work;
  if (contact.contactId !== contactId) await ports.contactCheckouts.move({ shopId, contactId }, contact.contactId);
  await refreshLead({ contact, by: 'capture' }, ports);
};
