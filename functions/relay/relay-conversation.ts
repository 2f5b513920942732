import { contentDigest } from '#core/ids.ts';
import type { Conversation } from '../conversations/conversation.ts';
import type { LeadWork } from '../lead-sources/lead-work.ts';
import type { Change } from './change.ts';
import type { Post } from './outbox.ts';

export interface RelayConversationPorts {
  /** Reads the row of a conversation, part of which is told by its key alone. */
  readConversation: (
    item: Record<string, unknown>,
  ) => Pick<Conversation, 'shopId' | 'conversationId' | 'phoneNumberId'>;
  post: Post;
}

/** One that an advertisement led to the shop is known by their message, which tells of it. */
const isFirstHeard = ({ before, after }: Change): boolean =>
  after?.['heard'] === 'chat' && before?.['heard'] === undefined;

/**
 * What follows from a change of a conversation: what the shop has read is told to Meta, and whoever has written for the
 * first time may become a lead. Safe to repeat.
 */
export const relayConversation = (change: Change, { readConversation, post }: RelayConversationPorts): void => {
  const { before, after } = change;
  const metaId = after?.['readUpTo'];
  const isRead = typeof metaId === 'string' && metaId !== before?.['readUpTo'];
  if (after === undefined || !(isRead || isFirstHeard(change))) return;
  const { shopId, conversationId, phoneNumberId } = readConversation(after);
  if (isRead) {
    const body = { do: 'read', shopId, phoneNumberId, metaId };
    post('outbound', { body, group: conversationId, dedupId: `read-${contentDigest(metaId)}` });
  }
  if (isFirstHeard(change)) {
    const body: LeadWork = { do: 'conversation', shopId, conversationId };
    post('leads', { body, group: shopId });
  }
};
