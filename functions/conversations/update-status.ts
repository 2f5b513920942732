import type { Connection } from '../connections/connection.ts';
import { partsOfConversationId } from './conversation.ts';
import {
  type Message,
  type MessageError,
  type OutboundState,
  type Place,
  placeOfCallbackData,
  ranks,
} from './message.ts';

/** What Meta says became of a message that went out. */
export interface StatusNews {
  metaId: string;
  state: Extract<OutboundState, 'sent' | 'delivered' | 'read' | 'played' | 'failed'>;
  /** ISO 8601, milliseconds. */
  at: string;
  callbackData?: string | undefined;
  error?: MessageError;
  pricing?: Message['pricing'];
}

/** The change of a row's state: only ever to a higher rank. */
export interface Advance {
  state: OutboundState;
  rank: number;
  set: Partial<Message>;
}

/** `behind`: the row has come further already; `missing`: there is no such row (yet). */
export type AdvanceOutcome = 'advanced' | 'behind' | 'missing';

/** A message that failed, as far as it concerns others than itself. */
export interface Failure {
  connection: Connection;
  contactId: string;
  error: MessageError;
  at: string;
}

export interface StatusPorts {
  messages: {
    /** One conditional update. When the row has come further and lacks a price that is told now, it takes only that. */
    advance: (shopId: string, place: Place, advance: Advance) => Promise<AdvanceOutcome>;
    placeByMetaId: (shopId: string, metaId: string) => Promise<Place | undefined>;
  };
  /** What a failure means for the contact or the connection: an opt-out, a stopped account. */
  react: (failure: Failure) => Promise<void>;
}

/** `unknown`: no row of ours, so far; `gone`: there was one, for it names its key, which was erased with its person. */
export type StatusOutcome = 'advanced' | 'behind' | 'unknown' | 'gone';

const momentOf = {
  sent: 'sentAt',
  delivered: 'deliveredAt',
  read: 'readAt',
  played: 'readAt',
  failed: 'failedAt',
} as const;

const advanceOf = ({ state, at, metaId, error, pricing }: StatusNews): Advance => ({
  state,
  rank: ranks[state],
  set: { metaId, [momentOf[state]]: at, updatedAt: at, ...(error && { error }), ...(pricing && { pricing }) },
});

/** Callback data is believed only for a conversation on the number that the status came through. */
const placeFrom = ({ callbackData }: StatusNews, { phoneNumberId }: Connection): Place | undefined => {
  const place = callbackData === undefined ? undefined : placeOfCallbackData(callbackData);
  return place && partsOfConversationId(place.conversationId)?.phoneNumberId === phoneNumberId ? place : undefined;
};

/**
 * Notes a status on its message: one write and no read when it carries our callback data, else found by Meta's id. A
 * status never moves a message back, and a repeat changes nothing. A failure that concerns the person or the account is
 * acted upon each time it is told: what it does must be safe to repeat.
 */
export const updateStatus = async (
  connection: Connection,
  news: StatusNews,
  { messages, react }: StatusPorts,
): Promise<StatusOutcome> => {
  const { shopId } = connection;
  const told = placeFrom(news, connection);
  const place = told ?? (await messages.placeByMetaId(shopId, news.metaId));
  const contactId = place && partsOfConversationId(place.conversationId)?.contactId;
  if (place === undefined || contactId === undefined) return 'unknown';
  const outcome = await messages.advance(shopId, place, advanceOf(news));
  if (outcome === 'missing') return told ? 'gone' : 'unknown';
  if (news.error) await react({ connection, contactId, error: news.error, at: news.at });
  return outcome;
};
