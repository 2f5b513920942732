import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Contact } from '../contacts/contact.ts';
import { leadEntries } from './change-lead.ts';
import { type ChosenField, joinLeads, type LeadPair } from './join-leads.ts';
import { homesOf, type Lead, nextLead, withCopies } from './lead.ts';

/** A lead as it was, if there was one, and as it shall be, with the entries that tell of it. */
export interface LeadChange {
  before?: Lead | undefined;
  after: Lead;
  entries: readonly AuditEntry[];
}

/** What becomes of leads when their contacts turn out to be one. */
export interface MergedLeads {
  changes: readonly LeadChange[];
  /** These are no leads, and must not have become any meanwhile. */
  absent: readonly string[];
}

/** The entries that tell of a merge: of the lead that goes on, and of the one that went on in it. */
export const mergeEntries = (
  before: LeadPair,
  after: LeadPair,
  by: string,
  at: string,
): [AuditEntry[], AuditEntry[]] => {
  const now = new Date(at);
  return [
    leadEntries(before.survivor, after.survivor, { by, action: 'lead.merged' }, now),
    leadEntries(before.loser, after.loser, { by, action: 'lead.merged-into' }, now),
  ];
};

/** Both leads of a merge as changes. */
export const mergeChanges = (before: LeadPair, after: LeadPair, by: string, at: string): [LeadChange, LeadChange] => {
  const [own, theirs] = mergeEntries(before, after, by, at);
  return [
    { before: before.survivor, after: after.survivor, entries: own },
    { before: before.loser, after: after.loser, entries: theirs },
  ];
};

const follow = (leads: ReadonlyMap<string, Lead>, leadId: string | undefined): Lead | undefined => {
  const lead = leadId === undefined ? undefined : leads.get(leadId);
  return lead?.mergedInto === undefined ? lead : follow(leads, lead.mergedInto);
};

/** Nobody looks at such a merge: the lead that somebody has worked on says where it stands, the first touch whence it came. */
const choiceOf = ({ survivor, loser }: LeadPair): ChosenField[] => {
  const isFirst = loser.createdAt < survivor.createdAt;
  const isFirstTouch = (loser.referral?.at ?? '~') < (survivor.referral?.at ?? '~');
  return [
    ...(survivor.status === 'new' ? (['stage'] as const) : []),
    ...(isFirst ? (['source'] as const) : []),
    ...(isFirstTouch ? (['referral'] as const) : []),
  ];
};

/** The lead of both is the younger contact's: it is the survivor's from now on, whose own may have gone on in it. */
const inherited = (own: Lead | undefined, theirs: Lead, contact: Contact, at: string): LeadChange[] => {
  const { mergedInto: _, ...rest } = theirs;
  const { contactId: leadId } = contact;
  const formerLeadIds = homesOf(theirs).filter((id) => id !== leadId);
  const lead = withCopies({ ...rest, leadId, formerLeadIds }, contact);
  const after = { ...nextLead(lead, at), version: (own?.version ?? 0) + 1 };
  const gone = nextLead({ ...theirs, mergedInto: leadId }, at);
  const [, theirEntries] = mergeEntries(
    { survivor: theirs, loser: theirs },
    { survivor: theirs, loser: gone },
    'customer',
    at,
  );
  const subject = { kind: 'lead', id: leadId } as const;
  const changes = { formerLeadIds: { to: formerLeadIds } };
  const entry = auditEntry(
    { shopId: rest.shopId, subject, by: 'customer', action: 'lead.merged', changes },
    new Date(at),
  );
  return [
    { before: own, after, entries: [entry] },
    { before: theirs, after: gone, entries: theirEntries },
  ];
};

/** The younger contact's lead had gone on in one of a third contact by hand: the survivor is that lead's person too. */
const pointed = (own: Lead | undefined, third: Lead, { contactId }: Contact, at: string): LeadChange[] => {
  const { shopId, status, pipelineId, stageId, source, createdAt, leadId: mergedInto } = third;
  const pointer: Lead = {
    ...{ shopId, leadId: contactId, userIds: [], status, pipelineId, stageId, source, tags: [], mergedInto },
    ...{ version: (own?.version ?? 0) + 1, createdAt, updatedAt: at },
  };
  const after = nextLead({ ...third, formerLeadIds: [...(third.formerLeadIds ?? []), contactId] }, at);
  const entries = leadEntries(third, after, { by: 'customer', action: 'lead.merged' }, new Date(at));
  return [
    { before: own, after: pointer, entries: [] },
    { before: third, after, entries },
  ];
};

const changesOf = (
  { own, theirs, stored }: { own: Lead | undefined; theirs: Lead | undefined; stored: Lead | undefined },
  { contact, youngerId, at }: { contact: Contact; youngerId: string; at: string },
): readonly LeadChange[] => {
  if (theirs === undefined) return [];
  const isOne = own?.leadId === theirs.leadId;
  if (isOne && theirs.leadId !== youngerId) return [];
  if (own === undefined || isOne)
    return theirs.leadId === youngerId ? inherited(stored, theirs, contact, at) : pointed(stored, theirs, contact, at);
  const before = { survivor: own, loser: theirs };
  const joined = joinLeads(before, { take: choiceOf(before) }, at);
  return mergeChanges(before, { ...joined, survivor: withCopies(joined.survivor, contact) }, 'customer', at);
};

/**
 * What becomes of the leads of two contacts that turned out to be one, to be saved with them. `contact` goes on;
 * `youngerId` goes on in it. `leads`: those that the two are, and those in which they went on.
 */
export const mergeLeadsOfContacts = (
  { contact, youngerId, at }: { contact: Contact; youngerId: string; at: string },
  leads: readonly Lead[],
): MergedLeads => {
  const byId = new Map(leads.map((lead) => [lead.leadId, lead]));
  const own = follow(byId, contact.contactId);
  const theirs = follow(byId, youngerId);
  const stored = byId.get(contact.contactId);
  const changes = changesOf({ own, theirs, stored }, { contact, youngerId, at });
  const written = new Set(changes.map(({ after }) => after.leadId));
  const absent = [contact.contactId, youngerId].filter((id) => !byId.has(id) && !written.has(id));
  return { changes, absent };
};
