import { setTimeout } from 'node:timers/promises';
import type { Patience } from '#core/patience.ts';

/** Waits for real: how long a request may insist while others hold the same items. */
export const patience = (budgetMs = 2000): Patience => ({
  clock: () => new Date(),
  pause: (milliseconds) => setTimeout(milliseconds),
  random: Math.random,
  budgetMs,
});
