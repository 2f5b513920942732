import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { absorbConversation } from '../conversations/absorb-conversation.ts';
import type { Conversation } from '../conversations/conversation.ts';
import type { Lead } from '../leads/lead.ts';
import { type MergedLeads, mergeLeadsOfContacts } from '../leads/merge-leads-of-contacts.ts';
import type { Contact } from './contact.ts';
import {
  type Alias,
  aliasesOf,
  aliasesOfContact,
  type ContactChange,
  type Known,
  nextVersion,
  recognise,
  type Sighting,
} from './identity.ts';
import { mergeContacts, olderFirst } from './merge-contacts.ts';
import { fitting, roomBeside } from './merge-room.ts';

export interface IdentityPorts {
  contacts: {
    /**
     * Who is known under these names, or was at the moment `at`; of those who were merged, who goes on. The first try
     * may read a moment behind.
     */
    known: (shopId: string, aliases: readonly Alias[], options: { consistent: boolean; at?: string }) => Promise<Known>;
    /** Saves all of this or nothing; false when somebody else was faster. */
    saveAll: (
      changes: readonly ContactChange[],
      conversations?: readonly Conversation[],
      leads?: MergedLeads,
      entries?: readonly AuditEntry[],
    ) => Promise<boolean>;
    /** The leads that these contacts are, and those in which they went on. */
    leadsOf: (shopId: string, contactIds: readonly string[]) => Promise<Lead[]>;
    /** Those of these names that lead to this contact now. */
    leadingTo: (shopId: string, contactId: string, aliases: readonly Alias[]) => Promise<Alias[]>;
    /** The conversations of these contacts, on the numbers that the shop has now. */
    conversationsOf: (shopId: string, contactIds: readonly string[]) => Promise<Conversation[]>;
  };
  patience: Patience;
}

const isCurrent = ({ byPhone, byUserId }: Known): boolean => !byPhone?.mergedInto && !byUserId?.mergedInto;

/** The conversations that were silent for longer wait for their next message. */
const MOST_ABSORBED = 20;

const latestFirst = (one: Conversation, other: Conversation): number =>
  one.lastMessageAt < other.lastMessageAt ? 1 : -1;

const conversationsAfter = (
  conversations: readonly Conversation[],
  survivorId: string,
  at: string,
): ReturnType<typeof absorbConversation>[] =>
  conversations
    .filter(({ contactId, mergedInto }) => contactId !== survivorId && !mergedInto)
    .toSorted(latestFirst)
    .slice(0, MOST_ABSORBED)
    .map((former) => {
      const own = conversations.find(
        ({ contactId, phoneNumberId }) => contactId === survivorId && phoneNumberId === former.phoneNumberId,
      );
      return absorbConversation(former, own, survivorId, at);
    });

/**
 * Makes one of two leads full of tags and names, beside which their contacts with all their names are too many writes.
 * The contacts themselves only get another version: nobody may have changed them since.
 */
const mergeLeadsFirst = async (
  pair: readonly Contact[],
  merged: MergedLeads,
  at: string,
  { contacts }: Pick<IdentityPorts, 'contacts'>,
): Promise<void> => {
  const same = pair.map((contact): ContactChange => ({ contact: nextVersion(contact, at), claims: [], releases: [] }));
  await contacts.saveAll(same, [], merged);
};

/**
 * Merges two contacts with their latest conversations and their leads, all or nothing; the other conversations follow when
 * they are opened or heard of. Undefined when it is to be tried again: somebody else was faster, or it takes two steps,
 * the leads and then the contacts.
 */
export const mergeSaved = async (
  pair: readonly [Contact, Contact],
  at: string,
  { contacts }: Pick<IdentityPorts, 'contacts'>,
): Promise<Contact | undefined> => {
  const [older, younger] = olderFirst(pair);
  const { shopId, contactId } = older;
  const both = [contactId, younger.contactId];
  const [led, conversations, leads] = await Promise.all([
    contacts.leadingTo(shopId, younger.contactId, aliasesOfContact(younger)),
    contacts.conversationsOf(shopId, both),
    contacts.leadsOf(shopId, both),
  ]);
  const { survivor, changes } = mergeContacts([older, younger], led, at);
  const merged = mergeLeadsOfContacts({ contact: survivor, youngerId: younger.contactId, at }, leads);
  const room = roomBeside(changes, merged);
  if (room < 0 && merged.changes.length > 0) {
    await mergeLeadsFirst(pair, merged, at, { contacts });
    return undefined;
  }
  const absorbed = fitting(conversationsAfter(conversations, contactId, at), room);
  const saved = absorbed.flatMap(({ own, former }) => [own, former]);
  const entries = absorbed.flatMap((one) => one.entries);
  return (await contacts.saveAll(changes, saved, merged, entries)) ? survivor : undefined;
};

/** One try: undefined when the next may do better. */
export const tryToIdentify = async (
  sighting: Sighting,
  ports: IdentityPorts,
  consistent: boolean,
): Promise<Contact | undefined> => {
  const { contacts, patience } = ports;
  const known = await contacts.known(sighting.shopId, aliasesOf(sighting), { consistent, at: sighting.at });
  if (!isCurrent(known)) return undefined;
  const recognition = recognise(known, sighting, newId(patience.clock()));
  if ('contact' in recognition) {
    const { contact, changes } = recognition;
    return changes.length === 0 || (await contacts.saveAll(changes)) ? contact : undefined;
  }
  // merged, the next try finds one contact under both names and adds what else is new
  await mergeSaved(recognition.merge, sighting.at, ports);
  return undefined;
};

/**
 * The contact that a signed event shows, by any variant of their phone or by the id under which the business portfolio
 * knows them; made when nobody is known, linked when both names come together, merged when they were two. Writes nothing
 * when nothing is new; of two events that race to make a contact one wins, and the other finds it.
 * Throws `change.conflict` when others kept changing the same contact for as long as our patience lasts, and
 * `request.invalid` for a person without any name to find them by.
 */
export const identifyContact = async (sighting: Sighting, ports: IdentityPorts): Promise<Contact> => {
  if (aliasesOf(sighting).length === 0) throw new AppError('request.invalid', 'a person with neither phone nor id');
  const contact = await withPatience(ports.patience, (number) => tryToIdentify(sighting, ports, number > 0));
  if (contact === undefined) throw new AppError('change.conflict', 'this contact keeps changing; try again');
  return contact;
};
