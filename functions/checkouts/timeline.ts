import * as z from 'zod/mini';
import { timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Checkout } from './checkout.ts';

/** What happens to a checkout, in the order in which it mostly does. */
export const eventKinds = [
  'created',
  'not-sent',
  'sent',
  'failed',
  'delivered',
  'read',
  'opened',
  'replied',
  'extended',
  'reminded',
  'confirmed',
  'cancelled',
  'expired',
] as const;
export type EventKind = (typeof eventKinds)[number];

/** The cause of what can happen to a checkout only once. */
export const ONCE = 'once';

/** One thing that happened to a checkout. Kind and cause say which: the same again is a repeat. */
export const CheckoutEvent = lazy(() =>
  z.object({
    kind: z.enum(eventKinds),
    /** The message behind it, the occasion of a notice, or {@link ONCE}. */
    cause: z.string(),
    at: timeField(),
    by: z.optional(z.string()),
    /** The conversation that the message is in. */
    conversationId: z.optional(z.string()),
    messageId: z.optional(z.string()),
    reason: z.optional(z.string()),
  }),
);
export type CheckoutEvent = z.infer<Lazy<typeof CheckoutEvent>>;

/** A checkout's story, oldest first, as its sellers read it. */
export const Timeline = lazy(() =>
  z.object({
    items: z.array(
      z.object({
        kind: z.enum(eventKinds),
        at: z.string(),
        by: z.nullable(z.string()),
        conversationId: z.nullable(z.string()),
        messageId: z.nullable(z.string()),
        /** Why it was not sent, failed or was cancelled. */
        reason: z.nullable(z.string()),
      }),
    ),
  }),
);
export type Timeline = z.infer<Lazy<typeof Timeline>>;

const told: ReadonlySet<EventKind> = new Set(['created', 'confirmed', 'cancelled', 'expired']);

/** Its beginning and its end, as the checkout itself knows them: at once, and for those older than timelines. */
const ownEvents = ({ state, createdAt, endedAt, endedBy, endReason }: Checkout): CheckoutEvent[] => [
  { kind: 'created', cause: ONCE, at: createdAt, by: 'shopper' },
  ...(state === 'active' || endedAt === undefined
    ? []
    : [
        {
          kind: state,
          cause: ONCE,
          at: endedAt,
          ...(endedBy && { by: endedBy }),
          ...(endReason && { reason: endReason }),
        },
      ]),
];

const inOrder = (one: CheckoutEvent, other: CheckoutEvent): number =>
  one.at === other.at ? eventKinds.indexOf(one.kind) - eventKinds.indexOf(other.kind) : one.at < other.at ? -1 : 1;

/** The timeline of a checkout, from itself and the events that were noted. */
export const timelineOf = (checkout: Checkout, events: readonly CheckoutEvent[]): Timeline => ({
  items: [...ownEvents(checkout), ...events.filter(({ kind }) => !told.has(kind))]
    .toSorted(inOrder)
    .map(({ kind, at, by = null, conversationId = null, messageId = null, reason = null }) => ({
      kind,
      at,
      by,
      conversationId,
      messageId,
      reason,
    })),
});
