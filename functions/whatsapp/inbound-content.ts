import { present } from '#core/present.ts';
import { parseLossless } from './lossless.ts';
import { errorsOf, type WireError } from './status.ts';
import { type Fields, fieldsOf, flagOf, idOf, isFields, listOf, numberOf, textOf } from './wire.ts';

/** A file that came with a message. Meta keeps it seven days; `url`, where given, lives five minutes. */
export interface Media {
  id?: string;
  mimeType?: string;
  sha256?: string;
  caption?: string;
  url?: string;
  fileName?: string;
  /** Recorded in the chat, not sent as a file. */
  voice?: boolean;
  animated?: boolean;
}

/** A contact card. `contact_request`: the person's own number, given when asked; any other proves nothing. */
export interface Card {
  name?: string;
  phones: { phone?: string; waId?: string; kind?: string }[];
  emails: string[];
  company?: string;
  birthday?: string;
  origin?: string;
  vcard?: string;
}

/** What was tapped or filled in. `other`: a kind that we don't know. */
export type Reply =
  | { kind: 'button'; id: string; title: string }
  | { kind: 'list'; id: string; title: string; description?: string }
  /** `answers`: what the form gave, parsed; mostly an object, but it may be anything. */
  | { kind: 'form'; name?: string; body?: string; answers: unknown; flowToken?: string }
  | { kind: 'call-permission'; answer?: string; permanent: boolean }
  | { kind: 'other'; metaKind: string };

/** A line of a cart. The price is what the customer's phone says: never to be trusted. */
export interface OrderLine {
  productId: string;
  quantity: number;
  price?: number;
  currency?: string;
}

export const mediaTypes = ['image', 'video', 'audio', 'document', 'sticker'] as const;
export type MediaType = (typeof mediaTypes)[number];

/** What a message says, by Meta's type. */
export type Content =
  | { type: 'text'; text: string }
  | { type: MediaType; media: Media }
  | { type: 'location'; latitude: number; longitude: number; name?: string; address?: string; url?: string }
  | { type: 'contacts'; cards: Card[] }
  /** An empty emoji takes the reaction away. */
  | { type: 'reaction'; reactsTo: string; emoji: string }
  | { type: 'interactive'; reply: Reply }
  /** A quick reply of a template. */
  | { type: 'button'; text: string; payload: string }
  | { type: 'order'; catalogId?: string; text?: string; lines: OrderLine[] }
  /** A change of number or id is read by `identityChangeOf`. */
  | { type: 'system'; change: string; text?: string; identityHash?: string }
  | { type: 'revoke'; revokes: string }
  | { type: 'unsupported'; of?: string; errors: WireError[] }
  /** The chat was opened for the first time. */
  | { type: 'request_welcome' }
  | { type: 'unknown'; errors: WireError[] };

const mediaIn = (type: MediaType, body: Fields): Content => ({
  type,
  media: present({
    id: idOf(body['id']),
    mimeType: textOf(body['mime_type']),
    sha256: textOf(body['sha256']),
    caption: textOf(body['caption']),
    url: textOf(body['url']),
    fileName: textOf(body['filename']),
    voice: body['voice'] === undefined ? undefined : flagOf(body['voice']),
    animated: body['animated'] === undefined ? undefined : flagOf(body['animated']),
  }),
});

const cardOf = (value: unknown): Card => {
  const card = fieldsOf(value);
  const name = fieldsOf(card['name']);
  const parts = [name['first_name'], name['middle_name'], name['last_name']].map(idOf).filter((part) => part);
  const phones = listOf(card['phones']).map(fieldsOf);
  return present({
    name: idOf(name['formatted_name']) ?? idOf(parts.join(' ')),
    phones: phones.map(({ phone, wa_id, type }) =>
      present({ phone: idOf(phone), waId: idOf(wa_id), kind: idOf(type) }),
    ),
    emails: listOf(card['emails']).flatMap((email) => idOf(fieldsOf(email)['email']) ?? []),
    company: idOf(fieldsOf(card['org'])['company']),
    birthday: idOf(card['birthday']),
    origin: idOf(card['origin']),
    vcard: textOf(card['vcard']),
  });
};

const parsedOrText = (text: string): unknown => {
  try {
    return parseLossless(text);
  } catch {
    return text;
  }
};

/** A form's answers come as JSON in a string, and have been seen wrapped twice. */
const answersOf = (value: unknown): unknown => {
  const once = typeof value === 'string' ? parsedOrText(value) : value;
  return typeof once === 'string' ? parsedOrText(once) : once;
};

const formOf = (form: Fields): Reply => {
  const answers = answersOf(form['response_json']);
  const flowToken = idOf(fieldsOf(answers)['flow_token']);
  return present({ kind: 'form', name: idOf(form['name']), body: textOf(form['body']), answers, flowToken });
};

const replyOf = (interactive: Fields): Reply => {
  const kind = idOf(interactive['type']) ?? '';
  const body = fieldsOf(interactive[kind]);
  const id = idOf(body['id']) ?? '';
  const title = textOf(body['title']) ?? '';
  if (kind === 'button_reply') return { kind: 'button', id, title };
  if (kind === 'list_reply') return present({ kind: 'list', id, title, description: textOf(body['description']) });
  if (kind === 'nfm_reply') return formOf(body);
  if (kind === 'call_permission_reply') {
    const permanent = flagOf(body['is_permanent']);
    return present({ kind: 'call-permission', answer: idOf(body['response']), permanent });
  }
  return { kind: 'other', metaKind: kind };
};

const orderLineOf = (value: unknown): OrderLine => {
  const line = fieldsOf(value);
  return present({
    productId: idOf(line['product_retailer_id']) ?? '',
    quantity: numberOf(line['quantity']) ?? 0,
    price: numberOf(line['item_price']),
    currency: idOf(line['currency']),
  });
};

const locationIn = (body: Fields): Content | undefined => {
  const [latitude, longitude] = [numberOf(body['latitude']), numberOf(body['longitude'])];
  if (latitude === undefined || longitude === undefined) return undefined;
  const [name, address, url] = [textOf(body['name']), textOf(body['address']), textOf(body['url'])];
  return present({ type: 'location' as const, latitude, longitude, name, address, url });
};

const reactionIn = (body: Fields): Content | undefined => {
  const reactsTo = idOf(body['message_id']);
  return reactsTo === undefined ? undefined : { type: 'reaction', reactsTo, emoji: textOf(body['emoji']) ?? '' };
};

const systemIn = (body: Fields, item: Fields): Content =>
  present({
    type: 'system',
    change: idOf(body['type']) ?? '',
    text: textOf(body['body']),
    identityHash: idOf(fieldsOf(item['identity'])['hash']) ?? idOf(body['identity']),
  });

const revokeIn = (body: Fields): Content | undefined => {
  const revokes = idOf(body['original_message_id']);
  return revokes === undefined ? undefined : { type: 'revoke', revokes };
};

const textIn = (body: Fields): Content | undefined => {
  const text = textOf(body['body']);
  return text === undefined ? undefined : { type: 'text', text };
};

type Reader = (body: Fields, item: Fields) => Content | undefined;

const media = Object.fromEntries(mediaTypes.map((type): [string, Reader] => [type, (body) => mediaIn(type, body)]));

/** Undefined from a reader: what makes the type what it is, is missing. */
const readers: Readonly<Record<string, Reader>> = {
  ...media,
  text: textIn,
  location: locationIn,
  reaction: reactionIn,
  interactive: (body) => ({ type: 'interactive', reply: replyOf(body) }),
  button: ({ text, payload }) => ({ type: 'button', text: textOf(text) ?? '', payload: textOf(payload) ?? '' }),
  order: (body) =>
    present({
      type: 'order' as const,
      catalogId: idOf(body['catalog_id']),
      text: textOf(body['text']),
      lines: listOf(body['product_items']).map(orderLineOf),
    }),
  system: systemIn,
  revoke: revokeIn,
};

/** Reads what an item of `messages` says by its own type; `unknown` for a type, or a shape, that we don't know. */
export const contentOf = (item: Fields): Content => {
  const type = idOf(item['type']) ?? '';
  const errors = errorsOf(item['errors']);
  if (type === 'contacts') return { type, cards: listOf(item['contacts']).map(cardOf) };
  if (type === 'request_welcome') return { type };
  if (type === 'unsupported') return present({ type, of: idOf(fieldsOf(item['unsupported'])['type']), errors });
  const body = item[type];
  const read = isFields(body) && Object.hasOwn(readers, type) ? readers[type] : undefined;
  return (isFields(body) && read?.(body, item)) || { type: 'unknown', errors };
};
