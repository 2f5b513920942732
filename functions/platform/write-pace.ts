import { AppError } from '#core/errors.ts';
import type { Patience } from '#core/patience.ts';
import { Throttled } from './table.ts';

/** Work that nobody waits for leaves room in the table for those who do. */
export interface WritePace {
  /**
   * Makes a write of about so many units when it is its turn, and again for as long as the table has no room for it.
   * Throws what the write throws, and `table.busy` when there was no room for longer than the patience lasts.
   */
  write: (units: number, attempt: () => Promise<void>) => Promise<void>;
}

/** Where there is nobody else whom writes could hurt. */
export const unpaced: WritePace = { write: (_, attempt) => attempt() };

/** No slower than this, however often there was no room. */
const LEAST_SHARE = 0.2;
/** How much of the pace comes back with each unit that was written: half of it takes a minute. */
const RECOVERY = 0.01;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/** Makes an attempt; gives what the table said when it had no room. */
const unlessThrottled = async (attempt: () => Promise<void>): Promise<Throttled | undefined> => {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    if (error instanceof Throttled) return error;
    throw error;
  }
};

/**
 * At most so many units a second in the long run, from as many writers as share it. Each time the table has no room the
 * pace is halved, and it comes back slowly. `patience.budgetMs`: how long one write insists.
 */
export const writePace = (mostUnitsPerSecond: number, { clock, pause, random, budgetMs }: Patience): WritePace => {
  let rate = mostUnitsPerSecond;
  let nextAt = 0;
  const turn = async (units: number): Promise<void> => {
    const now = clock().getTime();
    const at = Math.max(now, nextAt);
    nextAt = at + (units / rate) * 1000;
    if (at > now) await pause(at - now);
  };
  const learn = (units: number, isThrottled: boolean): void => {
    const slower = Math.max(mostUnitsPerSecond * LEAST_SHARE, rate / 2);
    rate = isThrottled ? slower : Math.min(mostUnitsPerSecond, rate + units * RECOVERY);
  };
  return {
    write: async (units, attempt) => {
      const giveUpAt = clock().getTime() + budgetMs;
      for (let number = 0; ; number += 1) {
        await turn(units);
        const cause = await unlessThrottled(attempt);
        learn(units, cause !== undefined);
        if (cause === undefined) return;
        const wait = (0.5 + random() / 2) * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** number);
        if (clock().getTime() + wait >= giveUpAt) throw new AppError('table.busy', 'the table is busy', { cause });
        await pause(wait);
      }
    },
  };
};
