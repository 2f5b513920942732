import type { Page, PageRequest } from '#core/page.ts';
import { auditEntryView } from '../audit/audit-view.ts';
import type { Connection } from '../connections/connection.ts';
import type { Contact } from '../contacts/contact.ts';
import type { Conversation } from '../conversations/conversation.ts';
import { partsOfConversationId } from '../conversations/conversation.ts';
import { marked } from '../conversations/list-messages.ts';
import type { Message } from '../conversations/message.ts';
import { type MessageView, messageView } from '../conversations/message-view.ts';
import type { Shop } from '../shops/shop.ts';
import { sees, type Viewer } from '../shops/viewer.ts';
import { type FindLeadPorts, findLead } from './find-lead.ts';
import { homesOf } from './lead.ts';
import { momentOf, type TimelineItem, type TimelineRow } from './lead-timeline.ts';
import { noteView } from './note.ts';

export interface TimelinePorts extends FindLeadPorts {
  contacts: {
    findAll: (shopId: string, contactIds: readonly string[]) => Promise<Contact[]>;
    /** The conversations of these contacts, on the numbers that the shop has now. */
    conversationsOf: (shopId: string, contactIds: readonly string[]) => Promise<Conversation[]>;
  };
  findConnection: (shopId: string, phoneNumberId: string) => Promise<Connection | undefined>;
  timeline: {
    page: (
      from: {
        shopId: string;
        leadIds: readonly string[];
        contactIds: readonly string[];
        conversationIds: readonly string[];
      },
      page: PageRequest,
    ) => Promise<Page<TimelineRow>>;
  };
}

/** Who a lead's person is and was: the contacts of the lead and of those that went on in it, with whom they took over. */
const contactsOf = async (shopId: string, leadIds: readonly string[], { contacts }: TimelinePorts) => {
  const own = await contacts.findAll(shopId, leadIds);
  const survivors = own.flatMap(({ mergedInto }) => mergedInto ?? []).filter((id) => !leadIds.includes(id));
  return [...own, ...(survivors.length > 0 ? await contacts.findAll(shopId, survivors) : [])];
};

const idsOf = (contacts: readonly Contact[], leadIds: readonly string[]): string[] => [
  ...new Set([
    ...leadIds,
    ...contacts.flatMap(({ contactId, formerContactIds = [] }) => [contactId, ...formerContactIds]),
  ]),
];

/** With the conversations that went on in one of them: whoever may see the one may see the others. */
const conversationIdsOf = (conversations: readonly Conversation[], viewer: Viewer): string[] => [
  ...new Set(
    conversations
      .filter(({ assignedTo, mergedInto }) => mergedInto === undefined && sees(viewer, assignedTo))
      .flatMap(({ conversationId, formerIds }) => [conversationId, ...formerIds]),
  ),
];

type ShowMessage = (message: Message) => MessageView;

const shower = async (
  { shopId, language }: Shop,
  messages: readonly Message[],
  contacts: readonly Contact[],
  { findConnection }: TimelinePorts,
): Promise<ShowMessage> => {
  const numberOf = ({ conversationId }: Message) => partsOfConversationId(conversationId)?.phoneNumberId ?? '';
  const numbers = [...new Set(messages.map(numberOf))];
  const found = await Promise.all(numbers.map(async (id) => [id, await findConnection(shopId, id)] as const));
  const connections = new Map(found);
  const contactOf = ({ conversationId }: Message): Contact | undefined => {
    const id = partsOfConversationId(conversationId)?.contactId;
    const isTheirs = (contact: Contact) => contact.contactId === id || contact.formerContactIds?.includes(id ?? '');
    return contacts.find((contact) => contact.mergedInto === undefined && isTheirs(contact)) ?? contacts[0];
  };
  return (message) => {
    const contact = contactOf(message);
    if (contact === undefined) throw new Error('a message of nobody');
    return messageView(message, { contact, connection: connections.get(numberOf(message)), language });
  };
};

const itemOf = (row: TimelineRow, show: ShowMessage): TimelineItem => {
  const { at, id } = momentOf(row);
  switch (row.kind) {
    case 'change':
      return { kind: row.kind, id, at, change: auditEntryView(row.entry) };
    case 'checkout':
      return { kind: row.kind, id, at, checkout: row.checkout };
    case 'message':
      return { kind: row.kind, id, at, message: show(row.message) };
    case 'note':
      return { kind: row.kind, id, at, note: noteView(row.note) };
  }
};

/**
 * The story of a lead, newest first: what was changed in it, its notes, the checkouts of its contacts, and the messages
 * of all their conversations that the viewer may see, those of the leads that went on in it included.
 * Throws `not-found` for one that the viewer may not see, `request.invalid` for a cursor of another list.
 */
export const showTimeline = async (
  { shop, leadId, viewer, page }: { shop: Shop; leadId: string; viewer: Viewer; page: PageRequest },
  ports: TimelinePorts,
): Promise<Page<TimelineItem>> => {
  const { shopId } = shop;
  const lead = await findLead({ shopId, leadId, viewer }, ports);
  const leadIds = homesOf(lead);
  const contacts = await contactsOf(shopId, leadIds, ports);
  const contactIds = idsOf(contacts, leadIds);
  const conversations = await ports.contacts.conversationsOf(shopId, contactIds);
  const conversationIds = conversationIdsOf(conversations, viewer);
  const found = await ports.timeline.page({ shopId, leadIds, contactIds, conversationIds }, page);
  const messages = found.items.flatMap((row) => (row.kind === 'message' ? [row.message] : []));
  const show = await shower(shop, messages, contacts, ports);
  const shown = new Map(marked(messages).map((message, index) => [messages[index], message]));
  return { ...found, items: found.items.map((row) => itemOf(row, (one) => show(shown.get(one) ?? one))) };
};
