import { expect, it } from 'vitest';
import { notFound } from '#core/errors.ts';
import type { Conversation } from '../../../functions/conversations/conversation.ts';
import { newConversation } from '../../../functions/conversations/take-in.ts';
import { followAssignment } from '../../../functions/lead-sources/follow-assignment.ts';
import { anId } from '../../support/builders.ts';
import { movedClock, NOON } from '../../support/clock.ts';
import { quickPatience } from '../../support/ports.ts';

it('a conversation that went meanwhile holds up no other of the lead', async () => {
  const [shopId, leadId] = [anId(), anId()];
  const conversations = ['1', '2', '3'].map((phoneNumberId) => ({
    ...newConversation({ shopId, phoneNumberId, contactId: leadId, sellerId: undefined }, NOON, new Date(NOON)),
    version: 1,
  }));
  const stored = new Map(conversations.slice(1).map((one): [string, Conversation] => [one.conversationId, one]));
  const ports = {
    leads: { find: async () => ({ shopId, leadId, assignedTo: 'ana' }) },
    contacts: { conversationsOf: async () => conversations },
    conversations: {
      find: async (_: string, id: string) => {
        const found = stored.get(id);
        if (found === undefined) throw notFound();
        return found;
      },
      save: async (one: Conversation) => {
        stored.set(one.conversationId, one);
        return true;
      },
    },
    patience: quickPatience(movedClock()),
  };
  await followAssignment({ do: 'assignment', shopId, leadId }, ports as never);
  expect([...stored.values()].map(({ assignedTo }) => assignedTo)).toEqual(['ana', 'ana']);
});
