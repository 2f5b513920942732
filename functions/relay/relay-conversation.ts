import { contentDigest } from '#core/ids.ts';
import type { Conversation } from '../conversations/conversation.ts';
import type { Change } from './change.ts';
import type { Post } from './outbox.ts';

export interface RelayConversationPorts {
  /** Reads the row of a conversation, part of which is told by its key alone. */
  readConversation: (
    item: Record<string, unknown>,
  ) => Pick<Conversation, 'shopId' | 'conversationId' | 'phoneNumberId'>;
  post: Post;
}

/** What follows from a change of a conversation: what the shop has read is told to Meta. Safe to repeat. */
export const relayConversation = (change: Change, { readConversation, post }: RelayConversationPorts): void => {
  const metaId = change.after?.['readUpTo'];
  if (change.after === undefined || typeof metaId !== 'string' || metaId === change.before?.['readUpTo']) return;
  const { shopId, conversationId, phoneNumberId } = readConversation(change.after);
  const body = { do: 'read', shopId, phoneNumberId, metaId };
  post('outbound', { body, group: conversationId, dedupId: `read-${contentDigest(metaId)}` });
};
