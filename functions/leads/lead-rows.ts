import { keyedDigest } from '#core/ids.ts';
import { fold } from '#core/text.ts';
import type { Lead } from './lead.ts';

/** Names of the lists that a lead stands in; tags are the same whatever their case and accents. */
export const facets = {
  all: 'all',
  status: (status: string) => `status:${status}`,
  stage: (stageId: string) => `stage:${stageId}`,
  source: (source: string) => `source:${source}`,
  tag: (tag: string) => `tag:${fold(tag)}`,
  seller: (assignedTo: string | undefined) => `seller:${assignedTo ?? UNASSIGNED}`,
  sellerAndStage: (assignedTo: string | undefined, stageId: string) =>
    `seller:${assignedTo ?? UNASSIGNED}+stage:${stageId}`,
} as const;

/** Stands for the seller of a lead that nobody has. */
export const UNASSIGNED = 'unassigned';

/** Every list that a lead stands in, each once; a lead that goes on in another stands in none. */
export const facetsOf = (lead: Lead): string[] => {
  if (lead.mergedInto !== undefined) return [];
  const { status, stageId, assignedTo, source, tags } = lead;
  return [
    facets.all,
    facets.status(status),
    facets.stage(stageId),
    facets.seller(assignedTo),
    facets.source(source),
    facets.sellerAndStage(assignedTo, stageId),
    ...new Set(tags.map(facets.tag)),
  ];
};

/** Whether a list can be read in the order of next actions. */
export const listsNextActions = (lead: Lead, facet: string): boolean =>
  facet === facets.all || facet === facets.seller(lead.assignedTo);

const LONGEST_WORD = 40;
/** More words than a name has; each costs a row. */
const MOST_WORDS = 8;

/** The words of a text, folded. */
export const foldedWords = (text: string): string[] =>
  fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, LONGEST_WORD).toWellFormed());

/** The words that a lead is found by, folded, each once. */
export const nameWords = ({ firstName = '', lastName = '', knownAs = '' }: Lead): string[] =>
  [...new Set(foldedWords(`${firstName} ${lastName} ${knownAs}`))].slice(0, MOST_WORDS);

/** The digits of a phone from the last to the first: people search by how a number ends. */
export const reversedDigits = (phone: string): string => [...phone.replace(/\D/g, '')].reverse().join('');

/** An e-mail address as it is compared. */
export const foldedEmail = (email: string): string => email.trim().toLowerCase();

/** An e-mail address is only found whole, so what finds it tells nobody what it is. */
export const emailDigest = (email: string, secret: string): string =>
  keyedDigest(secret, 'lead-email', foldedEmail(email));

/** What a lead is found by. `place` tells terms of one kind apart. */
export interface Term {
  term: 'name' | 'phone' | 'email';
  place: number;
  text: string;
}

/** The phones that a lead is found by, its own first; each costs a row. */
export const phonesOf = ({ phone, morePhones = [] }: Lead): string[] => [...(phone ? [phone] : []), ...morePhones];

/** Everything that a lead is found by; one that goes on in another is not found. */
export const termsOf = (lead: Lead): Term[] => {
  if (lead.mergedInto !== undefined) return [];
  return [
    ...nameWords(lead).map((text, place): Term => ({ term: 'name', place, text })),
    ...phonesOf(lead).map((phone, place): Term => ({ term: 'phone', place, text: reversedDigits(phone) })),
    ...(lead.email ? [{ term: 'email', place: 0, text: foldedEmail(lead.email) } as const] : []),
  ];
};

const isSamePlace = (one: Term, other: Term): boolean => one.term === other.term && one.place === other.place;

const isSameTerm = (one: Term, other: Term): boolean => isSamePlace(one, other) && one.text === other.text;

/** How the rows of a lead change with it. */
export interface RowChanges {
  facets: { put: string[]; gone: string[] };
  terms: { put: Term[]; gone: Term[] };
}

/**
 * The rows to put and to take away when `before` (nothing, for a new lead) becomes `after`. All by which it is listed are
 * put again, for they tell when it changed; of those by which it is found only the ones that changed: most changes leave
 * them as they are.
 */
export const rowChangesOf = (before: Lead | undefined, after: Lead): RowChanges => {
  const [lists, terms] = [facetsOf(after), termsOf(after)];
  const were = before ? termsOf(before) : [];
  return {
    facets: { put: lists, gone: before ? facetsOf(before).filter((facet) => !lists.includes(facet)) : [] },
    terms: {
      put: terms.filter((term) => !were.some((one) => isSameTerm(one, term))),
      gone: were.filter((term) => !terms.some((one) => isSamePlace(one, term))),
    },
  };
};

/** How many writes a change of a lead with all its rows is; at most eighty. */
export const writesOfLead = (before: Lead | undefined, after: Lead): number => {
  const { facets: lists, terms } = rowChangesOf(before, after);
  return 1 + lists.put.length + lists.gone.length + terms.put.length + terms.gone.length;
};
