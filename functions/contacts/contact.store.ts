import { keyedDigest } from '#core/ids.ts';
import { phoneKey } from '#core/phone-key.ts';
import { type Condition, missing, where } from '#platform/expression.ts';
import { isContention, type Table, type Write } from '#platform/table.ts';
import { type Key, keys, ranges } from '#table/schema.ts';
import { conversationWrite, readConversation } from '../conversations/conversation.store.ts';
import { type Conversation, conversationIdOf } from '../conversations/conversation.ts';
import { Contact } from './contact.ts';
import type { ConversationChanges } from './identify-contact.ts';
import type { Alias, ContactChange, Known } from './identity.ts';

type Secret = () => Promise<string>;

/** The key of a look-up. A phone stands in it only as a keyed digest: keys are seen where phones must not be. */
const lookupKey = (shopId: string, alias: Alias, secret: string): Key =>
  'phone' in alias
    ? keys.contactByPhone(shopId, keyedDigest(secret, 'contact-phone', phoneKey(alias.phone)))
    : keys.contactByUserId(shopId, alias.businessId, alias.userId);

const versionCondition = (version: number): Condition => (version === 1 ? missing : where('version', '=', version - 1));

const changeWrites = ({ contact, claims, releases }: ContactChange, secret: string): Write[] => {
  const { shopId, contactId } = contact;
  return [
    { put: { ...keys.contact(shopId, contactId), ...contact }, if: [versionCondition(contact.version)] },
    ...claims.map(({ alias, from }): Write => {
      const key = lookupKey(shopId, alias, secret);
      // a look-up that leads to anyone else was re-pointed by somebody faster
      const owners = [contactId, ...(from ? [from] : [])].map((owner) => where('contactId', '=', owner));
      return { put: { ...key, contactId }, if: [{ anyOf: [missing, ...owners] }] };
    }),
    ...releases.map((alias): Write => {
      const own: Condition = { anyOf: [missing, where('contactId', '=', contactId)] };
      return { delete: lookupKey(shopId, alias, secret), if: [own] };
    }),
  ];
};

const saved = async (write: Promise<void>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (isContention(error)) return false;
    throw error;
  }
};

const contactReads = (table: Table, secret: Secret) => ({
  find: async (shopId: string, contactId: string, consistent = false): Promise<Contact | undefined> => {
    const item = await table.get(keys.contact(shopId, contactId), { consistent });
    return item && Contact().parse(item);
  },

  findAll: async (shopId: string, contactIds: readonly string[]): Promise<Contact[]> => {
    const items = await table.batchGet([...new Set(contactIds)].map((contactId) => keys.contact(shopId, contactId)));
    return items.map((item) => Contact().parse(item));
  },

  /** Who is known under these names: the first read finds the ids, the second the contacts. */
  known: async (shopId: string, aliases: readonly Alias[], { consistent = false } = {}): Promise<Known> => {
    const key = await secret();
    const wanted = aliases.map((alias) => ({ alias, key: lookupKey(shopId, alias, key) }));
    const lookups = await table.batchGet(
      wanted.map((one) => one.key),
      { consistent },
    );
    const ids = new Map(lookups.map(({ pk, contactId }) => [pk, String(contactId)]));
    const contactKeys = [...new Set(ids.values())].map((contactId) => keys.contact(shopId, contactId));
    const items = await table.batchGet(contactKeys, { consistent });
    const contacts = items.map((item) => Contact().parse(item));
    const behind = (kind: 'phone' | 'userId') => {
      const pk = wanted.find(({ alias }) => kind in alias)?.key.pk;
      return contacts.find(({ contactId }) => contactId === ids.get(pk));
    };
    return { byPhone: behind('phone'), byUserId: behind('userId') };
  },

  /** The conversations of these contacts, on all numbers of the shop. */
  conversationsOf: async (
    shopId: string,
    contactIds: readonly string[],
  ): Promise<{ found: Conversation[]; absent: string[] }> => {
    const ids: string[] = [];
    for await (const { phoneNumberId } of table.queryAll(ranges.connections(shopId), { consistent: true })) {
      ids.push(...contactIds.map((contactId) => conversationIdOf(String(phoneNumberId), contactId)));
    }
    const items = await table.batchGet(
      ids.map((id) => keys.conversation(shopId, id)),
      { consistent: true },
    );
    const found = items.map(readConversation);
    return { found, absent: ids.filter((id) => !found.some(({ conversationId }) => conversationId === id)) };
  },
});

/** Contacts and the look-ups that lead to them. `secret` keys the digests of phones. */
export const contactStore = (table: Table, secret: Secret) => ({
  ...contactReads(table, secret),

  /** Saves all of this or nothing; false when somebody else was faster. */
  saveAll: async (changes: readonly ContactChange[], conversations?: ConversationChanges): Promise<boolean> => {
    const key = await secret();
    const contacts = changes.flatMap((change) => changeWrites(change, key));
    const { shopId = '', changed = [], absent = [] } = conversations ?? {};
    const checks = absent.map((id): Write => ({ check: keys.conversation(shopId, id), if: [missing] }));
    return saved(table.transact([...contacts, ...changed.map(conversationWrite), ...checks]));
  },

  /** Saves a changed contact; false when somebody else was faster. */
  save: (contact: Contact): Promise<boolean> => {
    const item = { ...keys.contact(contact.shopId, contact.contactId), ...contact };
    return saved(table.put(item, [versionCondition(contact.version)]));
  },
});
