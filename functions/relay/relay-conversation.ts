import * as z from 'zod/mini';
import { contentDigest } from '#core/ids.ts';
import { lazy } from '#core/lazy.ts';
import { Conversation } from '../conversations/conversation.ts';
import type { Change } from './change.ts';
import type { Post } from './outbox.ts';

const Relayed = lazy(() =>
  z.pick(Conversation(), { shopId: true, conversationId: true, phoneNumberId: true, readUpTo: true }),
);

/** What follows from a change of a conversation: what the shop has read is told to Meta. Safe to repeat. */
export const relayConversation = (change: Change, post: Post): void => {
  const metaId = change.after?.['readUpTo'];
  if (change.after === undefined || metaId === undefined || metaId === change.before?.['readUpTo']) return;
  const { shopId, conversationId, phoneNumberId, readUpTo } = Relayed().parse(change.after);
  const body = { do: 'read', shopId, phoneNumberId, metaId: readUpTo };
  post('outbound', { body, group: conversationId, dedupId: `read-${contentDigest(readUpTo)}` });
};
