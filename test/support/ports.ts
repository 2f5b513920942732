import type { Clock } from '#core/clock.ts';
import type { Patience } from '#core/patience.ts';
import { movedClock } from './clock.ts';

/** Patience that never waits: each pause moves a clock of its own ahead of the given one. */
export interface QuickPatience extends Patience {
  /** How long each wait would have been. */
  pauses: number[];
}

/** Patience for one operation: `clock` as seen by it, with what it has waited so far on top. */
export const quickPatience = (
  clock: Clock = movedClock(),
  { budgetMs = 2000, random = () => 0.5 }: { budgetMs?: number; random?: () => number } = {},
): QuickPatience => {
  const pauses: number[] = [];
  let waited = 0;
  return {
    clock: () => new Date(clock().getTime() + waited),
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
      waited += milliseconds;
    },
    random,
    budgetMs,
    pauses,
  };
};

/** The failure of a promise that must fail. */
export const failureOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it should have failed');
};
