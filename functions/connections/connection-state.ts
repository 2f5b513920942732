import type { Connection, ConnectionState, Finding } from './connection.ts';
import { keyOf } from './finding.ts';

/** A state and what brought it about. */
export interface StateWithReason {
  state: ConnectionState;
  stateReason?: string;
}

/** What a failed check means for sending; checks that are not here hinder nothing but themselves. */
const consequences: Readonly<Record<string, 'reauth' | 'restricted' | 'disabled'>> = {
  token: 'reauth',
  permissions: 'reauth',
  number: 'disabled',
  status: 'restricted',
  health: 'restricted',
  payment: 'restricted',
};

const isFailed = ({ verdict }: Finding): boolean => verdict === 'failed';

/** Without payment Meta may still let answers through: only a number that can't send at all is stopped for it. */
const hinders = ({ check }: Finding, findings: readonly Finding[]): boolean =>
  consequences[check] !== undefined &&
  (check !== 'payment' || findings.some((one) => one.check === 'health' && isFailed(one)));

const blocking = (findings: readonly Finding[]): Finding | undefined =>
  findings.find((one) => isFailed(one) && hinders(one, findings));

/** Checks without which a number hears nothing. */
const hearing = new Set(['app', 'subscription']);

/** Whatever keeps a number from being used for the first time, or again: it can't send, or hear, or nobody knows. */
export const notProven = (findings: readonly Finding[]): Finding | undefined =>
  blocking(findings) ?? findings.find((one) => (hearing.has(one.check) && isFailed(one)) || one.check === 'graph');

const knowsToken = (findings: readonly Finding[]): boolean =>
  findings.some(({ check, verdict }) => check === 'token' && verdict !== 'failed') &&
  findings.some(({ check, verdict }) => check === 'permissions' && verdict !== 'failed');

const stopped = (cause: Finding): StateWithReason => ({
  state: consequences[cause.check] ?? 'restricted',
  stateReason: keyOf(cause),
});

/**
 * Where a connection stands after a check. A good token brings it back from `reauth`, a passing check out of
 * `pending`; what an admin paused, and what Meta restricted or disabled, waits for an admin to resume it.
 */
export const stateAfter = (
  { state, stateReason }: Pick<Connection, 'state' | 'stateReason'>,
  findings: readonly Finding[],
): StateWithReason => {
  const same = { state, ...(stateReason !== undefined && { stateReason }) };
  const cause = blocking(findings);
  if (state === 'pending') {
    const missing = notProven(findings);
    return missing ? { state, stateReason: keyOf(missing) } : { state: 'active' };
  }
  if (state !== 'active' && state !== 'reauth') return same;
  if (cause) return stopped(cause);
  return state === 'reauth' && knowsToken(findings) ? { state: 'active' } : same;
};
