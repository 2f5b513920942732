import { type Context, isoTime } from './context.ts';
import type { Chat } from './simulator-api.ts';
import { chatKey, chatOf, findMessage } from './world.ts';
import type { ChatRow, MessageRow } from './world-rows.ts';

const MOST_MESSAGES = 2000;
const WINDOW_MS = 24 * 3_600_000;

/** A message as pages see it. */
export const showMessage = ({ payloads: _payloads, category: _category, ...message }: MessageRow) => message;

/** A chat without its messages. */
const summaryOf = ({
  messages: _messages,
  lastInboundAt: _last,
  referredAt: _referred,
  freeUntil: _free,
  ...chat
}: ChatRow) => chat;

export const showChat = (chat: ChatRow): Chat => ({ ...summaryOf(chat), messages: chat.messages.map(showMessage) });

/** Tells the pages that a chat changed. */
export const tellChat = ({ feed }: Context, chat: ChatRow): void =>
  feed.publish({ kind: 'chat', chat: summaryOf(chat) });

/** Tells the pages that a message is new or changed. */
export const tellMessage = ({ feed }: Context, message: MessageRow): void =>
  feed.publish({ kind: 'message', message: showMessage(message) });

/** Puts a message in its chat; the oldest of a long chat go. */
export const addMessage = (context: Context, message: MessageRow): void => {
  const { world } = context;
  const chat = chatOf(world, message.phoneId, message.numberId);
  chat.messages.push(message);
  world.places.set(message.messageId, chatKey(message.phoneId, message.numberId));
  const gone = chat.messages.length > MOST_MESSAGES ? chat.messages.shift() : undefined;
  if (gone) world.places.delete(gone.messageId);
  tellMessage(context, message);
};

/** The business's address has taken a customer's message: its second tick. */
export const tickDelivered = (context: Context, messageId: string | undefined): void => {
  const message = messageId === undefined ? undefined : findMessage(context.world, messageId)?.message;
  if (message?.tick !== 'sent') return;
  message.tick = 'delivered';
  tellMessage(context, message);
};

/** A customer's message opens the 24 hours from the time it was written. */
export const openWindow = (chat: ChatRow, at: number): void => {
  chat.lastInboundAt = Math.max(at, chat.lastInboundAt ?? 0);
  chat.windowEndsAt = isoTime(chat.lastInboundAt + WINDOW_MS);
};

/** Whether the business may write what is no template. */
export const isWindowOpen = ({ lastInboundAt }: ChatRow, now: number): boolean =>
  lastInboundAt !== undefined && now < lastInboundAt + WINDOW_MS;
