import * as z from 'zod/mini';
import { type Lazy, lazy } from '#core/lazy.ts';

/**
 * What an event is about. Of `message`, `echo`, `history` and `status` the payload is sure to have Meta's id; whatever is
 * of an unexpected shape comes as `account`, with all that Meta sent.
 */
export const eventKinds = [
  'message',
  'echo',
  'history',
  'preference',
  'contact-sync',
  'status',
  'error',
  'leadgen',
  'account',
] as const;
export type EventKind = (typeof eventKinds)[number];

/**
 * One thing that Meta told, as it travels on our queues: a webhook body is split into many. Integers that a JavaScript
 * number would change are text here.
 */
export const WebhookEvent = lazy(() =>
  z.object({
    kind: z.enum(eventKinds),
    /** Meta's word for what changed, as received; empty when it sent none. */
    field: z.string(),
    /** The WhatsApp Business Account; for `leadgen` the page. Empty when Meta sent none. */
    accountId: z.string(),
    /** The number of the business that it is about. */
    phoneNumberId: z.optional(z.string()),
    displayPhoneNumber: z.optional(z.string()),
    /** Whose secret it was signed with: `shared`, or the webhook key of a shop's own Meta app. */
    app: z.string(),
    /** ISO 8601, milliseconds. */
    receivedAt: z.string(),
    /** When Meta says it happened, where the entry says so. ISO 8601, milliseconds. */
    time: z.optional(z.string()),
    /** Where the whole body is kept. */
    archiveKey: z.optional(z.string()),
    /** What Meta says of the person, from the list beside the items. */
    contact: z.optional(z.unknown()),
    /** For `history`: the thread without its messages, with the `metadata` of its chunk. */
    thread: z.optional(z.unknown()),
    /** Meta's JSON of the message, status, preference …; for `leadgen` and `account` the whole value. */
    payload: z.unknown(),
  }),
);
export type WebhookEvent = z.infer<Lazy<typeof WebhookEvent>>;
