import { present } from '#core/present.ts';
import { type Fields, fieldsOf, flagOf, idOf, listOf, numberOf, textOf, timeOf } from './wire.ts';

/**
 * The statuses that Meta reports of a message sent, each with its rank: a change must raise the rank, so that any order
 * of the same reports ends at the same status. `failed` may follow `sent` and yields only to proof of arrival.
 */
export const statusRanks = { sent: 30, failed: 35, delivered: 40, read: 50, played: 60 } as const;
export type KnownStatus = keyof typeof statusRanks;

/** An error of Meta's, as statuses, messages and accounts carry it. */
export interface WireError {
  code: number;
  title: string;
  details?: string;
}

/** What Meta charges for a message: `type` and `category` decide. */
export interface Pricing {
  type?: string;
  category?: string;
  model?: string;
  billable?: boolean;
}

/** A report on a message that we sent. */
export interface Status {
  metaId: string;
  /** One of {@link statusRanks}, or a word that we don't know. */
  status: string;
  /** Undefined for a word that we don't know: such a report changes nothing. */
  rank?: number;
  /** ISO 8601, milliseconds. */
  at?: string;
  /** What we gave with the message: `biz_opaque_callback_data`. */
  callbackData?: string;
  /** Set for a message to a group. */
  groupId?: string;
  participantId?: string;
  errors: WireError[];
  pricing?: Pricing;
  conversation?: { id?: string; origin?: string; expiresAt?: string };
}

const errorOf = (value: unknown): WireError => {
  const error = fieldsOf(value);
  const details = textOf(fieldsOf(error['error_data'])['details']) ?? textOf(error['details']);
  return present({
    code: Math.trunc(numberOf(error['code']) ?? 0),
    title: textOf(error['title']) ?? textOf(error['message']) ?? '',
    details,
  });
};

/** The errors of a list of Meta's; the code of one that has none is 0. */
export const errorsOf = (value: unknown): WireError[] => listOf(value).map(errorOf);

const pricingOf = (status: Fields): Pricing | undefined => {
  if (status['pricing'] === undefined) return undefined;
  const pricing = fieldsOf(status['pricing']);
  return present({
    type: idOf(pricing['type']),
    category: idOf(pricing['category']),
    model: idOf(pricing['pricing_model']),
    billable: pricing['billable'] === undefined ? undefined : flagOf(pricing['billable']),
  });
};

const conversationOf = (status: Fields): Status['conversation'] => {
  if (status['conversation'] === undefined) return undefined;
  const conversation = fieldsOf(status['conversation']);
  return present({
    id: idOf(conversation['id']),
    origin: idOf(fieldsOf(conversation['origin'])['type']),
    expiresAt: timeOf(conversation['expiration_timestamp']),
  });
};

const isKnown = (status: string): status is KnownStatus => Object.hasOwn(statusRanks, status);

/**
 * Reads an event's status item, whatever its shape. Who it was sent to is told by `personOf`.
 * Source: Meta, "Status messages webhook reference".
 */
export const readStatus = (raw: unknown): Status => {
  const item = fieldsOf(raw);
  const status = (idOf(item['status']) ?? '').toLowerCase();
  const isGroup = item['recipient_type'] === 'group';
  return present({
    metaId: idOf(item['id']) ?? '',
    status,
    rank: isKnown(status) ? statusRanks[status] : undefined,
    at: timeOf(item['timestamp']),
    callbackData: idOf(item['biz_opaque_callback_data']),
    groupId: isGroup ? idOf(item['recipient_id']) : undefined,
    participantId: idOf(item['recipient_participant_id']),
    errors: errorsOf(item['errors']),
    pricing: pricingOf(item),
    conversation: conversationOf(item),
  });
};
