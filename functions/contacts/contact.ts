import * as z from 'zod/mini';
import { idField, languageField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

export const consentStates = ['unknown', 'granted', 'revoked'] as const;

/** Whether a person wants marketing from the shop, and how we know. */
export const Consent = lazy(() =>
  z.object({
    state: z.enum(consentStates),
    at: z.optional(timeField()),
    source: z.optional(z.string()),
    /** They agreed by what they did, with no word and no tick for it. */
    isImplied: z.optional(z.boolean()),
  }),
);
export type Consent = z.infer<Lazy<typeof Consent>>;

/** A person as one business portfolio's numbers know them. Opaque; another portfolio knows them by another id. */
export const ScopedUserId = lazy(() => z.object({ businessId: z.string(), userId: z.string() }));
export type ScopedUserId = z.infer<Lazy<typeof ScopedUserId>>;

/**
 * A person on WhatsApp, with a phone, business-scoped ids, or both. Numbers are matched by variant and never rewritten:
 * `phone` is E.164 as it reached us.
 */
export const Contact = lazy(() =>
  z.object({
    shopId: idField(),
    contactId: idField(),
    phone: z.optional(z.string()),
    waId: z.optional(z.string()),
    userIds: z.array(ScopedUserId()),
    /** Mutable: for people to read, never a key. */
    username: z.optional(z.string()),
    /** The name they gave themselves on WhatsApp. */
    profileName: z.optional(z.string()),
    /** The name the shop gave them. */
    name: z.optional(z.string()),
    language: z.optional(languageField()),
    marketing: Consent(),
    /** Meta could not deliver to them, and when it last said so. */
    undeliverableAt: z.optional(timeField()),
    /** Facts that contradict each other await a person's decision. */
    review: z.optional(z.string()),
    /** This contact turned out to be another one, which goes on in its place. */
    mergedInto: z.optional(idField()),
    /** Contacts that turned out to be this one. Their conversations become its own, at the latest when it is heard of. */
    formerContactIds: z.optional(z.array(idField())),
    version: z.int(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type Contact = z.infer<Lazy<typeof Contact>>;

/** The name under which people see a contact: the shop's word first, then their own. */
export const nameOf = ({ name, profileName, username }: Contact): string | undefined => name ?? profileName ?? username;
