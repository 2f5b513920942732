import { invalidField } from '#core/errors.ts';
import { present } from '#core/present.ts';
import { fold } from '#core/text.ts';
import { distinctTags, type Lead, MOST_TAGS, nextLead } from './lead.ts';

/** What of two leads a person may choose; `stage` is the pipeline, the stage and the status together. */
export const chosenFields = [
  'firstName',
  'lastName',
  'email',
  'stage',
  'assignedTo',
  'source',
  'referral',
  'metaLeadId',
  'nextActionAt',
] as const;
export type ChosenField = (typeof chosenFields)[number];

/** What whoever looked at two leads decided; what they did not name is the survivor's, or the other's where it has none. */
export interface Choice {
  /** Which fields are taken from the other lead. */
  take?: readonly ChosenField[] | undefined;
  /** The tags of the one lead; those of both when nobody says. */
  tags?: readonly string[] | undefined;
}

/** Two leads as they stand; the first goes on. */
export interface LeadPair {
  survivor: Lead;
  loser: Lead;
}

const membersOf: Record<ChosenField, readonly (keyof Lead)[]> = {
  firstName: ['firstName'],
  lastName: ['lastName'],
  email: ['email'],
  stage: ['pipelineId', 'stageId', 'status'],
  assignedTo: ['assignedTo'],
  source: ['source'],
  referral: ['referral'],
  metaLeadId: ['metaLeadId'],
  nextActionAt: ['nextActionAt'],
};

const has = (lead: Lead, field: ChosenField): boolean => membersOf[field].every((member) => lead[member] !== undefined);

/** The fields in which both leads have something, and not the same: what a review is about. */
export const conflictsOf = (one: Lead, other: Lead): ChosenField[] =>
  chosenFields.filter(
    (field) =>
      has(one, field) &&
      has(other, field) &&
      membersOf[field].some((member) => JSON.stringify(one[member]) !== JSON.stringify(other[member])),
  );

const chosen = ({ survivor, loser }: LeadPair, take: readonly ChosenField[]): Partial<Lead> => {
  const fromLoser = (field: ChosenField) => has(loser, field) && (take.includes(field) || !has(survivor, field));
  const members = chosenFields.flatMap((field) => {
    const from = fromLoser(field) ? loser : survivor;
    return membersOf[field].map((member) => [member, from[member]] as const);
  });
  return Object.fromEntries(members) as Partial<Lead>;
};

/**
 * The tags of both, when whoever merges did not say which. Throws `request.invalid` when they are more than a lead may
 * have: none gets lost without somebody's word.
 */
export const tagsOfBoth = ({ survivor, loser }: LeadPair): string[] => {
  const [first, rest] = [distinctTags(survivor.tags), distinctTags(loser.tags)];
  const more = rest.filter((tag) => !first.some((own) => fold(own) === fold(tag)));
  if (first.length + more.length > MOST_TAGS)
    throw invalidField('tags', 'too-many', `together they have more than ${MOST_TAGS} tags: say which stay`);
  return [...first, ...more];
};

/** Each costs a row by which it is found. */
const MOST_PHONES = 4;

const morePhones = ({ survivor, loser }: LeadPair): Lead['morePhones'] => {
  const theirs = [...(survivor.morePhones ?? []), ...(loser.phone ? [loser.phone] : []), ...(loser.morePhones ?? [])];
  const phones = [...new Set(theirs)].filter((phone) => phone !== survivor.phone).slice(0, MOST_PHONES);
  return phones.length > 0 ? phones : undefined;
};

/** What becomes of two leads that are one: the survivor with what both knew, and the other as a pointer to it. */
export const joinLeads = (pair: LeadPair, { take = [], tags }: Choice, at: string): LeadPair => {
  const { survivor, loser } = pair;
  const joined = present({
    ...survivor,
    ...chosen(pair, take),
    tags: distinctTags(tags ?? [...survivor.tags, ...loser.tags]),
    morePhones: morePhones(pair),
    importId: survivor.importId ?? loser.importId,
    importRow: survivor.importId ? survivor.importRow : loser.importRow,
    formerLeadIds: [...(survivor.formerLeadIds ?? []), loser.leadId, ...(loser.formerLeadIds ?? [])],
    createdAt: survivor.createdAt < loser.createdAt ? survivor.createdAt : loser.createdAt,
  });
  return { survivor: nextLead(joined, at), loser: nextLead({ ...loser, mergedInto: survivor.leadId }, at) };
};
