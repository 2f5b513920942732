import type { Clock } from '#core/clock.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Contact } from '../contacts/contact.ts';
import { absorbConversation } from './absorb-conversation.ts';
import { type Conversation, conversationIdOf } from './conversation.ts';

export interface AbsorbPorts {
  conversations: {
    findAll: (shopId: string, conversationIds: readonly string[]) => Promise<Conversation[]>;
    /** Saves all of this or nothing; false when somebody was faster. */
    saveAll: (conversations: readonly Conversation[], entries: readonly AuditEntry[]) => Promise<boolean>;
  };
}

/** Which conversations a contact may have inherited on a number, as far as its own one there does not have them yet. */
export const notAbsorbed = (
  { formerContactIds = [] }: Pick<Contact, 'formerContactIds'>,
  phoneNumberId: string,
  own: Pick<Conversation, 'formerIds'> | undefined,
): string[] =>
  formerContactIds.map((id) => conversationIdOf(phoneNumberId, id)).filter((id) => !own?.formerIds.includes(id));

/**
 * Lets the conversation of a contact on a number take over those of the contacts that turned out to be this one. A merge
 * does so at once for the latest conversations; this is for all others, and for numbers that were disconnected at that
 * time. True when there was something to take over: what was read before is out of date, whoever did it.
 */
export const absorbFormer = async (
  contact: Pick<Contact, 'shopId' | 'contactId' | 'formerContactIds'>,
  phoneNumberId: string,
  { conversations, clock }: AbsorbPorts & { clock: Clock },
): Promise<boolean> => {
  const { shopId, contactId } = contact;
  const ids = notAbsorbed(contact, phoneNumberId, undefined);
  if (ids.length === 0) return false;
  const ownId = conversationIdOf(phoneNumberId, contactId);
  const found = await conversations.findAll(shopId, [ownId, ...ids]);
  let own = found.find(({ conversationId }) => conversationId === ownId);
  const formers = found.filter(({ conversationId, mergedInto }) => conversationId !== ownId && !mergedInto);
  for (const one of formers) {
    const absorbed = absorbConversation(one, own, contactId, clock().toISOString());
    own = absorbed.own;
    if (!(await conversations.saveAll([absorbed.own, absorbed.former], absorbed.entries))) break;
  }
  return formers.length > 0;
};
