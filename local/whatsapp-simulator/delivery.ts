import { tellChat, tellMessage } from './chats.ts';
import { type Context, secondsText } from './context.ts';
import type { MetaError } from './graph-refusal.ts';
import { contactOf, numberValue, personIds } from './identity-parts.ts';
import type { Phone, Tick } from './simulator-api.ts';
import { digitsOf } from './world.ts';
import type { ChatRow, MessageRow, NumberRow } from './world-rows.ts';

/** A message that was accepted and whom it is for. */
export interface Accepted {
  messageId: string;
  number: NumberRow;
  /** The customer, where there is one with that number or id. */
  phone?: Phone;
  chat?: ChatRow;
  message?: MessageRow;
  /** As it was addressed. */
  recipientId?: string;
  recipientUserId?: string;
  callbackData?: string;
  /** Only `sent` follows a reaction. */
  isReaction?: boolean;
  /** `read` came in the place of `delivered`, with the price. */
  isDeliveredSkipped?: boolean;
}

const ranks: Readonly<Record<Tick, number>> = { accepted: 0, sent: 1, failed: 2, delivered: 3, read: 4, played: 5 };

const ERRORS_PAGE = 'https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes';

const errorMembers = ({ code, title, details }: MetaError) => ({
  errors: [{ code, title, message: title, error_data: { details: details ?? title }, href: ERRORS_PAGE }],
});

/** The price is on `sent`, and on one of `delivered` and `read`. */
const pricingMembers = (status: Tick, { message, isDeliveredSkipped }: Accepted) => {
  const { pricing } = message ?? {};
  const isPriced = status === 'sent' || status === 'delivered' || (status === 'read' && isDeliveredSkipped);
  if (!pricing || !isPriced) return {};
  return {
    pricing: { billable: pricing.billable, pricing_model: 'PMP', category: pricing.category, type: pricing.type },
  };
};

/**
 * Which ids a status names: the telephone where it is known; of a failed one only the id that was written to.
 * Source: Meta, "Business-scoped user IDs", table of webhooks.
 */
const recipientMembers = (status: Tick, { phone, number, recipientId, recipientUserId }: Accepted) => {
  const ids = phone ? personIds(phone, number) : { waId: recipientId, userId: undefined };
  const userId = status === 'failed' ? recipientUserId : ids.userId;
  return {
    ...((recipientId ?? ids.waId) !== undefined && { recipient_id: recipientId ?? ids.waId }),
    ...(userId !== undefined && { recipient_user_id: userId }),
  };
};

/** Tells the business how a message stands. */
const tellStatus = (context: Context, accepted: Accepted, status: Tick, error?: MetaError): void => {
  if (context.world.knobs.statusesOff) return;
  const { number, phone, messageId, callbackData } = accepted;
  const item = {
    id: messageId,
    status,
    timestamp: secondsText(context.clock.now()),
    ...recipientMembers(status, accepted),
    ...(callbackData !== undefined && { biz_opaque_callback_data: callbackData }),
    ...pricingMembers(status, accepted),
    ...(error && errorMembers(error)),
  };
  const contacts = phone && status !== 'failed' ? { contacts: [contactOf(phone, number)] } : {};
  const value = { ...numberValue(number), ...contacts, statuses: [item] };
  const { accountId, numberId } = number;
  context.webhooks.send({ accountId, numberId, phoneId: phone?.phoneId, field: 'messages', value });
};

/** The message moves on, never back; the answer says whether it did. */
const moveTo = (context: Context, { message }: Accepted, tick: Tick): boolean => {
  if (!message) return true;
  if (ranks[message.tick] >= ranks[tick]) return false;
  message.tick = tick;
  tellMessage(context, message);
  return true;
};

/** It failed after it was accepted. */
export const failLater = (context: Context, accepted: Accepted, error: MetaError): void => {
  const run = async (): Promise<void> => {
    if (accepted.message) accepted.message.error = error;
    if (moveTo(context, accepted, 'failed')) tellStatus(context, accepted, 'failed', error);
  };
  context.later.add({ dueAt: context.clock.now() + context.world.knobs.statusDelayMs, run });
};

const markRead = (context: Context, accepted: Accepted): void => {
  const { phone, chat } = accepted;
  const isNew = moveTo(context, accepted, 'read');
  if (chat && chat.unread > 0) {
    chat.unread -= 1;
    tellChat(context, chat);
  }
  if (isNew && phone?.readReceipts) tellStatus(context, accepted, 'read');
};

const readsAtOnce = (context: Context, { chat }: Accepted): boolean =>
  Boolean(chat?.open) || context.world.knobs.readAtOnce;

/** It reaches the telephone, unless that is off or its owner blocks the business. */
const reach = (context: Context, accepted: Accepted): void => {
  const { phone, chat, message, isReaction } = accepted;
  if (isReaction || !phone?.online || chat?.blocked || message?.tick !== 'sent') return;
  const readsNow = readsAtOnce(context, accepted);
  if (!moveTo(context, accepted, 'delivered')) return;
  if (chat) chat.unread += 1;
  // with the chat open Meta may leave `delivered` out: `read` says it
  const isSkipped = readsNow && phone.readReceipts && context.world.knobs.skipDelivered;
  if (!isSkipped) tellStatus(context, accepted, 'delivered');
  if (chat) tellChat(context, chat);
  if (readsNow) markRead(context, { ...accepted, isDeliveredSkipped: isSkipped });
};

/** What follows acceptance: `sent`, then what the telephone does with it. */
export const deliver = (context: Context, accepted: Accepted): void => {
  const { statusDelayMs } = context.world.knobs;
  const now = context.clock.now();
  const sent = async (): Promise<void> => {
    if (moveTo(context, accepted, 'sent')) tellStatus(context, accepted, 'sent');
  };
  context.later.add({ dueAt: now + statusDelayMs, run: sent });
  context.later.add({ dueAt: now + 2 * statusDelayMs + 1, run: async () => reach(context, accepted) });
};

/** The acceptance behind a message of a chat, for what happens to it much later. */
const acceptedOf = ({ world }: Context, chat: ChatRow, message: MessageRow): Accepted | undefined => {
  const number = world.numbers.get(chat.numberId);
  const phone = world.phones.get(chat.phoneId);
  if (!number || !phone) return undefined;
  const recipientId = phone.phone === undefined ? undefined : digitsOf(phone.phone);
  const { messageId, callbackData } = message;
  return { messageId, number, phone, chat, message, recipientId, callbackData };
};

const cloudMessages = (chat: ChatRow, ticks: readonly Tick[]): MessageRow[] =>
  chat.messages.filter(
    ({ from, origin, tick }) => from === 'business' && origin === 'cloud-api' && ticks.includes(tick),
  );

/** The telephone is back, or the business no longer blocked: what waited arrives. */
export const deliverWaiting = (context: Context, chat: ChatRow): void => {
  for (const message of cloudMessages(chat, ['sent'])) {
    const accepted = acceptedOf(context, chat, message);
    if (accepted) reach(context, accepted);
  }
};

/** After a restart: what was on its way goes on. */
export const resumeDeliveries = (context: Context): void => {
  for (const chat of context.world.chats.values()) {
    for (const message of cloudMessages(chat, ['accepted', 'sent'])) {
      const accepted = acceptedOf(context, chat, message);
      if (accepted) deliver(context, accepted);
    }
  }
};

/** The customer opens the chat: all that arrived is read. */
export const readChat = (context: Context, chat: ChatRow): void => {
  for (const message of cloudMessages(chat, ['delivered'])) {
    const accepted = acceptedOf(context, chat, message);
    if (accepted) markRead(context, accepted);
  }
  chat.unread = 0;
  tellChat(context, chat);
};

/** The customer listens to a voice message. */
export const playMessage = (context: Context, chat: ChatRow, message: MessageRow): void => {
  const accepted = acceptedOf(context, chat, message);
  if (accepted && moveTo(context, accepted, 'played')) tellStatus(context, accepted, 'played');
};
