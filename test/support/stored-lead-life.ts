import type { Caller } from '#core/actor.ts';
import { connectionStore } from '../../functions/connections/connection.store.ts';
import { conversationStore } from '../../functions/conversations/conversation.store.ts';
import { messageStore } from '../../functions/conversations/message.store.ts';
import { type Message, messageIdOf } from '../../functions/conversations/message.ts';
import { newConversation } from '../../functions/conversations/take-in.ts';
import { crmLifeStores } from '../../functions/leads/crm-life.store.ts';
import type { Viewer } from '../../functions/shops/viewer.ts';
import { NOON } from './clock.ts';
import { quickPatience } from './ports.ts';
import { openStoredLeads } from './stored-leads.ts';
import type { TestTable } from './table.ts';
import { aConnection } from './whatsapp-events.ts';

let texts = 0;

/** A shop with leads, a number to chat on, and all that its leads go through, on a real table. */
export const openLeadLife = async (world: TestTable) => {
  const shop = openStoredLeads(world);
  const { shopId } = shop.shop;
  const stores = crmLifeStores(world.table, async () => 'a secret for tests only');
  const connection = aConnection({ shopId });
  await connectionStore(world.table).claim(connection, undefined);
  const conversations = conversationStore(world.table);
  const messages = messageStore(world.table);
  const caller = (userId: string, role: Caller['role'] = 'seller'): Caller => ({ shopId, userId, role });
  const viewer = (userId = 'admin', role: Caller['role'] = 'admin'): Viewer => ({
    ...{ userId, role },
    sellerSees: 'own-and-unassigned',
  });

  return {
    ...shop,
    ...stores,
    shopId,
    connection,
    conversations,
    caller,
    viewer,
    /** With patience of its own for each operation. */
    ports: () => ({
      ...stores,
      patience: quickPatience(shop.clock, { random: Math.random, budgetMs: 20_000 }),
    }),
    /** A chat of a contact, on the shop's one number. */
    openChat: async (contactId: string, assignedTo?: string) => {
      const { phoneNumberId } = connection;
      const made = newConversation({ shopId, phoneNumberId, contactId, sellerId: assignedTo }, NOON, new Date(NOON));
      await conversations.save({ ...made, heard: 'chat', version: 1 });
      return made.conversationId;
    },
    /** What a customer wrote in a chat. */
    write: async (conversationId: string, at: string): Promise<Message> => {
      texts += 1;
      const raw = JSON.stringify({ type: 'text', id: `wamid.${texts}`, text: { body: `text ${texts}` } });
      const message: Message = {
        ...{ shopId, conversationId, messageId: messageIdOf(`wamid.${texts}`), at, direction: 'inbound' },
        ...{ origin: 'customer', type: 'text', state: 'received', raw, createdAt: at, updatedAt: at },
      };
      await messages.put(message);
      return message;
    },
  };
};

export type StoredLeadLife = Awaited<ReturnType<typeof openLeadLife>>;
