import * as z from 'zod/mini';
import { idField, textField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { present } from '#core/present.ts';
import { fold } from '#core/text.ts';
import { type Contact, nameOf, ScopedUserId } from '../contacts/contact.ts';

/** How far a lead has come, whatever the stages of its pipeline are called. */
export const leadStatuses = ['new', 'contacted', 'interested', 'negotiation', 'closed_won', 'closed_lost'] as const;
export type LeadStatus = (typeof leadStatuses)[number];

export const MOST_TAGS = 20;

export const sourceField = () =>
  z.string().check(z.maxLength(40), z.regex(/^[a-z0-9]+([_-][a-z0-9]+)*$/, 'must be lower-case words, like meta_ads'));
export const tagField = () => textField(40);
export const emailField = () => z.email().check(z.maxLength(200));

/** The advertisement that first led somebody to the shop. Source: Meta, "Messages webhook", referral. */
export const AdReferral = lazy(() =>
  z.object({
    at: timeField(),
    sourceType: z.optional(z.string()),
    sourceId: z.optional(z.string()),
    sourceUrl: z.optional(z.string()),
    headline: z.optional(z.string()),
    body: z.optional(z.string()),
    ctwaClid: z.optional(z.string()),
  }),
);
export type AdReferral = z.infer<Lazy<typeof AdReferral>>;

/**
 * A contact in the sales pipeline; its id is the contact's, so that a person is one lead. Phone, ids and
 * `knownAs` are copies of the contact's, to be listed and found by.
 */
export const Lead = lazy(() =>
  z.object({
    shopId: idField(),
    leadId: idField(),
    /** E.164. */
    phone: z.optional(z.string()),
    /** Phones of leads that went on in this one: it is found by them too. */
    morePhones: z.optional(z.array(z.string())),
    userIds: z.array(ScopedUserId()),
    /** The contact's name as the chat shows it, for leads whose own name nobody knows. */
    knownAs: z.optional(z.string()),
    firstName: z.optional(z.string()),
    lastName: z.optional(z.string()),
    email: z.optional(z.string()),
    status: z.enum(leadStatuses),
    pipelineId: z.string(),
    stageId: z.string(),
    /** The seller who has it; absent for one of nobody. */
    assignedTo: z.optional(z.string()),
    /**
     * Where it came from first: `manual`, `whatsapp`, `click_to_whatsapp`, `lead_ads`, `form`, `checkout`, `import`, or a
     * word of the shop's own.
     */
    source: z.string(),
    /** Meta's id of the filled-in form of an advertisement. */
    metaLeadId: z.optional(z.string()),
    tags: z.array(z.string()),
    referral: z.optional(AdReferral()),
    nextActionAt: z.optional(timeField()),
    /** The import that made it or changed it last, and the row of the file. */
    importId: z.optional(idField()),
    importRow: z.optional(z.int()),
    /** This lead turned out to be another one, which goes on in its place. */
    mergedInto: z.optional(idField()),
    formerLeadIds: z.optional(z.array(idField())),
    version: z.int(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type Lead = z.infer<Lazy<typeof Lead>>;

/** True while a lead is work: neither won nor lost. */
export const isOpen = ({ status }: Pick<Lead, 'status'>): boolean =>
  status !== 'closed_won' && status !== 'closed_lost';

/** The name under which people see a lead: what the shop knows first, then what the contact calls themself. */
export const leadName = ({ firstName, lastName, knownAs }: Lead): string | undefined =>
  [firstName, lastName].filter((part) => part !== undefined).join(' ') || knownAs;

/** A lead and those that went on in it: what is known of all of them is known of it. */
export const homesOf = ({ leadId, formerLeadIds = [] }: Pick<Lead, 'leadId' | 'formerLeadIds'>): string[] => [
  leadId,
  ...formerLeadIds,
];

/** What a lead copies of its contact. */
export const copiesOf = (contact: Contact): Pick<Lead, 'phone' | 'userIds' | 'knownAs'> => ({
  phone: contact.phone,
  userIds: contact.userIds,
  knownAs: nameOf(contact),
});

/** A lead of its own contact shows the contact as it is; one that went on in another shows that one's. */
export const withCopies = (lead: Lead, contact: Contact): Lead => {
  if (lead.leadId !== contact.contactId) return lead;
  const others = lead.morePhones?.filter((phone) => phone !== contact.phone) ?? [];
  return present({ ...lead, ...copiesOf(contact), morePhones: others.length > 0 ? others : undefined });
};

/** The next version of a lead, as of a moment. */
export const nextLead = (lead: Lead, at: string): Lead => ({
  ...lead,
  version: lead.version + 1,
  updatedAt: at > lead.updatedAt ? at : lead.updatedAt,
});

/** These tags without those that differ only in case or accents, and no more than a lead may have; the first stay. */
export const distinctTags = (tags: readonly string[]): string[] => {
  const byFolded = new Map<string, string>();
  for (const tag of tags) if (!byFolded.has(fold(tag))) byFolded.set(fold(tag), tag);
  return [...byFolded.values()].slice(0, MOST_TAGS);
};
