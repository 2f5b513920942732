import type { Clock } from '#core/clock.ts';

/** How much may be read. */
export interface ReadBudgetOptions {
  /** So many at once. */
  most: number;
  /** One more after so many milliseconds. */
  everyMs: number;
  clock: Clock;
}

/** A budget that refills by the clock. Each call takes one read from it; false when there is none left. */
export const readBudget = ({ most, everyMs, clock }: ReadBudgetOptions): (() => boolean) => {
  let left = most;
  let countedAt = clock().getTime();
  return () => {
    const now = clock().getTime();
    left = Math.min(most, left + Math.max(0, now - countedAt) / everyMs);
    countedAt = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
};
