import { keyedDigest } from '#core/ids.ts';
import { phoneKey } from '#core/phone-key.ts';
import { type Condition, missing, where } from '#platform/expression.ts';
import { saved, type Table, type Write } from '#platform/table.ts';
import { type Key, keys } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { numbersEver } from '../connections/numbers-ever.store.ts';
import { conversationWrite, readConversation } from '../conversations/conversation.store.ts';
import { type Conversation, conversationIdOf } from '../conversations/conversation.ts';
import type { Lead } from '../leads/lead.ts';
import { leadsBehind, mergedLeadWrites } from '../leads/lead-merge.store.ts';
import type { MergedLeads } from '../leads/merge-leads-of-contacts.ts';
import { consentStore } from './consent.store.ts';
import { Contact } from './contact.ts';
import type { Alias, ContactChange, Known } from './identity.ts';

type Secret = () => Promise<string>;

/** The key of a look-up. A phone stands in it only as a keyed digest: keys are seen where phones must not be. */
export const lookupKey = (shopId: string, alias: Alias, secret: string): Key =>
  'phone' in alias
    ? keys.contactByPhone(shopId, keyedDigest(secret, 'contact-phone', phoneKey(alias.phone)))
    : keys.contactByUserId(shopId, alias.businessId, alias.userId);

/** Nobody has that name, or nobody has any more. */
const leadsNowhere: Condition = { attribute: 'contactId', exists: false };

/** Whom a look-up leads to: at a moment before it was released, to whom it led then. */
const ledTo = (
  { contactId, formerId, formerUntil }: Record<string, unknown>,
  at: string | undefined,
): { contactId: string | undefined; isPast: boolean } => {
  const isPast = at !== undefined && typeof formerUntil === 'string' && at <= formerUntil;
  const id = isPast ? formerId : contactId;
  return { contactId: typeof id === 'string' ? id : undefined, isPast };
};

/** Nobody has the phone of this look-up, and who had it wanted no marketing and was erased. */
export const isOfRefused = ({ contactId, refused }: Record<string, unknown>): boolean =>
  contactId === undefined && refused === true;

const versionCondition = (version: number): Condition => (version === 1 ? missing : where('version', '=', version - 1));

/** The writes that save a contact with its look-ups, for a transaction; they fail when somebody was faster. */
export const contactWrites = ({ contact, claims, releases }: ContactChange, secret: string): Write[] => {
  const { shopId, contactId } = contact;
  return [
    { put: { ...keys.contact(shopId, contactId), ...contact }, if: [versionCondition(contact.version)] },
    ...claims.map(({ alias, from }): Write => {
      const key = lookupKey(shopId, alias, secret);
      // a look-up that leads to anyone else was re-pointed by somebody faster
      const owners = [contactId, ...(from ? [from] : [])].map((owner) => where('contactId', '=', owner));
      return { update: key, set: { contactId }, if: [{ anyOf: [leadsNowhere, ...owners] }] };
    }),
    ...releases.map(({ alias, until }): Write => {
      const own: Condition = { anyOf: [leadsNowhere, where('contactId', '=', contactId)] };
      const set = { formerId: contactId, formerUntil: until };
      return { update: lookupKey(shopId, alias, secret), set, remove: ['contactId'], if: [own] };
    }),
  ];
};

/** Contacts by id; in the place of one who was merged, who goes on. */
export const whoGoesOn = async (table: Table, shopId: string, contactIds: readonly string[], consistent: boolean) => {
  const found = new Map<string, Contact>();
  let wanted = [...new Set(contactIds)];
  while (wanted.length > 0) {
    const items = await table.batchGet(
      wanted.map((contactId) => keys.contact(shopId, contactId)),
      { consistent },
    );
    const contacts = items.map((item) => Contact().parse(item));
    for (const contact of contacts) found.set(contact.contactId, contact);
    const next = contacts.flatMap(({ mergedInto }) => mergedInto ?? []);
    wanted = [...new Set(next)].filter((contactId) => !found.has(contactId));
  }
  const follow = (contactId: string): Contact | undefined => {
    const contact = found.get(contactId);
    return contact?.mergedInto === undefined ? contact : follow(contact.mergedInto);
  };
  return follow;
};

const lookups = (table: Table, secret: Secret) => ({
  /**
   * Who is known under these names, or was at the moment `at`: the first read finds the ids, the second the contacts.
   * In the place of one who was merged, who goes on.
   */
  known: async (
    shopId: string,
    aliases: readonly Alias[],
    { consistent = false, at }: { consistent?: boolean; at?: string } = {},
  ): Promise<Known> => {
    const key = await secret();
    const wanted = aliases.map((alias) => ({ alias, key: lookupKey(shopId, alias, key) }));
    const items = await table.batchGet(
      wanted.map((one) => one.key),
      { consistent },
    );
    const led = new Map(items.map((item) => [item['pk'], ledTo(item, at)]));
    const ids = [...led.values()].flatMap(({ contactId }) => contactId ?? []);
    const follow = await whoGoesOn(table, shopId, ids, consistent);
    const behind = (kind: 'phone' | 'userId') => {
      const { contactId, isPast = false } = led.get(wanted.find(({ alias }) => kind in alias)?.key.pk) ?? {};
      const contact = contactId === undefined ? undefined : follow(contactId);
      return { contact, isPast: isPast && contact !== undefined };
    };
    const [phone, userId] = [behind('phone'), behind('userId')];
    return {
      byPhone: phone.contact,
      byUserId: userId.contact,
      isPastPhone: phone.isPast,
      isPastUserId: userId.isPast,
      wasRefused: items.some(isOfRefused),
    };
  },

  /** Whom these phones lead to now, in no order. Any number of phones. */
  idsByPhones: async (shopId: string, phones: readonly string[]): Promise<string[]> => {
    const key = await secret();
    const wanted = new Map(phones.map((phone) => lookupKey(shopId, { phone }, key)).map((one) => [one.pk, one]));
    const items = await table.batchGet([...wanted.values()]);
    return [...new Set(items.flatMap(({ contactId }) => (typeof contactId === 'string' ? [contactId] : [])))];
  },

  /** Those of these names that lead to this contact now. */
  leadingTo: async (shopId: string, contactId: string, aliases: readonly Alias[]): Promise<Alias[]> => {
    const key = await secret();
    const wanted = aliases.map((alias) => ({ alias, key: lookupKey(shopId, alias, key) }));
    const items = await table.batchGet(
      wanted.map((one) => one.key),
      { consistent: true },
    );
    const own = new Set(items.filter((item) => item['contactId'] === contactId).map(({ pk }) => pk));
    return wanted.filter((one) => own.has(one.key.pk)).map(({ alias }) => alias);
  },
});

const contactReads = (table: Table) => ({
  find: async (shopId: string, contactId: string, consistent = false): Promise<Contact | undefined> => {
    const item = await table.get(keys.contact(shopId, contactId), { consistent });
    return item && Contact().parse(item);
  },

  findAll: async (shopId: string, contactIds: readonly string[]): Promise<Contact[]> => {
    const items = await table.batchGet([...new Set(contactIds)].map((contactId) => keys.contact(shopId, contactId)));
    return items.map((item) => Contact().parse(item));
  },

  /** The conversations of these contacts, also on numbers that the shop has no more. */
  conversationsOf: async (shopId: string, contactIds: readonly string[]): Promise<Conversation[]> => {
    const ids = (await numbersEver(table, shopId)).flatMap(({ phoneNumberId }) =>
      contactIds.map((contactId) => conversationIdOf(phoneNumberId, contactId)),
    );
    const items = await table.batchGet(
      ids.map((id) => keys.conversation(shopId, id)),
      { consistent: true },
    );
    return items.map(readConversation);
  },
});

/** Contacts and the look-ups that lead to them. `secret` keys the digests of phones. */
export const contactStore = (table: Table, secret: Secret) => ({
  ...contactReads(table),
  ...lookups(table, secret),
  ...consentStore(table),

  /** Saves all of this or nothing; false when somebody else was faster. */
  saveAll: async (
    changes: readonly ContactChange[],
    conversations: readonly Conversation[] = [],
    merged: MergedLeads = { changes: [], absent: [] },
    entries: readonly AuditEntry[] = [],
  ): Promise<boolean> => {
    const key = await secret();
    const contacts = changes.flatMap((change) => contactWrites(change, key));
    const leads = mergedLeadWrites(merged, changes[0]?.contact.shopId ?? '', key);
    const others = [...conversations.map(conversationWrite), ...leads, ...entries.map(auditWrite)];
    return saved(table.transact([...contacts, ...others]));
  },

  /** The leads that these contacts are, and those in which they went on. */
  leadsOf: (shopId: string, contactIds: readonly string[]): Promise<Lead[]> => leadsBehind(table, shopId, contactIds),

  /** Saves a changed contact, with an entry of the audit trail if one is given; false when somebody else was faster. */
  save: (contact: Contact, audit?: AuditEntry): Promise<boolean> => {
    const item = { ...keys.contact(contact.shopId, contact.contactId), ...contact };
    const conditions = [versionCondition(contact.version)];
    if (audit === undefined) return saved(table.put(item, conditions));
    return saved(table.transact([{ put: item, if: conditions }, auditWrite(audit)]));
  },
});
