import { phoneKey } from '#core/phone-key.ts';

/** Who a contact turned out to be, by events. */
export interface ContactTies {
  contactId: string;
  /** E.164. */
  phone?: string | undefined;
  mergedInto?: string | undefined;
  formerContactIds?: readonly string[] | undefined;
}

/** Who a lead turned out to be, by the word of a person or with its contact. Its id is its contact's. */
export interface LeadTies {
  leadId: string;
  phone?: string | undefined;
  morePhones?: readonly string[] | undefined;
  email?: string | undefined;
  mergedInto?: string | undefined;
  formerLeadIds?: readonly string[] | undefined;
}

export interface Ties {
  contacts: readonly ContactTies[];
  leads: readonly LeadTies[];
}

/** One person, under everything that the shop knows them by. */
export interface SamePerson {
  /** Of every contact, and so of every lead, that they turned out to be; the one that was asked for first. */
  contactIds: readonly string[];
  /** E.164; those that are one number in two ways of writing once. */
  phones: readonly string[];
  email?: string | undefined;
}

/** The ties that exist among these, in one read. */
export type FindTies = (
  shopId: string,
  ids: { contactIds: readonly string[]; leadIds: readonly string[] },
) => Promise<Ties>;

/** Persons by each of the contact ids that were asked for; `known` are ties that need not be read. */
export type FindPeople = (
  shopId: string,
  contactIds: readonly string[],
  known?: Partial<Ties>,
) => Promise<ReadonlyMap<string, SamePerson>>;

interface TiesById {
  contacts: Map<string, ContactTies>;
  leads: Map<string, LeadTies>;
}

/** Everybody whom a contact and its lead name as themselves. */
export const namedBy = (
  contact: Omit<ContactTies, 'phone'> | undefined,
  lead: Pick<LeadTies, 'mergedInto' | 'formerLeadIds'> | undefined,
): string[] =>
  [contact?.mergedInto, ...(contact?.formerContactIds ?? []), lead?.mergedInto, ...(lead?.formerLeadIds ?? [])].filter(
    (id) => id !== undefined,
  );

const namedIn = ({ contacts, leads }: TiesById, id: string): string[] => namedBy(contacts.get(id), leads.get(id));

const remember = (byId: TiesById, { contacts = [], leads = [] }: Partial<Ties>): void => {
  for (const contact of contacts) byId.contacts.set(contact.contactId, contact);
  for (const lead of leads) byId.leads.set(lead.leadId, lead);
};

/** Reads whom these name, and whom those name, until there is nobody new: one read for most, none for what is known. */
const readAll = async (shopId: string, ids: readonly string[], byId: TiesById, findTies: FindTies): Promise<void> => {
  const seen = new Set(ids);
  for (let next = [...seen]; next.length > 0; ) {
    const contactIds = next.filter((id) => !byId.contacts.has(id));
    const leadIds = next.filter((id) => !byId.leads.has(id));
    if (contactIds.length + leadIds.length > 0) remember(byId, await findTies(shopId, { contactIds, leadIds }));
    next = [...new Set(next.flatMap((id) => namedIn(byId, id)))].filter((id) => !seen.has(id));
    for (const id of next) seen.add(id);
  }
};

const personOf = (byId: TiesById, contactId: string): SamePerson => {
  const contactIds = [contactId];
  // the list grows while it is walked
  for (const id of contactIds) {
    contactIds.push(...new Set(namedIn(byId, id).filter((one) => !contactIds.includes(one))));
  }
  const contacts = contactIds.flatMap((id) => byId.contacts.get(id) ?? []);
  const leads = contactIds.flatMap((id) => byId.leads.get(id) ?? []);
  const own = [...contacts, ...leads].flatMap(({ phone }) => phone ?? []);
  const phones = [...own, ...leads.flatMap(({ morePhones }) => morePhones ?? [])];
  const distinct = phones.filter((phone, index) => phones.map(phoneKey).indexOf(phoneKey(phone)) === index);
  // the lead that goes on has the word of whoever merged
  const ordered = leads.toSorted((a, b) => Number(a.mergedInto !== undefined) - Number(b.mergedInto !== undefined));
  const email = ordered.find((lead) => lead.email)?.email;
  return { contactIds, phones: distinct, ...(email && { email }) };
};

/**
 * All contacts that each of these persons turned out to be, by events or by the word of somebody who merged leads: the
 * same from whichever of them one asks.
 */
export const findPeople =
  (findTies: FindTies): FindPeople =>
  async (shopId, contactIds, known = {}) => {
    const byId: TiesById = { contacts: new Map(), leads: new Map() };
    remember(byId, known);
    await readAll(shopId, contactIds, byId, findTies);
    return new Map(contactIds.map((id) => [id, personOf(byId, id)]));
  };
