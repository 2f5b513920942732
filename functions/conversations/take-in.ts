import { type Conversation, conversationIdOf, type Direction, RECENT, WINDOW_HOURS } from './conversation.ts';

/** What a conversation needs to know of a message that has arrived. */
export interface Arrival {
  messageId: string;
  metaId: string;
  /** When it was written, by Meta's clock: ISO 8601, milliseconds. */
  at: string;
  direction: Direction;
  type: string;
  /** At most eighty characters. */
  preview: string;
  /**
   * - `message`: somebody should read it
   * - `mark`: belongs to another message or to nobody (reaction, edit, revoke, system): calls for nobody
   * - `history`: was there before the shop connected the number
   * - `echo`: the owner wrote it, from the phone app
   */
  as: 'message' | 'mark' | 'history' | 'echo';
  /** The customer wrote: Meta lets the shop answer freely for a day. */
  opensWindow: boolean;
  /** An advertisement led the customer to write it. */
  fromAd?: boolean | undefined;
}

const HOUR = 3_600_000;

/** Enough of a message id to tell it from the last few; whole ones would make the item larger than one unit. */
const REMEMBERED = 8;

const remembered = (messageId: string): string => messageId.slice(0, REMEMBERED);

/** True when a conversation has taken in this message, and not long ago. */
export const hasTakenIn = ({ recent }: Pick<Conversation, 'recent'>, messageId: string): boolean =>
  recent.includes(remembered(messageId));

/**
 * A conversation before its first message. Its version says that it is not stored yet. On the personal line of a seller,
 * `sellerId`, it is theirs.
 */
export const newConversation = (
  {
    shopId,
    phoneNumberId,
    contactId,
    sellerId,
  }: Pick<Conversation, 'shopId' | 'phoneNumberId' | 'contactId'> & { sellerId?: string | undefined },
  at: string,
  now: Date,
): Conversation => ({
  shopId,
  conversationId: conversationIdOf(phoneNumberId, contactId),
  phoneNumberId,
  contactId,
  state: 'closed',
  ...(sellerId !== undefined && { assignedTo: sellerId }),
  bot: 'on',
  unread: 0,
  lastMessageAt: at,
  recent: [],
  formerIds: [],
  version: 0,
  createdAt: now.toISOString(),
  updatedAt: now.toISOString(),
});

/** Until when a message of the customer lets the shop write freely; one from the future counts from now. */
const windowAfter = (at: string, now: Date): string =>
  new Date(Math.min(new Date(at).getTime(), now.getTime()) + WINDOW_HOURS * HOUR).toISOString();

/** What arrives late moves nothing back. */
const withWindow = (conversation: Conversation, { at, metaId, opensWindow }: Arrival, now: Date): Conversation => {
  if (!opensWindow || (conversation.lastInboundAt ?? '') > at) return conversation;
  const windowEndsAt = windowAfter(at, now);
  const latest = (conversation.windowEndsAt ?? '') > windowEndsAt ? conversation.windowEndsAt : windowEndsAt;
  return { ...conversation, lastInboundAt: at, lastInboundMetaId: metaId, ...(latest && { windowEndsAt: latest }) };
};

const withPreview = (conversation: Conversation, { as, at, direction, type, preview }: Arrival): Conversation => {
  if (as === 'mark' || (conversation.lastMessage && conversation.lastMessageAt > at)) return conversation;
  return { ...conversation, lastMessageAt: at, lastMessage: { direction, type, preview } };
};

const withAttention = (conversation: Conversation, { as, messageId, fromAd }: Arrival): Conversation => {
  if (as === 'message') {
    const recent = [remembered(messageId), ...conversation.recent].slice(0, RECENT);
    const heard = conversation.heard ?? (fromAd ? 'ad' : 'chat');
    return { ...conversation, state: 'open', unread: conversation.unread + 1, heard, recent };
  }
  if (as !== 'echo') return conversation;
  // the owner has seen the chat on the phone, and answers there: nobody else is called, and no bot interferes
  const recent = [remembered(messageId), ...conversation.recent].slice(0, RECENT);
  const state = conversation.version === 0 ? 'pending' : conversation.state;
  return { ...conversation, state, unread: 0, bot: 'off', recent };
};

const isChanged = (before: Conversation, after: Conversation): boolean =>
  (Object.keys(after) as (keyof Conversation)[]).some((field) => before[field] !== after[field]);

/**
 * A conversation after a message has arrived; the same object when that changes nothing: it was taken in before, or is
 * of a kind that changes nothing. A repeat is known among the last eight; an older one must be told by its stored row.
 */
export const takeIn = (conversation: Conversation, arrival: Arrival, now: Date): Conversation => {
  if (hasTakenIn(conversation, arrival.messageId)) return conversation;
  const changed = withAttention(withPreview(withWindow(conversation, arrival, now), arrival), arrival);
  if (conversation.version > 0 && !isChanged(conversation, changed)) return conversation;
  return { ...changed, version: conversation.version + 1, updatedAt: now.toISOString() };
};
