import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Connection } from '../connections/connection.ts';
import type { WebhookEvent } from '../whatsapp/webhook-event.ts';
import { type Fields, fieldsOf, idOf, listOf } from '../whatsapp/wire.ts';
import { rawForRow, TooLarge } from './message.ts';

/** Something that Meta told a shop that is no message: kept as it came, to be read by people. */
export const AccountEvent = lazy(() =>
  z.object({
    shopId: idField(),
    /** When Meta says it happened, or when it reached us. */
    at: timeField(),
    /** Tells a repeat from another event of the same moment. */
    digest: z.string(),
    kind: z.string(),
    /** Meta's word for what changed. */
    field: z.string(),
    accountId: z.string(),
    phoneNumberId: z.optional(z.string()),
    /** Meta's JSON of it. */
    raw: z.string(),
    tooLarge: z.optional(TooLarge()),
    receivedAt: timeField(),
  }),
);
export type AccountEvent = z.infer<Lazy<typeof AccountEvent>>;

/** The event as it is kept for a shop; the same event gives the same row, however often it comes. */
export const accountEventOf = (shopId: string, event: WebhookEvent): AccountEvent => {
  const { kind, field, accountId, phoneNumberId, time, receivedAt, payload, archiveKey } = event;
  const whole = JSON.stringify(payload ?? null);
  const content = JSON.stringify([kind, field, accountId, phoneNumberId, time, whole]);
  return {
    shopId,
    at: time ?? receivedAt,
    digest: createHash('sha256').update(content).digest('base64url').slice(0, 22),
    kind,
    field,
    accountId,
    ...(phoneNumberId && { phoneNumberId }),
    ...rawForRow(payload, null, archiveKey),
    receivedAt,
  };
};

/** What an event changes of a connection. */
export type ConnectionChange = Partial<
  Pick<Connection, 'quality' | 'verifiedName' | 'limits' | 'state' | 'stateReason'>
>;

const digitsOf = (text: string | undefined): string => text?.replace(/\D/g, '') ?? '';

/** Events of one number name it as people write it, and not by its id. */
const isAbout = (connection: Connection, value: Fields): boolean => {
  const number = digitsOf(idOf(value['display_phone_number']));
  return number === '' || number === digitsOf(connection.displayNumber);
};

const tierOf = (value: Fields): string | undefined =>
  idOf(value['max_daily_conversations_per_business']) ?? idOf(value['current_limit']);

const withTier = ({ limits }: Connection, value: Fields): ConnectionChange => {
  const messagingTier = tierOf(value);
  return messagingTier && messagingTier !== limits.messagingTier ? { limits: { ...limits, messagingTier } } : {};
};

/** After this, Meta takes a thousand messages a second of a number. Source: Meta, "Throughput". */
const UPGRADED_PER_SECOND = 1000;

const qualityChange = (connection: Connection, value: Fields): ConnectionChange => {
  const change = withTier(connection, value);
  const event = idOf(value['event']);
  if (event === 'THROUGHPUT_UPGRADE') {
    return { limits: { ...connection.limits, ...change.limits, messagesPerSecond: UPGRADED_PER_SECOND } };
  }
  if (event === 'FLAGGED') return { ...change, quality: 'RED' };
  return event === 'UNFLAGGED' ? { ...change, quality: 'GREEN' } : change;
};

const nameChange = (_: Connection, value: Fields): ConnectionChange => {
  const verifiedName = idOf(value['requested_verified_name']);
  return idOf(value['decision']) === 'APPROVED' && verifiedName ? { verifiedName } : {};
};

const stopped = (state: 'restricted' | 'disabled' | 'reauth', reason: string): ConnectionChange => ({
  state,
  stateReason: `meta.${reason.toLowerCase().replaceAll('_', '-')}`,
});

const banStates: Readonly<Record<string, (connection: Connection) => ConnectionChange>> = {
  DISABLE: () => stopped('disabled', 'DISABLE'),
  REINSTATE: (connection) => lifted(connection),
};

/** Only what Meta itself had stopped goes on by Meta's word; a pause of the shop's own stays. */
const lifted = ({ state, stateReason }: Connection): ConnectionChange =>
  (state === 'restricted' || state === 'disabled') && stateReason?.startsWith('meta.')
    ? { state: 'active', stateReason: undefined }
    : {};

const accountChanges: Readonly<Record<string, (connection: Connection, value: Fields) => ConnectionChange>> = {
  ACCOUNT_DELETED: () => stopped('disabled', 'ACCOUNT_DELETED'),
  ACCOUNT_OFFBOARDED: () => stopped('disabled', 'ACCOUNT_OFFBOARDED'),
  ACCOUNT_RECONNECTED: (connection) => lifted(connection),
  ACCOUNT_RESTRICTION: (_, value) => {
    const [restriction] = listOf(value['restriction_info']);
    return stopped('restricted', idOf(fieldsOf(restriction)['restriction_type']) ?? 'ACCOUNT_RESTRICTION');
  },
  PARTNER_REMOVED: () => stopped('reauth', 'PARTNER_REMOVED'),
  PARTNER_APP_UNINSTALLED: () => stopped('reauth', 'PARTNER_APP_UNINSTALLED'),
  DISABLED_UPDATE: (connection, value) => {
    const ban = idOf(fieldsOf(value['ban_info'])['waba_ban_state']) ?? '';
    return banStates[ban]?.(connection) ?? {};
  },
};

const accountChange = (connection: Connection, value: Fields): ConnectionChange => {
  const change = accountChanges[idOf(value['event']) ?? '']?.(connection, value) ?? {};
  const stops = change.state !== undefined && change.state !== 'active';
  // one that is paused, or not yet proven, sends nothing anyway and waits for its admin
  return stops && connection.state !== 'active' && connection.state !== 'restricted' ? {} : change;
};

const fields: Readonly<Record<string, (connection: Connection, value: Fields) => ConnectionChange>> = {
  phone_number_quality_update: qualityChange,
  business_capability_update: withTier,
  phone_number_name_update: nameChange,
  account_update: accountChange,
};

/**
 * What an event about an account means for one of its numbers: quality, messaging limit, name, ban or restriction.
 * Nothing for the fields that we only keep. Source: Meta, "Webhooks reference" of each field.
 */
export const connectionChangeOf = (connection: Connection, { field, payload }: WebhookEvent): ConnectionChange => {
  const value = fieldsOf(payload);
  return isAbout(connection, value) ? (fields[field]?.(connection, value) ?? {}) : {};
};
