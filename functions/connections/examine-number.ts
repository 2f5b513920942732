import type { Connection, Finding } from './connection.ts';
import { finding } from './finding.ts';
import type { AppSubscription, NumberFacts } from './meta-graph.ts';

type ToExamine = Pick<Connection, 'app' | 'webhookKey' | 'coexistence' | 'limits'>;

/** Meta's words for how a number stands; others are shown as they are. Source: "WhatsApp Business Account Phone Number". */
const statuses: Readonly<Record<string, 'ok' | 'limited' | 'not-registered' | 'banned'>> = {
  CONNECTED: 'ok',
  FLAGGED: 'limited',
  RATE_LIMITED: 'limited',
  RESTRICTED: 'limited',
  PENDING: 'not-registered',
  UNVERIFIED: 'not-registered',
  DISCONNECTED: 'not-registered',
  MIGRATED: 'not-registered',
  BANNED: 'banned',
  DELETED: 'banned',
};

const statusOf = ({ status = 'UNKNOWN' }: NumberFacts): Finding => {
  const known = statuses[status];
  return known ? finding(`status.${known}`) : finding('status.other', status);
};

const qualityOf = ({ quality }: NumberFacts): Finding => {
  const known = { GREEN: 'ok', YELLOW: 'medium', RED: 'low' } as const;
  return finding(`quality.${known[quality as keyof typeof known] ?? 'unrated'}`);
};

/** Messages per second that Meta lets a number send. Source: "Cloud API: Throughput". */
export const COEXISTENCE_RATE = 20;
export const STANDARD_RATE = 80;
const HIGH_RATE = 1000;

const throughputOf = ({ throughput }: NumberFacts, { coexistence, limits }: ToExamine): Finding => {
  const level = throughput === 'HIGH' ? HIGH_RATE : STANDARD_RATE;
  const allowed = coexistence ? COEXISTENCE_RATE : level;
  const above = limits.messagesPerSecond > allowed;
  return finding(above ? 'throughput.above' : 'throughput.ok', String(above ? allowed : limits.messagesPerSecond));
};

/** Source: "Messaging limits", the tiers of a business portfolio. */
const tiers: Readonly<Record<string, string>> = { TIER_2K: '2000', TIER_10K: '10000', TIER_100K: '100000' };

const messagingLimitOf = ({ messagingLimit }: NumberFacts): Finding => {
  if (messagingLimit === 'TIER_UNLIMITED') return finding('messaging-limit.unlimited');
  const low = /^TIER_(50|250)$/.exec(messagingLimit ?? '')?.[1];
  if (low) return finding('messaging-limit.low', low);
  const people = tiers[messagingLimit ?? ''];
  return people ? finding('messaging-limit.ok', people) : finding('messaging-limit.untold');
};

/** Payment is missing, or its currency or time zone. Source: "Cloud API: Error codes"; "Messaging and Calling Health Status". */
const paymentCodes = new Set([131042, 141006]);

const healthOf = ({ health }: NumberFacts): Finding[] => {
  if (health === undefined) return [finding('health.untold')];
  const codes = [...new Set(health.entities.flatMap(({ errorCodes }) => errorCodes))];
  const payment = finding(codes.some((code) => paymentCodes.has(code)) ? 'payment.missing' : 'payment.ok');
  const words = codes.join(', ');
  if (health.canSend === 'BLOCKED') return [payment, finding('health.blocked', words)];
  return [payment, health.canSend === 'AVAILABLE' ? finding('health.ok') : finding('health.limited', words)];
};

const names: Readonly<Record<string, 'ok' | 'pending' | 'declined'>> = {
  APPROVED: 'ok',
  AVAILABLE_WITHOUT_REVIEW: 'ok',
  PENDING_REVIEW: 'pending',
  DECLINED: 'declined',
  EXPIRED: 'declined',
};

const coexistenceOf = ({ onPhoneApp }: NumberFacts, { coexistence }: ToExamine): Finding => {
  if (onPhoneApp === undefined || onPhoneApp === coexistence) return finding('coexistence.ok');
  return finding(onPhoneApp ? 'coexistence.on-phone-app' : 'coexistence.not-on-phone-app');
};

/** What is to be said of a number. */
export const examineNumber = (facts: NumberFacts, connection: ToExamine): Finding[] => [
  statusOf(facts),
  qualityOf(facts),
  throughputOf(facts, connection),
  messagingLimitOf(facts),
  ...healthOf(facts),
  finding(`display-name.${names[facts.nameStatus ?? ''] ?? 'untold'}`),
  coexistenceOf(facts, connection),
];

/** Where Meta is to send the webhooks of a connection, below the site's address. */
export const webhookPath = ({ app, webhookKey }: Pick<Connection, 'app' | 'webhookKey'>): string =>
  app === 'own' ? `/webhooks/whatsapp/${webhookKey}` : '/webhooks/whatsapp';

/** Webhook fields that something here hears. Source: "Webhooks for WhatsApp Business Platform", fields. */
const wantedFields = ['messages', 'user_preferences', 'account_update', 'phone_number_quality_update'];
const coexistenceFields = ['smb_message_echoes', 'history'];

const fieldsOf = ({ fields }: AppSubscription, { coexistence }: ToExamine): Finding => {
  const wanted = [...wantedFields, ...(coexistence ? coexistenceFields : [])];
  const missing = wanted.filter((field) => !fields.includes(field));
  if (missing.length === 0) return finding('webhook.ok');
  return finding('webhook.fields-missing', missing.join(', '), missing.includes('messages') ? 'failed' : 'warning');
};

const hearingOf = (subscription: AppSubscription | undefined | 'untold', connection: ToExamine): Finding => {
  if (subscription === 'untold' || subscription === undefined) return finding('webhook.ok');
  return subscription.active ? fieldsOf(subscription, connection) : finding('webhook.inactive');
};

const isElsewhere = (url: URL, siteUrl: string | undefined): boolean =>
  siteUrl !== undefined && url.origin !== URL.parse(siteUrl)?.origin;

/**
 * What is to be said of where messages go: the app's own subscription, and what overrides it for account or number.
 * Another host than the site's is only a warning, for a site may have several.
 */
export const examineWebhook = (
  facts: NumberFacts | undefined,
  subscription: AppSubscription | undefined | 'untold',
  connection: ToExamine,
  siteUrl?: string,
): Finding => {
  const { number, account, application } = facts?.webhooks ?? {};
  const told = subscription === 'untold' ? undefined : subscription?.callbackUrl;
  // empty is how Meta says that there is none
  const address = number || account || application || told;
  if (!address) return finding(subscription === 'untold' ? 'webhook.untold' : 'webhook.not-set');
  const url = URL.parse(address);
  if (url?.pathname !== webhookPath(connection)) return finding('webhook.other-address');
  const hearing = hearingOf(subscription, connection);
  return hearing.verdict !== 'failed' && isElsewhere(url, siteUrl) ? finding('webhook.other-host', url.host) : hearing;
};
