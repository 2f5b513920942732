import { isAppError } from '#core/errors.ts';
import type { Connection } from '../connections/connection.ts';
import type { Contact } from '../contacts/contact.ts';
import { findContact } from '../contacts/find-contact.ts';
import { type IdentityPorts, identifyContact } from '../contacts/identify-contact.ts';
import { type Conversation, conversationIdOf } from '../conversations/conversation.ts';
import { isWindowOpen, type MessageToQueue, type QueuePorts, queueMessage } from '../conversations/queue-message.ts';
import { newConversation } from '../conversations/take-in.ts';
import type { Shop } from '../shops/shop.ts';
import type { OutboundContent } from '../whatsapp/outbound-content.ts';
import type { Checkout } from './checkout.ts';
import { isWorthTelling, type Notice, type NotSent, noticeContent, noticeMessageId } from './notice.ts';
import { type RecordPorts, recordEvent } from './record-event.ts';
import type { CheckoutEvent } from './timeline.ts';

export interface TellPorts extends RecordPorts, QueuePorts {
  checkouts: { find: (code: string) => Promise<Checkout | undefined> };
  findShop: (shopId: string) => Promise<Shop | undefined>;
  connections: { find: (shopId: string, phoneNumberId: string) => Promise<Connection | undefined> };
  contacts: IdentityPorts['contacts'] & {
    find: (shopId: string, contactId: string) => Promise<Contact | undefined>;
  };
}

/** What became of a notice. `dropped`: it is no news any more, or the shop does not want it told. */
export type Told = 'queued' | 'dropped' | NotSent;

interface Telling {
  notice: Notice;
  checkout: Checkout;
  shop: Shop;
  connection: Connection;
}

/** The person who wrote with the code, or whoever has the phone that the shopper gave. */
const knownContact = async ({ checkout }: Telling, ports: TellPorts): Promise<Contact | undefined> => {
  const { shopId, tie, phone } = checkout;
  const contactId =
    tie?.contactId ?? (await ports.contacts.known(shopId, [{ phone }], { consistent: false })).byPhone?.contactId;
  return contactId === undefined ? undefined : findContact({ shopId, contactId }, ports);
};

const send = async (
  { notice, checkout, shop, connection }: Telling,
  known: Contact | undefined,
  [conversation, content]: [Conversation | undefined, OutboundContent],
  ports: TellPorts,
): Promise<void> => {
  const { shopId } = shop;
  const now = ports.patience.clock();
  const { businessId } = connection;
  const sighting = { shopId, businessId, person: { phone: checkout.phone }, at: now.toISOString() };
  const contact = known ?? (await identifyContact(sighting, ports));
  const { contactId } = contact;
  const which = { shopId, phoneNumberId: connection.phoneNumberId, contactId, sellerId: connection.sellerId };
  const message: MessageToQueue = {
    ...{ shopId, connection, contact, content },
    conversation: conversation ?? newConversation(which, now.toISOString(), now),
    by: 'checkouts',
    origin: 'checkout',
    messageId: noticeMessageId(notice),
    checkoutCode: checkout.code,
  };
  await queueMessage(message, ports);
};

const refusals = {
  'conversation.window-closed': 'window-closed',
  'connection.stopped': 'connection-stopped',
  'request.invalid': 'refused',
} as const;

const refusalOf = (error: unknown): NotSent => {
  if (isAppError(error) && error.code in refusals) return refusals[error.code as keyof typeof refusals];
  throw error;
};

const tryToTell = async (telling: Telling, ports: TellPorts): Promise<'queued' | NotSent> => {
  const { notice, checkout, shop, connection } = telling;
  if (connection.state !== 'active') return 'connection-stopped';
  const contact = await knownContact(telling, ports);
  const conversation =
    contact &&
    (await ports.conversations.find(shop.shopId, conversationIdOf(connection.phoneNumberId, contact.contactId)));
  const isOpen = conversation !== undefined && isWindowOpen(conversation, ports.patience.clock());
  const content = noticeContent(checkout, shop, notice.occasion, isOpen);
  if (content === undefined) return 'window-closed';
  try {
    await send(telling, contact, [conversation, content], ports);
    return 'queued';
  } catch (error) {
    return refusalOf(error);
  }
};

/** What the timeline shows of a notice itself; how far its message came is told by the message. */
const eventOf = (notice: Notice, told: Told, now: Date): CheckoutEvent | undefined => {
  const at = now.toISOString();
  if (told !== 'queued')
    return {
      kind: 'not-sent',
      cause: notice.expiresAt ? `${notice.occasion}:${notice.expiresAt}` : notice.occasion,
      at,
      reason: told,
    };
  const messageId = noticeMessageId(notice);
  return notice.occasion === 'reminder' ? { kind: 'reminded', cause: messageId, at, messageId } : undefined;
};

/**
 * Tells a customer how their checkout stands, in one message:
 * 1. what is no news any more (ended meanwhile, answered in the chat, lengthened) is dropped, and so is what the shop
 *    does not want told, or has no number for;
 * 2. the customer is who wrote with the code, or whoever has the phone that the shopper gave; a contact is made only
 *    when something is sent;
 * 3. within a day of their last message it is written freely, later with the template that the shop has for it;
 * 4. when neither may be, the timeline says why.
 * Safe to repeat. Throws what may work another time.
 */
export const tellCustomer = async (notice: Notice, ports: TellPorts): Promise<Told> => {
  const checkout = await ports.checkouts.find(notice.code);
  const shop = checkout && (await ports.findShop(checkout.shopId));
  const now = ports.patience.clock();
  if (!checkout || !shop || !isWorthTelling(checkout, shop, notice.occasion, now)) return 'dropped';
  // its person was erased
  if (checkout.phone === '') return 'dropped';
  const phoneNumberId = checkout.tie?.phoneNumberId ?? shop.whatsapp.phoneNumberId;
  if (phoneNumberId === null) return 'dropped';
  const connection = await ports.connections.find(shop.shopId, phoneNumberId);
  const told = connection ? await tryToTell({ notice, checkout, shop, connection }, ports) : 'no-connection';
  const event = eventOf(notice, told, now);
  if (event) await recordEvent(shop, checkout.code, event, ports);
  return told;
};
