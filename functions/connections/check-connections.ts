import type { Clock } from '#core/clock.ts';
import type { Connection } from './connection.ts';

/** What a round of checks came to. `unchecked` connections did not fit into the time, or their check failed. */
export interface CheckRound {
  checked: number;
  unchecked: number;
  /** Cannot send until their shop does something, whether or not they were checked in this round. */
  stopped: number;
}

type WhichConnection = Pick<Connection, 'shopId' | 'phoneNumberId'>;

interface Ports {
  shops: AsyncIterable<{ shopId: string }>;
  connectionsOf: (shopId: string) => AsyncIterable<Connection>;
  check: (connection: Connection) => Promise<Connection>;
  /** Told of a connection that is not active after its check, for a reason other than its shop's wish. */
  report: (stopped: WhichConnection & Pick<Connection, 'state' | 'stateReason'>) => void;
  /** Told of a check that failed; the round goes on with the others. */
  failed: (which: WhichConnection, error: unknown) => void;
  clock: Clock;
}

const AT_ONCE = 5;
const REST_MS = 20 * 60 * 60_000;

/** Checked less than a day ago, with room for a round that begins a little earlier than the last. */
const isFresh = ({ check }: Connection, now: Date): boolean =>
  check !== undefined && now.getTime() - new Date(check.at).getTime() < REST_MS;

const isDue = (connection: Connection, now: Date): boolean =>
  connection.state !== 'paused' && connection.state !== 'disabled' && !isFresh(connection, now);

const isStopped = ({ state }: Pick<Connection, 'state'>): boolean => state === 'reauth' || state === 'restricted';

const checkOne = async (connection: Connection, round: CheckRound, { check, report, failed }: Ports): Promise<void> => {
  const { shopId, phoneNumberId } = connection;
  try {
    const { state, stateReason } = await check(connection);
    round.checked += 1;
    if (isStopped({ state })) round.stopped += 1;
    if (state !== 'active') report({ shopId, phoneNumberId, state, stateReason });
  } catch (error) {
    round.unchecked += 1;
    failed({ shopId, phoneNumberId }, error);
  }
};

async function* dueConnections({ shops, connectionsOf, clock }: Ports, round: CheckRound): AsyncGenerator<Connection> {
  for await (const { shopId } of shops) {
    for await (const connection of connectionsOf(shopId)) {
      if (isDue(connection, clock())) yield connection;
      else if (isStopped(connection)) round.stopped += 1;
    }
  }
}

/**
 * Checks the connections of all shops that were not checked today, a few at once, until `until`. A round that runs out
 * of time leaves the rest to the next one, which begins with them, for the others are fresh then. A check that fails
 * stops no other.
 */
export const checkConnections = async (until: Date, ports: Ports): Promise<CheckRound> => {
  const round: CheckRound = { checked: 0, unchecked: 0, stopped: 0 };
  const due = dueConnections(ports, round);
  const work = async (): Promise<void> => {
    for await (const connection of due) {
      if (ports.clock() < until) await checkOne(connection, round, ports);
      else round.unchecked += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return round;
};
