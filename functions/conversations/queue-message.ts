import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Connection } from '../connections/connection.ts';
import type { Contact } from '../contacts/contact.ts';
import { isTemplate, type OutboundContent, readContent } from '../whatsapp/outbound-content.ts';
import { previewOfContent } from '../whatsapp/outbound-preview.ts';
import type { Conversation } from './conversation.ts';
import { type Message, type Origin, ranks, type TemplateCategory } from './message.ts';

/** A message to commit. */
export interface MessageToQueue {
  shopId: string;
  connection: Pick<Connection, 'state' | 'phoneNumberId' | 'stateReason'>;
  contact: Pick<Contact, 'contactId'>;
  /** As it was read; one that is not stored yet has version 0. */
  conversation: Conversation;
  content: OutboundContent;
  /** Who wrote it: `user:<id>`, or a part of the system. */
  by: string;
  origin: Exclude<Origin, 'customer' | 'phone-app' | 'history'>;
  /** An id made from what the message answers or tells: the same again commits nothing and gives the first row. */
  messageId?: string | undefined;
  checkoutCode?: string | undefined;
  /** Of a template. */
  category?: TemplateCategory | undefined;
  /** Meta's id of the message it replies to. */
  repliesTo?: string | undefined;
  /** What tells of it, in the same transaction. */
  audit?: AuditEntry | undefined;
  /** What else changes in the conversation, in the same transaction. */
  amend?: ((conversation: Conversation) => Conversation) | undefined;
}

export interface QueuePorts {
  outbound: {
    /** The row that was committed under this id before, if it was one of those given by its writer. */
    findByMessageId: (shopId: string, messageId: string) => Promise<Message | undefined>;
    /**
     * Commits the row with its conversation, or nothing. `exists`: a row was committed under this id before;
     * `conflict`: somebody changed the conversation since it was read.
     */
    commit: (
      message: Message,
      conversation: Conversation,
      options: { givenId: boolean; audit?: AuditEntry | undefined },
    ) => Promise<'committed' | 'exists' | 'conflict'>;
  };
  conversations: { find: (shopId: string, conversationId: string) => Promise<Conversation | undefined> };
  patience: Patience;
}

/** A message may take a while to reach Meta, whose clock decides. */
const MARGIN_MS = 5 * 60_000;

/** True while anything but a template may be sent, with five minutes to spare. */
export const isWindowOpen = ({ windowEndsAt }: Pick<Conversation, 'windowEndsAt'>, now: Date): boolean =>
  windowEndsAt !== undefined && new Date(windowEndsAt).getTime() - MARGIN_MS > now.getTime();

const assertMaySend = (conversation: Conversation, { connection, content }: MessageToQueue, now: Date): void => {
  if (connection.state !== 'active') {
    const { state, stateReason } = connection;
    throw new AppError('connection.stopped', `the connection is ${state}`, {
      details: { state, ...(stateReason && { stateReason }) },
    });
  }
  if (isTemplate(content) || isWindowOpen(conversation, now)) return;
  const { windowEndsAt } = conversation;
  throw new AppError('conversation.window-closed', 'only a template may be sent now', {
    details: { ...(windowEndsAt && { windowEndsAt }) },
  });
};

const LARGEST_SKEW_MS = 5000;

/** After the last message, so that a list shows them in the order of their commits; but Meta's clock may not lead ours far. */
const momentAfter = ({ lastMessageAt }: Conversation, now: Date): string => {
  const last = new Date(lastMessageAt).getTime();
  const isJustBefore = last >= now.getTime() && last < now.getTime() + LARGEST_SKEW_MS;
  return new Date(isJustBefore ? last + 1 : now.getTime()).toISOString();
};

const rowOf = (conversation: Conversation, request: MessageToQueue, now: Date): Message => {
  const at = momentAfter(conversation, now);
  return {
    shopId: request.shopId,
    conversationId: conversation.conversationId,
    messageId: request.messageId ?? newId(new Date(at)),
    at,
    direction: 'outbound',
    origin: request.origin,
    type: request.content.type,
    state: 'queued',
    rank: ranks.queued,
    attempt: 0,
    content: request.content,
    by: request.by,
    ...(request.category !== undefined && { category: request.category }),
    ...(request.repliesTo !== undefined && { repliesTo: request.repliesTo }),
    ...(request.checkoutCode !== undefined && { checkoutCode: request.checkoutCode }),
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
  };
};

/** A reaction belongs to another message and is none of its own in a list. */
const withMessage = (conversation: Conversation, message: Message, content: OutboundContent): Conversation => ({
  ...conversation,
  ...(message.type !== 'reaction' && {
    lastMessageAt: message.at > conversation.lastMessageAt ? message.at : conversation.lastMessageAt,
    lastMessage: { direction: 'outbound', type: message.type, preview: previewOfContent(content) },
  }),
  version: conversation.version + 1,
  updatedAt: message.updatedAt,
});

/** The conversation as it is now, or the one in which it goes on. */
const current = async (conversation: Conversation, { conversations }: QueuePorts): Promise<Conversation> => {
  const { shopId } = conversation;
  let found = (await conversations.find(shopId, conversation.conversationId)) ?? conversation;
  while (found.mergedInto !== undefined) {
    const next = await conversations.find(shopId, found.mergedInto);
    if (next === undefined) return found;
    found = next;
  }
  return found;
};

const findEarlier = async ({ shopId, messageId }: MessageToQueue, { outbound }: QueuePorts) =>
  messageId === undefined ? undefined : outbound.findByMessageId(shopId, messageId);

/** One try; undefined when somebody changed the conversation meanwhile. */
const tryCommit = async (
  conversation: Conversation,
  request: MessageToQueue,
  ports: QueuePorts,
): Promise<Message | undefined> => {
  const now = ports.patience.clock();
  assertMaySend(conversation, request, now);
  const message = rowOf(conversation, request, now);
  const amended = request.amend?.(conversation) ?? conversation;
  const changed = withMessage(amended, message, request.content);
  const { messageId, audit } = request;
  const outcome = await ports.outbound.commit(message, changed, { givenId: messageId !== undefined, audit });
  if (outcome === 'committed') return message;
  return outcome === 'exists' ? findEarlier(request, ports) : undefined;
};

/**
 * Commits a message, which is to send it: the row and its conversation in one transaction; the relay does the rest.
 * With a `messageId` it may be repeated: the row of the first time comes back, whatever has changed since.
 *
 * Throws `request.invalid` for content that Meta would refuse, `connection.stopped` unless the connection is active, `conversation.window-closed` for anything but a template
 * outside the customer service window, and `change.conflict` when others kept changing the conversation.
 */
export const queueMessage = async (request: MessageToQueue, ports: QueuePorts): Promise<Message> => {
  const earlier = await findEarlier(request, ports);
  if (earlier) return earlier;
  const content = readContent(request.content);
  const done = await withPatience(ports.patience, async (attempt) => {
    const given = attempt === 0 && request.conversation.mergedInto === undefined;
    const conversation = given ? request.conversation : await current(request.conversation, ports);
    return tryCommit(conversation, { ...request, content }, ports);
  });
  if (done) return done;
  throw new AppError('change.conflict', 'this conversation keeps changing; try again');
};
