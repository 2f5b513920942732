import * as z from 'zod/mini';
import type { Actor } from '#core/actor.ts';
import { AppError, invalidField } from '#core/errors.ts';
import { idField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { carryRefusal } from '../contacts/carry-refusal.ts';
import type { ConsentPorts } from '../contacts/change-consent.ts';
import type { Viewer } from '../shops/viewer.ts';
import { type FindLeadPorts, findLead } from './find-lead.ts';
import { chosenFields, joinLeads, tagsOfBoth } from './join-leads.ts';
import { homesOf, type Lead, MOST_TAGS, tagField } from './lead.ts';
import { type LeadChange, mergeChanges } from './merge-leads-of-contacts.ts';

/** What somebody decided about two leads that they looked at. */
export const MergeLeads = lazy(() =>
  z.strictObject({
    /** The lead that goes on in this one. */
    otherId: idField(),
    /** Fields to take from the other lead. All else stays, and what is missing here is filled in from there. */
    take: z.optional(z.array(z.enum(chosenFields))),
    /** The tags that stay; absent: those of both. */
    tags: z.optional(z.array(tagField()).check(z.maxLength(MOST_TAGS))),
    /** The versions of both that were looked at: when one has changed since, nothing is merged. */
    reviewed: z.strictObject({ version: z.int(), otherVersion: z.int() }),
  }),
);
export type MergeLeads = z.infer<Lazy<typeof MergeLeads>>;

export interface MergeLeadsPorts extends FindLeadPorts {
  leads: FindLeadPorts['leads'] & {
    /** Saves several leads with what tells of it, all or nothing; false when somebody was faster. */
    saveAll: (changes: readonly LeadChange[]) => Promise<boolean>;
  };
  contacts: ConsentPorts['contacts'];
  patience: Patience;
}

/** A lead that goes on in another since is another one, whatever its version. */
const isReviewed = (survivor: Lead, loser: Lead, leadId: string, { otherId, reviewed }: MergeLeads): boolean =>
  survivor.leadId === leadId &&
  loser.leadId === otherId &&
  reviewed.version === survivor.version &&
  reviewed.otherVersion === loser.version;

/** The one lead that two have become between two reads. Throws `change.conflict` when they are still two. */
const oneSince = async (survivor: Lead, loser: Lead, ports: MergeLeadsPorts): Promise<Lead> => {
  const [one, other] = await Promise.all([findLead(survivor, ports), findLead(loser, ports)]);
  if (one.leadId === other.leadId) return one;
  throw new AppError('change.conflict', 'a lead was changed since it was looked at: look again');
};

/**
 * Merges two leads as somebody decided who looked at both: the one goes on with what was chosen, the other stays as a
 * pointer to it; its notes and messages are in the story of the first. Their contacts stay two, with their own numbers,
 * conversations and links to sales; only a no to marketing of the one is the other's too. Leads that are one already
 * stay so.
 * Throws `not-found` when the viewer may not see one of them, `request.invalid`, and `change.conflict` when one was changed
 * or merged since it was looked at, or keeps changing.
 */
export const mergeLeads = async (
  {
    shopId,
    leadId,
    viewer,
    by,
    input,
  }: { shopId: string; leadId: string; viewer: Viewer; by: Actor; input: MergeLeads },
  ports: MergeLeadsPorts,
): Promise<Lead> => {
  if (input.otherId === leadId) throw invalidField('otherId', 'same', 'must be another lead');
  const { leads, contacts, patience } = ports;
  const done = await withPatience(patience, async () => {
    const survivor = await findLead({ shopId, leadId, viewer }, ports);
    const loser = await findLead({ shopId, leadId: input.otherId, viewer }, ports);
    if (survivor.leadId === loser.leadId) return survivor;
    if (!isReviewed(survivor, loser, leadId, input)) return oneSince(survivor, loser, ports);
    // first, for a no that is written down in vain costs less than one that is lost
    await carryRefusal({ shopId, by, contactIds: [...homesOf(survivor), ...homesOf(loser)] }, { contacts, patience });
    const before = { survivor, loser };
    const tags = input.tags ?? tagsOfBoth(before);
    const at = patience.clock().toISOString();
    const after = joinLeads(before, { take: input.take, tags }, at);
    return (await leads.saveAll(mergeChanges(before, after, by, at))) ? after.survivor : undefined;
  });
  return done ?? Promise.reject(new AppError('change.conflict', 'these leads keep changing; try again'));
};
