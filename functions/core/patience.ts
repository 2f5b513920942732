import type { Clock } from './clock.ts';

/** How to wait and for how long in all. Ports, so that tests neither wait nor guess. */
export interface Patience {
  clock: Clock;
  pause: (milliseconds: number) => Promise<void>;
  /** A number from 0 up to 1. */
  random: () => number;
  budgetMs: number;
}

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 400;

/**
 * Repeats `attempt` while it answers undefined, with a random wait whose bound doubles each time (full jitter), until
 * the budget is spent; then undefined. The attempt gets its number, from 0.
 */
export const withPatience = async <Result>(
  { clock, pause, random, budgetMs }: Patience,
  attempt: (number: number) => Promise<Result | undefined>,
): Promise<Result | undefined> => {
  const giveUpAt = clock().getTime() + budgetMs;
  for (let number = 0; ; number += 1) {
    const result = await attempt(number);
    if (result !== undefined) return result;
    const wait = random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** number);
    if (clock().getTime() + wait >= giveUpAt) return undefined;
    await pause(wait);
  }
};
