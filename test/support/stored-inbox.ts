import { connectionStore } from '../../functions/connections/connection.store.ts';
import type { Connection } from '../../functions/connections/connection.ts';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import { accountEventStore } from '../../functions/conversations/account-event.store.ts';
import { conversationStore } from '../../functions/conversations/conversation.store.ts';
import { messageStore } from '../../functions/conversations/message.store.ts';
import { type ReceiveEventPorts, receiveEvent } from '../../functions/conversations/receive-event.ts';
import type { Shop } from '../../functions/shops/shop.ts';
import type { WebhookEvent } from '../../functions/whatsapp/webhook-event.ts';
import { aShop } from './builders.ts';
import { type MovedClock, movedClock } from './clock.ts';
import { quickPatience } from './ports.ts';
import type { TestTable } from './table.ts';
import { aConnection } from './whatsapp-events.ts';

/** A shop with one number, and all that its inbox is made of, on a real table. */
export const openStoredInbox = async (
  world: TestTable,
  { clock = movedClock(), shop = aShop() }: { clock?: MovedClock; shop?: Shop } = {},
) => {
  const { table } = world;
  const connection: Connection = aConnection({ shopId: shop.shopId });
  const connections = connectionStore(table);
  await connections.claim(connection, undefined);
  const found = new Map([[connection.phoneNumberId, connection]]);
  const stores = {
    contacts: contactStore(table, async () => 'a secret for tests only'),
    conversations: conversationStore(table),
    messages: messageStore(table),
    events: accountEventStore(table),
    connections: {
      ...connections,
      findByNumber: async (number: string) => found.get(number),
      findByNumberNow: connections.findByNumber,
    },
  };
  const ports = (): ReceiveEventPorts => ({
    ...stores,
    findShop: async (shopId) => (shopId === shop.shopId ? shop : undefined),
    respond: async () => undefined,
    patience: quickPatience(clock, { random: Math.random, budgetMs: 20_000 }),
  });
  return {
    shop,
    connection,
    clock,
    ...stores,
    ports,
    receive: (event: WebhookEvent, more: Partial<ReceiveEventPorts> = {}) =>
      receiveEvent(event, { lastTry: false }, { ...ports(), ...more }),
  };
};

export type StoredInbox = Awaited<ReturnType<typeof openStoredInbox>>;
