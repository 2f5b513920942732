import { actorOf, type Caller } from '#core/actor.ts';
import type { RouteHandlers } from '#core/contract.ts';
import { invalidField } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { type ChangeContactPorts, noteContact } from '../contacts/change-contact.ts';
import type { Contact } from '../contacts/contact.ts';
import { contactView } from '../contacts/contact-view.ts';
import { findContact } from '../contacts/find-contact.ts';
import { type IdentityPorts, identifyContact } from '../contacts/identify-contact.ts';
import { internationalPhone } from '../contacts/international-phone.ts';
import { findShop } from '../shops/find-shop.ts';
import type { Shop } from '../shops/shop.ts';
import { type AbsorbPorts, absorbFormer } from './absorb-former.ts';
import type { AccountEvent } from './account-event.ts';
import { accountEventView } from './account-event-view.ts';
import { assign, close, findConversation, giveBack, markRead, reopen, takeOver } from './change-conversation.ts';
import type { Conversation, ConversationState } from './conversation.ts';
import { conversationView } from './conversation-view.ts';
import type { conversationRoutes } from './conversations.routes.ts';
import { findMessage, listMessages, type ReadMessagesPorts, showMessage } from './list-messages.ts';
import { linkToMedia, type MediaPorts, requestMediaUpload } from './use-media.ts';
import { retryMessage, startConversation, type WritePorts, writeMessage } from './write-message.ts';

/** Which conversations a list shows; see the store. */
interface InboxView {
  shopId: string;
  assignedTo?: string;
  state?: ConversationState;
}

/** Everything that the inbox needs. */
export interface InboxPorts extends WritePorts, ReadMessagesPorts, MediaPorts {
  conversations: WritePorts['conversations'] & {
    list: (view: InboxView, page: PageRequest) => Promise<Page<Conversation>>;
  } & AbsorbPorts['conversations'];
  contacts: IdentityPorts['contacts'] & ReadMessagesPorts['contacts'] & ChangeContactPorts['contacts'];
  events: { list: (shopId: string, page: PageRequest) => Promise<Page<AccountEvent>> };
  messages: WritePorts['messages'] & ReadMessagesPorts['messages'];
  findShop: (shopId: string) => Promise<Shop | undefined>;
  /** The shop of a user, if there is such a user. */
  shopOfUser: (userId: string) => Promise<string | undefined>;
}

const contactOf = (ports: InboxPorts, { shopId, contactId }: Pick<Conversation, 'shopId' | 'contactId'>) =>
  findContact({ shopId, contactId }, ports);

const viewOf = async (ports: InboxPorts, conversation: Conversation) =>
  conversationView(conversation, await contactOf(ports, conversation), ports.clock());

const assigneeOf = (view: 'all' | 'mine' | 'unassigned', { userId }: Caller): Pick<InboxView, 'assignedTo'> => {
  if (view === 'all') return {};
  return { assignedTo: view === 'mine' ? userId : 'unassigned' };
};

const listInbox = async (ports: InboxPorts, view: InboxView, page: PageRequest) => {
  const found = await ports.conversations.list(view, page);
  const ids = found.items.map(({ contactId }) => contactId);
  const contacts = new Map((await ports.contacts.findAll(view.shopId, ids)).map((one) => [one.contactId, one]));
  const now = ports.clock();
  const items = found.items.flatMap((conversation) => {
    const contact = contacts.get(conversation.contactId);
    return contact ? [conversationView(conversation, contact, now)] : [];
  });
  return { ...found, items };
};

const reading = (ports: InboxPorts) =>
  ({
    listConversations: ({ caller, query: { view, state, ...page } }) => {
      const { shopId } = caller;
      const shown = { shopId, ...assigneeOf(view, caller), ...(state !== 'all' && { state }) };
      return listInbox(ports, shown, page);
    },
    getConversation: async ({ caller: { shopId }, params }) =>
      viewOf(ports, await findConversation({ shopId, ...params }, ports)),
    listMessages: async ({ caller: { shopId }, params, query }) => {
      const shop = await findShop(ports.findShop, shopId);
      return listMessages({ shop, ...params, page: query }, ports);
    },
    linkToMedia: async ({ caller: { shopId }, params, query }) =>
      linkToMedia(await findMessage({ shopId, ...params, ...query }, ports), ports),
    getContact: async ({ caller: { shopId }, params }) => contactView(await findContact({ shopId, ...params }, ports)),
    listAccountEvents: async ({ caller: { shopId }, query }) => {
      const found = await ports.events.list(shopId, query);
      return { ...found, items: found.items.map(accountEventView) };
    },
  }) satisfies Partial<RouteHandlers<typeof conversationRoutes>>;

/** The contact of somebody whom a seller names by phone. Throws `request.invalid`. */
const contactByPhone = async (ports: InboxPorts, shopId: string, text: string): Promise<Contact> => {
  const phone = internationalPhone(text);
  if (phone === undefined)
    throw invalidField('phone', 'not-a-phone', 'must be a phone number with its country code, like +54 9 11 2345-6789');
  const at = ports.clock().toISOString();
  return identifyContact({ shopId, businessId: '', person: { phone }, at }, ports);
};

/** Without a key of the caller's own, each request is another message. */
const keyOf = (ports: InboxPorts, idempotencyKey: string | undefined): string =>
  idempotencyKey ? `key ${idempotencyKey}` : newId(ports.clock());

const writing = (ports: InboxPorts) =>
  ({
    startConversation: async ({ caller, body, idempotencyKey }) => {
      const { shopId } = caller;
      const shop = await findShop(ports.findShop, shopId);
      const { content, phoneNumberId, phone } = body;
      const contact = await contactByPhone(ports, shopId, body.phone);
      const key = keyOf(ports, idempotencyKey);
      await absorbFormer(contact, phoneNumberId, ports);
      const started = await startConversation(
        { shopId, contact, phoneNumberId, phone, content, by: actorOf(caller), key },
        ports,
      );
      return {
        conversation: conversationView(started.conversation, contact, ports.clock()),
        message: await showMessage(started.message, shop, ports),
      };
    },
    writeMessage: async ({ caller, params, body, idempotencyKey }) => {
      const { shopId } = caller;
      const shop = await findShop(ports.findShop, shopId);
      const key = keyOf(ports, idempotencyKey);
      const message = await writeMessage({ shopId, ...params, ...body, by: actorOf(caller), key }, ports);
      return showMessage(message, shop, ports);
    },
    retryMessage: async ({ caller, params, query }) => {
      const { shopId } = caller;
      const shop = await findShop(ports.findShop, shopId);
      const place = await findMessage({ shopId, ...params, ...query }, ports);
      return showMessage(await retryMessage({ shopId, place, by: actorOf(caller) }, ports), shop, ports);
    },
    requestMediaUpload: ({ caller: { shopId }, body }) => requestMediaUpload({ shopId, input: body }, ports),
  }) satisfies Partial<RouteHandlers<typeof conversationRoutes>>;

const assertUser = async (ports: InboxPorts, shopId: string, userId: string | null): Promise<void> => {
  if (userId === null || (await ports.shopOfUser(userId)) === shopId) return;
  throw invalidField('userId', 'unknown', 'must be a user of the shop');
};

interface ChangeInput {
  caller: Caller;
  params: { conversationId: string };
}

const changing = (ports: InboxPorts) => {
  const change =
    (run: (which: { shopId: string; conversationId: string; userId: string }) => Promise<Conversation>) =>
    async ({ caller: { shopId, userId }, params }: ChangeInput) =>
      viewOf(ports, await run({ shopId, userId, ...params }));
  return {
    markRead: async ({ caller: { shopId }, params, query }) =>
      viewOf(ports, await markRead({ shopId, ...params, ...query }, ports)),
    updateContact: async ({ caller: { shopId }, params, body }) => {
      const at = ports.clock().toISOString();
      return contactView(await noteContact({ shopId, ...params, at, notes: body }, ports));
    },
    closeConversation: change((which) => close(which, ports)),
    reopenConversation: change((which) => reopen(which, ports)),
    takeOver: change((which) => takeOver(which, ports)),
    giveBack: change((which) => giveBack(which, ports)),
    assignConversation: async ({ caller: { shopId }, params, body: { userId } }) => {
      await assertUser(ports, shopId, userId);
      return viewOf(ports, await assign({ shopId, ...params, userId: userId ?? undefined }, ports));
    },
  } satisfies Partial<RouteHandlers<typeof conversationRoutes>>;
};

/** What answers each route of the inbox. */
export const conversationHandlers = (ports: InboxPorts): RouteHandlers<typeof conversationRoutes> => ({
  ...reading(ports),
  ...writing(ports),
  ...changing(ports),
});
