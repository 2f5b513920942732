import { tellChat, tellMessage } from './chats.ts';
import { type Context, isoTime } from './context.ts';
import { GraphRefusal } from './graph-refusal.ts';
import { maybePartOf, type Part, textOf, wordOf } from './sends/part.ts';
import { findMessage } from './world.ts';
import type { NumberRow } from './world-rows.ts';

const TYPING_MS = 25_000;

/** Marks a customer's message and those before it as read, and may show that the business types. */
export const markRead = (context: Context, number: NumberRow, message: Part): object => {
  const messageId = textOf(message, 'message_id', { most: 1000 });
  const place = findMessage(context.world, messageId);
  if (place?.message.from !== 'customer' || place.chat.numberId !== number.numberId) {
    throw new GraphRefusal(131009, 'message_id is not a message that this number received.');
  }
  const indicator = maybePartOf(message, 'typing_indicator', ['type']);
  if (indicator) wordOf(indicator, 'type', ['text']);
  for (const one of place.chat.messages) {
    if (one.from === 'customer' && one.tick !== 'read') {
      one.tick = 'read';
      tellMessage(context, one);
    }
    if (one === place.message) break;
  }
  if (indicator) {
    place.chat.typingUntil = isoTime(context.clock.now() + TYPING_MS);
    tellChat(context, place.chat);
  }
  return { success: true };
};
