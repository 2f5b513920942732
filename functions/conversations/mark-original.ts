import type { Conversation } from './conversation.ts';
import type { Mark } from './mark.ts';
import { type Message, messageIdOf, type Place } from './message.ts';

export interface MarkPorts {
  messages: {
    /** Where a message stands that went out, by Meta's id. */
    placeByMetaId: (shopId: string, metaId: string) => Promise<Place | undefined>;
    between: (
      shopId: string,
      conversationId: string,
      range: { from: string; to: string; limit: number },
    ) => Promise<Message[]>;
    mark: (shopId: string, place: Place, mark: Mark) => Promise<boolean>;
  };
}

/** How far back the message may be that a mark is about: Meta lets people take back for two days, react for longer. */
const SEARCHED_DAYS = 30;
const SEARCHED_MOST = 300;
const DAY = 86_400_000;

/** A customer's own message has no look-up: it is searched among the last ones, for this is rare. */
const searchInbound = async (
  { shopId, conversationId, formerIds }: Conversation,
  metaId: string,
  at: string,
  { messages }: MarkPorts,
): Promise<Place | undefined> => {
  const range = { from: new Date(new Date(at).getTime() - SEARCHED_DAYS * DAY).toISOString(), to: at };
  const search = (id: string) => messages.between(shopId, id, { ...range, limit: SEARCHED_MOST });
  const messageId = messageIdOf(metaId);
  const found = await Promise.all([conversationId, ...formerIds].map(search));
  return found.flat().find((message) => message.messageId === messageId);
};

/**
 * Puts on a message what another one says about it. A message that can't be found keeps no mark; the other one has its
 * own row, and a list shows both.
 */
export const markOriginal = async (
  conversation: Conversation,
  { mark, at }: { mark?: { metaId: string; mark: Mark } | undefined; at: string },
  ports: MarkPorts,
): Promise<void> => {
  if (mark === undefined) return;
  const { shopId, conversationId, formerIds } = conversation;
  const place =
    (await ports.messages.placeByMetaId(shopId, mark.metaId)) ??
    (await searchInbound(conversation, mark.metaId, at, ports));
  if (place && [conversationId, ...formerIds].includes(place.conversationId))
    await ports.messages.mark(conversation.shopId, place, mark.mark);
};
