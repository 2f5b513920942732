import { isAppError } from '#core/errors.ts';
import { type ChangeConversationPorts, handOver } from '../conversations/change-conversation.ts';
import type { Conversation } from '../conversations/conversation.ts';
import { findStoredLead } from '../leads/find-lead.ts';
import type { Lead } from '../leads/lead.ts';
import type { LeadWorkOf } from './lead-work.ts';

export interface FollowAssignmentPorts extends ChangeConversationPorts {
  leads: { find: (shopId: string, leadId: string) => Promise<Lead | undefined> };
  contacts: {
    /** The conversations of these contacts, on the numbers that the shop has now. */
    conversationsOf: (shopId: string, contactIds: readonly string[]) => Promise<Conversation[]>;
  };
}

/** A conversation that went meanwhile holds up no other. */
const unlessGone = async (handing: Promise<unknown>): Promise<void> => {
  try {
    await handing;
  } catch (error) {
    if (!isAppError(error, 'not-found')) throw error;
  }
};

/**
 * Gives the conversations of a lead to the lead's seller as it is now: those of nobody, and those of the seller who had
 * it before. What somebody gave to a third person stays theirs. Safe to repeat, in any order.
 * Throws `change.conflict` when others kept changing a conversation.
 */
export const followAssignment = async (
  { shopId, leadId, from }: LeadWorkOf<'assignment'>,
  ports: FollowAssignmentPorts,
): Promise<void> => {
  const lead = await findStoredLead({ shopId, leadId }, ports);
  if (lead === undefined) return;
  const contactIds = [...new Set([leadId, lead.leadId, ...(lead.formerLeadIds ?? [])])];
  const conversations = await ports.contacts.conversationsOf(shopId, contactIds);
  const former = from === undefined ? [] : [from];
  for (const { conversationId, mergedInto } of conversations) {
    if (mergedInto !== undefined) continue;
    await unlessGone(handOver({ shopId, conversationId, userId: lead.assignedTo, from: former, by: 'capture' }, ports));
  }
};
