import { createHash } from 'node:crypto';
import { parseLossless } from './lossless.ts';

/** One thing that Meta told, ready to be put on a queue alone. */
export type WebhookEvent = {
  kind: 'message' | 'status' | 'echo' | 'preference' | 'contact-sync' | 'error' | 'other' | 'unreadable';
  field?: string;
  /** The WhatsApp business account (for lead forms, the page). */
  entryId?: string;
  phoneNumberId?: string;
  phone?: string;
  /** The customer's id within the business portfolio; they may show no phone. */
  userId?: string;
  /** Events of one group are handled in order. */
  group: string;
  dedupId: string;
  /** Meta's own time, in seconds. */
  at?: number;
  /** A whole webhook body with this event alone, no digit lost. */
  raw: string;
};

type Fields = Readonly<Record<string, unknown>>;

const lists = [
  ['messages', 'message'],
  ['statuses', 'status'],
  ['message_echoes', 'echo'],
  ['user_preferences', 'preference'],
  ['state_sync', 'contact-sync'],
  ['errors', 'error'],
] as const;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string | undefined => {
  const plain = fieldsOf(value)['rawJSON'] ?? value;
  const text = typeof plain === 'string' || typeof plain === 'number' ? String(plain) : '';
  return text === '' ? undefined : text;
};
const firstText = (...values: unknown[]): string | undefined => values.map(textOf).find((text) => text !== undefined);
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const isUserId = (text: string | undefined): boolean => /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(text ?? '');

/** Who the customer is: a business-scoped id is also found where a phone should be. */
const customerOf = (kind: WebhookEvent['kind'], item: Fields): Pick<WebhookEvent, 'phone' | 'userId'> => {
  const isEcho = kind === 'echo';
  const phone = isEcho ? textOf(item['to']) : firstText(item['from'], item['recipient_id'], item['wa_id']);
  const userId = isEcho
    ? textOf(item['to_user_id'])
    : firstText(item['from_user_id'], item['recipient_user_id'], item['user_id'], isUserId(phone) ? phone : undefined);
  return { ...(phone && !isUserId(phone) && { phone }), ...(userId && { userId }) };
};

const dedupIdOf = (kind: WebhookEvent['kind'], number: string, item: Fields, raw: string): string | undefined => {
  const id = textOf(item['id']);
  if (kind === 'message' || kind === 'echo') return id && `${number}:${id}`;
  if (kind !== 'status') return hash(raw);
  const status = textOf(item['status']);
  const participant = textOf(item['recipient_participant_id']) ?? '';
  return id && status && [id, status, textOf(item['timestamp']) ?? '', participant].join(':');
};

/** The contacts of a change that are the customer of one item; matched by id, for order means nothing. */
const contactsOf = (value: Fields, { phone, userId }: Pick<WebhookEvent, 'phone' | 'userId'>): readonly unknown[] => {
  const contacts = listOf(value['contacts']);
  const matching = contacts.filter((contact) => {
    const { wa_id, user_id } = fieldsOf(contact);
    return (phone && textOf(wa_id) === phone) || (userId && textOf(user_id) === userId);
  });
  return matching.length > 0 || contacts.length > 1 ? matching : contacts;
};

type Place = { object: unknown; entry: Fields; change: Fields };

const makeEvent = (kind: WebhookEvent['kind'], { object, entry, change }: Place, value: unknown, item: Fields) => {
  const raw = JSON.stringify({ object, entry: [{ ...entry, changes: [{ ...change, value }] }] });
  const entryId = textOf(entry['id']);
  const field = textOf(change['field']);
  const phoneNumberId = textOf(fieldsOf(fieldsOf(value)['metadata'])['phone_number_id']);
  const customer = customerOf(kind, item);
  const at = Number(firstText(item['timestamp'], entry['time']));
  const number = phoneNumberId ?? entryId ?? '';
  const dedupId = dedupIdOf(kind, number, item, raw);
  return {
    kind: dedupId === undefined ? 'unreadable' : kind,
    ...(field && { field }),
    ...(entryId && { entryId }),
    ...(phoneNumberId && { phoneNumberId }),
    ...customer,
    group: `${number}:${customer.userId ?? customer.phone ?? field ?? ''}`,
    dedupId: dedupId ?? hash(raw),
    ...(Number.isFinite(at) && { at }),
    raw,
  } satisfies WebhookEvent;
};

const splitChange = (place: Place): WebhookEvent[] => {
  const value = fieldsOf(place.change['value']);
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !lists.some(([list]) => list === key)));
  const events = lists.flatMap(([list, kind]) =>
    listOf(value[list]).map((item) => {
      const contacts = contactsOf(value, customerOf(kind, fieldsOf(item)));
      const alone = { ...rest, ...(value['contacts'] !== undefined && { contacts }), [list]: [item] };
      return makeEvent(kind, place, alone, fieldsOf(item));
    }),
  );
  return events.length > 0 ? events : [makeEvent('other', place, place.change['value'], value)];
};

const unreadable = (raw: string): WebhookEvent => ({ kind: 'unreadable', group: '', dedupId: hash(raw), raw });

/**
 * Splits a webhook body, which may tell up to 1,000 things of several numbers, into events in the order given. Never
 * throws: what can't be read is an event too, kind `unreadable`, and its neighbours do not suffer.
 */
export const splitWebhook = (text: string): WebhookEvent[] => {
  try {
    const body = fieldsOf(parseLossless(text));
    const events = listOf(body['entry']).flatMap((entry) =>
      listOf(fieldsOf(entry)['changes']).flatMap((change) =>
        splitChange({ object: body['object'], entry: fieldsOf(entry), change: fieldsOf(change) }),
      ),
    );
    return events.length > 0 ? events : [unreadable(text)];
  } catch {
    return [unreadable(text)];
  }
};
