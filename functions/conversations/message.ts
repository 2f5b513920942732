import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { CODE_ALPHABET } from '#core/code.ts';
import { idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { statusRanks } from '../whatsapp/status.ts';
import { directions } from './conversation.ts';

/**
 * The states of a message on its way out, each with its rank: a change must raise the rank, so a status never goes
 * backwards. `unknown`: Meta may have accepted it; only its status webhook can tell.
 */
export const ranks = {
  queued: 0,
  sending: 10,
  unknown: 20,
  ...statusRanks,
} as const;
export type OutboundState = keyof typeof ranks;
export const messageStates = ['received', ...(Object.keys(ranks) as OutboundState[])] as const;

/** Who made the shop say it. `phone-app`: the owner, from the WhatsApp Business app. */
export const origins = ['customer', 'seller', 'bot', 'checkout', 'campaign', 'phone-app', 'history'] as const;
export type Origin = (typeof origins)[number];

/** A failure as Meta told it: its code is the key of our error dictionary. */
export const MessageError = lazy(() => z.object({ code: z.int(), title: z.string(), details: z.optional(z.string()) }));
export type MessageError = z.infer<Lazy<typeof MessageError>>;

/** A file that came with a message, on its way to our own storage. */
export const MessageMedia = lazy(() =>
  z.object({
    state: z.enum(['pending', 'stored', 'failed']),
    /** Meta's id of it: seven days of life inbound, thirty outbound. */
    metaId: z.optional(z.string()),
    key: z.optional(z.string()),
    mimeType: z.optional(z.string()),
    bytes: z.optional(z.int()),
    fileName: z.optional(z.string()),
    problem: z.optional(z.string()),
  }),
);
export type MessageMedia = z.infer<Lazy<typeof MessageMedia>>;

/** Says that Meta's JSON of something is too large for a row, and where the archive has the body that it came in. */
export const TooLarge = lazy(() => z.object({ bytes: z.int(), archiveKey: z.optional(z.string()) }));
export type TooLarge = z.infer<Lazy<typeof TooLarge>>;

/** A row holds 400 KB in all. Source: Amazon DynamoDB developer guide, "Quotas". */
const MOST_RAW_BYTES = 300_000;

/** Meta's JSON as a row may hold it: `instead` in the place of what is too large. */
export const rawForRow = (
  payload: unknown,
  instead: unknown,
  archiveKey: string | undefined,
): { raw: string; tooLarge?: TooLarge } => {
  const raw = JSON.stringify(payload ?? null);
  const bytes = Buffer.byteLength(raw);
  if (bytes <= MOST_RAW_BYTES) return { raw };
  return { raw: JSON.stringify(instead), tooLarge: { bytes, ...(archiveKey && { archiveKey }) } };
};

/** Meta's kinds of templates. Only marketing needs that the person wants it. */
export const templateCategories = ['marketing', 'utility', 'authentication'] as const;
export type TemplateCategory = (typeof templateCategories)[number];

/** One row of a conversation, either direction. Its key is its conversation, `at` and `messageId`. */
export const Message = lazy(() =>
  z.object({
    shopId: idField(),
    conversationId: z.string(),
    messageId: idField(),
    /** When it was written: Meta's timestamp inbound, the moment of commit outbound. */
    at: timeField(),
    direction: z.enum(directions),
    origin: z.enum(origins),
    /** Meta's type, as it came. */
    type: z.string(),
    state: z.enum(messageStates),
    rank: z.optional(z.int()),
    metaId: z.optional(z.string()),
    /** Inbound: Meta's JSON of it, whole; only its id, time and type when it is too large for a row. */
    raw: z.optional(z.string()),
    tooLarge: z.optional(TooLarge()),
    /** Outbound: Meta's JSON of it, without addressing. */
    content: z.optional(z.record(z.string(), z.unknown())),
    /** What kind of template it is, as its sender says; absent: nobody said. */
    category: z.optional(z.enum(templateCategories)),
    /** Who wrote it, for an outbound one: `user:<id>`, or a part of the system. */
    by: z.optional(z.string()),
    /** Meta's id of the message it replies to. */
    repliesTo: z.optional(z.string()),
    checkoutCode: z.optional(z.string()),
    /** The row that answers this inbound one. */
    answeredBy: z.optional(idField()),
    processedAt: z.optional(timeField()),
    error: z.optional(MessageError()),
    media: z.optional(MessageMedia()),
    /** What the other side put on it, and when; the newest wins, and an empty emoji takes it away. */
    reaction: z.optional(z.string()),
    reactionAt: z.optional(timeField()),
    /** Meta's JSON of the message as it stands since it was edited. */
    edited: z.optional(z.string()),
    editedAt: z.optional(timeField()),
    /** When its writer took it back. */
    revokedAt: z.optional(timeField()),
    attempt: z.optional(z.int()),
    claimedUntil: z.optional(timeField()),
    /** Meta took it, and keeps it back until it has judged its template. */
    held: z.optional(z.boolean()),
    sentAt: z.optional(timeField()),
    deliveredAt: z.optional(timeField()),
    readAt: z.optional(timeField()),
    failedAt: z.optional(timeField()),
    pricing: z.optional(z.object({ type: z.optional(z.string()), category: z.optional(z.string()) })),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type Message = z.infer<Lazy<typeof Message>>;

/**
 * True for what may only go to people who have not opted out: campaigns, and templates of sellers, unless they are said
 * to be of another category.
 */
export const isMarketing = ({
  origin,
  type,
  category = 'marketing',
}: Pick<Message, 'origin' | 'type' | 'category'>): boolean =>
  category === 'marketing' && (origin === 'campaign' || (origin === 'seller' && type === 'template'));

/** Its sender said that it is no marketing, and Meta that it is. */
export const isMiscalled = ({ category, pricing }: Pick<Message, 'category' | 'pricing'>): boolean =>
  category !== undefined && category !== 'marketing' && /^marketing/.test(pricing?.category ?? '');

/** Where a message stands: its conversation, its moment and its id are its key. */
export type Place = Pick<Message, 'conversationId' | 'at' | 'messageId'>;

const ID_LENGTH = 26;

/** The message id of what Meta knows by this id: always the same, so that a repeat finds its own row. */
export const messageIdOf = (metaId: string): string =>
  [...createHash('sha256').update(metaId).digest().subarray(0, ID_LENGTH)]
    .map((byte) => CODE_ALPHABET.charAt(byte & 31))
    .join('');

const CALLBACK = /^m1\|([^|]{1,60})\|([^|]{24})\|([0-9A-Z]{26})$/;

/** What travels to Meta and back in every status of a message: the row's key, without the shop. */
export const callbackDataOf = ({ conversationId, at, messageId }: Place): string =>
  `m1|${conversationId}|${at}|${messageId}`;

/** The row's key in callback data; undefined when it is not ours. */
export const placeOfCallbackData = (data: string): Place | undefined => {
  const [, conversationId, at, messageId] = CALLBACK.exec(data) ?? [];
  return conversationId !== undefined && at !== undefined && messageId !== undefined
    ? { conversationId, at, messageId }
    : undefined;
};
