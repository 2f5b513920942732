import { isDeepStrictEqual } from 'node:util';
import { phoneKey } from '#core/phone-key.ts';
import type { Connection } from '../../functions/connections/connection.ts';
import type { ConsentOutcome } from '../../functions/contacts/change-consent.ts';
import type { ConsentEntry } from '../../functions/contacts/consent-entry.ts';
import type { Contact } from '../../functions/contacts/contact.ts';
import type { Alias, ContactChange } from '../../functions/contacts/identity.ts';
import type { AccountEvent } from '../../functions/conversations/account-event.ts';
import { type Conversation, conversationIdOf } from '../../functions/conversations/conversation.ts';
import type { Mark } from '../../functions/conversations/mark.ts';
import type { Message, Place } from '../../functions/conversations/message.ts';
import type { ReceiveEventPorts } from '../../functions/conversations/receive-event.ts';
import type { Shop } from '../../functions/shops/shop.ts';
import { movedClock } from './clock.ts';
import { quickPatience } from './ports.ts';

/** What a call may meet: it may be made to fail before or after its work. */
export type Meet = (call: string) => Promise<{ after: () => void }>;

const calm: Meet = async () => ({ after: () => {} });

const nameOfAlias = (alias: Alias): string =>
  'phone' in alias ? `phone ${phoneKey(alias.phone)}` : `user ${alias.businessId} ${alias.userId}`;

const nameOfPlace = ({ conversationId, at, messageId }: Place): string => `${conversationId} ${at}#${messageId}`;

/** Where a name leads to, and where it led before. */
interface Lookup {
  contactId?: string;
  former?: { contactId: string; until: string };
}

/** Contacts, conversations and messages in memory, with the conditions that the table keeps. */
export const memoryInbox = (connections: Connection[], shop: Shop) => {
  const contacts = new Map<string, Contact>();
  const lookups = new Map<string, Lookup>();
  const conversations = new Map<string, Conversation>();
  const messages = new Map<string, Message>();
  const metaIds = new Map<string, Place>();
  const accountEvents = new Map<string, AccountEvent>();
  const consents: ConsentEntry[] = [];
  const writes: string[] = [];
  let meet = calm;

  const call = async <Result>(name: string, work: () => Result): Promise<Result> => {
    const met = await meet(name);
    const result = structuredClone(work());
    if (/^(save|put|mark)/.test(name)) writes.push(name);
    met.after();
    return result;
  };

  const fits = (stored: { version: number } | undefined, version: number) => (stored?.version ?? 0) === version - 1;

  const saveConversations = (changed: readonly Conversation[]): boolean => {
    const holds = changed.every(
      (one) =>
        fits(conversations.get(one.conversationId), one.version) &&
        (one.version > 1 || !contacts.get(one.contactId)?.mergedInto),
    );
    if (holds) for (const one of changed) conversations.set(one.conversationId, one);
    return holds;
  };

  const saveAll = (changes: readonly ContactChange[], changed: readonly Conversation[] = []): boolean => {
    const isMine = (alias: Alias, owners: (string | undefined)[]) =>
      owners.includes(lookups.get(nameOfAlias(alias))?.contactId);
    const holds =
      changes.every(({ contact, claims, releases }) => {
        const { contactId, version } = contact;
        return (
          fits(contacts.get(contactId), version) &&
          claims.every(({ alias, from }) => isMine(alias, [undefined, contactId, from])) &&
          releases.every(({ alias }) => isMine(alias, [undefined, contactId]))
        );
      }) && changed.every((one) => fits(conversations.get(one.conversationId), one.version));
    if (!holds) return false;
    for (const { contact, claims, releases } of changes) {
      contacts.set(contact.contactId, contact);
      const { contactId } = contact;
      for (const { alias } of claims) {
        lookups.set(nameOfAlias(alias), { ...lookups.get(nameOfAlias(alias)), contactId });
      }
      for (const { alias, until } of releases) lookups.set(nameOfAlias(alias), { former: { contactId, until } });
    }
    for (const one of changed) conversations.set(one.conversationId, one);
    return true;
  };

  const goingOn = (contactId: string | undefined): Contact | undefined => {
    const contact = contacts.get(contactId ?? '');
    return contact?.mergedInto ? goingOn(contact.mergedInto) : contact;
  };

  const known = (aliases: readonly Alias[], at: string | undefined) => {
    const find = (kind: string) => {
      const alias = aliases.find((one) => kind in one);
      const { contactId, former } = (alias && lookups.get(nameOfAlias(alias))) ?? {};
      const past = at !== undefined && former && at <= former.until ? former : undefined;
      return { contact: goingOn(past?.contactId ?? contactId), isPast: past !== undefined };
    };
    const [phone, userId] = [find('phone'), find('userId')];
    return {
      byPhone: phone.contact,
      byUserId: userId.contact,
      isPastPhone: phone.isPast,
      isPastUserId: userId.isPast,
    };
  };

  const saveOne = <One extends { version: number }>(all: Map<string, One>, id: string, one: One): boolean => {
    if (!fits(all.get(id), one.version)) return false;
    all.set(id, one);
    return true;
  };

  const saveConsent = (contact: Contact, entry: ConsentEntry): ConsentOutcome => {
    const isSame = (one: ConsentEntry) => isDeepStrictEqual(one, entry);
    if (consents.some(isSame)) return 'known';
    if (!saveOne(contacts, contact.contactId, contact)) return 'conflict';
    consents.push(entry);
    return 'saved';
  };

  const put = (message: Message): boolean => {
    const name = nameOfPlace(message);
    if (messages.has(name)) return false;
    messages.set(name, message);
    return true;
  };

  const mark = (place: Place, { set, since, at }: Mark): boolean => {
    const message = messages.get(nameOfPlace(place));
    if (!message || (message[since] ?? '') > at) return false;
    messages.set(nameOfPlace(place), { ...message, ...set });
    return true;
  };

  const ports: ReceiveEventPorts = {
    contacts: {
      known: (_, aliases, { at }) => call('known', () => known(aliases, at)),
      leadingTo: (_, contactId, aliases) =>
        call('leadingTo', () => aliases.filter((alias) => lookups.get(nameOfAlias(alias))?.contactId === contactId)),
      saveAll: (changes, changed) => call('saveAll', () => saveAll(changes, changed)),
      leadsOf: () => call('leadsOf', () => []),
      conversationsOf: (_, contactIds) =>
        call('conversationsOf', () => {
          const ids = connections.flatMap(({ phoneNumberId }) =>
            contactIds.map((id) => conversationIdOf(phoneNumberId, id)),
          );
          return ids.flatMap((id) => conversations.get(id) ?? []);
        }),
      find: (_, contactId) => call('findContact', () => contacts.get(contactId)),
      save: (contact) => call('saveContact', () => saveOne(contacts, contact.contactId, contact)),
      saveConsent: (contact, entry) => call('saveConsent', () => saveConsent(contact, entry)),
    },
    conversations: {
      findAt: (_, place) =>
        call('findAt', () => ({
          conversation: conversations.get(place.conversationId),
          isStored: messages.has(nameOfPlace(place)),
        })),
      save: (conversation) => call('saveConversation', () => saveConversations([conversation])),
      findAll: (_, ids) => call('findConversations', () => ids.flatMap((id) => conversations.get(id) ?? [])),
      saveAll: (changed) => call('saveConversations', () => saveConversations(changed)),
    },
    messages: {
      storedIn: (_, places) => call('storedIn', () => places.find((place) => messages.has(nameOfPlace(place)))),
      put: (message) => call('put', () => put(message)),
      putFindable: (message) =>
        call('put', () => {
          if (metaIds.has(message.metaId ?? '')) return false;
          if (message.metaId) metaIds.set(message.metaId, message);
          return put(message);
        }),
      addFile: (_, place, file, now) =>
        call('putFile', () => {
          const row = messages.get(nameOfPlace(place));
          if (row === undefined || row.media) return false;
          messages.set(nameOfPlace(place), { ...row, ...file, updatedAt: now.toISOString() });
          return true;
        }),
      placeByMetaId: (_, metaId) => call('placeByMetaId', () => metaIds.get(metaId)),
      between: (_, conversationId, { from, to }) =>
        call('between', () =>
          [...messages.values()].filter(
            (message) => message.conversationId === conversationId && message.at >= from && message.at <= to,
          ),
        ),
      mark: (_, place, one) => call('mark', () => mark(place, one)),
    },
    connections: {
      ofAccount: async (wabaId) => connections.filter((one) => one.wabaId === wabaId),
      findByNumber: async (phoneNumberId) => connections.find((one) => one.phoneNumberId === phoneNumberId),
      findByNumberNow: async (phoneNumberId) => connections.find((one) => one.phoneNumberId === phoneNumberId),
      find: async (_, phoneNumberId) => connections.find((one) => one.phoneNumberId === phoneNumberId),
      save: async (changed) => {
        const place = connections.findIndex((one) => one.phoneNumberId === changed.phoneNumberId);
        connections.splice(place, 1, changed);
      },
    },
    events: {
      isKnown: async (event) => accountEvents.has(`${event.shopId} ${event.at} ${event.digest}`),
      after: async (shopId, at) =>
        [...accountEvents.values()].filter((event) => event.shopId === shopId && event.at > at),
      put: async (event) => {
        accountEvents.set(`${event.shopId} ${event.at} ${event.digest}`, event);
      },
    },
    findShop: async (shopId) => (shopId === shop.shopId ? shop : undefined),
    respond: async () => undefined,
    patience: quickPatience(movedClock('2026-11-23T12:00:00.000Z')),
  };

  return {
    ports,
    contacts: () => [...contacts.values()],
    conversations: () => [...conversations.values()],
    messages: () => [...messages.values()].sort((one, other) => (nameOfPlace(one) < nameOfPlace(other) ? -1 : 1)),
    accountEvents: () => [...accountEvents.values()],
    consents: () => [...consents],
    lookups,
    /** Names of the calls that wrote, since the last look. */
    written: () => writes.splice(0),
    /** From now on, calls meet this. */
    disturb: (next: Meet) => {
      meet = next;
    },
    calm: () => {
      meet = calm;
    },
  };
};
