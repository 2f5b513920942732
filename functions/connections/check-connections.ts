import type { Clock } from '#core/clock.ts';
import type { Shop } from '../shops/shop.ts';
import type { Connection } from './connection.ts';
import type { StateWithReason } from './connection-state.ts';

/** What a round of checks came to. `unchecked` connections did not fit into the time, or their check failed. */
export interface CheckRound {
  checked: number;
  unchecked: number;
  /** Cannot send until their shop does something, whether or not they were checked in this round. */
  stopped: number;
  /** Those of them that stopped since the round before. */
  newlyStopped: number;
}

interface Round extends CheckRound {
  begunAt: Date;
}

type WhichConnection = Pick<Connection, 'shopId' | 'phoneNumberId'>;

interface Ports {
  shops: AsyncIterable<Pick<Shop, 'shopId' | 'whatsapp'>>;
  connectionsOf: (shopId: string) => AsyncIterable<Connection>;
  /** `siteUrl`: where the shop's site is, if it says so. */
  check: (connection: Connection, siteUrl: string | undefined) => Promise<Connection>;
  /** Told of a connection that is not active after its check, or has stopped since the last round. */
  report: (stopped: WhichConnection & Pick<Connection, 'state' | 'stateReason'>) => void;
  /** Told of a check that failed; the round goes on with the others. */
  failed: (which: WhichConnection, error: unknown) => void;
  clock: Clock;
}

const AT_ONCE = 5;
const REST_MS = 20 * 60 * 60_000;
/** From one round to the next, with room for one that begins a little late. */
const ROUND_EVERY_MS = 6 * 60 * 60_000 + 5 * 60_000;

/** Checked less than a day ago, with room for a round that begins a little earlier than the last. */
const isFresh = ({ check }: Connection, now: Date): boolean =>
  check !== undefined && now.getTime() - new Date(check.at).getTime() < REST_MS;

const isDue = (connection: Connection, now: Date): boolean =>
  connection.state !== 'paused' && connection.state !== 'disabled' && !isFresh(connection, now);

const isStopped = ({ state, stateReason }: StateWithReason): boolean =>
  state === 'reauth' || state === 'restricted' || (state === 'disabled' && stateReason !== 'deleted');

/** Stopped between the beginnings of two rounds, by anybody but a check: whoever checks is told of it at once. */
const hasJustStopped = ({ stateChangedAt, check, ...connection }: Connection, { begunAt }: Round): boolean => {
  if (!isStopped(connection) || stateChangedAt === undefined || stateChangedAt === check?.at) return false;
  const ago = begunAt.getTime() - new Date(stateChangedAt).getTime();
  return ago >= 0 && ago < ROUND_EVERY_MS;
};

const count = (round: CheckRound, connection: StateWithReason, isNew: boolean): void => {
  if (isStopped(connection)) round.stopped += 1;
  if (isStopped(connection) && isNew) round.newlyStopped += 1;
};

interface Due {
  connection: Connection;
  siteUrl: string | undefined;
}

const checkOne = async ({ connection, siteUrl }: Due, round: Round, ports: Ports): Promise<void> => {
  const { check, report, failed } = ports;
  const { shopId, phoneNumberId } = connection;
  try {
    const checked = await check(connection, siteUrl);
    const { state, stateReason } = checked;
    round.checked += 1;
    count(round, checked, !isStopped(connection) || hasJustStopped(connection, round));
    if (state !== 'active') report({ shopId, phoneNumberId, state, stateReason });
  } catch (error) {
    round.unchecked += 1;
    failed({ shopId, phoneNumberId }, error);
  }
};

const passBy = (connection: Connection, round: Round, { report }: Ports): void => {
  const { shopId, phoneNumberId, state, stateReason } = connection;
  const isNew = hasJustStopped(connection, round);
  count(round, connection, isNew);
  if (isNew) report({ shopId, phoneNumberId, state, stateReason });
};

async function* dueConnections(ports: Ports, round: Round): AsyncGenerator<Due> {
  for await (const { shopId, whatsapp } of ports.shops) {
    const siteUrl = whatsapp.siteUrl ?? undefined;
    for await (const connection of ports.connectionsOf(shopId)) {
      if (isDue(connection, ports.clock())) yield { connection, siteUrl };
      else passBy(connection, round, ports);
    }
  }
}

/**
 * Checks the connections of all shops that were not checked today, a few at once, until `until`. A round that runs out
 * of time leaves the rest to the next one, which begins with them, for the others are fresh then. A check that fails
 * stops no other.
 */
export const checkConnections = async (until: Date, ports: Ports): Promise<CheckRound> => {
  const round: Round = { begunAt: ports.clock(), checked: 0, unchecked: 0, stopped: 0, newlyStopped: 0 };
  const due = dueConnections(ports, round);
  const work = async (): Promise<void> => {
    for await (const one of due) {
      if (ports.clock() < until) await checkOne(one, round, ports);
      else round.unchecked += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const { begunAt: _, ...result } = round;
  return result;
};
