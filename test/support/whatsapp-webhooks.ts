import { sign } from '../../functions/whatsapp/signature.ts';

/** Meta's JSON, as a test writes it. */
export type Json = Record<string, unknown>;

export const WABA = '800000000000001';
export const NUMBER = '900000000000001';
export const OUR_PHONE = '5491130000001';
export const ANA = '5491161234567';
export const ANA_ID = 'AR.1000200030004000';
export const AT = '1763700000';
/** {@link AT} as we write it. */
export const AT_ISO = '2025-11-21T04:40:00.000Z';

export const metadata = { display_phone_number: OUR_PHONE, phone_number_id: NUMBER };

export const aContact = (more: Json = {}): Json => ({
  profile: { name: 'Ana', username: 'ana.q' },
  wa_id: ANA,
  user_id: ANA_ID,
  ...more,
});

let made = 0;

/** A Meta id that nothing else has. */
export const aMetaId = (): string => {
  made += 1;
  return `wamid.TEST${String(made).padStart(8, '0')}==`;
};

/** A text of Ana's, or what `more` makes of it. */
export const aMessage = (more: Json = {}): Json => ({
  from: ANA,
  from_user_id: ANA_ID,
  id: aMetaId(),
  timestamp: AT,
  type: 'text',
  text: { body: 'Hola, ¿precio? 🕯️' },
  ...more,
});

/** A message of another type: `aTyped('image', { id: '1' })`. */
export const aTyped = (type: string, body?: unknown, more: Json = {}): Json => {
  const { text: _, ...rest } = aMessage();
  return { ...rest, type, ...(body !== undefined && { [type]: body }), ...more };
};

export const aStatus = (more: Json = {}): Json => ({
  id: aMetaId(),
  status: 'delivered',
  timestamp: AT,
  recipient_id: ANA,
  recipient_user_id: ANA_ID,
  ...more,
});

/** A whole body with one change. */
export const aBody = (value: unknown, field = 'messages', entry: Json = {}): Json => ({
  object: 'whatsapp_business_account',
  entry: [{ id: WABA, ...entry, changes: [{ field, value }] }],
});

/** The value of a `messages` change. */
export const aValue = (more: Json): Json => ({ messaging_product: 'whatsapp', metadata, ...more });

/** A whole body with these messages of Ana's. */
export const aMessagesBody = (messages: unknown[], contacts: unknown[] = [aContact()]): Json =>
  aBody(aValue({ contacts, messages }));

export const aStatusesBody = (statuses: unknown[]): Json => aBody(aValue({ statuses }));

/** JSON as Meta writes it: all that is not ASCII as `\u` escapes, slashes too. */
export const asMetaWrites = (body: unknown): string =>
  JSON.stringify(body)
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('/', '\\/');

/** The header that Meta sends with this text. */
export const signatureOf = (text: string, secret: string): Record<string, string> => ({
  'x-hub-signature-256': sign(Buffer.from(text), secret),
});
