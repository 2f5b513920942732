import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Connection } from '../connections/connection.ts';
import { finding } from '../connections/finding.ts';
import { type AccountNews, readAccountNews } from '../whatsapp/account-event.ts';
import type { WebhookEvent } from '../whatsapp/webhook-event.ts';
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
  Pick<Connection, 'quality' | 'verifiedName' | 'limits' | 'state' | 'stateReason' | 'check'>
>;

type Of<Type extends AccountNews['type']> = Extract<AccountNews, { type: Type }>;

const digitsOf = (text: string | undefined): string => text?.replace(/\D/g, '') ?? '';

/** Events of one number name it as people write it, and not by its id. */
const isAbout = (connection: Connection, news: AccountNews): boolean => {
  const number = digitsOf('displayPhoneNumber' in news ? news.displayPhoneNumber : undefined);
  return number === '' || number === digitsOf(connection.displayNumber);
};

const withTier = ({ limits }: Connection, messagingTier: string | undefined): ConnectionChange =>
  messagingTier && messagingTier !== limits.messagingTier ? { limits: { ...limits, messagingTier } } : {};

/** After this, Meta takes a thousand messages a second of a number. Source: Meta, "Throughput". */
const UPGRADED_PER_SECOND = 1000;

const qualityChange = (connection: Connection, { event, messagingTier }: Of<'number-quality'>): ConnectionChange => {
  const change = withTier(connection, messagingTier);
  if (event === 'THROUGHPUT_UPGRADE') {
    return { limits: { ...connection.limits, ...change.limits, messagesPerSecond: UPGRADED_PER_SECOND } };
  }
  if (event === 'FLAGGED') return { ...change, quality: 'RED' };
  return event === 'UNFLAGGED' ? { ...change, quality: 'GREEN' } : change;
};

const stopped = (state: 'restricted' | 'disabled' | 'reauth', reason: string): ConnectionChange => ({
  state,
  stateReason: `meta.${reason.toLowerCase().replaceAll('_', '-')}`,
});

/** Only what Meta itself had stopped goes on by Meta's word; a pause of the shop's own stays. */
const lifted = ({ state, stateReason }: Connection): ConnectionChange =>
  (state === 'restricted' || state === 'disabled') && stateReason?.startsWith('meta.')
    ? { state: 'active', stateReason: undefined }
    : {};

/** Other restrictions leave the answers to customers alone. Source: Meta, "account_update webhook reference". */
const forbidsAnswers = 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING';

/** The doctor looks anew within hours; until then people see what Meta has told. */
const restricted = ({ check }: Connection, { restrictions }: Of<'account'>, at: string): ConnectionChange => {
  if (restrictions.some(({ restriction }) => restriction === forbidsAnswers)) {
    return stopped('restricted', forbidsAnswers);
  }
  const detail = restrictions.map(({ restriction, until }) => [restriction, until].filter(Boolean).join(' until '));
  const warning = finding('health.limited', detail.join(', ') || 'ACCOUNT_RESTRICTION');
  const others = check?.findings.filter((one) => one.check !== warning.check) ?? [];
  return { check: { at: check?.at ?? at, findings: [...others, warning] } };
};

type OfAccount = (connection: Connection, news: Of<'account'>, at: string) => ConnectionChange;

const accountChanges: Readonly<Record<string, OfAccount>> = {
  ACCOUNT_DELETED: () => stopped('disabled', 'ACCOUNT_DELETED'),
  ACCOUNT_OFFBOARDED: () => stopped('disabled', 'ACCOUNT_OFFBOARDED'),
  ACCOUNT_RECONNECTED: lifted,
  ACCOUNT_RESTRICTION: restricted,
  PARTNER_REMOVED: () => stopped('reauth', 'PARTNER_REMOVED'),
  PARTNER_APP_UNINSTALLED: () => stopped('reauth', 'PARTNER_APP_UNINSTALLED'),
  'DISABLED_UPDATE DISABLE': () => stopped('disabled', 'DISABLE'),
  'DISABLED_UPDATE REINSTATE': lifted,
};

const accountChangeOf = ({ event, ban }: Of<'account'>): OfAccount | undefined => {
  const name = event === 'DISABLED_UPDATE' ? `${event} ${ban}` : event;
  return Object.hasOwn(accountChanges, name) ? accountChanges[name] : undefined;
};

const accountChange = (connection: Connection, news: Of<'account'>, at: string): ConnectionChange => {
  const change = accountChangeOf(news)?.(connection, news, at) ?? {};
  const stops = change.state !== undefined && change.state !== 'active';
  // one that is paused, or not yet proven, sends nothing anyway and waits for its admin
  return stops && connection.state !== 'active' && connection.state !== 'restricted' ? {} : change;
};

const changeOf = (connection: Connection, news: AccountNews, at: string): ConnectionChange => {
  if (news.type === 'number-quality') return qualityChange(connection, news);
  if (news.type === 'capability') return withTier(connection, news.messagingTier);
  if (news.type === 'account') return accountChange(connection, news, at);
  const isNewName = news.type === 'number-name' && news.decision === 'APPROVED' && news.requestedName;
  return isNewName ? { verifiedName: isNewName } : {};
};

/** Which part of a connection an event decides on. */
type Topic = 'quality' | 'verifiedName' | 'limits' | 'state';

const topicOf: Readonly<Partial<Record<AccountNews['type'], Topic>>> = {
  capability: 'limits',
  'number-name': 'verifiedName',
};

const topicsOf = (news: AccountNews): readonly Topic[] => {
  if (news.type === 'account') return accountChangeOf(news) ? ['state'] : [];
  if (news.type === 'number-quality') return /FLAGGED$/.test(news.event) ? ['quality', 'limits'] : ['limits'];
  const isRefused = news.type === 'number-name' && news.decision !== 'APPROVED';
  const topic = isRefused ? undefined : topicOf[news.type];
  return topic ? [topic] : [];
};

const fieldsOfTopic: Readonly<Record<Topic, readonly (keyof ConnectionChange)[]>> = {
  quality: ['quality'],
  verifiedName: ['verifiedName'],
  limits: ['limits'],
  state: ['state', 'stateReason', 'check'],
};

/** True when an event may change a connection: then it matters what was told later and came earlier. */
export const mayChange = (event: Pick<WebhookEvent, 'field' | 'payload'>): boolean =>
  topicsOf(readAccountNews(event)).length > 0;

const newsIn = ({ field, raw }: AccountEvent): AccountNews => readAccountNews({ field, payload: JSON.parse(raw) });

/**
 * What an event about an account means for one of its numbers: quality, messaging limit, name, ban or restriction.
 * Nothing for the fields that we only keep, nor for what an event of `later`, which Meta told of a later moment, has
 * decided. Source: Meta, "Webhooks reference" of each field.
 */
export const connectionChangeOf = (
  connection: Connection,
  event: Pick<WebhookEvent, 'field' | 'payload' | 'accountId' | 'time' | 'receivedAt'>,
  later: readonly AccountEvent[] = [],
): ConnectionChange => {
  const news = readAccountNews(event);
  if (!isAbout(connection, news)) return {};
  const decided = later
    .filter(({ accountId }) => accountId === event.accountId)
    .map(newsIn)
    .filter((one) => isAbout(connection, one))
    .flatMap(topicsOf)
    .flatMap((topic) => fieldsOfTopic[topic]);
  const change = changeOf(connection, news, event.time ?? event.receivedAt);
  const entries = Object.entries(change).filter(([name]) => !decided.some((one) => one === name));
  return Object.fromEntries(entries);
};
