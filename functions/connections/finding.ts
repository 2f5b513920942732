import type { ConnectionFinding } from '#core/messages/connection-findings.ts';
import type { Finding } from './connection.ts';

const warnings: ReadonlySet<ConnectionFinding> = new Set([
  'token.expires-soon',
  'webhook.other-host',
  'webhook.fields-missing',
  'status.limited',
  'status.other',
  'quality.medium',
  'quality.low',
  'throughput.above',
  'messaging-limit.low',
  'health.limited',
  'display-name.pending',
  'display-name.declined',
  'coexistence.on-phone-app',
  'coexistence.not-on-phone-app',
  'version.ends-soon',
  'graph.unanswered',
]);

const failures: ReadonlySet<ConnectionFinding> = new Set([
  'token.expired',
  'token.invalid',
  'token.missing',
  'app.other',
  'app.refused',
  'app.proof-required',
  'permissions.missing',
  'permissions.other-account',
  'permissions.refused',
  'number.not-listed',
  'number.unknown',
  'subscription.missing',
  'webhook.not-set',
  'webhook.other-address',
  'webhook.inactive',
  'status.not-registered',
  'status.pin-wrong',
  'status.banned',
  'health.blocked',
  'payment.missing',
  'version.ended',
]);

const verdictOf = (key: ConnectionFinding): Finding['verdict'] => {
  if (failures.has(key)) return 'failed';
  return warnings.has(key) ? 'warning' : 'ok';
};

/** A finding of the connection doctor. `verdict` only where it is not the one that goes with the key. */
export const finding = (key: ConnectionFinding, detail?: string, verdict = verdictOf(key)): Finding => {
  const [check = '', code = ''] = key.split('.');
  return { check, verdict, code, ...(detail !== undefined && { detail }) };
};

/** The key of a finding. */
export const keyOf = ({ check, code }: Pick<Finding, 'check' | 'code'>): string => `${check}.${code}`;
