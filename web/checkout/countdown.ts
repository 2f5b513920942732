const HOUR = 3600;
const MINUTE = 60;

/** Moments worth saying aloud to who does not see the ring, in seconds left. */
const MILESTONES = [HOUR, 30 * MINUTE, 10 * MINUTE, 5 * MINUTE, MINUTE];

/**
 * Seconds left now, from what the server said and how long ago it said it. The device's clock has no part in it.
 */
export const secondsLeftAt = (saidSeconds: number, saidAtMs: number, nowMs: number): number =>
  Math.max(0, Math.ceil(saidSeconds - (nowMs - saidAtMs) / 1000));

/** How long until the words change: each second in the last hour, each minute before. */
export const msUntilChange = (secondsLeft: number): number =>
  secondsLeft > HOUR ? ((secondsLeft % MINUTE) + 1) * 1000 : 1000;

/** The part of the hold that is left, from 1 to 0. */
export const shareLeft = (secondsLeft: number, createdAt: string, expiresAt: string): number => {
  const whole = (Date.parse(expiresAt) - Date.parse(createdAt)) / 1000;
  return whole > 0 ? Math.min(1, secondsLeft / whole) : 0;
};

/** The last milestone that has been passed; undefined before the first. It changes seldom, so it can be read out. */
export const milestoneAt = (secondsLeft: number): number | undefined =>
  MILESTONES.filter((milestone) => secondsLeft <= milestone).at(-1);

/** True in the last ten minutes. */
export const isSoon = (secondsLeft: number): boolean => secondsLeft <= 10 * MINUTE;
