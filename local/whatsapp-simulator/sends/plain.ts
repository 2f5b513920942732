import { GraphRefusal } from '../graph-refusal.ts';
import type { MediaKind } from '../media-rules.ts';
import type { ChatContent } from '../simulator-api.ts';
import { judgeMedia, type Later, mediaKeys, type Surroundings } from './media-part.ts';
import {
  listOf,
  maybeFlagOf,
  maybeTextOf,
  missing,
  numberOf,
  openPart,
  type Part,
  partOf,
  partsOf,
  textOf,
} from './part.ts';

const TEXT = 4096;

const firstLink = (body: string): string | undefined => /https?:\/\/\S+/i.exec(body)?.[0];

export const judgeText = (message: Part): ChatContent => {
  const text = partOf(message, 'text', ['body', 'preview_url']);
  const body = textOf(text, 'body', { most: Number.POSITIVE_INFINITY });
  if (body.length > TEXT) throw new GraphRefusal(100, `Param text['body'] must be at most ${TEXT} characters long.`);
  const preview = maybeFlagOf(text, 'preview_url');
  return { type: 'text', body, ...(preview && { previewUrl: firstLink(body) }) };
};

export const judgeFile =
  (kind: MediaKind) =>
  (message: Part, around: Surroundings, later: Later): ChatContent => {
    const part = partOf(message, kind, mediaKeys(kind));
    const content = judgeMedia(part, kind, around, later);
    return kind === 'audio' ? { ...content, voice: maybeFlagOf(part, 'voice') } : content;
  };

export const judgeLocation = (message: Part): ChatContent => {
  const part = partOf(message, 'location', ['latitude', 'longitude', 'name', 'address']);
  return {
    type: 'location',
    latitude: numberOf(part, 'latitude', -90, 90),
    longitude: numberOf(part, 'longitude', -180, 180),
    name: maybeTextOf(part, 'name', { most: 1000 }),
    address: maybeTextOf(part, 'address', { most: 1000 }),
  };
};

const nameKeys = ['formatted_name', 'first_name', 'last_name', 'middle_name', 'suffix', 'prefix'];
const contactKeys = ['name', 'phones', 'emails', 'addresses', 'org', 'urls', 'birthday'];
const any = { least: 0, most: 50 };

/** A contact needs its whole name and one more part of it. */
const judgeContact = (contact: Part) => {
  const name = partOf(contact, 'name', nameKeys);
  const formatted = textOf(name, 'formatted_name', { most: 1000 });
  const parts = nameKeys.slice(1).filter((key) => maybeTextOf(name, key, { most: 500 }) !== undefined);
  if (parts.length === 0) throw missing(`${name.path}['first_name']`);
  const phones =
    contact.members['phones'] === undefined ? [] : partsOf(contact, 'phones', ['phone', 'type', 'wa_id'], any);
  const emails = contact.members['emails'] === undefined ? [] : partsOf(contact, 'emails', ['email', 'type'], any);
  return {
    name: formatted,
    phones: phones.map((phone) => textOf(phone, 'phone', { most: 100 })),
    emails: emails.map((email) => textOf(email, 'email', { most: 320 })),
  };
};

export const judgeContacts = (message: Part): ChatContent => {
  const items = listOf(message, 'contacts', { least: 1, most: 257 });
  const contacts = items.map((item, place) => judgeContact(openPart(item, `contacts[${place}]`, contactKeys)));
  return { type: 'contacts', contacts };
};

/** A reaction: one emoji on a message of the chat, or none to take it back. */
export const judgeReaction = (message: Part, { knowsMessage }: Surroundings): { messageId: string; emoji: string } => {
  const part = partOf(message, 'reaction', ['message_id', 'emoji']);
  const messageId = textOf(part, 'message_id', { most: 1000 });
  const emoji = textOf(part, 'emoji', { most: 64, least: 0 });
  const letters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(emoji)];
  const isEmoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(emoji);
  if (emoji !== '' && (letters.length !== 1 || !isEmoji)) {
    throw new GraphRefusal(131009, `${part.path}['emoji'] must be one emoji.`);
  }
  if (!knowsMessage(messageId))
    throw new GraphRefusal(131009, `${part.path}['message_id'] is not a message of this chat.`);
  return { messageId, emoji };
};
