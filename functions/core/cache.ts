import type { Clock } from './clock.ts';

const MOST_ENTRIES = 500;

/**
 * Remembers what `load` found for each key, for `ttlMs`. Misses are not remembered, so what has just been created is
 * found at once. Holds at most five hundred entries, dropping the oldest.
 */
export const cached = <Found>(
  load: (key: string) => Promise<Found | undefined>,
  { ttlMs, clock }: { ttlMs: number; clock: Clock },
): ((key: string) => Promise<Found | undefined>) => {
  const entries = new Map<string, { found: Found; until: number }>();
  return async (key) => {
    const entry = entries.get(key);
    if (entry && clock().getTime() < entry.until) return entry.found;
    const found = await load(key);
    entries.delete(key);
    if (found === undefined) return undefined;
    entries.set(key, { found, until: clock().getTime() + ttlMs });
    const oldest = entries.keys().next().value;
    if (entries.size > MOST_ENTRIES && oldest !== undefined) entries.delete(oldest);
    return found;
  };
};
