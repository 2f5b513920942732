import type { Actor } from '#core/actor.ts';
import { AppError, invalidField, notFound } from '#core/errors.ts';
import { phoneKey } from '#core/phone-key.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Connection } from '../connections/connection.ts';
import type { Contact } from '../contacts/contact.ts';
import { assertSeen, type Viewer } from '../shops/viewer.ts';
import { isTemplate, type OutboundContent, readContent } from '../whatsapp/outbound-content.ts';
import { type ChangeConversationPorts, findSeen } from './change-conversation.ts';
import type { Conversation } from './conversation.ts';
import { isMarketing, type Message, messageIdOf, type Place, type TemplateCategory } from './message.ts';
import { newConversation } from './take-in.ts';
import { assertUploaded, type MediaPorts } from './use-media.ts';

/** A message that a seller sends, ready to be committed. */
export interface MessageToQueue {
  shopId: string;
  connection: Connection;
  contact: Contact;
  conversation: Conversation;
  content: OutboundContent;
  by: Actor;
  origin: 'seller';
  messageId: string;
  repliesTo?: string;
  category?: TemplateCategory;
  /** What tells of it, in the same transaction. */
  audit?: AuditEntry;
  /** Asked before each try to commit about the conversation as it is then: throws when it is another's by now. */
  amend: (conversation: Conversation) => Conversation;
}

export interface WritePorts extends ChangeConversationPorts, Pick<MediaPorts, 'bucket'> {
  contacts: { find: (shopId: string, contactId: string) => Promise<Contact | undefined> };
  findConnection: (shopId: string, phoneNumberId: string) => Promise<Connection | undefined>;
  messages: { find: (shopId: string, place: Place) => Promise<Message | undefined> };
  /** Commits it, once for each `messageId`; gives the row. Sends nothing by itself. */
  queueMessage: (message: MessageToQueue) => Promise<Message>;
}

type Written = Pick<Message, 'origin' | 'type' | 'category'>;

interface Writing {
  shopId: string;
  conversationId: string;
  content: OutboundContent;
  /** Of a template; one without counts as marketing. */
  category?: TemplateCategory | undefined;
  /** Meta's id of the message it replies to. */
  repliesTo?: string | undefined;
  viewer: Viewer;
  /**
   * The same message comes again under the same key, which says all that tells it from others of the shop. It names what
   * the caller named, never what that has become since: after a merge the same request is still the same.
   */
  key: string;
}

/** The members of an object in one order: the table keeps none. */
const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one, inOrder) === JSON.stringify(other, inOrder);

/**
 * Early, so that the seller learns of it while writing; what counts is asked when it is sent. What a template is to people
 * who want no marketing only an admin may say: it would be the way around every no. Throws `consent.revoked`.
 */
const assertWanted = ({ marketing }: Contact, { role }: Viewer, message: Written): void => {
  const isAllowed = !isMarketing(message) && (message.type !== 'template' || role === 'admin');
  if (marketing.state !== 'revoked' || isAllowed) return;
  throw new AppError('consent.revoked', 'this person asked for no marketing', {
    details: { ...(marketing.at && { since: marketing.at }) },
  });
};

/** A template that went to somebody who wants no marketing, under the category that an admin gave it. */
const told = ({ shopId, contactId, marketing }: Contact, { type, category }: Written, by: Actor, now: Date) => {
  if (marketing.state !== 'revoked' || type !== 'template') return {};
  const subject = { kind: 'contact', id: contactId } as const;
  const changes = { category: { to: category } };
  return { audit: auditEntry({ shopId, subject, by, action: 'contact.template-despite-refusal', changes }, now) };
};

const queue = async (conversation: Conversation, writing: Writing, ports: WritePorts): Promise<Message> => {
  const { shopId, content, viewer, key, repliesTo, category } = writing;
  const by: Actor = `user:${viewer.userId}`;
  const [connection, contact] = await Promise.all([
    ports.findConnection(shopId, conversation.phoneNumberId),
    ports.contacts.find(shopId, conversation.contactId),
  ]);
  if (connection === undefined || contact === undefined) throw notFound();
  const written = { origin: 'seller', type: content.type, category } as const;
  assertWanted(contact, viewer, written);
  await assertUploaded({ shopId, content }, ports);
  const messageId = messageIdOf(`${shopId}\n${key}`);
  const message = await ports.queueMessage({
    ...{ shopId, connection, contact, conversation, content, by, messageId },
    origin: 'seller',
    ...(repliesTo && { repliesTo }),
    ...(category && { category }),
    ...told(contact, written, by, ports.patience.clock()),
    amend: (current) => {
      assertSeen(viewer, current);
      return current;
    },
  });
  if (isSame(message.content, content)) return message;
  throw new AppError('idempotency.key-reused', 'this Idempotency-Key was used for another message');
};

/**
 * Sends what a seller wrote, by committing it. Throws `not-found`, `request.invalid`, `conversation.window-closed`,
 * `consent.revoked`, `connection.stopped`, and `idempotency.key-reused` when the key came with other content.
 */
export const writeMessage = async (writing: Writing, ports: WritePorts): Promise<Message> =>
  queue(await findSeen(writing, ports), { ...writing, key: `${writing.conversationId}\n${writing.key}` }, ports);

/**
 * Sends a message that failed once more, as a new one; pressed twice it goes once.
 * Throws `not-found`, `message.not-failed`, and as {@link writeMessage} does.
 */
export const retryMessage = async (
  { shopId, place, viewer }: { shopId: string; place: Place; viewer: Viewer },
  ports: WritePorts,
): Promise<Message> => {
  const message = await ports.messages.find(shopId, place);
  if (message === undefined) throw notFound();
  if (message.direction !== 'outbound' || message.state !== 'failed' || message.content === undefined) {
    throw new AppError('message.not-failed', `the message is ${message.state}`, { details: { state: message.state } });
  }
  const { conversationId, repliesTo, messageId, category } = message;
  const content = readContent(message.content);
  const writing = { shopId, conversationId, content, repliesTo, category, viewer, key: `again ${messageId}` };
  return queue(await findSeen(writing, ports), writing, ports);
};

/** Whose a conversation is that somebody of the shop begins: of the line's seller, else of the seller who begins it. */
const sellerOf = ({ sellerId }: Pick<Connection, 'sellerId'>, { role, userId }: Viewer): string | undefined =>
  sellerId ?? (role === 'seller' ? userId : undefined);

/**
 * The only conversation of a contact on a number, made when there is none. Throws `not-found` when it is one that the
 * viewer may not see, or would be, and `change.conflict`.
 */
const openConversation = async (
  { contactId, connection, viewer }: { contactId: string; connection: Connection; viewer: Viewer },
  ports: ChangeConversationPorts,
): Promise<Conversation> => {
  const { shopId, phoneNumberId } = connection;
  const now = ports.patience.clock();
  const sellerId = sellerOf(connection, viewer);
  const fresh = newConversation({ shopId, phoneNumberId, contactId, sellerId }, now.toISOString(), now);
  const { conversationId } = fresh;
  const known = await ports.conversations.find(shopId, conversationId);
  if (known) return findSeen({ shopId, conversationId, viewer }, ports);
  assertSeen(viewer, fresh);
  const opened: Conversation = { ...fresh, state: 'pending', version: 1 };
  if (await ports.conversations.save(opened)) return opened;
  const faster = await ports.conversations.find(shopId, conversationId);
  if (faster) return findSeen({ shopId, conversationId, viewer }, ports);
  throw new AppError('change.conflict', 'this contact was merged at the same moment; try again');
};

/**
 * Writes first to a contact on a number of the shop: only a template may do that. The contact's conversation goes on if
 * there is one; a new one is of the number's seller, or of the seller who writes. Throws as {@link writeMessage} does.
 */
export const startConversation = async (
  {
    contact,
    phoneNumberId,
    ...writing
  }: Omit<Writing, 'conversationId'> & {
    contact: Contact;
    phoneNumberId: string;
    /** As the caller gave it. */
    phone: string;
  },
  ports: WritePorts,
): Promise<{ conversation: Conversation; message: Message }> => {
  if (!isTemplate(writing.content)) {
    throw invalidField('content.type', 'not-a-template', 'must be a template: nobody has written yet');
  }
  const connection = await ports.findConnection(writing.shopId, phoneNumberId);
  if (connection === undefined) throw notFound();
  const { contactId } = contact;
  const conversation = await openConversation({ contactId, connection, viewer: writing.viewer }, ports);
  const { conversationId } = conversation;
  const key = `${phoneNumberId}\n${phoneKey(writing.phone)}\n${writing.key}`;
  const message = await queue(conversation, { ...writing, conversationId, key }, ports);
  return { conversation: (await ports.conversations.find(writing.shopId, conversationId)) ?? conversation, message };
};
