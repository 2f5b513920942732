import type { Contact } from '../contacts/contact.ts';
import { sees, type Viewer } from '../shops/viewer.ts';
import {
  confidenceOf,
  type Duplicate,
  lastDigits,
  likenessOf,
  phonesOneDigitOff,
  surestFirst,
  wholeName,
} from './duplicate.ts';
import { type FindLeadPorts, findLead } from './find-lead.ts';
import { conflictsOf } from './join-leads.ts';
import type { Lead } from './lead.ts';
import { leadView } from './lead-view.ts';

export interface DuplicatePorts extends FindLeadPorts {
  leads: FindLeadPorts['leads'] & {
    findAll: (shopId: string, leadIds: readonly string[]) => Promise<Lead[]>;
    idsByEmail: (shopId: string, email: string) => Promise<string[]>;
    /** Leads with this folded word in their name; a hundred of them at most. */
    idsByWord: (shopId: string, word: string) => Promise<string[]>;
    /** Leads whose phone ends in these digits. */
    idsByLastDigits: (shopId: string, digits: string) => Promise<string[]>;
  };
  contacts: {
    findAll: (shopId: string, contactIds: readonly string[]) => Promise<Contact[]>;
    /** Whom these phones lead to. */
    idsByPhones: (shopId: string, phones: readonly string[]) => Promise<string[]>;
  };
}

const MOST_DUPLICATES = 20;

const longestFirst = (one: string, other: string): number => other.length - one.length;

/** Who may be meant, by anything that is like the lead. */
const candidateIds = async (lead: Lead, { leads, contacts }: DuplicatePorts): Promise<string[]> => {
  const { shopId, email, phone } = lead;
  const digits = lastDigits(phone);
  // the long words of a name are the rare ones
  const words = (wholeName(lead)?.split(' ') ?? []).toSorted(longestFirst).slice(0, 2);
  const found = await Promise.all([
    ...(email === undefined ? [] : [leads.idsByEmail(shopId, email)]),
    ...(digits === undefined ? [] : [leads.idsByLastDigits(shopId, digits)]),
    ...(phone === undefined ? [] : [contacts.idsByPhones(shopId, phonesOneDigitOff(phone))]),
    ...words.map((word) => leads.idsByWord(shopId, word)),
  ]);
  return [...new Set(found.flat())].filter((leadId) => leadId !== lead.leadId);
};

const duplicatesAmong = (
  lead: Lead,
  candidates: readonly Lead[],
  contacts: ReadonlyMap<string, Contact>,
): Duplicate[] =>
  candidates.flatMap((other) => {
    const isFlagged = ({ leadId }: Lead) => contacts.get(leadId)?.review !== undefined;
    const reasons = likenessOf(lead, other, isFlagged(lead) && isFlagged(other));
    if (reasons.length === 0) return [];
    return [
      {
        lead: leadView(other, contacts.get(other.leadId)),
        reasons,
        confidence: confidenceOf(reasons),
        conflicts: conflictsOf(lead, other),
        reviewed: { version: lead.version, otherVersion: other.version },
      },
    ];
  });

/**
 * The leads that may be the same person as this one, the surest first, at most twenty, of those that the viewer may see:
 * same e-mail address or whole name, phones that end alike or differ in one digit. Nothing is merged by itself.
 * Throws `not-found` for a lead that the viewer may not see.
 */
export const findDuplicates = async (
  { viewer, ...which }: { shopId: string; leadId: string; viewer: Viewer },
  ports: DuplicatePorts,
): Promise<Duplicate[]> => {
  const { shopId } = which;
  const lead = await findLead({ ...which, viewer }, ports);
  const found = await ports.leads.findAll(shopId, await candidateIds(lead, ports));
  const candidates = found.filter(({ mergedInto, assignedTo }) => mergedInto === undefined && sees(viewer, assignedTo));
  const alike = candidates.filter((other) => likenessOf(lead, other, false).length > 0);
  const ids = [lead, ...alike].map(({ leadId }) => leadId);
  const contacts = new Map((await ports.contacts.findAll(shopId, ids)).map((one) => [one.contactId, one]));
  return duplicatesAmong(lead, alike, contacts).toSorted(surestFirst).slice(0, MOST_DUPLICATES);
};
