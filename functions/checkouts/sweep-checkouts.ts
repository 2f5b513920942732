import type { Clock } from '#core/clock.ts';
import { type EndPorts, type ExpiryOutcome, expireCheckout } from './end-checkout.ts';

/** What a sweep found: how many checkouts it freed, how late the latest of them was, how many it could not free yet. */
export interface Sweep {
  expired: number;
  failed: number;
  oldestSeconds: number;
}

/** A checkout that the expiry index says is past its time. */
export interface Due {
  code: string;
  expiresAt: string;
}

interface SweepPorts extends EndPorts {
  checkouts: EndPorts['checkouts'] & {
    /** What is past its time, of all shops; at most `limit` of each shard, the most overdue first. */
    due: (now: Date, limit: number) => Promise<Due[]>;
  };
  clock: Clock;
  /** Told of each failure; the sweep goes on with the others. */
  report: (error: unknown) => void;
}

const PER_SHARD = 25;
const AT_ONCE = 10;

const lateness = ({ expiresAt }: Due, now: Date): number =>
  Math.floor((now.getTime() - new Date(expiresAt).getTime()) / 1000);

const sweepBatch = async (due: readonly Due[], ports: SweepPorts): Promise<(ExpiryOutcome | 'failed')[]> =>
  Promise.all(
    due.map(async ({ code }) => {
      try {
        return await expireCheckout({ code, by: 'sweeper' }, ports);
      } catch (error) {
        ports.report(error);
        return 'failed';
      }
    }),
  );

/**
 * Frees every checkout that is past its time and that its schedule has missed, of all shops, until none is due or
 * `until` has come. One that fails does not stop the others; it is due again in the next sweep.
 */
export const sweepCheckouts = async (until: Date, ports: SweepPorts): Promise<Sweep> => {
  const sweep: Sweep = { expired: 0, failed: 0, oldestSeconds: 0 };
  const seen = new Set<string>();
  while (ports.clock() < until) {
    const now = ports.clock();
    // What failed stays at the head of its shard: look past it.
    const due = (await ports.checkouts.due(now, PER_SHARD + sweep.failed)).filter(({ code }) => !seen.has(code));
    if (due.length === 0) break;
    for (let start = 0; start < due.length && ports.clock() < until; start += AT_ONCE) {
      const batch = due.slice(start, start + AT_ONCE);
      const outcomes = await sweepBatch(batch, ports);
      sweep.expired += outcomes.filter((outcome) => outcome === 'expired').length;
      sweep.failed += outcomes.filter((outcome) => outcome === 'failed').length;
      sweep.oldestSeconds = Math.max(sweep.oldestSeconds, ...batch.map((one) => lateness(one, now)));
      for (const { code } of batch) seen.add(code);
    }
  }
  return sweep;
};
