import { AppError, notFound } from '#core/errors.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import type { Conversation } from './conversation.ts';

export interface ChangeConversationPorts {
  conversations: {
    find: (shopId: string, conversationId: string) => Promise<Conversation | undefined>;
    save: (conversation: Conversation) => Promise<boolean>;
  };
  patience: Patience;
}

interface Which {
  shopId: string;
  conversationId: string;
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

type Change = (conversation: Conversation) => Partial<Conversation>;

const isSame = (conversation: Conversation, change: Partial<Conversation>): boolean =>
  (Object.keys(change) as (keyof Conversation)[]).every((field) => conversation[field] === change[field]);

/**
 * Changes a conversation, or writes nothing when it is so already.
 * Throws `not-found`, and `change.conflict` when others kept changing it.
 */
const changeConversation = async (
  which: Which,
  change: Change,
  ports: ChangeConversationPorts,
): Promise<Conversation> => {
  const done = await withPatience(ports.patience, async () => {
    const conversation = await findConversation(which, ports);
    const changed = change(conversation);
    if (isSame(conversation, changed)) return conversation;
    const updatedAt = ports.patience.clock().toISOString();
    const next = { ...conversation, ...changed, version: conversation.version + 1, updatedAt };
    return (await ports.conversations.save(next)) ? next : undefined;
  });
  if (done === undefined) throw new AppError('change.conflict', 'this conversation keeps changing; try again');
  return done;
};

/**
 * Somebody of the shop has read it: the customer learns so too, for the relay tells Meta. `upTo`: the latest message of
 * the customer that they saw; when another has come since, nothing changes.
 */
export const markRead = (
  { upTo, ...which }: Which & { upTo?: string | undefined },
  ports: ChangeConversationPorts,
): Promise<Conversation> =>
  changeConversation(
    which,
    ({ lastInboundMetaId }) => {
      if (upTo !== undefined && upTo !== lastInboundMetaId) return {};
      return { unread: 0, ...(lastInboundMetaId && { readUpTo: lastInboundMetaId }) };
    },
    ports,
  );

/** Gives a conversation to a user of the shop, or to nobody. */
export const assign = (
  { userId, ...which }: Which & { userId: string | undefined },
  ports: ChangeConversationPorts,
): Promise<Conversation> => changeConversation(which, () => ({ assignedTo: userId }), ports);

/** Done, until the customer writes again. */
export const close = (which: Which, ports: ChangeConversationPorts): Promise<Conversation> =>
  changeConversation(which, () => ({ state: 'closed' }), ports);

/** Somebody should look at it again. */
export const reopen = (which: Which, ports: ChangeConversationPorts): Promise<Conversation> =>
  changeConversation(which, () => ({ state: 'open' }), ports);

/** A seller answers from now on: the bot is silent. Whoever takes over a conversation of nobody has it. */
export const takeOver = (
  { userId, ...which }: Which & { userId: string },
  ports: ChangeConversationPorts,
): Promise<Conversation> =>
  changeConversation(which, ({ assignedTo }) => ({ bot: 'off', assignedTo: assignedTo ?? userId }), ports);

/** The bot answers again. */
export const giveBack = (which: Which, ports: ChangeConversationPorts): Promise<Conversation> =>
  changeConversation(which, () => ({ bot: 'on' }), ports);
