import type { SimulatorEvent } from './simulator-api.ts';

/** An event and its place. */
export interface Told {
  sequence: number;
  event: SimulatorEvent;
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

const REMEMBERED = 2000;

/**
 * Makes a feed. Its places begin at the time of the start, so that a page which was connected to an earlier run sees
 * that it has missed something.
 */
export const createFeed = (first = Date.now()): Feed => {
  const recent: Told[] = [];
  const listeners = new Set<(told: Told) => void>();
  let sequence = first;
  return {
    publish: (event) => {
      sequence += 1;
      const told = { sequence, event };
      recent.push(told);
      if (recent.length > REMEMBERED) recent.shift();
      for (const listener of [...listeners]) listener(told);
    },
    sequence: () => sequence,
    since: (after) => {
      if (after === sequence) return [];
      const oldest = recent[0]?.sequence ?? sequence + 1;
      const isKnown = after < sequence && after >= oldest - 1;
      return isKnown ? recent.filter((told) => told.sequence > after) : [{ sequence, event: { kind: 'reload' } }];
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
