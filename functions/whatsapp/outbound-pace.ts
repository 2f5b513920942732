/** What may be slowed on its own: a number, a Meta app. */
export type Scope = `number:${string}` | `app:${string}`;

interface Brake {
  level: number;
  until: number;
}

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/**
 * Remembers which numbers and apps Meta asked to slow down, for the life of this environment; each environment learns
 * for itself. Each refusal doubles the pause, up to a minute, with chance in it so that not all come back at once; each
 * success after it halves what the next would be.
 */
export const openPace = (random: () => number) => {
  const brakes = new Map<Scope, Brake>();
  return {
    /** Milliseconds until all of these may go on. */
    waitFor: (scopes: readonly Scope[], now: Date): number =>
      Math.max(0, ...scopes.map((scope) => (brakes.get(scope)?.until ?? 0) - now.getTime())),

    slow: (scope: Scope, now: Date): void => {
      const level = (brakes.get(scope)?.level ?? 0) + 1;
      const pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** (level - 1));
      brakes.set(scope, { level, until: now.getTime() + pause * (1 + random() / 2) });
    },

    ease: (scopes: readonly Scope[]): void => {
      for (const scope of scopes) {
        const brake = brakes.get(scope);
        if (brake && brake.level > 1) brakes.set(scope, { ...brake, level: brake.level - 1 });
        else brakes.delete(scope);
      }
    },
  };
};

export type Pace = ReturnType<typeof openPace>;
