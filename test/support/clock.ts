import type { Clock } from '#core/clock.ts';

/** A clock that stands still until it is moved. */
export interface MovedClock {
  (): Date;
  /** Moves it forward. */
  advance: (milliseconds: number) => void;
  moveTo: (moment: Date) => void;
}

export const NOON = '2026-11-21T12:00:00.000Z';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** A clock that shows `start` until a test moves it. */
export const movedClock = (start: string | Date = NOON): MovedClock => {
  let now = new Date(start).getTime();
  const clock: Clock = () => new Date(now);
  return Object.assign(clock, {
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    moveTo: (moment: Date) => {
      now = moment.getTime();
    },
  });
};
