import type { Checkout, CheckoutTie } from '../../functions/checkouts/checkout.ts';
import type { Counted } from '../../functions/checkouts/record-event.ts';
import type { Connection } from '../../functions/connections/connection.ts';
import type { Contact } from '../../functions/contacts/contact.ts';
import type { ContactChange } from '../../functions/contacts/identity.ts';
import type { Conversation } from '../../functions/conversations/conversation.ts';
import type { Message } from '../../functions/conversations/message.ts';
import { newConversation } from '../../functions/conversations/take-in.ts';
import type { Shop } from '../../functions/shops/shop.ts';
import { aConnection, anId } from './builders.ts';
import { HOUR, NOON } from './clock.ts';
import { memoryCheckouts } from './memory-checkouts.ts';

/** A shop that talks with its customers about checkouts, in memory. */
export const memoryChat = (shop: Shop, checkouts: readonly Checkout[] = []) => {
  const world = memoryCheckouts(shop, [], []);
  for (const checkout of checkouts) world.checkouts.set(checkout.code, checkout);
  const contacts = new Map<string, Contact>();
  const conversations = new Map<string, Conversation>();
  const messages = new Map<string, Message>();
  const recorded: Counted[] = [];
  const connection: Connection = aConnection({
    shopId: shop.shopId,
    ...(shop.whatsapp.phoneNumberId && { phoneNumberId: shop.whatsapp.phoneNumberId }),
  });
  const connections = new Map([[connection.phoneNumberId, connection]]);

  const ports = {
    ...world.ports,
    findShop: async (shopId: string) => (shopId === shop.shopId ? shop : undefined),
    connections: { find: async (_: string, phoneNumberId: string) => connections.get(phoneNumberId) },
    contacts: {
      find: async (_: string, contactId: string) => contacts.get(contactId),
      known: async (_: string, aliases: readonly object[]) => ({
        byPhone: [...contacts.values()].find((one) =>
          aliases.some((alias) => 'phone' in alias && alias.phone === one.phone),
        ),
      }),
      saveAll: async (changes: readonly ContactChange[]) => {
        for (const { contact } of changes) contacts.set(contact.contactId, contact);
        return true;
      },
      leadingTo: async () => [],
      leadsOf: async () => [],
      conversationsOf: async () => [],
    },
    conversations: { find: async (_: string, conversationId: string) => conversations.get(conversationId) },
    outbound: {
      findByMessageId: async (_: string, messageId: string) => messages.get(messageId),
      commit: async (message: Message, conversation: Conversation) => {
        if (messages.has(message.messageId)) return 'exists' as const;
        messages.set(message.messageId, message);
        conversations.set(conversation.conversationId, conversation);
        return 'committed' as const;
      },
    },
    timeline: {
      record: async (counted: Counted) => {
        recorded.push(counted);
        return 'recorded' as const;
      },
    },
    checkouts: {
      ...world.ports.checkouts,
      tie: async (code: string, tie: CheckoutTie) => {
        const checkout = world.checkouts.get(code);
        if (checkout === undefined || checkout.tie) return false;
        world.checkouts.set(code, { ...checkout, tie });
        return true;
      },
      extend: async ({ code }: Checkout, expiresAt: string) => {
        const { fullHoldUntil: _, ...checkout } = world.checkouts.get(code) as Checkout;
        world.checkouts.set(code, { ...checkout, expiresAt });
        return true;
      },
    },
  };

  /** A contact with a conversation, whose last message of theirs is so many hours old. */
  const talker = (change: Partial<Contact> = {}, hoursAgo = 0) => {
    const contact: Contact = {
      shopId: shop.shopId,
      contactId: anId(),
      userIds: [],
      marketing: { state: 'unknown' },
      version: 1,
      createdAt: NOON,
      updatedAt: NOON,
      ...change,
    };
    const which = { shopId: shop.shopId, phoneNumberId: connection.phoneNumberId, contactId: contact.contactId };
    const windowEndsAt = new Date(world.clock().getTime() + (24 - hoursAgo) * HOUR).toISOString();
    const conversation = { ...newConversation(which, NOON, world.clock()), windowEndsAt, version: 1 };
    contacts.set(contact.contactId, contact);
    conversations.set(conversation.conversationId, conversation);
    return { contact, conversation };
  };

  return { ...world, ports, shop, connection, connections, contacts, conversations, messages, recorded, talker };
};
