import * as z from 'zod/mini';
import { idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

export const submissionStates = ['pending', 'done', 'failed'] as const;
export type SubmissionState = (typeof submissionStates)[number];

/** What somebody filled in: a form of the shop's own, or one of an advertisement. Kept as it came. */
export const Submission = lazy(() =>
  z.object({
    shopId: idField(),
    /** The same for what is sent twice. */
    submissionId: z.string(),
    kind: z.enum(['form', 'lead-ad']),
    /** The key of the shop's form, or Meta's id of the form. */
    formId: z.string(),
    /** For `lead-ad`: the page that the form belongs to. */
    pageId: z.optional(z.string()),
    receivedAt: timeField(),
    /** JSON, as it was sent or told. */
    payload: z.string(),
    state: z.enum(submissionStates),
    /** When it was last asked to be made a lead; absent: only when it came. */
    askedAt: z.optional(timeField()),
    /** Why there is no lead of it. */
    reason: z.optional(z.string()),
    leadId: z.optional(idField()),
    version: z.int(),
    updatedAt: timeField(),
  }),
);
export type Submission = z.infer<Lazy<typeof Submission>>;
