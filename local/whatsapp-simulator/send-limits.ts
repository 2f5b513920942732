/** Counts sends against Meta's limits of pace. */
export interface SendLimits {
  /** Whether the number may send one more in this second; counts it. */
  takeThroughput(numberId: string, perSecond: number, now: number): boolean;
  /** A customer's message counts for the same second, and is never refused. */
  countInbound(numberId: string, now: number): void;
  /** Whether the number may send one more to this person; counts it. */
  takePair(numberId: string, recipient: string, now: number): boolean;
  /** Whether the portfolio may write to this person outside of a window; counts them for 24 hours. */
  takePerson(businessId: string, phoneId: string, most: number, now: number): boolean;
  /** Calls of the management API in the last hour, this one counted. */
  countCall(accountId: string, now: number): number;
  /** The same without counting. */
  countOf(accountId: string, now: number): number;
  clear(): void;
}

const PAIR_INTERVAL_MS = 6000;
const PAIR_BURST = 45;
const MOST_PAIRS = 50_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The people of the last 24 hours by when they were last written to, the longest ago first. */
const forgetOld = (people: Map<string, number>, now: number): void => {
  for (const [phoneId, at] of people) {
    if (at > now - DAY) return;
    people.delete(phoneId);
  }
};

const withinSecond = (times: readonly number[] | undefined, now: number): number[] =>
  (times ?? []).filter((at) => at > now - 1000);

/** Calls of the last hour, by account. */
const createCallBook = () => {
  const calls = new Map<string, number[]>();
  const recentOf = (accountId: string, now: number) => (calls.get(accountId) ?? []).filter((at) => at > now - HOUR);
  return {
    countCall: (accountId: string, now: number) => {
      const recent = [...recentOf(accountId, now), now];
      calls.set(accountId, recent);
      return recent.length;
    },
    countOf: (accountId: string, now: number) => recentOf(accountId, now).length,
    forget: () => calls.clear(),
  };
};

/**
 * Makes the limits. Throughput: so many in any second, what comes in counted too; calls that mark as read count like
 * sends, though Meta does not say so. Pair: one message in 6 s to the same person, a burst of up to 45 borrowed from the
 * future. People: unique ones of a portfolio, written to outside of a window, in moving 24 hours. All of it is forgotten
 * when the simulator ends. Source: Meta, "Throughput" and "Messaging limits".
 */
export const createSendLimits = (): SendLimits => {
  const seconds = new Map<string, number[]>();
  const pairs = new Map<string, number>();
  const people = new Map<string, Map<string, number>>();
  const calls = createCallBook();
  return {
    takeThroughput: (numberId, perSecond, now) => {
      const recent = withinSecond(seconds.get(numberId), now);
      seconds.set(numberId, recent);
      if (recent.length >= perSecond) return false;
      recent.push(now);
      return true;
    },
    countInbound: (numberId, now) => {
      seconds.set(numberId, [...withinSecond(seconds.get(numberId), now), now]);
    },
    takePerson: (businessId, phoneId, most, now) => {
      const known = people.get(businessId) ?? new Map<string, number>();
      people.set(businessId, known);
      forgetOld(known, now);
      if (!known.has(phoneId) && known.size >= most) return false;
      known.delete(phoneId);
      known.set(phoneId, now);
      return true;
    },
    takePair: (numberId, recipient, now) => {
      const key = `${numberId} ${recipient}`;
      const paidUntil = Math.max(pairs.get(key) ?? 0, now);
      if (paidUntil - now > (PAIR_BURST - 1) * PAIR_INTERVAL_MS) return false;
      pairs.delete(key);
      pairs.set(key, paidUntil + PAIR_INTERVAL_MS);
      const [oldest] = pairs.keys();
      if (pairs.size > MOST_PAIRS && oldest !== undefined) pairs.delete(oldest);
      return true;
    },
    countCall: calls.countCall,
    countOf: calls.countOf,
    clear: () => {
      seconds.clear();
      pairs.clear();
      people.clear();
      calls.forget();
    },
  };
};
