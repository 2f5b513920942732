import { connectionFindingsEn } from './connection-findings-en.ts';
import { connectionFindingsEs } from './connection-findings-es.ts';
import { connectionFindingsPt } from './connection-findings-pt.ts';
import type { Language } from './core-types.ts';

/** What the connection doctor may find: what it looked at, and how that is. */
export const connectionFindings = [
  'token.ok',
  'token.expires-soon',
  'token.expired',
  'token.invalid',
  'token.missing',
  'app.ok',
  'app.other',
  'app.refused',
  'app.proof-required',
  'permissions.ok',
  'permissions.missing',
  'permissions.other-account',
  'permissions.refused',
  'number.ok',
  'number.not-listed',
  'number.unknown',
  'subscription.ok',
  'subscription.repaired',
  'subscription.missing',
  'webhook.ok',
  'webhook.untold',
  'webhook.not-set',
  'webhook.other-address',
  'webhook.other-host',
  'webhook.inactive',
  'webhook.fields-missing',
  'status.ok',
  'status.registered',
  'status.not-registered',
  'status.pin-wrong',
  'status.limited',
  'status.banned',
  'status.other',
  'quality.ok',
  'quality.unrated',
  'quality.medium',
  'quality.low',
  'throughput.ok',
  'throughput.above',
  'messaging-limit.ok',
  'messaging-limit.unlimited',
  'messaging-limit.low',
  'messaging-limit.untold',
  'health.ok',
  'health.untold',
  'health.limited',
  'health.blocked',
  'payment.ok',
  'payment.missing',
  'display-name.ok',
  'display-name.untold',
  'display-name.pending',
  'display-name.declined',
  'coexistence.ok',
  'coexistence.on-phone-app',
  'coexistence.not-on-phone-app',
  'version.ok',
  'version.ends-soon',
  'version.ended',
  'graph.unanswered',
] as const;

export type ConnectionFinding = (typeof connectionFindings)[number];

/** For each finding: how it is said, given its detail, and what to do about it; nothing when there is nothing to do. */
export type ConnectionWords = Readonly<
  Record<ConnectionFinding, readonly [say: (detail: string) => string, advice: string]>
>;

const words: Record<Language, ConnectionWords> = {
  es: connectionFindingsEs,
  pt: connectionFindingsPt,
  en: connectionFindingsEn,
};

const hasWords = (key: string): key is ConnectionFinding => Object.hasOwn(connectionFindingsEs, key);

/** A finding in words: what is so, and what to do. One that an older version kept, and nobody knows any more, has none. */
export const connectionFindingWords = (
  language: Language,
  { check, code, detail = '' }: { check: string; code: string; detail?: string | undefined },
): { say: string; do: string } => {
  const key = `${check}.${code}`;
  if (!hasWords(key)) return { say: '', do: '' };
  const [say, advice] = words[language][key];
  return { say: say(detail), do: advice };
};
