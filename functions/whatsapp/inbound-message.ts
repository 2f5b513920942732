import { present } from '#core/present.ts';
import { type Content, contentOf, type Media } from './inbound-content.ts';
import { type Fields, fieldsOf, flagOf, idOf, textOf, timeOf } from './wire.ts';

/** The advertisement that brought the customer. `clickId` (Meta's `ctwa_clid`) is for the Conversions API. */
export interface Referral {
  sourceId?: string;
  sourceType?: string;
  sourceUrl?: string;
  headline?: string;
  body?: string;
  mediaType?: string;
  mediaUrl?: string;
  thumbnailUrl?: string;
  clickId?: string;
  welcomeText?: string;
}

/** What every message has, whatever it says. */
export interface Envelope {
  /** Meta's id. Empty only for an item that came without one. */
  metaId: string;
  /** Meta's own word for the type. */
  metaType: string;
  /** When it was written, by Meta's clock: ISO 8601, milliseconds. */
  at?: string;
  /** Meta's id of the message it replies to. */
  repliesTo?: string;
  forwarded?: 'once' | 'often';
  referral?: Referral;
  /** The product that the customer asks about. */
  product?: { catalogId?: string; productId?: string };
  groupId?: string;
  /** Changes when the person's phone does. Only where identity checks are on. */
  identityHash?: string;
}

/** `edits`: Meta's id of the message as it was; `message`: as it is now. */
export type Edit = { type: 'edit'; edits: string; message: Content };

/** A message of a customer, by its `type`. */
export type InboundMessage = Envelope & (Content | Edit);

const referralOf = (value: unknown): Referral | undefined => {
  if (value === undefined) return undefined;
  const referral = fieldsOf(value);
  const text = (name: string) => idOf(referral[name]);
  return present({
    sourceId: text('source_id'),
    sourceType: text('source_type'),
    sourceUrl: text('source_url'),
    headline: text('headline'),
    body: text('body'),
    mediaType: text('media_type'),
    mediaUrl: text('image_url') ?? text('video_url'),
    thumbnailUrl: text('thumbnail_url'),
    clickId: text('ctwa_clid'),
    welcomeText: textOf(fieldsOf(referral['welcome_message'])['text']),
  });
};

const forwardedOf = (context: Fields): Envelope['forwarded'] => {
  if (flagOf(context['frequently_forwarded'])) return 'often';
  return flagOf(context['forwarded']) ? 'once' : undefined;
};

const productOf = (context: Fields): Envelope['product'] => {
  if (context['referred_product'] === undefined) return undefined;
  const product = fieldsOf(context['referred_product']);
  return present({ catalogId: idOf(product['catalog_id']), productId: idOf(product['product_retailer_id']) });
};

const envelopeOf = (item: Fields): Envelope => {
  const context = fieldsOf(item['context']);
  return present({
    metaId: idOf(item['id']) ?? '',
    metaType: idOf(item['type']) ?? '',
    at: timeOf(item['timestamp']),
    repliesTo: idOf(context['id']),
    forwarded: forwardedOf(context),
    referral: referralOf(item['referral']),
    product: productOf(context),
    groupId: idOf(item['group_id']),
    identityHash: idOf(item['identity_key_hash']),
  });
};

const editOf = (item: Fields): Edit | undefined => {
  const edit = fieldsOf(item['edit']);
  const edits = idOf(edit['original_message_id']);
  return edits === undefined ? undefined : { type: 'edit', edits, message: contentOf(fieldsOf(edit['message'])) };
};

/**
 * Reads one of Meta's messages (of a customer, an echo, or history), whatever its shape: what can't be read is of type
 * `unknown`, with Meta's own word in `metaType`. Who wrote it is told by `personOf`.
 * Source: Meta, "Messages webhook reference".
 */
export const readInbound = (raw: unknown): InboundMessage => {
  const item = fieldsOf(raw);
  const content = (item['type'] === 'edit' && editOf(item)) || contentOf(item);
  return { ...envelopeOf(item), ...content };
};

/** The file of a message, if it has one that can be fetched. An edit has that of the message it changes. */
export const mediaOf = (message: Content | Edit): (Media & { id: string }) | undefined => {
  if (message.type === 'edit') return mediaOf(message.message);
  if (!('media' in message)) return undefined;
  const { id } = message.media;
  return id === undefined ? undefined : { ...message.media, id };
};

const replyText = (message: Extract<Content, { type: 'interactive' }>): string | undefined => {
  const { reply } = message;
  if (reply.kind === 'button' || reply.kind === 'list') return reply.title;
  return reply.kind === 'form' ? reply.body : undefined;
};

/** The words that the customer wrote or chose; undefined when there are none. */
export const bodyOf = (message: Content | Edit): string | undefined => {
  switch (message.type) {
    case 'text':
    case 'button':
    case 'order':
    case 'system':
      return message.text;
    case 'interactive':
      return replyText(message);
    case 'location':
      return message.name ?? message.address;
    case 'edit':
      return bodyOf(message.message);
    default:
      return 'media' in message ? message.media.caption : undefined;
  }
};

/** Meta's id of the message that this one belongs to: replied to, reacted to, edited or taken back. */
export const repliesToOf = (message: InboundMessage): string | undefined => {
  if (message.type === 'reaction') return message.reactsTo;
  if (message.type === 'edit') return message.edits;
  return message.type === 'revoke' ? message.revokes : message.repliesTo;
};

const marks: Readonly<Record<string, string>> = {
  image: '📷',
  video: '🎬',
  audio: '🎵',
  document: '📄',
  sticker: '🏷️',
  location: '📍',
  contacts: '👤',
  order: '🛒',
  edit: '✏️',
  revoke: '🚫',
  request_welcome: '👋',
};

const PREVIEW_LENGTH = 80;

const detailOf = (message: InboundMessage): string => {
  if (message.type === 'reaction') return message.emoji || '🚫';
  if (message.type === 'contacts') return message.cards.map(({ name }) => name ?? '').join(', ');
  if (message.type === 'document') return message.media.caption ?? message.media.fileName ?? '';
  return bodyOf(message) ?? '';
};

/** At most eighty UTF-16 units of a text, no character cut. */
export const shortened = (text: string): string => {
  const characters = Array.from(new Intl.Segmenter().segment(text.slice(0, 8 * PREVIEW_LENGTH)), (one) => one.segment);
  let kept = '';
  for (const character of characters) {
    if (kept.length + character.length > PREVIEW_LENGTH - 1) return `${kept}…`;
    kept += character;
  }
  return kept;
};

/** One line for a list of conversations, in no language of our own: at most 80 UTF-16 units, no character cut. */
export const previewOf = (message: InboundMessage): string => {
  const isVoice = message.type === 'audio' && message.media.voice;
  const mark = isVoice ? '🎤' : marks[message.type];
  const detail = detailOf(message).replace(/\s+/g, ' ').trim();
  return shortened([mark, detail].filter(Boolean).join(' ')) || '…';
};

const notOpening: ReadonlySet<string> = new Set(['edit', 'revoke', 'system']);

/**
 * Whether it lets the shop answer freely for a day: what the customer says or taps does, what tells of a change and what
 * they say to a group does not. Source: Meta, "Customer service windows".
 */
export const opensWindow = ({ type, metaType, groupId }: InboundMessage): boolean =>
  groupId === undefined && !notOpening.has(type) && !notOpening.has(metaType);
