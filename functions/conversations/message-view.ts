import * as z from 'zod/mini';
import type { Language } from '#core/fields.ts';
import { timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { answerFailedWords, chargedAsMarketingWords } from '#core/messages/inbox.ts';
import type { Connection } from '../connections/connection.ts';
import type { Contact } from '../contacts/contact.ts';
import { explainError } from '../whatsapp/error-dictionary.ts';
import { bodyOf, type InboundMessage, readInbound } from '../whatsapp/inbound-message.ts';
import { type Fields, fieldsOf, idOf } from '../whatsapp/wire.ts';
import { directions } from './conversation.ts';
import { isMiscalled, type Message, messageStates, origins } from './message.ts';

const text = () => z.optional(z.string());

/** What happened and what to do, in the shop's language. */
const explained = () => ({ explanation: z.string(), advice: z.string() });

const mediaShown = () =>
  z.object({
    state: z.enum(['pending', 'stored', 'failed']),
    mimeType: text(),
    bytes: z.optional(z.int()),
    fileName: text(),
    problem: text(),
  });

/** A message as sellers see it. */
export const MessageView = lazy(() =>
  z.object({
    messageId: z.string(),
    conversationId: z.string(),
    contactId: z.string(),
    direction: z.enum(directions),
    origin: z.enum(origins),
    /** Who wrote it, when it is the shop's: `user:<id>`, or a part of the system. */
    by: text(),
    /** Meta's id. */
    metaId: text(),
    from: text(),
    to: text(),
    /** Meta's type. */
    type: z.string(),
    /** Its words, when it has any. */
    body: text(),
    /** All that it says, by its type; empty when its writer took it back. */
    content: z.record(z.string(), z.unknown()),
    /** It is too large to be shown: only its type is known. */
    tooLarge: z.optional(z.boolean()),
    /** Meta took it, and keeps it back until it has judged its template. */
    held: z.optional(z.boolean()),
    /** What came with it: forwarded, the advertisement it came from, the product it is about. */
    metadata: z.record(z.string(), z.unknown()),
    /** Meta's timestamp, or the moment of commit of one that goes out. */
    at: timeField(),
    state: z.enum(messageStates),
    processed: z.boolean(),
    answered: z.boolean(),
    /** The message that answers it. */
    answer: z.optional(z.object({ messageId: z.string(), body: text(), metaId: text() })),
    /** Meta's id of the message it replies to. */
    repliesTo: text(),
    reaction: text(),
    editedAt: text(),
    revokedAt: text(),
    media: z.optional(mediaShown()),
    error: z.optional(z.object({ code: z.int(), title: z.string(), details: text(), ...explained() })),
    /** It went out, but not as its sender thought: its category is another one by Meta's word. */
    warning: z.optional(z.object(explained())),
    checkoutCode: text(),
    sentAt: text(),
    deliveredAt: text(),
    readAt: text(),
    failedAt: text(),
    pricing: z.optional(z.object({ type: text(), category: text() })),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type MessageView = z.infer<Lazy<typeof MessageView>>;

/** What a message is shown with. */
export interface Shown {
  contact: Contact;
  /** Absent once the number has been disconnected. */
  connection: Connection | undefined;
  language: Language;
  /** The row that answers it, when it is known. */
  answer?: Message | undefined;
}

const parsed = (json: string): Fields => {
  try {
    return fieldsOf(JSON.parse(json));
  } catch {
    return {};
  }
};

interface Said {
  body: string | undefined;
  content: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/** What stands beside the words of every message of Meta's. */
const envelope: ReadonlySet<string> = new Set(['metaId', 'metaType', 'at', 'repliesTo']);
const beside: ReadonlySet<string> = new Set(['forwarded', 'referral', 'product', 'groupId', 'identityHash']);

const saidInbound = (message: InboundMessage, raw: Fields): Said => {
  const members = Object.entries(message);
  const content = Object.fromEntries(members.filter(([name]) => !envelope.has(name) && !beside.has(name)));
  return {
    body: bodyOf(message),
    content: message.type === 'unknown' ? { ...content, raw } : content,
    metadata: Object.fromEntries(members.filter(([name]) => beside.has(name))),
  };
};

/** The words of what goes out: of a text, of what can be tapped, under a file; the name of a template. */
export const bodyOfContent = (content: Fields): string | undefined => {
  const part = fieldsOf(content[String(content['type'])]);
  const { body } = part;
  return idOf(body) ?? idOf(fieldsOf(body)['text']) ?? idOf(part['caption']) ?? idOf(part['name']);
};

const said = (message: Message): Said => {
  if (message.raw === undefined) {
    const content = { ...message.content };
    return { body: bodyOfContent(content), content, metadata: {} };
  }
  const raw = parsed(message.raw);
  if (message.edited === undefined) return saidInbound(readInbound(raw), raw);
  // as it stands since it was edited, with what came with it at first
  const edited = { ...raw, ...parsed(message.edited) };
  return saidInbound(readInbound(edited), edited);
};

const taken: Said = { body: undefined, content: {}, metadata: {} };

const addressOf = ({ phone, username, userIds }: Contact): string | undefined =>
  phone ?? username ?? userIds[0]?.userId;

const sides = ({ direction }: Message, { contact, connection }: Shown): Pick<MessageView, 'from' | 'to'> => {
  const [theirs, ours] = [addressOf(contact), connection?.displayNumber];
  return direction === 'inbound' ? { from: theirs, to: ours } : { from: ours, to: theirs };
};

const errorOf = ({ error, direction }: Message, { language }: Shown): Pick<MessageView, 'error'> => {
  if (error === undefined) return {};
  const words = direction === 'inbound' ? answerFailedWords(language) : explainError(error.code, language);
  return { error: { ...error, explanation: words.say, advice: words.do } };
};

const warningOf = (message: Message, { language }: Shown): Pick<MessageView, 'warning'> => {
  if (!isMiscalled(message)) return {};
  const words = chargedAsMarketingWords(language);
  return { warning: { explanation: words.say, advice: words.do } };
};

const answerOf = ({ answeredBy }: Message, { answer }: Shown): Pick<MessageView, 'answer'> =>
  answeredBy === undefined
    ? {}
    : { answer: { messageId: answeredBy, body: answer && said(answer).body, metaId: answer?.metaId } };

const copied = [
  'messageId',
  'conversationId',
  'direction',
  'origin',
  'by',
  'metaId',
  'type',
  'at',
  'state',
  'repliesTo',
  'editedAt',
  'revokedAt',
  'checkoutCode',
  'sentAt',
  'deliveredAt',
  'readAt',
  'failedAt',
  'pricing',
  'held',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof Message & keyof MessageView)[];

const copyOf = (message: Message): Pick<Message, (typeof copied)[number]> =>
  Object.fromEntries(copied.map((name) => [name, message[name]])) as Pick<Message, (typeof copied)[number]>;

const mediaOf = ({ metaId: _, key: __, ...media }: NonNullable<Message['media']>): MessageView['media'] => media;

/** A message as sellers see it: what it says since it was edited, nothing of it once it was taken back. */
export const messageView = (message: Message, shown: Shown): MessageView => {
  const { media, processedAt, answeredBy, reaction, revokedAt } = message;
  return {
    ...copyOf(message),
    contactId: shown.contact.contactId,
    ...sides(message, shown),
    ...(revokedAt === undefined ? said(message) : taken),
    processed: processedAt !== undefined,
    answered: answeredBy !== undefined,
    ...answerOf(message, shown),
    ...(message.tooLarge && { tooLarge: true }),
    ...(reaction && { reaction }),
    ...(media && { media: mediaOf(media) }),
    ...errorOf(message, shown),
    ...warningOf(message, shown),
  };
};
