import type { CardContent, ChatContent, ChatMessage } from '../../local/whatsapp-simulator/simulator-api.ts';
import type { Words } from './words.ts';

type ContentOf<Type extends ChatContent['type']> = ChatContent & { type: Type };
type Texts = { [Type in ChatContent['type']]: (content: ContentOf<Type>, words: Words) => string };

const fileText = (content: { caption?: string; fileName?: string }, words: Words): string =>
  content.caption ?? content.fileName ?? words.file;

const cardText = ({ body, header, template }: CardContent): string =>
  body ?? (header?.type === 'text' ? header.text : undefined) ?? template?.name ?? '';

const texts: Texts = {
  text: ({ body }) => body,
  image: (content, words) => content.caption ?? words.send_.photo,
  video: (content, words) => content.caption ?? words.send_.video,
  audio: (content, words) => (content.voice ? words.voice : words.send_.audio),
  document: fileText,
  sticker: (_, words) => words.send_.sticker,
  location: ({ name }, words) => name ?? words.location,
  contacts: ({ contacts }) => contacts.map(({ name }) => name).join(', '),
  card: cardText,
  reply: ({ body }) => body,
  order: ({ items }, words) => `${words.order}: ${items.length}`,
  system: ({ body }) => body,
  call: ({ seconds }, words) => `${words.call} (${seconds} ${words.seconds})`,
  request_welcome: (_, words) => words.welcome,
  unsupported: (_, words) => words.unsupported,
  unknown: (_, words) => words.unknownType,
};

/** A message in one line. */
export const bubbleText = (message: ChatMessage, words: Words): string => {
  if (message.revoked) return words.revoked;
  const text = texts[message.content.type] as (content: ChatContent, words: Words) => string;
  return text(message.content, words);
};
