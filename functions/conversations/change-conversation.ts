import type { Actor } from '#core/actor.ts';
import { AppError, notFound } from '#core/errors.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { assertMayAssign, assertSeen, type Viewer } from '../shops/viewer.ts';
import type { Conversation } from './conversation.ts';

export interface ChangeConversationPorts {
  conversations: {
    find: (shopId: string, conversationId: string) => Promise<Conversation | undefined>;
    /** Saves it with these entries, or nothing; false when somebody was faster. */
    save: (conversation: Conversation, entries?: readonly AuditEntry[]) => Promise<boolean>;
  };
  patience: Patience;
}

interface Which {
  shopId: string;
  conversationId: string;
}

/** A conversation as somebody of the shop asks for it. */
export interface Seen extends Which {
  viewer: Viewer;
}

/** The conversation, or the one in which it goes on. Throws `not-found`. */
export const findConversation = async (
  { shopId, conversationId }: Which,
  { conversations }: Pick<ChangeConversationPorts, 'conversations'>,
): Promise<Conversation> => {
  const conversation = await conversations.find(shopId, conversationId);
  if (conversation === undefined) throw notFound();
  if (conversation.mergedInto === undefined) return conversation;
  return findConversation({ shopId, conversationId: conversation.mergedInto }, { conversations });
};

/** As {@link findConversation}, for somebody of the shop: throws `not-found` for what they may not see, too. */
export const findSeen = async (
  { viewer, ...which }: Seen,
  ports: Pick<ChangeConversationPorts, 'conversations'>,
): Promise<Conversation> => {
  const conversation = await findConversation(which, ports);
  assertSeen(viewer, conversation);
  return conversation;
};

/** What to change; it may throw, for it is asked anew about what others made of the conversation meanwhile. */
type Change = (conversation: Conversation) => Partial<Conversation>;

const isSame = (conversation: Conversation, change: Partial<Conversation>): boolean =>
  (Object.keys(change) as (keyof Conversation)[]).every((field) => conversation[field] === change[field]);

/** What people decide about a conversation; who has it comes first, for that is what others ask about. */
const deeds = { assignedTo: 'assigned', state: 'state-changed', bot: 'bot-switched' } as const;

/** What people decide about a conversation stands in the audit trail, each time that it changes. */
const entriesOn = (before: Conversation, after: Conversation, by: Actor, now: Date): AuditEntry[] => {
  const { shopId, conversationId } = after;
  const told = ({ assignedTo, state, bot }: Conversation) => ({ ...(assignedTo && { assignedTo }), state, bot });
  const changes = changesOf(told(before), told(after), { shown: Object.keys(deeds) });
  const deed = Object.entries(deeds).find(([field]) => field in changes)?.[1];
  if (deed === undefined) return [];
  const subject = { kind: 'conversation', id: conversationId } as const;
  return [auditEntry({ shopId, subject, by, action: `conversation.${deed}`, changes }, now)];
};

/**
 * Changes a conversation, or writes nothing when it is so already.
 * Throws `not-found`, and `change.conflict` when others kept changing it.
 */
const changeConversation = async (
  { by, ...which }: Which & { by: Actor },
  change: Change,
  ports: ChangeConversationPorts,
): Promise<Conversation> => {
  const done = await withPatience(ports.patience, async () => {
    const conversation = await findConversation(which, ports);
    const changed = change(conversation);
    if (isSame(conversation, changed)) return conversation;
    const now = ports.patience.clock();
    const version = conversation.version + 1;
    const next = { ...conversation, ...changed, version, updatedAt: now.toISOString() };
    return (await ports.conversations.save(next, entriesOn(conversation, next, by, now))) ? next : undefined;
  });
  if (done === undefined) throw new AppError('change.conflict', 'this conversation keeps changing; try again');
  return done;
};

/** Changes a conversation for somebody of the shop, as long as they may see it. */
const changeSeen = (
  { viewer, ...which }: Seen,
  change: Change,
  ports: ChangeConversationPorts,
): Promise<Conversation> =>
  changeConversation(
    { ...which, by: `user:${viewer.userId}` },
    (conversation) => {
      assertSeen(viewer, conversation);
      return change(conversation);
    },
    ports,
  );

/**
 * Somebody of the shop has read it: the customer learns so too, for the relay tells Meta. `upTo`: the latest message of
 * the customer that they saw; when another has come since, nothing changes.
 */
export const markRead = (
  { upTo, ...which }: Seen & { upTo?: string | undefined },
  ports: ChangeConversationPorts,
): Promise<Conversation> =>
  changeSeen(
    which,
    ({ lastInboundMetaId }) => {
      if (upTo !== undefined && upTo !== lastInboundMetaId) return {};
      return { unread: 0, ...(lastInboundMetaId && { readUpTo: lastInboundMetaId }) };
    },
    ports,
  );

/**
 * Gives a conversation to a user of the shop, or to nobody. Throws `request.forbidden` when the viewer may see it, but
 * not give it so.
 */
export const assign = (
  { userId, viewer, ...which }: Seen & { userId: string | undefined },
  ports: ChangeConversationPorts,
): Promise<Conversation> =>
  changeSeen(
    { ...which, viewer },
    (conversation) => {
      assertMayAssign(viewer, conversation, userId);
      return { assignedTo: userId };
    },
    ports,
  );

/**
 * Gives a conversation to a user, or to nobody, because something else was: what it belongs to. Only while it is of
 * nobody or of one of `from`; otherwise nothing changes.
 */
export const handOver = (
  { userId, from, ...which }: Which & { userId: string | undefined; from: readonly string[]; by: Actor },
  ports: ChangeConversationPorts,
): Promise<Conversation> =>
  changeConversation(
    which,
    ({ assignedTo }) => (assignedTo === undefined || from.includes(assignedTo) ? { assignedTo: userId } : {}),
    ports,
  );

/** Done, until the customer writes again. */
export const close = (which: Seen, ports: ChangeConversationPorts): Promise<Conversation> =>
  changeSeen(which, () => ({ state: 'closed' }), ports);

/** Somebody should look at it again. */
export const reopen = (which: Seen, ports: ChangeConversationPorts): Promise<Conversation> =>
  changeSeen(which, () => ({ state: 'open' }), ports);

/** A seller answers from now on: the bot is silent. Whoever takes over a conversation of nobody has it. */
export const takeOver = (which: Seen, ports: ChangeConversationPorts): Promise<Conversation> =>
  changeSeen(which, ({ assignedTo }) => ({ bot: 'off', assignedTo: assignedTo ?? which.viewer.userId }), ports);

/** The bot answers again. */
export const giveBack = (which: Seen, ports: ChangeConversationPorts): Promise<Conversation> =>
  changeSeen(which, () => ({ bot: 'on' }), ports);
