import type { Clock } from '#core/clock.ts';
import type { Checkout } from './checkout.ts';
import { type EndPorts, type ExpiryOutcome, expireCheckout } from './end-checkout.ts';

/** What a sweep found: how many checkouts it freed, how late the latest of them was, how many it could not free yet. */
export interface Sweep {
  expired: number;
  failed: number;
  oldestSeconds: number;
}

interface SweepPorts extends EndPorts {
  checkouts: EndPorts['checkouts'] & { due: (now: Date, limit: number) => Promise<Checkout[]> };
  clock: Clock;
  /** Told of each failure; the sweep goes on with the others. */
  report: (error: unknown) => void;
}

const PER_SHARD = 25;
const AT_ONCE = 10;

const lateness = (checkout: Checkout, now: Date): number =>
  Math.floor((now.getTime() - new Date(checkout.expiresAt).getTime()) / 1000);

const sweepBatch = async (due: readonly Checkout[], ports: SweepPorts): Promise<(ExpiryOutcome | 'failed')[]> =>
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
    const due = (await ports.checkouts.due(now, PER_SHARD)).filter(({ code }) => !seen.has(code));
    if (due.length === 0) break;
    for (let start = 0; start < due.length; start += AT_ONCE) {
      const batch = due.slice(start, start + AT_ONCE);
      const outcomes = await sweepBatch(batch, ports);
      sweep.expired += outcomes.filter((outcome) => outcome === 'expired').length;
      sweep.failed += outcomes.filter((outcome) => outcome === 'failed').length;
      sweep.oldestSeconds = Math.max(sweep.oldestSeconds, ...batch.map((checkout) => lateness(checkout, now)));
      for (const { code } of batch) seen.add(code);
    }
  }
  return sweep;
};
