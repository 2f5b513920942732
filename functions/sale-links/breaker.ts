import * as z from 'zod/mini';
import { countField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { type SourceFailure, sourceFailures } from './source-failure.ts';

/** How a source of sales has failed of late; a source that answered last has none. */
export const Breaker = lazy(() =>
  z.object({
    failures: countField(),
    reason: z.enum(sourceFailures),
    /** Until when it is left alone. */
    pausedUntil: z.optional(timeField()),
  }),
);
export type Breaker = z.infer<Lazy<typeof Breaker>>;

/** So many failures one after the other pause a source. */
export const FAILURES_TO_PAUSE = 3;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

/** How long one call has to show that the source is back, before another may try. */
const TRIAL_MS = 15_000;

/** `closed`: ask it. `paused`: leave it alone. `trial`: the pause is over, and one call may try. */
export type Gate = 'closed' | 'paused' | 'trial';

/** Whether a source may be asked now. */
export const gateOf = (breaker: Breaker | undefined, now: Date): Gate => {
  if (breaker?.pausedUntil === undefined) return 'closed';
  return now.toISOString() < breaker.pausedUntil ? 'paused' : 'trial';
};

const later = (now: Date, milliseconds: number): string => new Date(now.getTime() + milliseconds).toISOString();

/** Keeps all others away while one call tries. */
export const onTrial = (breaker: Breaker, now: Date): Breaker => ({ ...breaker, pausedUntil: later(now, TRIAL_MS) });

/** One more failure: the third pauses the source for half a minute, each further one twice as long, up to 15 minutes. */
export const afterFailure = (breaker: Breaker | undefined, reason: SourceFailure, now: Date): Breaker => {
  const failures = Math.min((breaker?.failures ?? 0) + 1, 1000);
  const doublings = failures - FAILURES_TO_PAUSE;
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** doublings);
  return { failures, reason, ...(doublings >= 0 && { pausedUntil: later(now, pause) }) };
};
