import { phoneKey } from '#core/phone-key.ts';
import { present } from '#core/present.ts';
import type { WebhookEvent } from './webhook-event.ts';
import { type Fields, fieldsOf, idOf } from './wire.ts';

/** The person whom an event is about, as Meta shows them. Whatever it left out is absent. */
export interface Person {
  /** E.164 as it reached us. */
  phone?: string;
  /** Meta's own spelling of the number, which may differ from `phone` by a digit. */
  waId?: string;
  /** Their id within the business portfolio of the number. */
  bsuid?: string;
  /** Their id within a managed group of portfolios. */
  parentBsuid?: string;
  /** The id they had until now. */
  previousBsuid?: string;
  username?: string;
  profileName?: string;
}

/**
 * Whether this is the form of a business-scoped user id: it also comes where a phone should be.
 * Source: Meta, "Business-scoped user IDs".
 */
export const isUserId = (text: string): boolean => /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(text);

const phoneOf = (value: unknown): string | undefined => {
  const digits = idOf(value)?.replace(/^\+/, '') ?? '';
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : undefined;
};

/** A user id from the member that is made for it, or from one that should be a phone. */
const userIdOf = (...values: unknown[]): string | undefined => {
  const [declared, ...others] = values.map(idOf);
  return declared ?? others.find((text) => text !== undefined && isUserId(text));
};

/** What of an event tells of a person. */
type Source = Pick<WebhookEvent, 'kind' | 'payload' | 'thread' | 'displayPhoneNumber'>;

type Names = Pick<Person, 'phone' | 'bsuid' | 'parentBsuid' | 'previousBsuid'>;

const senderOf = (item: Fields): Names => {
  const system = fieldsOf(item['system']);
  return {
    phone: phoneOf(item['from']),
    bsuid: userIdOf(item['from_user_id'], item['from']) ?? idOf(system['previous_user_id']),
    parentBsuid: idOf(item['from_parent_user_id']),
    previousBsuid: idOf(system['previous_user_id']),
  };
};

const addresseeOf = (item: Fields): Names => ({
  phone: phoneOf(item['to']),
  bsuid: userIdOf(item['to_user_id'], item['to']),
  parentBsuid: idOf(item['to_parent_user_id']),
});

const recipientOf = (item: Fields): Names => ({
  phone: phoneOf(item['recipient_id']),
  bsuid: userIdOf(item['recipient_user_id'], item['recipient_id']),
  parentBsuid: idOf(item['recipient_parent_user_id']),
});

const subjectOf = (item: Fields): Names => ({
  phone: phoneOf(item['wa_id']),
  bsuid: userIdOf(item['user_id'], item['wa_id']),
  parentBsuid: idOf(item['parent_user_id']),
});

const syncedOf = (item: Fields): Names => {
  const contact = fieldsOf(item['contact']);
  return { phone: phoneOf(contact['phone_number']), bsuid: userIdOf(contact['user_id'], contact['phone_number']) };
};

/** True for two spellings of one person's number; numbers are compared by variant, never rewritten. */
export const isSamePhone = (one: string, other: string): boolean => phoneKey(one) === phoneKey(other);

/** Whether an item was written by the business itself, as echoes and half of the history are. */
const isFromBusiness = ({ kind, payload, displayPhoneNumber = '' }: Source): boolean => {
  const from = phoneOf(fieldsOf(payload)['from']);
  return kind === 'echo' || (from !== undefined && displayPhoneNumber !== '' && isSamePhone(from, displayPhoneNumber));
};

/** A thread is known by its customer, whichever side wrote; files of the history come without a thread. */
const partnerOf = (event: Source): Names => {
  const item = fieldsOf(event.payload);
  if (event.thread === undefined) return isFromBusiness(event) ? addresseeOf(item) : senderOf(item);
  const thread = fieldsOf(event.thread);
  const context = fieldsOf(thread['context']);
  return {
    phone: phoneOf(thread['id']) ?? phoneOf(context['wa_id']),
    bsuid: userIdOf(context['user_id'] ?? thread['user_id'], thread['id']),
  };
};

/** How the item itself names the person, without the list of contacts beside it. */
export const namesOf = (event: Source): Names => {
  const { kind, payload } = event;
  const item = fieldsOf(payload);
  if (kind === 'message') return senderOf(item);
  if (kind === 'echo') return addresseeOf(item);
  if (kind === 'history') return partnerOf(event);
  if (kind === 'status') return recipientOf(item);
  if (kind === 'preference') return subjectOf(item);
  return kind === 'contact-sync' ? syncedOf(item) : {};
};

/** How one of Meta's contacts names itself. */
const contactNames = (contact: unknown): Names => subjectOf(fieldsOf(contact));

/** Whether a contact of the list beside the items is the person of an item: by any variant of the phone, or by the id. */
export const isContactOf = (contact: unknown, { phone, bsuid, previousBsuid }: Names): boolean => {
  const listed = contactNames(contact);
  if (listed.bsuid && (listed.bsuid === bsuid || listed.bsuid === previousBsuid)) return true;
  return phone !== undefined && listed.phone !== undefined && isSamePhone(phone, listed.phone);
};

const contradicts = (one: Names, other: Names): boolean => {
  if (one.bsuid && other.bsuid) return one.bsuid !== other.bsuid;
  return one.phone !== undefined && other.phone !== undefined && !isSamePhone(one.phone, other.phone);
};

const profileOf = (contact: Fields, item: Fields): Pick<Person, 'username' | 'profileName'> => {
  const profile = fieldsOf(contact['profile']);
  const synced = fieldsOf(item['contact']);
  return {
    username: idOf(profile['username']) ?? idOf(contact['username']) ?? idOf(synced['username']),
    profileName: idOf(profile['name']) ?? idOf(synced['full_name']),
  };
};

/**
 * The person whom an event is about: who wrote, who is written to, or whose preference it is. Of a system message, who
 * they were before: see {@link identityChangeOf}. A contact that contradicts the item itself lends it nothing.
 */
export const personOf = (event: Source & Pick<WebhookEvent, 'contact'>): Person => {
  const own = namesOf(event);
  const contact = fieldsOf(event.contact);
  const listed = contactNames(contact);
  if (contradicts(own, listed)) return present({ ...own });
  return present({
    ...own,
    phone: own.phone ?? listed.phone,
    waId: listed.phone?.slice(1),
    bsuid: own.bsuid ?? listed.bsuid,
    parentBsuid: own.parentBsuid ?? listed.parentBsuid,
    ...profileOf(contact, fieldsOf(event.payload)),
  });
};

/** One word for a person within a number, the same for all ways in which Meta spells them; undefined for nobody. */
export const personKey = ({ phone, bsuid }: Pick<Person, 'phone' | 'bsuid'>): string | undefined =>
  bsuid ?? (phone && phoneKey(phone));

/**
 * Who a person was and who they are from now on, when the event is a system message about a new number or id;
 * otherwise undefined. Source: Meta, "Business-scoped user IDs" and "System messages webhook".
 */
export const identityChangeOf = (event: WebhookEvent): { before: Person; after: Person } | undefined => {
  const system = fieldsOf(fieldsOf(event.payload)['system']);
  if (event.kind !== 'message' || !/changed_(number|user_id)$/.test(idOf(system['type']) ?? '')) return undefined;
  const before = personOf(event);
  const newWaId = system['wa_id'] ?? system['new_wa_id'];
  const onlyId = system['type'] === 'user_changed_user_id';
  const after = present({
    phone: phoneOf(newWaId) ?? (onlyId ? before.phone : undefined),
    waId: phoneOf(newWaId)?.slice(1),
    bsuid: userIdOf(system['user_id'], newWaId),
    parentBsuid: idOf(system['parent_user_id']),
    previousBsuid: before.bsuid,
  });
  const oldBsuid = idOf(system['previous_user_id']) ?? before.bsuid;
  return after.phone || after.bsuid ? { before: present({ ...before, bsuid: oldBsuid }), after } : undefined;
};
