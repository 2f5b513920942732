import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '#core/actor.ts';
import { AppError } from '#core/errors.ts';
import { withPatience } from '#core/patience.ts';
import { present } from '#core/present.ts';
import type { Contact } from '../contacts/contact.ts';
import { findContact } from '../contacts/find-contact.ts';
import { type LeadPlace, type Pipeline, placeOfNew } from '../pipelines/pipeline.ts';
import type { Shop } from '../shops/shop.ts';
import { type ChangeLeadPorts, leadEntries } from './change-lead.ts';
import { findStoredLead } from './find-lead.ts';
import { type AdReferral, copiesOf, distinctTags, type Lead, nextLead, withCopies } from './lead.ts';

/** What somebody learned of a person who is, or becomes, a lead. */
export interface LeadFacts {
  /** Where a new lead came from. */
  source: string;
  firstName?: string | undefined;
  lastName?: string | undefined;
  email?: string | undefined;
  metaLeadId?: string | undefined;
  referral?: AdReferral | undefined;
  tags?: readonly string[] | undefined;
  /** Only for a new lead: who has it, where it stands, when something is to be done about it. */
  assignedTo?: string | undefined;
  place?: LeadPlace | undefined;
  nextActionAt?: string | undefined;
  importId?: string | undefined;
  importRow?: number | undefined;
}

export interface CaptureLeadPorts extends ChangeLeadPorts {
  leads: ChangeLeadPorts['leads'] & {
    /** Makes a lead of a contact; false when there is one, or the contact is gone, or somebody was faster. */
    create: (lead: Lead) => Promise<boolean>;
  };
  contacts: { find: (shopId: string, contactId: string, consistent?: boolean) => Promise<Contact | undefined> };
  pipelines: { all: (shopId: string) => Promise<Pipeline[]> };
}

/** The lead that a contact becomes. `at`: ISO 8601, milliseconds. */
export const newLead = (contact: Contact, facts: LeadFacts, place: LeadPlace, at: string): Lead => {
  const { tags = [], place: _, ...rest } = facts;
  const { shopId, contactId } = contact;
  const times = { createdAt: at, updatedAt: at };
  return present({
    ...{ shopId, leadId: contactId, ...copiesOf(contact), ...rest, ...place },
    ...{ tags: distinctTags(tags), version: 1, ...times },
  });
};

/** The lead with what it lacked: nothing that is known of it changes, but tags are added. */
const enriched = (lead: Lead, { tags = [], ...facts }: LeadFacts): Lead => {
  const { firstName, lastName, email, metaLeadId, referral } = facts;
  // half a name of one source beside half a name of another is nobody's
  const isNamed = lead.firstName !== undefined || lead.lastName !== undefined;
  return present({
    ...lead,
    ...(!isNamed && { firstName, lastName }),
    email: lead.email ?? email,
    metaLeadId: lead.metaLeadId ?? metaLeadId,
    referral: lead.referral ?? referral,
    tags: distinctTags([...lead.tags, ...tags]),
  });
};

/** Saves what has changed; the lead as it is then, or undefined when somebody was faster. */
const saveChanged = async (lead: Lead, changed: Lead, by: string, at: string, { leads, patience }: ChangeLeadPorts) => {
  if (isDeepStrictEqual(changed, present(lead))) return lead;
  const next = nextLead(changed, at);
  const entries = leadEntries(lead, next, { by, action: 'lead.updated' }, patience.clock());
  return (await leads.save(lead, next, entries)) ? next : undefined;
};

/**
 * The lead with what it copies of its contact. A contact that was read before the lead may be older than the lead's
 * copies: so it is read again before any of them changes.
 */
const refreshed = async (lead: Lead, contact: Contact, ports: Pick<CaptureLeadPorts, 'contacts'>): Promise<Lead> => {
  if (isDeepStrictEqual(withCopies(lead, contact), present(lead))) return lead;
  return withCopies(lead, await findContact(contact, ports));
};

/** What is captured: a contact of the shop with what was learned of them, when and by whom. */
export interface Captured {
  shop: Pick<Shop, 'shopId'>;
  contact: Contact;
  facts: LeadFacts;
  /** ISO 8601, milliseconds. */
  at: string;
  by: Actor;
  /** Whoever said it need not be the contact: it makes a new lead, and tells nothing of one that is there. */
  isUnproven?: boolean;
}

const learn = async (lead: Lead, { contact, facts, at, by, isUnproven }: Captured, ports: CaptureLeadPorts) => {
  const changed = await refreshed(lead, contact, ports);
  return saveChanged(lead, isUnproven ? changed : enriched(changed, facts), by, at, ports);
};

/**
 * The lead that a contact is, made when there is none: the one way in for whoever learns of a person. A lead that is
 * there only gains what it lacked: names, e-mail, the advertisement that first led here, tags. Follows merges of contacts
 * and of leads, and writes nothing when nothing is new, so it may be repeated. Of those who race to make a lead one wins
 * and the others find it. Throws `not-found` when the contact is gone, and `change.conflict` when others kept changing
 * the lead for as long as our patience lasts.
 */
export const captureLead = async (
  captured: Captured,
  ports: CaptureLeadPorts,
): Promise<{ lead: Lead; isNew: boolean }> => {
  const { contact: given, facts, at } = captured;
  const { shopId } = captured.shop;
  const { leads, pipelines, patience } = ports;
  const done = await withPatience(patience, async (number) => {
    const contact = number === 0 && !given.mergedInto ? given : await findContact(given, ports);
    const known = await findStoredLead({ shopId, leadId: contact.contactId }, ports);
    if (known) {
      const lead = await learn(known, { ...captured, contact }, ports);
      return lead && { lead, isNew: false };
    }
    const place = facts.place ?? placeOfNew(await pipelines.all(shopId));
    const lead = newLead(contact, facts, place, at);
    return (await leads.create(lead)) ? { lead, isNew: true } : undefined;
  });
  if (done === undefined) throw new AppError('change.conflict', 'this lead keeps changing; try again');
  return done;
};

/**
 * Brings what a lead copies of its contact up to date: phone, ids and the name in the chat. Undefined when the contact is
 * no lead. Throws `change.conflict` when others kept changing the lead.
 */
export const refreshLead = async (
  { contact: { shopId, contactId }, by }: { contact: Pick<Contact, 'shopId' | 'contactId'>; by: Actor },
  ports: ChangeLeadPorts & Pick<CaptureLeadPorts, 'contacts'>,
): Promise<Lead | undefined> => {
  const done = await withPatience(ports.patience, async () => {
    const contact = await findContact({ shopId, contactId }, ports);
    const lead = await findStoredLead({ shopId, leadId: contact.contactId }, ports);
    if (lead === undefined) return { lead };
    const at = ports.patience.clock().toISOString();
    const saved = await saveChanged(lead, await refreshed(lead, contact, ports), by, at, ports);
    return saved && { lead: saved };
  });
  if (done === undefined) throw new AppError('change.conflict', 'this lead keeps changing; try again');
  return done.lead;
};
