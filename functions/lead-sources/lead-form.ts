import * as z from 'zod/mini';
import { CODE_LENGTH } from '#core/code.ts';
import { countryField, idField, textField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { MOST_TAGS, sourceField, tagField } from '../leads/lead.ts';

const fieldName = () => z.optional(textField(100));

/** Which field of a form says what; what is not named is looked for under the names that forms usually have. */
export const FieldMapping = lazy(() =>
  z.strictObject({
    phone: fieldName(),
    /** Both names in one field. */
    fullName: fieldName(),
    firstName: fieldName(),
    lastName: fieldName(),
    email: fieldName(),
    /** Fields whose answers become tags of the lead. */
    tags: z.optional(z.array(textField(100)).check(z.maxLength(5))),
  }),
);
export type FieldMapping = z.infer<Lazy<typeof FieldMapping>>;

/** What whoever sends the form agrees to. */
export const FormConsent = lazy(() =>
  z.strictObject({
    /** The words as the form shows them. */
    text: textField(1000),
    /** The field that must be ticked; without one, sending the form is agreeing. */
    field: fieldName(),
  }),
);
export type FormConsent = z.infer<Lazy<typeof FormConsent>>;

/** What people set of a form. */
export const formSettings = () => ({
  name: textField(80),
  mapping: FieldMapping(),
  /** Where its leads come from, as they say it. */
  source: sourceField(),
  /** Tags of every lead of it. */
  tags: z.array(tagField()).check(z.maxLength(MOST_TAGS)),
  consent: z.nullable(FormConsent()),
  /** Whose numbers are meant when one is written without its country; null: the shop's. */
  country: z.nullable(countryField()),
});

/**
 * Where leads come in: a form of the shop's own, which is sent to an address with its key and signed with its secret; or
 * one of Lead Ads, whose key is Meta's id of it.
 */
export const LeadForm = lazy(() =>
  z.object({
    shopId: idField(),
    formKey: z.string(),
    kind: z.enum(['form', 'lead-ad']),
    /** For `lead-ad`: whose form it is. */
    pageId: z.optional(z.string()),
    ...formSettings(),
    /** The secret is made from it, and stored nowhere. */
    secretVersion: z.int(),
    /** Until when the secret before this one signs too. */
    previousUntil: z.optional(timeField()),
    version: z.int(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type LeadForm = z.infer<Lazy<typeof LeadForm>>;

/** What a form says of its fields and its leads. */
export type FormReading = Pick<LeadForm, 'mapping' | 'source' | 'tags' | 'consent' | 'country'>;

/** How a form of an advertisement is read that nobody has said anything about. */
export const unmappedForm: FormReading = { mapping: {}, source: 'lead_ads', tags: [], consent: null, country: null };

/** A key of a form of a shop's own, as {@link newCode} makes it. */
export const isFormKey = (text: string): boolean => text.length === CODE_LENGTH && /^[0-9A-HJKMNP-TV-Z]+$/.test(text);

/** How long a secret stays good beside the one that replaces it. */
export const PREVIOUS_SECRET_HOURS = 24;

/** The secrets that a form's submissions may be signed with at a moment, by their versions. */
export const secretVersionsAt = (
  { secretVersion, previousUntil }: Pick<LeadForm, 'secretVersion' | 'previousUntil'>,
  now: Date,
): number[] => [
  secretVersion,
  ...(previousUntil !== undefined && now.toISOString() < previousUntil ? [secretVersion - 1] : []),
];
