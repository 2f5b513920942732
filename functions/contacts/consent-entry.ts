import * as z from 'zod/mini';
import { idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

/** Where a person said it. */
export const consentChannels = ['whatsapp', 'form', 'phone', 'email', 'in-person', 'import', 'other'] as const;

/** What a person may say. */
export const consentStatesSaid = ['granted', 'revoked'] as const;

/** One word of a person about marketing, kept as proof: what, when, where, in which words, and who wrote it down. */
export const ConsentEntry = lazy(() =>
  z.object({
    shopId: idField(),
    contactId: idField(),
    state: z.enum(consentStatesSaid),
    /** When it was said. */
    at: timeField(),
    /** How we know: `keyword`, `preference` (said inside WhatsApp), `refusal` (Meta's 131050), `by-hand`, `form`… */
    source: z.string(),
    channel: z.enum(consentChannels),
    /** The words that were said, or agreed to. */
    text: z.optional(z.string()),
    /** They agreed by what they did, with no word and no tick for it: such a grant never stands against a word. */
    isImplied: z.optional(z.boolean()),
    /** `user:<id>`, `customer`, or a part of the system. */
    by: z.string(),
  }),
);
export type ConsentEntry = z.infer<Lazy<typeof ConsentEntry>>;

/** The most that an entry keeps of the words. */
export const MOST_CONSENT_TEXT = 1000;
