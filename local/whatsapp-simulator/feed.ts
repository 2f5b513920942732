import type { SimulatorEvent } from './simulator-api.ts';

/** An event as it was when it happened, in JSON, and its place. */
export interface Told {
  sequence: number;
  data: string;
}

/** What happened, for those who listen and those who come back. */
export interface Feed {
  publish(event: SimulatorEvent): void;
  /** The place of the newest event. */
  sequence(): number;
  /** What came after that place; only `reload` when that is no longer known. */
  since(sequence: number): Told[];
  listen(listener: (told: Told) => void): () => void;
}

const MOST_EVENTS = 2000;
const MOST_TEXT = 16 * 1024 * 1024;

const reload = JSON.stringify({ kind: 'reload' } satisfies SimulatorEvent);

/**
 * Makes a feed. Its places begin at the time of the start, so that a page which was connected to an earlier run sees
 * that it has missed something.
 */
export const createFeed = (first = Date.now()): Feed => {
  const recent: Told[] = [];
  const listeners = new Set<(told: Told) => void>();
  let sequence = first;
  let length = 0;
  const forget = (): void => {
    while (recent.length > MOST_EVENTS || length > MOST_TEXT) length -= recent.shift()?.data.length ?? length;
  };
  return {
    publish: (event) => {
      sequence += 1;
      const told = { sequence, data: JSON.stringify(event) };
      recent.push(told);
      length += told.data.length;
      forget();
      for (const listener of [...listeners]) listener(told);
    },
    sequence: () => sequence,
    since: (after) => {
      if (after === sequence) return [];
      const oldest = recent[0]?.sequence ?? sequence + 1;
      const isKnown = after < sequence && after >= oldest - 1;
      return isKnown ? recent.filter((told) => told.sequence > after) : [{ sequence, data: reload }];
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
