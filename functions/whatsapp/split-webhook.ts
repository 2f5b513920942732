import { present } from '#core/present.ts';
import { digestOf } from './event-digest.ts';
import { isContactOf, namesOf, personKey, personOf } from './person.ts';
import type { EventKind, WebhookEvent } from './webhook-event.ts';
import { type Fields, fieldsOf, idOf, isFields, listOf, timeOf } from './wire.ts';

/** An event with what a queue wants to know of it. */
export interface SplitEvent {
  event: WebhookEvent;
  /** Events of one group are handled in order: those that an app tells of a person on a number, or of an account. */
  group: string;
  /** The same whenever Meta tells the same again to the same app. */
  dedupId: string;
}

/** How a body came. */
export type Delivery = Pick<WebhookEvent, 'app' | 'receivedAt' | 'archiveKey'>;

type Place = Omit<WebhookEvent, 'kind' | 'contact' | 'thread' | 'payload'>;
type Item = Pick<WebhookEvent, 'kind' | 'contact' | 'thread' | 'payload'>;

/** Where the lists of a value are, and what their items are. */
const lists: readonly (readonly [string, EventKind])[] = [
  ['messages', 'message'],
  ['message_echoes', 'echo'],
  ['statuses', 'status'],
  ['user_preferences', 'preference'],
  ['state_sync', 'contact-sync'],
  ['errors', 'error'],
];

/** Calls have lists of the same names, but of calls. */
const callLists: readonly (readonly [string, EventKind])[] = [
  ['calls', 'account'],
  ['statuses', 'account'],
  ['errors', 'error'],
];

/** Files of the history come by themselves, as messages. */
const historyLists: readonly (readonly [string, EventKind])[] = [
  ['messages', 'history'],
  ['errors', 'error'],
];

const listsOf = (field: string): readonly (readonly [string, EventKind])[] => {
  if (field === 'calls') return callLists;
  return field === 'history' ? historyLists : lists;
};

const omit = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isFields(value) && Object.keys(value).length === 0);

const account = (payload: unknown): Item => ({ kind: 'account', payload: payload ?? null });

/** What nobody has read, as an event of its own; none when there is nothing left. */
const leftOver = (fields: Fields, read: readonly string[]): Item[] => {
  const rest = Object.entries(fields).filter(([name, value]) => !read.includes(name) && !isNothing(value));
  return rest.length > 0 ? [account(Object.fromEntries(rest))] : [];
};

const needsId: ReadonlySet<EventKind> = new Set(['message', 'echo', 'history', 'status']);

const isWhole = (kind: EventKind, item: unknown): boolean =>
  isFields(item) &&
  (!needsId.has(kind) || idOf(item['id']) !== undefined) &&
  (kind !== 'status' || idOf(item['status']) !== undefined);

const itemOf = (kind: EventKind, payload: unknown): Item =>
  isWhole(kind, payload) ? { kind, payload } : account(payload);

const historyOf = (chunk: unknown): Item[] => {
  if (!isFields(chunk)) return [account(chunk)];
  const { metadata } = chunk;
  const messages = listOf(chunk['threads']).flatMap((thread) => {
    const fields = fieldsOf(thread);
    const items = listOf(fields['messages']);
    if (items.length === 0) return [account(thread)];
    const around = present({ metadata, ...omit(fields, ['messages']) });
    return items.map((item) => ({ ...itemOf('history', item), thread: around }));
  });
  const errors = listOf(chunk['errors']).map((error) => itemOf('error', error));
  const read = [
    ...(Array.isArray(chunk['threads']) ? ['threads'] : []),
    ...(Array.isArray(chunk['errors']) ? ['errors'] : []),
    ...(messages.some(({ kind }) => kind === 'history') ? ['metadata'] : []),
  ];
  return [...messages, ...errors, ...leftOver(chunk, read)];
};

type Numbers = Pick<Place, 'phoneNumberId' | 'displayPhoneNumber'>;

const numberOfValue = (value: unknown): Numbers => {
  const metadata = fieldsOf(fieldsOf(value)['metadata']);
  const [phoneNumberId, displayPhoneNumber] = [metadata['phone_number_id'], metadata['display_phone_number']];
  return { phoneNumberId: idOf(phoneNumberId), displayPhoneNumber: idOf(displayPhoneNumber) };
};

/** The contact of an item: by its names, never by its place; but where there is one of each, they belong together. */
const withContact = (
  item: Item,
  { displayPhoneNumber }: Numbers,
  contacts: readonly unknown[],
  isOnly: boolean,
): Item => {
  const names = namesOf({ ...item, displayPhoneNumber });
  const own = contacts.find((contact) => isContactOf(contact, names));
  const contact = own ?? (isOnly && contacts.length === 1 ? contacts[0] : undefined);
  return contact === undefined ? item : { ...item, contact };
};

/** What of the metadata is not in every event. */
const restOfMetadata = (metadata: unknown): unknown => {
  if (!isFields(metadata)) return metadata;
  const names = ['phone_number_id', 'display_phone_number'];
  return omit(
    metadata,
    names.filter((name) => idOf(metadata[name]) !== undefined),
  );
};

/** What of a value's frame is not in every event, and says something. */
const restOfFrame = (value: Fields, unused: readonly unknown[]): Fields => ({
  ...(value['messaging_product'] !== 'whatsapp' && { messaging_product: value['messaging_product'] }),
  metadata: restOfMetadata(value['metadata']),
  contacts: Array.isArray(value['contacts']) ? unused : value['contacts'],
});

const itemsOf = (field: string, value: Fields): Item[] => {
  const own = listsOf(field);
  const found = own.flatMap(([list, kind]) => listOf(value[list]).map((item) => itemOf(kind, item)));
  const items = [...found, ...listOf(value['history']).flatMap(historyOf)];
  if (items.length === 0) return [account(value)];
  const [numbers, contacts] = [numberOfValue(value), listOf(value['contacts'])];
  const withContacts = items.map((item) => withContact(item, numbers, contacts, items.length === 1));
  const used = new Set(withContacts.map(({ contact }) => contact));
  const read = [...own.map(([list]) => list), 'history'].filter((list) => Array.isArray(value[list]));
  const frame = ['messaging_product', 'metadata', 'contacts'];
  const rest = {
    ...omit(value, frame),
    ...present(
      restOfFrame(
        value,
        contacts.filter((one) => !used.has(one)),
      ),
    ),
  };
  return [...withContacts, ...leftOver(rest, read)];
};

const splitValue = (field: string, value: unknown): Item[] => {
  if (!isFields(value)) return [account(value)];
  if (field === 'leadgen' && idOf(value['leadgen_id'])) return [{ kind: 'leadgen', payload: value }];
  return itemsOf(field, value);
};

// Apps stay apart in group and id: two may hear the same number while a shop moves to an app of its own, and only one of
// them is believed; and a shop's own app may sign whatever number it likes.
const groupOf = (event: WebhookEvent): string => {
  const number = event.phoneNumberId ?? event.accountId;
  const person = event.kind === 'status' ? undefined : personKey(personOf(event));
  return digestOf([event.app, number, person ?? null]).slice(0, 32);
};

const dedupIdOf = (event: WebhookEvent): string => {
  const { app, kind, field, phoneNumberId, accountId, payload, time } = event;
  const number = phoneNumberId ?? accountId;
  const { id, status, recipient_participant_id: participant } = fieldsOf(payload);
  if (kind === 'status') return digestOf([app, kind, number, id, status, participant ?? null]);
  return digestOf([app, kind, number, field, payload, kind === 'account' ? (time ?? null) : null]);
};

const finish = (place: Place, item: Item): SplitEvent => {
  const event = present({ ...place, ...item });
  try {
    return { event, group: groupOf(event), dedupId: dedupIdOf(event) };
  } catch {
    // nested too deeply to be written on a queue; the archive has it
    const { receivedAt } = place;
    const bare = present({ ...place, ...account('nested too deeply') });
    return { event: bare, group: groupOf(bare), dedupId: digestOf([place.app, place.archiveKey ?? receivedAt]) };
  }
};

const splitChange = (around: Place, fallbackField: string, change: unknown): SplitEvent[] => {
  if (!isFields(change)) return [finish(around, account(change))];
  const { value } = change;
  const field = idOf(change['field']) ?? fallbackField;
  const place = { ...around, field, ...numberOfValue(value) };
  const read = ['value', ...(idOf(change['field']) === undefined ? [] : ['field'])];
  return [...splitValue(field, value), ...leftOver(change, read)].map((item) => finish(place, item));
};

const constants: readonly unknown[] = ['whatsapp_business_account', 'page'];

const readOf = (fields: Fields, list: string): string[] => [
  ...(Array.isArray(fields[list]) ? [list] : []),
  ...(constants.includes(fields['object']) ? ['object'] : []),
];

const splitEntry = (delivery: Delivery, entry: unknown): SplitEvent[] => {
  const fields = fieldsOf(entry);
  const [accountId, time, field] = [idOf(fields['id']), timeOf(fields['time']), idOf(fields['field'])];
  const place = { ...delivery, field: field ?? '', accountId: accountId ?? '', time };
  if (!isFields(entry)) return [finish(place, account(entry))];
  const changes = listOf(fields['changes']);
  const events = changes.flatMap((change) => splitChange(place, place.field, change));
  const known = Object.entries({ id: accountId, time, field }).filter(([, value]) => value !== undefined);
  const read = [...known.map(([name]) => name), ...readOf(fields, 'changes')];
  const rest = leftOver(fields, read).map((item) => finish(place, item));
  return events.length + rest.length > 0 ? [...events, ...rest] : [finish(place, account(entry))];
};

/**
 * Splits a webhook body, which may tell up to 1,000 things about several numbers, into events in the order given. Never
 * throws and drops nothing: what is not of a shape that we know is an event of kind `account` with all that was sent,
 * and its neighbours do not suffer.
 */
export const splitWebhook = (body: unknown, delivery: Delivery): SplitEvent[] => {
  const place = { ...delivery, field: '', accountId: '' };
  if (!isFields(body)) return [finish(place, account(body))];
  const entries = listOf(body['entry']);
  const events = entries.flatMap((entry) => splitEntry(delivery, entry));
  const rest = leftOver(body, readOf(body, 'entry')).map((item) => finish(place, item));
  return events.length + rest.length > 0 ? [...events, ...rest] : [finish(place, account(body))];
};
