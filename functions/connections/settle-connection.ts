import { AppError, isAppError, notFound } from '#core/errors.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { type Connection, isTakenOver } from './connection.ts';
import { connectionEntries, type Deed } from './connection-audit.ts';
import { notProven, stateAfter } from './connection-state.ts';
import type { Examined } from './examine-connection.ts';

export interface ConnectionsToSettle {
  find: (shopId: string, phoneNumberId: string) => Promise<Connection | undefined>;
  /**
   * Saves unless somebody changed it since: then `change.conflict`. Remembers the request and writes the entries in the
   * same transaction.
   */
  save: (connection: Connection, request?: RepeatableRequest, entries?: readonly AuditEntry[]) => Promise<void>;
}

const MOST_ATTEMPTS = 5;

/** The connection, unless another shop has taken its number over: then throws `connection.number-taken`. */
export const assertHeld = (connection: Connection): Connection => {
  if (!isTakenOver(connection)) return connection;
  throw new AppError('connection.number-taken', 'another shop has this number now');
};

/** The connection, or the one answer for whatever does not exist. */
export const findConnection = async (
  { find }: Pick<ConnectionsToSettle, 'find'>,
  shopId: string,
  phoneNumberId: string,
): Promise<Connection> => (await find(shopId, phoneNumberId)) ?? Promise.reject(notFound());

/** As {@link findConnection}, for whoever is about to use the number. Throws `connection.number-taken`. */
export const findHeldConnection = async (
  connections: Pick<ConnectionsToSettle, 'find'>,
  shopId: string,
  phoneNumberId: string,
): Promise<Connection> => assertHeld(await findConnection(connections, shopId, phoneNumberId));

/** The marks of another state: since when it holds, and that an active connection was good at that moment. */
const marksOf = (current: Connection, wanted: Connection, at: string): Partial<Connection> => {
  if (wanted.state === current.state) return {};
  return { stateChangedAt: at, ...(wanted.state === 'active' && { provenAt: at }) };
};

/** What is written with a change. */
interface Along {
  request?: RepeatableRequest | undefined;
  /** Somebody of the shop does it: it stands in the audit trail. */
  deed?: Deed | undefined;
}

/**
 * Saves a change of a connection, made anew from what is there when somebody else changed it meanwhile; what comes back
 * as it was needs no saving. Throws `not-found`, and `change.conflict` when that never ends.
 */
export const amendConnection = async (
  connection: Connection,
  change: (current: Connection) => Connection,
  connections: ConnectionsToSettle,
  now: Date,
  { request, deed }: Along = {},
): Promise<Connection> => {
  let current = connection;
  for (let attempt = 1; ; attempt += 1) {
    const wanted = change(current);
    if (wanted === current) return current;
    const at = now.toISOString();
    const changed = { ...wanted, ...marksOf(current, wanted, at), version: current.version + 1, updatedAt: at };
    try {
      await connections.save(changed, request, connectionEntries({ before: current, after: changed }, deed, now));
      return changed;
    } catch (error) {
      if (!isAppError(error, 'change.conflict') || attempt === MOST_ATTEMPTS) throw error;
      current = await findConnection(connections, current.shopId, current.phoneNumberId);
    }
  }
};

/** The connection in a state, for a reason or for none. */
export const inState = (
  { stateReason: _, ...connection }: Connection,
  { state, stateReason }: Pick<Connection, 'state' | 'stateReason'>,
): Connection => ({ ...connection, state, ...(stateReason !== undefined && { stateReason }) });

/** A number as Meta shows it, in E.164. */
export const toE164 = (displayNumber: string): string => `+${displayNumber.replace(/\D/g, '')}`;

/** The connection with what a check told about it; its state stays. */
export const withFindings = (connection: Connection, { findings, facts, token }: Examined, now: Date): Connection => ({
  ...connection,
  ...(token && { token }),
  ...(facts?.displayNumber && { displayNumber: toE164(facts.displayNumber) }),
  ...(facts?.verifiedName && { verifiedName: facts.verifiedName }),
  ...(facts?.quality && { quality: facts.quality }),
  limits: { ...connection.limits, ...(facts?.messagingLimit && { messagingTier: facts.messagingLimit }) },
  check: { at: now.toISOString(), findings },
});

/** The check ends the making of a connection, asked for by a request that may come again. */
interface Making {
  request: RepeatableRequest | undefined;
}

/**
 * Keeps what a check told, and moves the connection to where that puts it. When the state or the token changed while
 * the check ran, the check speaks of what is no more: another state keeps only its findings, another token not even
 * them. One that was being made throws `change.conflict` then, and leaves it to whoever connects the number now.
 */
export const settleConnection = (
  checked: Connection,
  examined: Examined,
  { connections, now, making, deed }: { connections: ConnectionsToSettle; now: Date; making?: Making; deed?: Deed },
): Promise<Connection> => {
  const settle = (current: Connection): Connection => {
    if (current.tokenSetAt !== checked.tokenSetAt) {
      if (making) throw new AppError('change.conflict', 'the number was connected anew at the same moment');
      return current;
    }
    const told = withFindings(current, examined, now);
    if (current.state !== checked.state) return told;
    const settled = inState(told, stateAfter(current, examined.findings));
    const isProven = settled.state === 'active' && notProven(examined.findings) === undefined;
    return isProven ? { ...settled, provenAt: now.toISOString() } : settled;
  };
  return amendConnection(checked, settle, connections, now, { request: making?.request, deed });
};
