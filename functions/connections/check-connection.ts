import type { Actor } from '#core/actor.ts';
import { AppError } from '#core/errors.ts';
import type { Connection } from './connection.ts';
import { notProven } from './connection-state.ts';
import { type ExaminePorts, examineConnection } from './examine-connection.ts';
import { keyOf } from './finding.ts';
import {
  amendConnection,
  assertHeld,
  type ConnectionsToSettle,
  findHeldConnection,
  inState,
  settleConnection,
  withFindings,
} from './settle-connection.ts';
import { pinKeeper, type SecretVault } from './token-vault.ts';

export interface CheckPorts extends ExaminePorts {
  connections: ConnectionsToSettle;
}

interface Which {
  shopId: string;
  phoneNumberId: string;
  by: Actor;
}

/** Checks a connection and keeps the results on it; asked to, mends what it can. Throws `not-found`, `connection.number-taken`. */
export const checkConnection = async (
  { shopId, phoneNumberId, by, repair = false, pin }: Which & { repair?: boolean; pin?: string | undefined },
  ports: CheckPorts & { tokens: SecretVault },
): Promise<Connection> => {
  const connection = await findHeldConnection(ports.connections, shopId, phoneNumberId);
  const keep = pinKeeper(ports.tokens, connection);
  const examined = await examineConnection(connection, ports, repair ? { pin, keep } : undefined);
  const deed = { by, what: 'checked' };
  return settleConnection(connection, examined, { connections: ports.connections, now: ports.clock(), deed });
};

/** Checks a connection as {@link checkConnection} does, mending nothing. */
export const lookAtConnection = async (connection: Connection, ports: CheckPorts): Promise<Connection> => {
  const examined = await examineConnection(connection, ports);
  return settleConnection(connection, examined, { connections: ports.connections, now: ports.clock() });
};

/** Stops a connection until an admin resumes it. Paused already, it stays as it is. Throws `not-found`, `connection.number-taken`. */
export const pauseConnection = async (
  { shopId, phoneNumberId, by }: Which,
  { connections, clock }: Pick<CheckPorts, 'connections' | 'clock'>,
): Promise<Connection> => {
  const connection = await findHeldConnection(connections, shopId, phoneNumberId);
  if (connection.state === 'paused') return connection;
  const paused = (current: Connection) => inState(assertHeld(current), { state: 'paused', stateReason: 'admin' });
  return amendConnection(connection, paused, connections, clock(), { deed: { by, what: 'paused' } });
};

/**
 * Makes a connection active again, whatever had stopped it, once it passes its check; the check's results are kept
 * either way. Throws `not-found`, `connection.number-taken`, `connection.check-failed` with the finding that stands against it, and
 * `change.conflict` when somebody changed state or token meanwhile.
 */
export const resumeConnection = async (
  { shopId, phoneNumberId, by }: Which,
  ports: CheckPorts,
): Promise<Connection> => {
  const { connections, clock } = ports;
  const connection = await findHeldConnection(connections, shopId, phoneNumberId);
  if (connection.state === 'active') return connection;
  const examined = await examineConnection(connection, ports);
  const obstacle = notProven(examined.findings);
  if (obstacle) {
    await settleConnection(connection, examined, { connections, now: clock() });
    const reason = keyOf(obstacle);
    throw new AppError('connection.check-failed', `the check failed: ${reason}`, { details: { reason } });
  }
  const resume = (current: Connection): Connection => {
    if (current.state !== connection.state || current.tokenSetAt !== connection.tokenSetAt) {
      throw new AppError('change.conflict', 'the connection was changed while it was checked');
    }
    return inState(withFindings(current, examined, clock()), { state: 'active' });
  };
  return amendConnection(connection, resume, connections, clock(), { deed: { by, what: 'resumed' } });
};
