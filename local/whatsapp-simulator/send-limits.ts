/** Counts sends against Meta's limits of pace. */
export interface SendLimits {
  /** Whether the number may send one more in this second; counts it. */
  takeThroughput(numberId: string, perSecond: number, now: number): boolean;
  /** Whether the number may send one more to this person; counts it. */
  takePair(numberId: string, recipient: string, now: number): boolean;
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

/**
 * Makes the limits. Throughput: so many in any second. Pair: one message in 6 s to the same person, a burst of up to 45
 * borrowed from the future. Source: Meta, "Throughput" and "Messaging limits".
 */
export const createSendLimits = (): SendLimits => {
  const seconds = new Map<string, number[]>();
  const pairs = new Map<string, number>();
  const calls = new Map<string, number[]>();
  return {
    takeThroughput: (numberId, perSecond, now) => {
      const recent = (seconds.get(numberId) ?? []).filter((at) => at > now - 1000);
      seconds.set(numberId, recent);
      if (recent.length >= perSecond) return false;
      recent.push(now);
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
    countCall: (accountId, now) => {
      const recent = (calls.get(accountId) ?? []).filter((at) => at > now - HOUR);
      recent.push(now);
      calls.set(accountId, recent);
      return recent.length;
    },
    countOf: (accountId, now) => (calls.get(accountId) ?? []).filter((at) => at > now - HOUR).length,
    clear: () => {
      seconds.clear();
      pairs.clear();
      calls.clear();
    },
  };
};
