import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { type Conversation, conversationIdOf, RECENT } from './conversation.ts';

const later = (one?: string, other?: string): string | undefined => ((one ?? '') > (other ?? '') ? one : other);

const openest = (one: Conversation, other: Conversation): Conversation['state'] =>
  (['open', 'pending', 'closed'] as const).find((state) => one.state === state || other.state === state) ?? 'open';

/** The conversation that a survivor takes over when they had none on that number. */
const empty = (former: Conversation, contactId: string): Conversation => ({
  shopId: former.shopId,
  conversationId: conversationIdOf(former.phoneNumberId, contactId),
  phoneNumberId: former.phoneNumberId,
  contactId,
  state: former.state,
  bot: former.bot,
  unread: 0,
  lastMessageAt: former.lastMessageAt,
  recent: [],
  formerIds: [],
  version: 0,
  createdAt: former.createdAt,
  updatedAt: former.updatedAt,
});

const ofLatest = (own: Conversation, former: Conversation): Partial<Conversation> => {
  const shown = former.lastMessageAt > own.lastMessageAt || !own.lastMessage ? former : own;
  const inbound = later(own.lastInboundAt, former.lastInboundAt) === former.lastInboundAt ? former : own;
  const windowEndsAt = later(own.windowEndsAt, former.windowEndsAt);
  return {
    lastMessageAt: shown.lastMessageAt,
    ...(shown.lastMessage && { lastMessage: shown.lastMessage }),
    ...(inbound.lastInboundAt && { lastInboundAt: inbound.lastInboundAt }),
    ...(inbound.lastInboundMetaId && { lastInboundMetaId: inbound.lastInboundMetaId }),
    ...(windowEndsAt && { windowEndsAt }),
  };
};

/**
 * A conversation of nobody has its seller from the one that it took over; one that has a seller keeps them, and the
 * other's seller has none any more. One that begins so is no change.
 */
const entriesOn = (
  own: Conversation | undefined,
  former: Conversation,
  next: Conversation,
  at: string,
): AuditEntry[] => {
  const { shopId, conversationId, assignedTo: to } = next;
  const isTaken = former.assignedTo !== undefined && former.assignedTo !== to;
  if (own === undefined || (own.assignedTo === to && !isTaken)) return [];
  const subject = { kind: 'conversation', id: conversationId } as const;
  const from = isTaken ? { assignedTo: former.assignedTo } : {};
  const changes = changesOf(from, { assignedTo: to }, { shown: ['assignedTo'] });
  const action = isTaken ? 'conversation.absorbed' : 'conversation.assigned';
  const note = { shopId, subject, by: 'capture', action, changes };
  return [auditEntry({ ...note, reason: 'took over another of the same person' }, new Date(at))];
};

/**
 * One person had two conversations on one number: the survivor's goes on and shows both histories; the former one keeps
 * its messages where they are and leaves the inbox. Both are saved together, with what it leaves in the audit trail.
 */
export const absorbConversation = (
  former: Conversation,
  own: Conversation | undefined,
  contactId: string,
  at: string,
): { own: Conversation; former: Conversation; entries: AuditEntry[] } => {
  const start = own ?? empty(former, contactId);
  const next: Conversation = {
    ...start,
    ...ofLatest(start, former),
    state: openest(start, former),
    bot: start.bot === 'off' || former.bot === 'off' ? 'off' : 'on',
    ...((start.assignedTo ?? former.assignedTo) && { assignedTo: start.assignedTo ?? former.assignedTo }),
    unread: start.unread + former.unread,
    ...((start.heard ?? former.heard) && { heard: start.heard ?? former.heard }),
    recent: [...former.recent, ...start.recent].slice(0, RECENT * 2),
    formerIds: [...start.formerIds, former.conversationId, ...former.formerIds],
    version: start.version + 1,
    updatedAt: at,
  };
  const left = { ...former, mergedInto: next.conversationId, unread: 0, version: former.version + 1, updatedAt: at };
  return { own: next, former: left, entries: entriesOn(own, former, next, at) };
};
