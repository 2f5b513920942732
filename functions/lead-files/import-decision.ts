import { isDeepStrictEqual } from 'node:util';
import { present } from '#core/present.ts';
import { fold } from '#core/text.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { ConsentEntry } from '../contacts/consent-entry.ts';
import type { Contact } from '../contacts/contact.ts';
import { ANY_BUSINESS, type ContactChange, nextVersion, type Recognition, recognise } from '../contacts/identity.ts';
import { newLead } from '../leads/capture-lead.ts';
import { leadEntries } from '../leads/change-lead.ts';
import { distinctTags, type Lead, nextLead } from '../leads/lead.ts';
import type { LeadPlace } from '../pipelines/pipeline.ts';
import type { ImportPlan } from './import-input.ts';
import type { RowReason } from './import-reasons.ts';
import type { RowFacts } from './import-row.ts';

/** What became, or would become, of a row. */
export type RowOutcome = 'created' | 'updated' | 'unchanged' | 'skipped';

/** How many rows are looked up, written and counted together: the slowest pace brings them home within half a lease. */
export const MOST_ROWS_AT_ONCE = 200;

/** A row that can be taken. */
export interface ImportRow {
  number: number;
  facts: RowFacts;
  /** Why some of its cells are left out. */
  warnings: readonly RowReason[];
}

/** Whom the shop knows under a row's phone. */
export interface KnownPerson {
  contact?: Contact | undefined;
  /** Nobody has the phone, and who had it wanted no marketing and was erased. */
  wasRefused?: boolean | undefined;
  /** The lead that the contact is, or in which it goes on. */
  lead?: Lead | undefined;
}

/** What an import gives every row, and whose it is. */
export interface ImportContext {
  shopId: string;
  importId: string;
  by: string;
  plan: ImportPlan;
  /** Where new leads stand whose row names no stage. */
  place: LeadPlace;
}

/** What is to be written for a row; all of it or nothing. */
export interface RowDecision {
  outcome: RowOutcome;
  /** A contact that is made or changes. */
  contact?: ContactChange | undefined;
  /** A contact that a new lead relies on, as it was read. */
  relied?: Contact | undefined;
  lead?: { before?: Lead | undefined; after: Lead } | undefined;
  consent?: ConsentEntry | undefined;
  entries?: readonly AuditEntry[] | undefined;
}

const fullName = ({ firstName, lastName }: RowFacts): string | undefined =>
  [firstName, lastName].filter((part) => part !== undefined).join(' ') || undefined;

/** In turn by the row's number: the same row is always the same seller's. */
const sellerOf = ({ number, facts }: ImportRow, { sellers }: ImportPlan): string | undefined =>
  facts.assignedTo ?? (sellers.length > 0 ? sellers[number % sellers.length] : undefined);

/** A first name beside somebody else's last name is nobody's; the same first name without one takes none away. */
const namesSaid = (lead: Lead, { firstName, lastName }: RowFacts) => {
  if ((firstName ?? lastName) === undefined) return {};
  const isSameFirst = firstName !== undefined && fold(firstName) === fold(lead.firstName ?? '');
  return { firstName, lastName: lastName ?? (isSameFirst ? lead.lastName : undefined) };
};

/** What the file says of a person; what is empty in it says nothing. */
const said = (lead: Lead, facts: RowFacts) => {
  const { email, nextActionAt, assignedTo, source, place } = facts;
  return { ...namesSaid(lead, facts), ...present({ email, nextActionAt, assignedTo, source, ...place }) };
};

const filled = (lead: Lead, facts: RowFacts): Lead => {
  const { firstName, lastName, email, nextActionAt, assignedTo } = facts;
  const isNamed = lead.firstName !== undefined || lead.lastName !== undefined;
  return {
    ...lead,
    ...(!isNamed && { firstName, lastName }),
    email: lead.email ?? email,
    nextActionAt: lead.nextActionAt ?? nextActionAt,
    assignedTo: lead.assignedTo ?? assignedTo,
  };
};

/** The lead as a row of its person leaves it: tags are added, whatever else the policy says. */
const changedBy = (lead: Lead, { facts }: ImportRow, { duplicates }: ImportPlan): Lead => {
  const changed = duplicates === 'fill' ? filled(lead, facts) : Object.assign({ ...lead }, said(lead, facts));
  return present({ ...changed, tags: distinctTags([...lead.tags, ...facts.tags]) });
};

/** Who said no, or yes, before is not asked again by a file. */
const consentOf = ({ facts }: ImportRow, contact: Contact, context: ImportContext): ConsentEntry | undefined => {
  const { plan, by, shopId } = context;
  if (plan.consent === undefined || facts.consents === false || contact.marketing.state !== 'unknown') return undefined;
  const { text, at } = plan.consent;
  const { contactId } = contact;
  return { shopId, contactId, state: 'granted', at, source: 'import', channel: 'import', text, by };
};

interface Recognised {
  contact: Contact;
  change?: ContactChange | undefined;
  consent?: ConsentEntry | undefined;
}

/** Whoever the look-up leads to is meant, even if they are known under another phone by now: that is not the file's to judge. */
const ownOf = (seen: Recognition, { contact: known }: KnownPerson): Recognised => {
  const { contact, changes } = 'contact' in seen ? seen : { contact: seen.merge[0], changes: [] };
  const isOther = known !== undefined && contact.contactId !== known.contactId;
  return isOther ? { contact: known } : { contact, change: changes[0] };
};

/** The row's person with what is new about them. */
const recognised = (
  row: ImportRow,
  known: KnownPerson,
  context: ImportContext,
  newId: string,
  at: string,
): Recognised => {
  const sighting = { shopId: context.shopId, businessId: ANY_BUSINESS, person: { phone: row.facts.phone }, at };
  const seen = recognise({ byPhone: known.contact, wasRefused: known.wasRefused }, sighting, newId);
  const { contact, change } = ownOf(seen, known);
  const isNew = known.contact === undefined;
  const consent = consentOf(row, contact, context);
  const told = {
    ...(isNew && present({ name: fullName(row.facts) })),
    ...(consent && { marketing: { state: consent.state, at: consent.at, source: consent.source } }),
  };
  if (Object.keys(told).length === 0) return { contact, change };
  const next = { ...(change ? contact : nextVersion(contact, at)), ...told };
  return { contact: next, change: { claims: [], releases: [], ...change, contact: next }, consent };
};

const asNew = (row: ImportRow, { contact, change, consent }: Recognised, context: ImportContext, at: string) => {
  const { plan, importId, place } = context;
  const { phone: _, consents: __, place: own = place, source = plan.source, ...facts } = row.facts;
  const learned = { ...facts, source, assignedTo: sellerOf(row, plan), importId, importRow: row.number };
  const lead = { after: newLead(contact, learned, own, at) };
  return { outcome: 'created', contact: change, relied: change ? undefined : contact, lead, consent } as const;
};

/**
 * What is to be done about a row, given whom the shop knows under its phone: a new lead, a change of the one there is by
 * the policy for duplicates, or nothing. Nothing is ever taken from a lead, and whoever refused marketing stays so.
 * `newId` is the id of a contact that is made; `at` ISO 8601, milliseconds.
 */
export const decideRow = (
  row: ImportRow,
  known: KnownPerson,
  context: ImportContext,
  { newId, now }: { newId: string; now: Date },
): RowDecision => {
  const { plan, importId, by } = context;
  const at = now.toISOString();
  const { lead } = known;
  if (lead && plan.duplicates === 'skip') return { outcome: 'skipped' };
  const person = recognised(row, known, context, newId, at);
  if (lead === undefined) return asNew(row, person, context, at);
  const changed = changedBy(lead, row, plan);
  const isSame = isDeepStrictEqual(changed, present(lead));
  const after = isSame ? undefined : nextLead({ ...changed, importId, importRow: row.number }, at);
  return {
    outcome: after || person.change ? 'updated' : 'unchanged',
    contact: person.change,
    consent: person.consent,
    lead: after && { before: lead, after },
    entries: after && leadEntries(lead, after, { by, action: 'lead.updated', reason: 'import' }, now),
  };
};
