import * as z from 'zod/mini';
import { countField, idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

/** `open`: somebody of the shop should look; `pending`: the customer's or the bot's turn; `closed`: done until they write. */
export const conversationStates = ['open', 'pending', 'closed'] as const;
export type ConversationState = (typeof conversationStates)[number];

export const directions = ['inbound', 'outbound'] as const;
export type Direction = (typeof directions)[number];

/** How many of the last inbound messages a conversation remembers having taken in. */
export const RECENT = 8;

/** The customer service window lasts a day from the customer's own message. Source: Meta, "Customer service windows". */
export const WINDOW_HOURS = 24;

/** One contact on one connection. */
export const Conversation = lazy(() =>
  z.object({
    shopId: idField(),
    conversationId: z.string(),
    phoneNumberId: z.string(),
    contactId: idField(),
    state: z.enum(conversationStates),
    assignedTo: z.optional(z.string()),
    bot: z.enum(['on', 'off']),
    /** Inbound messages that nobody has read. */
    unread: countField(),
    lastMessageAt: timeField(),
    lastMessage: z.optional(z.object({ direction: z.enum(directions), type: z.string(), preview: z.string() })),
    lastInboundAt: z.optional(timeField()),
    lastInboundMetaId: z.optional(z.string()),
    /** Until when anything but a template may be sent. */
    windowEndsAt: z.optional(timeField()),
    /** The Meta id up to which the shop has read, to be told to Meta. */
    readUpTo: z.optional(z.string()),
    /** The customer has written here since the shop has the number, and whether an advertisement led them to it. */
    heard: z.optional(z.enum(['chat', 'ad'])),
    /** Message ids of the last inbound messages taken in: a repeat changes nothing. */
    recent: z.array(z.string()),
    /** Conversations of contacts that turned out to be this one. */
    formerIds: z.array(z.string()),
    /** The conversation in which this one goes on, once their contacts turned out to be one. */
    mergedInto: z.optional(z.string()),
    version: z.int(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type Conversation = z.infer<Lazy<typeof Conversation>>;

/** The only conversation that this contact can have on this number. */
export const conversationIdOf = (phoneNumberId: string, contactId: string): string => `${phoneNumberId}-${contactId}`;

/** Number and contact of a conversation, or undefined for what can't be its id. */
export const partsOfConversationId = (
  conversationId: string,
): { phoneNumberId: string; contactId: string } | undefined => {
  const [, phoneNumberId, contactId] = /^(\d{5,25})-([0-9A-HJKMNP-TV-Z]{26})$/.exec(conversationId) ?? [];
  return phoneNumberId !== undefined && contactId !== undefined ? { phoneNumberId, contactId } : undefined;
};
