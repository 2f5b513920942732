import * as z from 'zod/mini';
import { pageFields, textField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { emailField, leadStatuses, MOST_TAGS, sourceField, tagField } from './lead.ts';
import { leadOrders } from './lead-filter.ts';

const nameField = () => textField(80);
const stageField = () => textField(40);
const userField = () => z.string().check(z.minLength(1), z.maxLength(128));
const tagsField = () => z.array(tagField()).check(z.maxLength(MOST_TAGS));
const status = () => z.enum(leadStatuses);
const reason = () => z.optional(textField(200));

/** A lead that somebody enters. */
export const CreateLead = lazy(() =>
  z.strictObject({
    /** With its country code. */
    phone: textField(30),
    firstName: z.optional(nameField()),
    lastName: z.optional(nameField()),
    email: z.optional(emailField()),
    source: z._default(sourceField(), 'manual'),
    metaLeadId: z.optional(textField(64)),
    tags: z._default(tagsField(), []),
    /** Absent: the first stage of the shop's default pipeline. */
    stageId: z.optional(stageField()),
    /** Absent: the seller who enters it; nobody, when an admin does. */
    assignedTo: z.optional(userField()),
    nextActionAt: z.optional(timeField()),
  }),
);
export type CreateLead = z.infer<Lazy<typeof CreateLead>>;

/** What people of the shop know of a lead; null takes it away. */
export const UpdateLead = lazy(() =>
  z.partial(
    z.strictObject({
      firstName: z.nullable(nameField()),
      lastName: z.nullable(nameField()),
      email: z.nullable(emailField()),
      source: sourceField(),
      metaLeadId: z.nullable(textField(64)),
      nextActionAt: z.nullable(timeField()),
    }),
  ),
);
export type UpdateLead = z.infer<Lazy<typeof UpdateLead>>;

/** A stage to move a lead to, or a status, which means the first stage of that status. */
export const MoveLead = lazy(() =>
  z.union([
    z.strictObject({ stageId: stageField(), reason: reason() }),
    z.strictObject({ status: status(), reason: reason() }),
  ]),
);
export type MoveLead = z.infer<Lazy<typeof MoveLead>>;

/** Who shall have a lead: a user, nobody, or the seller with the least to do. */
export const AssignLead = lazy(() =>
  z.union([
    z.strictObject({ userId: z.nullable(userField()), reason: reason() }),
    z.strictObject({ roundRobin: z.literal(true), reason: reason() }),
  ]),
);
export type AssignLead = z.infer<Lazy<typeof AssignLead>>;

/** Tags to put on a lead and to take off it. */
export const TagLead = lazy(() =>
  z.strictObject({ add: z._default(tagsField(), []), remove: z._default(tagsField(), []) }),
);
export type TagLead = z.infer<Lazy<typeof TagLead>>;

const span = <Name extends string>(name: Name) => {
  const fields = { From: z.optional(timeField()), To: z.optional(timeField()) };
  return { [`${name}From`]: fields.From, [`${name}To`]: fields.To } as Record<
    `${Name}From` | `${Name}To`,
    typeof fields.From
  >;
};

/** Which leads are asked for. */
export const leadFilterFields = () => ({
  status: z.optional(status()),
  stage: z.optional(stageField()),
  /** A user's id, `me`, or `unassigned`. */
  seller: z.optional(userField()),
  source: z.optional(sourceField()),
  tag: z.optional(tagField()),
  ...span('created'),
  ...span('updated'),
  ...span('nextAction'),
  /** The beginning of a name, the last digits of a phone or all of it, or a whole e-mail address. */
  q: z.optional(textField(100)),
});

export const LeadFilterQuery = lazy(() => z.object(leadFilterFields()));
export type LeadFilterQuery = z.infer<Lazy<typeof LeadFilterQuery>>;

/** Which leads, in which order. */
export const ListLeads = lazy(() =>
  z.object({
    ...leadFilterFields(),
    /** `nextAction` lists only leads that have one. A search has an order of its own. */
    sort: z._default(z.enum(leadOrders), 'updated'),
    /** Absent: the latest first; of next actions, the soonest. */
    order: z.optional(z.enum(['asc', 'desc'])),
    ...pageFields(30, 100),
  }),
);
export type ListLeads = z.infer<Lazy<typeof ListLeads>>;
