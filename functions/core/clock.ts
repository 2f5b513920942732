/** The present moment as a parameter: rules take a `Date`, use cases take a clock, tests move it. */
export type Clock = () => Date;

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The moment `minutes` after `from`. */
export const addMinutes = (from: Date, minutes: number): Date => new Date(from.getTime() + minutes * MINUTE);

/** Whole seconds from `now` until `then`, rounded up; never below zero. */
export const secondsUntil = (then: Date, now: Date): number =>
  Math.max(0, Math.ceil((then.getTime() - now.getTime()) / SECOND));

/** Seconds since 1970, as DynamoDB's time to live wants them. */
export const toEpochSeconds = (at: Date): number => Math.floor(at.getTime() / SECOND);
