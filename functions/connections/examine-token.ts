import { addMinutes } from '#core/clock.ts';
import { type Connection, type Finding, TokenFacts } from './connection.ts';
import { finding } from './finding.ts';
import { lastDayOf } from './graph-versions.ts';
import type { TokenInspection } from './meta-graph.ts';

const DAY_MINUTES = 24 * 60;
const TOKEN_WARNING_DAYS = 7;
const VERSION_WARNING_DAYS = 90;

/** Debug-Token's reason for a token that is over, not refused. Source: Meta for Developers, "Handling Errors". */
const EXPIRED_SUBCODE = 463;

const requiredScopes = ['whatsapp_business_management', 'whatsapp_business_messaging'];

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

const validityOf = ({ isValid, expiresAt, subcode }: TokenInspection, now: Date): Finding => {
  if (subcode === EXPIRED_SUBCODE || (expiresAt && expiresAt <= now)) return finding('token.expired');
  if (!isValid) return finding('token.invalid');
  if (expiresAt && expiresAt <= addMinutes(now, TOKEN_WARNING_DAYS * DAY_MINUTES)) {
    return finding('token.expires-soon', dayOf(expiresAt));
  }
  return finding('token.ok');
};

const reaches = (inspection: TokenInspection, scope: string, wabaId: string): boolean =>
  inspection.granular.every(
    ({ scope: one, targetIds }) => one !== scope || targetIds === undefined || targetIds.includes(wabaId),
  );

const permissionsOf = (inspection: TokenInspection, wabaId: string): Finding => {
  const missing = requiredScopes.filter((scope) => !inspection.scopes.includes(scope));
  if (missing.length > 0) return finding('permissions.missing', missing.join(', '));
  const reached = requiredScopes.every((scope) => reaches(inspection, scope, wabaId));
  return reached ? finding('permissions.ok') : finding('permissions.other-account');
};

/** What is to be said of a token: whether it lives, whose app's it is, what it may do. Of a dead one nothing more. */
export const examineToken = (
  inspection: TokenInspection,
  { appId, wabaId }: { appId: string; wabaId: string },
  now: Date,
): Finding[] => {
  const validity = validityOf(inspection, now);
  if (validity.verdict === 'failed') return [validity];
  const other = inspection.appId !== undefined && inspection.appId !== appId;
  return [validity, finding(other ? 'app.other' : 'app.ok'), permissionsOf(inspection, wabaId)];
};

/** How long the connection's version of the Graph API will do. */
export const examineVersion = ({ graphVersion }: Pick<Connection, 'graphVersion'>, now: Date): Finding => {
  const lastDay = lastDayOf(graphVersion);
  if (lastDay === undefined || lastDay > dayOf(addMinutes(now, VERSION_WARNING_DAYS * DAY_MINUTES))) {
    return finding('version.ok');
  }
  return lastDay <= dayOf(now) ? finding('version.ended') : finding('version.ends-soon', lastDay);
};

/** What may be known of a token outside the vault. */
export const tokenFacts = (token: string, { type, scopes, expiresAt }: TokenInspection, now: Date): TokenFacts =>
  TokenFacts().parse({
    last4: token.slice(-4),
    type: type ?? 'UNKNOWN',
    scopes: [...scopes],
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    checkedAt: now.toISOString(),
  });
