import type { CustomerMessage, Referral } from './simulator-api.ts';
import type { MediaRow, MessageRow } from './world-rows.ts';

/** What a customer's act needs to be said in Meta's words. */
export interface ActFacts {
  media?: MediaRow;
  /** Where the bytes are for five minutes. */
  mediaUrl?: string;
  /** The message tapped on, chosen from or changed. */
  target?: MessageRow;
  /** Of whom it is, where a card asks for the telephone. */
  ownPhone?: { name: string; waId: string };
}

type Payload = Record<string, unknown>;
type Having<Act, Type> = Act extends { type: infer Known } ? (Type extends Known ? Act : never) : never;
/** The acts that may have a type. */
export type OfType<Type extends CustomerMessage['type']> = Having<CustomerMessage, Type>;

const mediaMembers = (act: OfType<'image'>, { media, mediaUrl }: ActFacts): Payload => ({
  ...(act.caption && { caption: act.caption }),
  ...(act.type === 'document' && { filename: act.fileName ?? media?.fileName ?? 'documento' }),
  mime_type: media?.mimeType,
  sha256: Buffer.from(media?.sha256 ?? '', 'hex').toString('base64'),
  id: media?.mediaId,
  url: mediaUrl,
  ...(act.type === 'audio' && { voice: act.voice ?? false }),
  ...(act.type === 'sticker' && { animated: act.animated ?? false }),
});

const contactMembers = ({ contacts }: OfType<'contacts'>): Payload[] =>
  contacts.map(({ name, phones, emails = [] }) => {
    const [first = name, ...others] = name.split(' ');
    return {
      name: { formatted_name: name, first_name: first, ...(others.length > 0 && { last_name: others.join(' ') }) },
      phones: phones.map((phone) => ({ phone, wa_id: phone.replace(/\D/g, ''), type: 'CELL' })),
      ...(emails.length > 0 && { emails: emails.map((email) => ({ email, type: 'HOME' })) }),
      origin: 'other',
    };
  });

const orderMembers = ({ catalogId, text, items }: OfType<'order'>): Payload => ({
  catalog_id: catalogId,
  ...(text && { text }),
  product_items: items.map(({ productId, quantity, price, currency }) => ({
    product_retailer_id: productId,
    quantity,
    item_price: price,
    currency,
  })),
});

const flowReply = (act: OfType<'tap'>): Payload => ({
  type: 'interactive',
  interactive: {
    type: 'nfm_reply',
    nfm_reply: { name: 'flow', body: 'Sent', response_json: JSON.stringify(act.flowResponse ?? {}) },
  },
});

const sharedContact = ({ ownPhone }: ActFacts): Payload => ({
  type: 'contacts',
  contacts: [
    {
      name: { formatted_name: ownPhone?.name, first_name: ownPhone?.name },
      phones: [{ phone: `+${ownPhone?.waId}`, wa_id: ownPhone?.waId, type: 'CELL' }],
      origin: 'contact_request',
    },
  ],
});

const buttonsOf = (target: MessageRow | undefined) => {
  const content = target?.content;
  if (content?.type !== 'card') return [];
  return [...content.buttons, ...(content.cards ?? []).flatMap(({ buttons }) => buttons)];
};

const tapPayload = (act: OfType<'tap'>, facts: ActFacts): Payload => {
  const button = buttonsOf(facts.target).find(({ index }) => index === act.index);
  const payload = facts.target?.payloads?.[act.index] ?? button?.label;
  if (button?.kind === 'quick_reply') return { type: 'button', button: { payload, text: button.label } };
  if (button?.kind === 'flow') return flowReply(act);
  if (button?.kind === 'request_contact_info') return sharedContact(facts);
  return {
    type: 'interactive',
    interactive: { type: 'button_reply', button_reply: { id: payload, title: button?.label } },
  };
};

const choicePayload = (act: OfType<'choose'>, { target }: ActFacts): Payload => {
  const content = target?.content;
  const rows = content?.type === 'card' ? (content.list?.sections ?? []).flatMap((section) => section.rows) : [];
  const row = rows.find(({ id }) => id === act.rowId);
  return { type: 'interactive', interactive: { type: 'list_reply', list_reply: { ...row } } };
};

const editPayload = ({ messageId, body }: OfType<'edit'>): Payload => ({
  type: 'edit',
  edit: { original_message_id: messageId, message: { type: 'text', text: { body } } },
});

const unsupportedPayload = ({ what = 'poll' }: OfType<'unsupported'>): Payload => {
  const title = 'Message type unknown';
  const details = 'Message type is currently not supported.';
  return {
    type: 'unsupported',
    errors: [{ code: 131051, title, message: title, error_data: { details } }],
    unsupported: { type: what },
  };
};

const makers: { [Type in Exclude<CustomerMessage['type'], 'call'>]: (act: OfType<Type>, facts: ActFacts) => Payload } =
  {
    text: ({ body }) => ({ type: 'text', text: { body } }),
    image: (act, facts) => ({ type: act.type, [act.type]: mediaMembers(act, facts) }),
    video: (act, facts) => ({ type: act.type, [act.type]: mediaMembers(act, facts) }),
    audio: (act, facts) => ({ type: act.type, [act.type]: mediaMembers(act, facts) }),
    document: (act, facts) => ({ type: act.type, [act.type]: mediaMembers(act, facts) }),
    sticker: (act, facts) => ({ type: act.type, [act.type]: mediaMembers(act, facts) }),
    location: ({ latitude, longitude, name, address }) => ({
      type: 'location',
      location: { latitude, longitude, ...(name && { name }), ...(address && { address }) },
    }),
    contacts: (act) => ({ type: 'contacts', contacts: contactMembers(act) }),
    reaction: ({ messageId, emoji }) => ({
      type: 'reaction',
      reaction: { message_id: messageId, ...(emoji !== '' && { emoji }) },
    }),
    tap: tapPayload,
    choose: choicePayload,
    order: (act) => ({ type: 'order', order: orderMembers(act) }),
    edit: editPayload,
    revoke: ({ messageId }) => ({ type: 'revoke', revoke: { original_message_id: messageId } }),
    unsupported: unsupportedPayload,
    request_welcome: () => ({ type: 'request_welcome' }),
    unknown: ({ name = 'unknown', payload }) => ({ ...payload, type: name }),
  };

/** The part of a webhook's message that depends on its type, with that type. */
export const payloadOf = (act: Exclude<CustomerMessage, { type: 'call' }>, facts: ActFacts): Payload => {
  const make = makers[act.type] as (act: CustomerMessage, facts: ActFacts) => Payload;
  return make(act, facts);
};

const referralMembers = (referral: Referral): Payload => ({
  source_url: referral.sourceUrl,
  source_id: referral.sourceId,
  source_type: referral.sourceType,
  headline: referral.headline ?? '',
  body: referral.body ?? '',
  ...(referral.mediaType && { media_type: referral.mediaType }),
  ...(referral.imageUrl && { image_url: referral.imageUrl }),
  ...(referral.clickId && { ctwa_clid: referral.clickId }),
});

const contextMembers = (
  act: CustomerMessage,
  quoted: string | undefined,
  businessDigits: string,
): Payload | undefined => {
  const { forwarded, referredProduct } = act;
  if (forwarded) return forwarded === 'once' ? { forwarded: true } : { frequently_forwarded: true };
  const product = referredProduct && {
    referred_product: { catalog_id: referredProduct.catalogId, product_retailer_id: referredProduct.productId },
  };
  if (quoted === undefined && !product) return undefined;
  return { from: businessDigits, ...(quoted !== undefined && { id: quoted }), ...product };
};

/** `context` and `referral` of a customer's message. */
export const surroundingsOf = (act: CustomerMessage, quoted: string | undefined, businessDigits: string): Payload => {
  const context = contextMembers(act, quoted, businessDigits);
  return { ...(context && { context }), ...(act.referral && { referral: referralMembers(act.referral) }) };
};

/** The buttons of a card, also those of its carousel. */
export const allButtonsOf = buttonsOf;
