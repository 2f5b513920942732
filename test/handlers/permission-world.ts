import type { Caller } from '#core/actor.ts';
import { keys } from '#table/schema.ts';
import { auditEntry } from '../../functions/audit/audit-change.ts';
import { connectionStore } from '../../functions/connections/connection.store.ts';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import type { Contact } from '../../functions/contacts/contact.ts';
import { newContact } from '../../functions/contacts/identity.ts';
import { conversationStore } from '../../functions/conversations/conversation.store.ts';
import { messageStore } from '../../functions/conversations/message.store.ts';
import type { Message } from '../../functions/conversations/message.ts';
import { newConversation } from '../../functions/conversations/take-in.ts';
import { newLead } from '../../functions/leads/capture-lead.ts';
import { leadStore } from '../../functions/leads/lead.store.ts';
import { newNote } from '../../functions/leads/note.ts';
import { builtInPipeline, placeOfNew } from '../../functions/pipelines/pipeline.ts';
import { saleKey } from '../../functions/sale-links/sale.ts';
import { saleLinkStore } from '../../functions/sale-links/sale-link.store.ts';
import { emptySummary, withSale } from '../../functions/sale-links/sale-link.ts';
import { shopStore } from '../../functions/shops/shop.store.ts';
import type { SellerSight } from '../../functions/shops/visibility.ts';
import { anId } from '../support/builders.ts';
import { APP_SECRET, type Lambdas } from '../support/lambdas.ts';
import { aConnection } from '../support/whatsapp-events.ts';
import { type GivenShop, givenShop } from './given.ts';

/** Whose a thing is, as the caller sees it. */
export const ownerships = ['own', 'nobody', 'another'] as const;
export type Ownership = (typeof ownerships)[number];

/** A message of a conversation. */
interface Place {
  at: string;
  messageId: string;
}

/** A person with one of everything that a seller may have of them. */
export interface Subject {
  contactId: string;
  leadId: string;
  conversationId: string;
  phone: string;
  /** With a file. */
  received: Place;
  failed: Place;
  /** Written by the caller: notes are their writer's. */
  noteId: string;
  linkId: string;
}

/** A shop whose sellers see so much, with two sellers and one number. */
export interface PermissionWorld {
  given: GivenShop;
  phoneNumberId: string;
  /** A user of the shop, other than those who call. */
  anotherId: string;
  ownerId: (ownership: Ownership, caller: Caller) => string | undefined;
  /** Somebody whose lead and conversation are so assigned; without one that is left out. */
  subject: (owners: Owners, caller: Caller) => Promise<Subject>;
}

/** Whose the lead and the conversation are; `none`: there is none. */
export interface Owners {
  lead: Ownership | 'none';
  conversation: Ownership | 'none';
}

let people = 0;

const aPerson = async (lambdas: Lambdas, shopId: string): Promise<Contact & { phone: string }> => {
  people += 1;
  const phone = `+54911${String(60_000_000 + people)}`;
  const at = new Date().toISOString();
  const contact = newContact({ shopId, businessId: '1', person: { phone, profileName: 'Somebody' }, at }, anId());
  await contactStore(lambdas.table, async () => APP_SECRET).saveAll([
    { contact, claims: [{ alias: { phone } }], releases: [] },
  ]);
  return { ...contact, phone };
};

const aLead = async ({ table }: Lambdas, contact: Contact, assignedTo: string | undefined): Promise<void> => {
  const facts = { source: 'manual', ...(assignedTo !== undefined && { assignedTo }) };
  const lead = newLead(contact, facts, placeOfNew([builtInPipeline(contact.shopId)]), new Date().toISOString());
  await leadStore(table, async () => APP_SECRET).create(lead);
};

const messagesIn = (shopId: string, conversationId: string): [Message, Message] => {
  const now = Date.now();
  const common = {
    shopId,
    conversationId,
    createdAt: new Date(now).toISOString(),
    updatedAt: new Date(now).toISOString(),
  };
  const moment = (seconds: number) => new Date(now - seconds * 1000).toISOString();
  const media = { state: 'stored', key: `media/${shopId}/chat/a.pdf`, mimeType: 'application/pdf' } as const;
  const raw = JSON.stringify({ id: `wamid.${anId()}`, type: 'document', document: { id: '1', filename: 'a.pdf' } });
  const content = { type: 'text', text: { body: 'Words' } };
  return [
    {
      ...{ ...common, messageId: anId(), at: moment(20), type: 'document', media, raw },
      ...({ direction: 'inbound', origin: 'customer', state: 'received' } as const),
    },
    {
      ...{ ...common, messageId: anId(), at: moment(10), type: 'text', content, rank: 35 },
      ...({ direction: 'outbound', origin: 'seller', state: 'failed' } as const),
    },
  ];
};

const aConversation = async (
  { table }: Lambdas,
  which: { shopId: string; phoneNumberId: string; contactId: string; sellerId: string | undefined },
): Promise<[Message, Message]> => {
  const now = new Date();
  const fresh = newConversation(which, now.toISOString(), now);
  const windowEndsAt = new Date(now.getTime() + 3_600_000).toISOString();
  await conversationStore(table).save({ ...fresh, state: 'open', windowEndsAt, version: 1 });
  const messages = messagesIn(which.shopId, fresh.conversationId);
  await Promise.all(messages.map((message) => messageStore(table).put(message)));
  return messages;
};

const aLink = async ({ table }: Lambdas, shopId: string, contactId: string, by: Caller): Promise<string> => {
  const at = new Date().toISOString();
  const sale = { source: 'http', saleId: anId(), total: 100, currency: 'ARS', at, reference: 'a sale' } as const;
  const linkedBy = `user:${by.userId}` as const;
  const subject = { kind: 'sale-link', id: contactId } as const;
  await saleLinkStore(table).save({
    linked: { shopId, contactId, sale, linkedAt: at, linkedBy },
    summary: withSale(emptySummary(shopId, contactId), sale),
    entry: auditEntry({ shopId, subject, by: linkedBy, action: 'sale-link.linked' }, new Date()),
  });
  return saleKey(sale);
};

/** Opens a shop with this setting, everything in it switched on. */
export const openPermissionWorld = async (lambdas: Lambdas, sellerSees: SellerSight): Promise<PermissionWorld> => {
  const slug = `sees-${sellerSees}`;
  const features = { captureLeads: true, saleLinks: true };
  const given = await givenShop(lambdas.table, slug, { nicheType: 'crm_sales', sellerSees, features });
  const { shopId } = given.shop;
  const anotherId = `${slug}-another`;
  const person = { name: 'Another Seller', email: `another@${slug}.example`, createdAt: given.shop.createdAt };
  await shopStore(lambdas.table).addUser({ ...person, shopId, userId: anotherId, role: 'seller', state: 'active' });
  const connection = aConnection({ shopId });
  await connectionStore(lambdas.table).claim(connection, undefined);
  const { phoneNumberId } = connection;
  const ownerId = (ownership: Ownership, caller: Caller): string | undefined =>
    ({ own: caller.userId, nobody: undefined, another: anotherId })[ownership];

  const subject = async (owners: Owners, caller: Caller): Promise<Subject> => {
    const contact = await aPerson(lambdas, shopId);
    const { contactId, phone } = contact;
    if (owners.lead !== 'none') await aLead(lambdas, contact, ownerId(owners.lead, caller));
    const fresh = newConversation({ shopId, phoneNumberId, contactId }, '', new Date());
    const [received, failed] =
      owners.conversation === 'none'
        ? messagesIn(shopId, fresh.conversationId)
        : await aConversation(lambdas, {
            ...{ shopId, phoneNumberId, contactId },
            sellerId: ownerId(owners.conversation, caller),
          });
    const note = newNote({ shopId, leadId: contactId }, 'A note', `user:${caller.userId}`, new Date());
    await lambdas.table.put({ ...keys.leadNote(shopId, contactId, note.at, note.noteId), ...note });
    const linkId = await aLink(lambdas, shopId, contactId, caller);
    const ids = { contactId, leadId: contactId, conversationId: fresh.conversationId, phone };
    return { ...ids, received, failed, noteId: note.noteId, linkId };
  };
  return { given, phoneNumberId, anotherId, ownerId, subject };
};
