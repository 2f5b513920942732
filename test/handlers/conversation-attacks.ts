import { contactStore } from '../../functions/contacts/contact.store.ts';
import { newContact } from '../../functions/contacts/identity.ts';
import { accountEventStore } from '../../functions/conversations/account-event.store.ts';
import { conversationStore } from '../../functions/conversations/conversation.store.ts';
import { messageStore } from '../../functions/conversations/message.store.ts';
import type { Message } from '../../functions/conversations/message.ts';
import { newConversation } from '../../functions/conversations/take-in.ts';
import { anId } from '../support/builders.ts';
import type { TestRequest } from '../support/events.ts';
import { APP_SECRET, type Lambdas } from '../support/lambdas.ts';
import type { GivenShop } from './given.ts';

/** What a shop's chats are called, and cursors into their lists. */
export interface Chats {
  contactId: string;
  conversationId: string;
  /** A message with a file, and one that failed. */
  received: { at: string; messageId: string };
  failed: { at: string; messageId: string };
  inboxCursor: string;
  messagesCursor: string;
  eventsCursor: string;
}

type Attack = { what: string; request: TestRequest; status: 200 | 201 | 204 | 400 | 404 | 409 };

type ListName = 'listConversations' | 'listMessages' | 'listAccountEvents';

const cursorIn = async (lambdas: Lambdas, name: ListName, request: TestRequest) =>
  String((await lambdas.call(name, { ...request, query: { limit: '1' } })).json['nextCursor']);

const messagesOf = (slug: string, place: { shopId: string; conversationId: string }, now: Date): Message[] => {
  const common = { ...place, createdAt: now.toISOString(), updatedAt: now.toISOString() };
  const moment = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();
  const file = { state: 'stored', key: `media/${place.shopId}/chat/${slug}.pdf`, mimeType: 'application/pdf' } as const;
  const raw = JSON.stringify({ id: `wamid.${slug}`, type: 'document', document: { id: '1', filename: `${slug}.pdf` } });
  const inbound = { direction: 'inbound', origin: 'customer', state: 'received', media: file, raw } as const;
  const content = { type: 'text', text: { body: `${slug} words` } };
  const outbound = { direction: 'outbound', origin: 'seller', state: 'failed', rank: 35, content } as const;
  const failed: Message = { ...common, ...outbound, messageId: anId(), at: moment(10), type: 'text' };
  return [{ ...common, ...inbound, messageId: anId(), at: moment(20), type: 'document' }, failed];
};

/** Two customers who have written to a shop's number within the window, with a file and a message that failed. */
export const openChats = async (lambdas: Lambdas, given: GivenShop, phoneNumberId: string): Promise<Chats> => {
  const { shopId, slug } = given.shop;
  const now = new Date();
  const contacts = contactStore(lambdas.table, async () => APP_SECRET);
  const conversations = conversationStore(lambdas.table);
  const made: string[][] = [];
  for (const phone of [`+54911${String(Date.now()).slice(-8)}`, `+54911${String(Date.now() + 1).slice(-8)}`]) {
    const sighting = {
      shopId,
      businessId: '1',
      person: { phone, profileName: `${slug} customer` },
      at: now.toISOString(),
    };
    const contact = newContact(sighting, anId());
    await contacts.saveAll([{ contact, claims: [{ alias: { phone } }], releases: [] }]);
    const { contactId } = contact;
    const fresh = newConversation({ shopId, phoneNumberId, contactId }, now.toISOString(), now);
    const windowEndsAt = new Date(now.getTime() + 3_600_000).toISOString();
    await conversations.save({ ...fresh, state: 'open', windowEndsAt, version: 1 });
    made.push([contactId, fresh.conversationId]);
  }
  const [contactId = '', conversationId = ''] = made[0] ?? [];
  const messages = messagesOf(slug, { shopId, conversationId }, now);
  await Promise.all(messages.map((message) => messageStore(lambdas.table).put(message)));
  const told = { shopId, kind: 'account', field: 'account_alerts', accountId: '8', receivedAt: now.toISOString() };
  for (const digest of ['one', 'two']) {
    const raw = JSON.stringify({ alert_info: { alert_description: `${slug} ${digest}` } });
    await accountEventStore(lambdas.table).put({ ...told, at: now.toISOString(), digest, raw });
  }
  const as = given.as('admin');
  const [received, failed] = messages;
  return {
    contactId,
    conversationId,
    received: { at: received?.at ?? '', messageId: received?.messageId ?? '' },
    failed: { at: failed?.at ?? '', messageId: failed?.messageId ?? '' },
    inboxCursor: await cursorIn(lambdas, 'listConversations', { as }),
    eventsCursor: await cursorIn(lambdas, 'listAccountEvents', { as }),
    messagesCursor: await cursorIn(lambdas, 'listMessages', { as, params: { conversationId } }),
  };
};

interface Side {
  given: GivenShop;
  phoneNumberId: string;
  chats: Chats;
}

const text = { content: { type: 'text', text: { body: 'Hola' } } };
const template = { type: 'template', template: { name: 'hello_world', language: { code: 'es' } } };

/** B's conversations, contacts, messages, files and cursors named by a user of A, on every route of the inbox. */
export const conversationAttacks = (sides: () => { a: Side; b: Side }) => {
  const asUser = (request: TestRequest = {}): TestRequest => ({ as: sides().a.given.as('admin'), ...request });
  const onTheirs = (body?: object) => (): Attack[] => {
    const params = { conversationId: sides().b.chats.conversationId };
    return [{ what: "B's conversation", request: asUser({ params, ...(body && { body }) }), status: 404 }];
  };
  const onTheirMessage = (which: 'received' | 'failed', own: 'received' | 'failed') => (): Attack[] => {
    const { a, b } = sides();
    const { at, messageId } = b.chats[which];
    const query = { at };
    const there = { conversationId: b.chats.conversationId, messageId };
    const here = { conversationId: a.chats.conversationId, messageId };
    return [
      { what: "B's message", request: asUser({ params: there, query }), status: 404 },
      { what: "B's message in an own conversation", request: asUser({ params: here, query }), status: 404 },
      {
        what: 'own message',
        request: asUser({
          params: { conversationId: a.chats.conversationId, messageId: a.chats[own].messageId },
          query: { at: a.chats[own].at },
        }),
        status: own === 'failed' ? 201 : 200,
      },
    ];
  };
  return {
    listConversations: (): Attack[] => [
      { what: 'own inbox', request: asUser(), status: 200 },
      { what: "B's cursor", request: asUser({ query: { cursor: sides().b.chats.inboxCursor } }), status: 400 },
    ],
    startConversation: (): Attack[] => [
      {
        what: "B's number",
        request: asUser({
          body: { phoneNumberId: sides().b.phoneNumberId, phone: '+5491150009999', content: template },
        }),
        status: 404,
      },
    ],
    requestMediaUpload: (): Attack[] => [
      { what: 'own upload', request: asUser({ body: { contentType: 'image/png', bytes: 10 } }), status: 201 },
    ],
    getConversation: onTheirs(),
    listMessages: (): Attack[] => {
      const { a, b } = sides();
      const params = { conversationId: a.chats.conversationId };
      return [
        ...onTheirs()(),
        { what: "B's cursor", request: asUser({ params, query: { cursor: b.chats.messagesCursor } }), status: 400 },
      ];
    },
    writeMessage: (): Attack[] => {
      const { a, b } = sides();
      const image = {
        content: { type: 'image', image: { media_key: `uploads/${b.given.shop.shopId}/${anId()}.png` } },
      };
      const params = { conversationId: a.chats.conversationId };
      return [...onTheirs(text)(), { what: "B's file", request: asUser({ params, body: image }), status: 400 }];
    },
    retryMessage: onTheirMessage('failed', 'failed'),
    linkToMedia: onTheirMessage('received', 'received'),
    markRead: onTheirs(),
    assignConversation: (): Attack[] => {
      const { a, b } = sides();
      const params = { conversationId: a.chats.conversationId };
      const userId = b.given.as('seller').userId;
      return [
        ...onTheirs({ userId: null })(),
        { what: "B's user", request: asUser({ params, body: { userId } }), status: 400 },
      ];
    },
    closeConversation: onTheirs(),
    reopenConversation: onTheirs(),
    takeOver: onTheirs(),
    giveBack: onTheirs(),
    listAccountEvents: (): Attack[] => [
      { what: 'own events', request: asUser(), status: 200 },
      { what: "B's cursor", request: asUser({ query: { cursor: sides().b.chats.eventsCursor } }), status: 400 },
    ],
  };
};
