/** The clock of the local cloud: real time plus an offset that only ever grows. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Moves the clock forward and tells the listeners, before it returns. Throws a RangeError on a step back. */
  advance(ms: number): void;
  /** A BigInt64 at 0: the offset in ms. Function workers read it to shift their own `Date`. */
  readonly offset: SharedArrayBuffer;
  /** Calls `listener` after every step forward; the answer ends that. */
  onAdvance(listener: () => void): () => void;
}

/** Makes a clock that runs `initialOffsetMs` ahead of real time. */
export function createClock(initialOffsetMs = 0): Clock {
  const offset = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
  const cell = new BigInt64Array(offset);
  const listeners = new Set<() => void>();
  cell[0] = BigInt(Math.round(initialOffsetMs));
  return {
    offset,
    now: () => Date.now() + Number(Atomics.load(cell, 0)),
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`the clock moves forward only, not by ${ms} ms`);
      Atomics.add(cell, 0, BigInt(Math.round(ms)));
      for (const listener of [...listeners]) listener();
    },
    onAdvance(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
