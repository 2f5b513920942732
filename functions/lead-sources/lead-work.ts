import * as z from 'zod/mini';
import { idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

const ConversationHeard = lazy(() =>
  z.object({
    do: z.literal('conversation'),
    shopId: idField(),
    conversationId: z.string(),
    /** The message that came from an advertisement. */
    at: z.optional(timeField()),
    messageId: z.optional(idField()),
  }),
);
const CheckoutChanged = lazy(() =>
  z.object({
    do: z.literal('checkout'),
    code: z.string(),
    /** It is over: nobody becomes a lead by that. */
    isOver: z.optional(z.boolean()),
  }),
);
const SubmissionCame = lazy(() =>
  z.object({ do: z.literal('submission'), shopId: idField(), submissionId: z.string() }),
);
const ContactChanged = lazy(() => z.object({ do: z.literal('contact'), shopId: idField(), contactId: idField() }));
const LeadAssigned = lazy(() =>
  z.object({
    do: z.literal('assignment'),
    shopId: idField(),
    leadId: idField(),
    /** Who had the lead before: absent when nobody did. */
    from: z.optional(z.string()),
  }),
);

const StagesGone = lazy(() => z.object({ do: z.literal('settle'), shopId: idField(), pipelineId: z.string() }));

/**
 * What the queue `leads` carries, posted by the relay once it was committed:
 * - `conversation`: a customer has written in it for the first time; or a message that an advertisement led to, with its place
 * - `checkout`: it began, was tied to a person, or ended
 * - `submission`: somebody filled in a form, or it is to be tried again
 * - `contact`: what a lead copies of its contact may have changed
 * - `assignment`: a lead has another seller, whom its conversations follow
 * - `settle`: stages of a pipeline are gone, and leads are on their way from there
 */
export const LeadWork = lazy(() =>
  z.discriminatedUnion('do', [
    ConversationHeard(),
    CheckoutChanged(),
    SubmissionCame(),
    ContactChanged(),
    LeadAssigned(),
    StagesGone(),
  ]),
);
export type LeadWork = z.infer<Lazy<typeof LeadWork>>;

/** The work of one kind. */
export type LeadWorkOf<Kind extends LeadWork['do']> = Extract<LeadWork, { do: Kind }>;
