import type { Clock } from '#core/clock.ts';
import type { Message } from './message.ts';
import { errorOfObstacle } from './send-parcel.ts';
import type { Settlement } from './settle-message.ts';

/**
 * What a sweep did: rows sent on again, parked as unknown, given up, settled already; those that nobody can read, which
 * have failed; and those it could not mend.
 */
export interface MessageSweep {
  queued: number;
  parked: number;
  givenUp: number;
  settled: number;
  unreadable: number;
  failed: number;
  oldestSeconds: number;
}

export interface SweepMessagesPorts {
  outbound: {
    /** Rows of all shops past their time, at most `limit` of each shard, the most overdue first. */
    due: (now: Date, limit: number) => Promise<Message[]>;
    /** Settles rows past their time that can't be read as failed, at most `limit` of each shard; answers how many. */
    failUnreadable: (now: Date, limit: number) => Promise<number>;
    postpone: (message: Message, dueAt: string) => Promise<unknown>;
    settle: (message: Message, settlement: Settlement, now: Date) => Promise<unknown>;
    unlist: (message: Message) => Promise<unknown>;
  };
  /** Sends a row on to the sender. */
  enqueue: (message: Message) => Promise<void>;
  clock: Clock;
  /** Told of each failure; the sweep goes on with the others. */
  report: (error: unknown) => void;
}

const PER_SHARD = 25;
const MINUTE = 60_000;
/** A row that was sent on gets this long before it is sent on again. */
const AGAIN_MINUTES = 10;
/** Somewhat more than the sender takes a message for, so that it has the first word. */
const MOST_HOURS = 25;

const isTooLate = ({ at }: Message, now: Date): boolean =>
  now.getTime() - new Date(at).getTime() > MOST_HOURS * 60 * MINUTE;

type Mended = 'queued' | 'parked' | 'givenUp' | 'settled';

const mend = async (message: Message, ports: SweepMessagesPorts): Promise<Mended> => {
  const now = ports.clock();
  if (message.state === 'sending') {
    await ports.outbound.settle(message, { state: 'unknown' }, now);
    return 'parked';
  }
  if (message.state !== 'queued') {
    await ports.outbound.unlist(message);
    return 'settled';
  }
  if (isTooLate(message, now)) {
    await ports.outbound.settle(message, { state: 'failed', error: errorOfObstacle('too-late') }, now);
    return 'givenUp';
  }
  // First the queue: who dies in between sends it on twice, which the sender's claim makes harmless.
  await ports.enqueue(message);
  await ports.outbound.postpone(message, new Date(now.getTime() + AGAIN_MINUTES * MINUTE).toISOString());
  return 'queued';
};

const byMoment = (one: Message, other: Message): number => (one.at < other.at ? -1 : 1);

/** Rows of one conversation one after the other, in their order; conversations beside each other. */
const byConversation = (messages: readonly Message[]): Message[][] =>
  [...Map.groupBy(messages, ({ conversationId }) => conversationId).values()].map((rows) => rows.toSorted(byMoment));

const mendAll = async (messages: readonly Message[], ports: SweepMessagesPorts, sweep: MessageSweep): Promise<void> => {
  await Promise.all(
    byConversation(messages).map(async (rows) => {
      for (const row of rows) {
        try {
          sweep[await mend(row, ports)] += 1;
        } catch (error) {
          sweep.failed += 1;
          ports.report(error);
        }
      }
    }),
  );
};

const AT_ONCE = 50;

const secondsSince = (at: string, now: Date): number => Math.floor((now.getTime() - new Date(at).getTime()) / 1000);

/**
 * Finds messages that were forgotten on their way out, of all shops, until none is left or `until` has come: those that
 * never reached their queue are sent on again, those whose sender died are parked as unknown, and those that could not
 * get out for a day have failed. One that can't be mended does not stop the others.
 */
export const sweepMessages = async (until: Date, ports: SweepMessagesPorts): Promise<MessageSweep> => {
  const sweep: MessageSweep = {
    queued: 0,
    parked: 0,
    givenUp: 0,
    settled: 0,
    unreadable: 0,
    failed: 0,
    oldestSeconds: 0,
  };
  sweep.unreadable = await ports.outbound.failUnreadable(ports.clock(), PER_SHARD);
  if (sweep.unreadable > 0) ports.report(new Error(`${sweep.unreadable} messages on their way out can't be read`));
  const seen = new Set<string>();
  while (ports.clock() < until) {
    const now = ports.clock();
    const due = (await ports.outbound.due(now, PER_SHARD + sweep.failed)).filter(
      ({ messageId }) => !seen.has(messageId),
    );
    if (due.length === 0) break;
    for (let start = 0; start < due.length && ports.clock() < until; start += AT_ONCE) {
      const some = due.slice(start, start + AT_ONCE);
      await mendAll(some, ports, sweep);
      sweep.oldestSeconds = Math.max(sweep.oldestSeconds, ...some.map(({ at }) => secondsSince(at, now)));
      for (const { messageId } of some) seen.add(messageId);
    }
  }
  return sweep;
};
