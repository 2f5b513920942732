import type { Caller } from '#core/actor.ts';
import type { RouteHandlers } from '#core/contract.ts';
import { invalidField } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import type { Page, PageRequest } from '#core/page.ts';
import type { Contact } from '../contacts/contact.ts';
import { findContact } from '../contacts/find-contact.ts';
import { type IdentityPorts, identifyContact } from '../contacts/identify-contact.ts';
import { ANY_BUSINESS } from '../contacts/identity.ts';
import { internationalPhone } from '../contacts/international-phone.ts';
import { type AssigneesOf, assertContactSeen } from '../contacts/see-contact.ts';
import type { ShowSales } from '../sale-links/show-sales.ts';
import { findShop } from '../shops/find-shop.ts';
import type { Shop } from '../shops/shop.ts';
import { sees, type Viewer, viewerOf } from '../shops/viewer.ts';
import { type AbsorbPorts, absorbFormer } from './absorb-former.ts';
import type { AccountEvent } from './account-event.ts';
import { accountEventView } from './account-event-view.ts';
import { assign, close, findSeen, giveBack, markRead, reopen, type Seen, takeOver } from './change-conversation.ts';
import type { Conversation, ConversationState } from './conversation.ts';
import { conversationView } from './conversation-view.ts';
import type { conversationRoutes } from './conversations.routes.ts';
import { findMessage, listMessages, type ReadMessagesPorts, showMessage } from './list-messages.ts';
import { linkToMedia, type MediaPorts, requestMediaUpload } from './use-media.ts';
import { retryMessage, startConversation, type WritePorts, writeMessage } from './write-message.ts';

/** Which conversations a list shows; see the store. */
interface InboxView {
  shopId: string;
  of?: readonly string[] | undefined;
  state?: ConversationState;
}

/** Everything that the inbox needs. */
export interface InboxPorts extends WritePorts, ReadMessagesPorts, MediaPorts {
  conversations: WritePorts['conversations'] & {
    list: (view: InboxView, page: PageRequest) => Promise<Page<Conversation>>;
  } & AbsorbPorts['conversations'];
  contacts: IdentityPorts['contacts'] & ReadMessagesPorts['contacts'];
  events: { list: (shopId: string, page: PageRequest) => Promise<Page<AccountEvent>> };
  messages: WritePorts['messages'] & ReadMessagesPorts['messages'];
  findShop: (shopId: string) => Promise<Shop | undefined>;
  /** The shop of a user, if there is such a user who may sign in. */
  shopOfUser: (userId: string) => Promise<string | undefined>;
  assigneesOf: AssigneesOf;
  showSales: ShowSales;
}

/** The shop of a caller, and what they may see there. */
const entering = async (ports: InboxPorts, caller: Caller): Promise<{ shop: Shop; viewer: Viewer }> => {
  const shop = await findShop(ports.findShop, caller.shopId);
  return { shop, viewer: viewerOf(caller, shop) };
};

const contactOf = (ports: InboxPorts, { shopId, contactId }: Pick<Conversation, 'shopId' | 'contactId'>) =>
  findContact({ shopId, contactId }, ports);

const knownOf = async (ports: InboxPorts, shopId: string, contacts: readonly Contact[]) => ({
  now: ports.clock(),
  sales: await ports.showSales(
    shopId,
    contacts.map(({ contactId }) => contactId),
    { contacts },
  ),
});

const viewWith = async (ports: InboxPorts, conversation: Conversation, contact: Contact) =>
  conversationView(conversation, contact, await knownOf(ports, contact.shopId, [contact]));

const viewOf = async (ports: InboxPorts, conversation: Conversation) =>
  viewWith(ports, conversation, await contactOf(ports, conversation));

const UNASSIGNED = 'unassigned';

/** Whose conversations a view shows; undefined: everybody's. Of those that it asks for, what the viewer may see. */
const ownersOf = (view: 'all' | 'mine' | 'unassigned', viewer: Viewer): readonly string[] | undefined => {
  const nobodys = sees(viewer, undefined) ? [UNASSIGNED] : [];
  if (view === 'mine') return [viewer.userId];
  if (view === 'unassigned') return nobodys;
  const seesAll = viewer.role === 'admin' || viewer.sellerSees === 'all';
  return seesAll ? undefined : [viewer.userId, ...nobodys];
};

const listInbox = async (ports: InboxPorts, view: InboxView, page: PageRequest) => {
  const found = await ports.conversations.list(view, page);
  const ids = found.items.map(({ contactId }) => contactId);
  const contacts = new Map((await ports.contacts.findAll(view.shopId, ids)).map((one) => [one.contactId, one]));
  const known = await knownOf(ports, view.shopId, [...contacts.values()]);
  const items = found.items.flatMap((conversation) => {
    const contact = contacts.get(conversation.contactId);
    return contact ? [conversationView(conversation, contact, known)] : [];
  });
  return { ...found, items };
};

const reading = (ports: InboxPorts) =>
  ({
    listConversations: async ({ caller, query: { view, state, ...page } }) => {
      const { viewer } = await entering(ports, caller);
      const { shopId } = caller;
      return listInbox(ports, { shopId, of: ownersOf(view, viewer), ...(state !== 'all' && { state }) }, page);
    },
    getConversation: async ({ caller, params }) => {
      const { viewer } = await entering(ports, caller);
      return viewOf(ports, await findSeen({ shopId: caller.shopId, viewer, ...params }, ports));
    },
    listMessages: async ({ caller, params, query }) =>
      listMessages({ ...(await entering(ports, caller)), ...params, page: query }, ports),
    linkToMedia: async ({ caller, params, query }) => {
      const { viewer } = await entering(ports, caller);
      return linkToMedia(await findMessage({ shopId: caller.shopId, viewer, ...params, ...query }, ports), ports);
    },
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
  return identifyContact({ shopId, businessId: ANY_BUSINESS, person: { phone }, at }, ports);
};

/** Without a key of the caller's own, each request is another message. */
const keyOf = (ports: InboxPorts, idempotencyKey: string | undefined): string =>
  idempotencyKey ? `key ${idempotencyKey}` : newId(ports.clock());

const writing = (ports: InboxPorts) =>
  ({
    startConversation: async ({ caller, body, idempotencyKey }) => {
      const { shopId } = caller;
      const { shop, viewer } = await entering(ports, caller);
      const { content, phoneNumberId, phone, category } = body;
      const contact = await contactByPhone(ports, shopId, body.phone);
      await assertContactSeen(viewer, contact, ports);
      const key = keyOf(ports, idempotencyKey);
      await absorbFormer(contact, phoneNumberId, ports);
      const started = await startConversation(
        { shopId, contact, phoneNumberId, phone, content, category, viewer, key },
        ports,
      );
      return {
        conversation: await viewWith(ports, started.conversation, contact),
        message: await showMessage(started.message, shop, ports),
      };
    },
    writeMessage: async ({ caller, params, body, idempotencyKey }) => {
      const { shopId } = caller;
      const { shop, viewer } = await entering(ports, caller);
      const key = keyOf(ports, idempotencyKey);
      const message = await writeMessage({ shopId, ...params, ...body, viewer, key }, ports);
      return showMessage(message, shop, ports);
    },
    retryMessage: async ({ caller, params, query }) => {
      const { shopId } = caller;
      const { shop, viewer } = await entering(ports, caller);
      const place = await findMessage({ shopId, viewer, ...params, ...query }, ports);
      return showMessage(await retryMessage({ shopId, place, viewer }, ports), shop, ports);
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
  const seenBy = async ({ caller, params }: ChangeInput): Promise<Seen> => {
    const { viewer } = await entering(ports, caller);
    return { shopId: caller.shopId, viewer, ...params };
  };
  const change = (run: (which: Seen) => Promise<Conversation>) => async (input: ChangeInput) =>
    viewOf(ports, await run(await seenBy(input)));
  return {
    markRead: async (input) => viewOf(ports, await markRead({ ...(await seenBy(input)), ...input.query }, ports)),
    closeConversation: change((which) => close(which, ports)),
    reopenConversation: change((which) => reopen(which, ports)),
    takeOver: change((which) => takeOver(which, ports)),
    giveBack: change((which) => giveBack(which, ports)),
    assignConversation: async ({ body: { userId }, ...input }) => {
      await assertUser(ports, input.caller.shopId, userId);
      const which = await seenBy(input);
      return viewOf(ports, await assign({ ...which, userId: userId ?? undefined }, ports));
    },
  } satisfies Partial<RouteHandlers<typeof conversationRoutes>>;
};

/** What answers each route of the inbox. */
export const conversationHandlers = (ports: InboxPorts): RouteHandlers<typeof conversationRoutes> => ({
  ...reading(ports),
  ...writing(ports),
  ...changing(ports),
});
