import { notFound } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import type { Connection } from '../connections/connection.ts';
import type { Contact } from '../contacts/contact.ts';
import { findContact } from '../contacts/find-contact.ts';
import type { Shop } from '../shops/shop.ts';
import type { Viewer } from '../shops/viewer.ts';
import { readInbound } from '../whatsapp/inbound-message.ts';
import { type ChangeConversationPorts, findConversation, findSeen } from './change-conversation.ts';
import type { Conversation } from './conversation.ts';
import type { Message, Place } from './message.ts';
import { type MessageView, messageView } from './message-view.ts';
import { type Marking, markOf } from './read-arrival.ts';

export interface ReadMessagesPorts extends Pick<ChangeConversationPorts, 'conversations'> {
  contacts: {
    find: (shopId: string, contactId: string, consistent?: boolean) => Promise<Contact | undefined>;
    findAll: (shopId: string, contactIds: readonly string[]) => Promise<Contact[]>;
  };
  findConnection: (shopId: string, phoneNumberId: string) => Promise<Connection | undefined>;
  messages: {
    find: (shopId: string, place: Place) => Promise<Message | undefined>;
    page: (shopId: string, conversationIds: readonly string[], page: PageRequest) => Promise<Page<Message>>;
    between: (
      shopId: string,
      conversationId: string,
      range: { from: string; to: string; limit: number },
    ) => Promise<Message[]>;
  };
}

const homesOf = ({ conversationId, formerIds }: Conversation): string[] => [conversationId, ...formerIds];

/** One message of a conversation that the viewer may see, or of one that it took over. Throws `not-found`. */
export const findMessage = async (
  { shopId, viewer, ...place }: Place & { shopId: string; viewer: Viewer },
  ports: ReadMessagesPorts,
): Promise<Message> => {
  const conversation = await findSeen({ shopId, viewer, conversationId: place.conversationId }, ports);
  for (const conversationId of homesOf(conversation)) {
    const message = await ports.messages.find(shopId, { ...place, conversationId });
    if (message) return message;
  }
  throw notFound();
};

/** Answers are written within moments of what they answer. */
const ANSWERED_WITHIN_MS = 120_000;
const ANSWERS_MOST = 20;

/** The rows that answer those of a page: mostly on the page themselves, else just after what they answer. */
const answersOf = async (
  shopId: string,
  messages: readonly Message[],
  ports: ReadMessagesPorts,
): Promise<Map<string, Message>> => {
  const known = new Map(messages.map((message) => [message.messageId, message]));
  const missing = messages.filter(({ answeredBy }) => answeredBy !== undefined && !known.has(answeredBy));
  const found = await Promise.all(
    missing.map(({ conversationId, at }) => {
      const to = new Date(new Date(at).getTime() + ANSWERED_WITHIN_MS).toISOString();
      return ports.messages.between(shopId, conversationId, { from: at, to, limit: ANSWERS_MOST });
    }),
  );
  return new Map([...known, ...found.flat().map((message): [string, Message] => [message.messageId, message])]);
};

const marksOf = ({ raw, at }: Message): Marking[] => {
  if (raw === undefined) return [];
  const payload: unknown = JSON.parse(raw);
  const marking = markOf(readInbound(payload), payload, at);
  return marking ? [marking] : [];
};

const markTypes: ReadonlySet<string> = new Set(['reaction', 'edit', 'revoke']);

/** A mark that reached us before its message is on no row: the page puts it where it belongs. */
export const marked = (messages: readonly Message[]): Message[] => {
  const marks = messages.filter(({ type }) => markTypes.has(type)).flatMap(marksOf);
  return messages.map((message) => {
    const own = marks.filter(({ metaId, mark }) => metaId === message.metaId && (message[mark.since] ?? '') < mark.at);
    const inOrder = own.map(({ mark }) => mark).sort((one, other) => (one.at < other.at ? -1 : 1));
    return own.length === 0 ? message : Object.assign({}, message, ...inOrder.map(({ set }) => set));
  });
};

/** One page of a conversation's messages, newest first, as sellers see them. Throws `not-found`, `request.invalid`. */
export const listMessages = async (
  { shop, viewer, conversationId, page }: { shop: Shop; viewer: Viewer; conversationId: string; page: PageRequest },
  ports: ReadMessagesPorts,
): Promise<Page<MessageView>> => {
  const { shopId, language } = shop;
  const conversation = await findSeen({ shopId, viewer, conversationId }, ports);
  const [contact, connection, found] = await Promise.all([
    findContact({ shopId, contactId: conversation.contactId }, ports),
    ports.findConnection(shopId, conversation.phoneNumberId),
    ports.messages.page(shopId, homesOf(conversation), page),
  ]);
  const answers = await answersOf(shopId, found.items, ports);
  const items = marked(found.items).map((message) =>
    messageView(message, { contact, connection, language, answer: answers.get(message.answeredBy ?? '') }),
  );
  return { ...found, items };
};

/** One message as sellers see it. */
export const showMessage = async (
  message: Message,
  { shopId, language }: Shop,
  ports: ReadMessagesPorts,
): Promise<MessageView> => {
  const { conversationId } = message;
  const { contactId, phoneNumberId } = await findConversation({ shopId, conversationId }, ports);
  const [contact, connection] = await Promise.all([
    findContact({ shopId, contactId }, ports),
    ports.findConnection(shopId, phoneNumberId),
  ]);
  return messageView(message, { contact, connection, language });
};
