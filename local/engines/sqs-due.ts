/** Things by the moment at which they are due; the earliest comes first. */
export interface DueList<Thing> {
  add(at: number, thing: Thing): void;
  /** The moment of the earliest; Infinity where there is none. */
  next(): number;
  /** Takes out all that is due by then, earliest first. */
  takeUntil(now: number): { at: number; thing: Thing }[];
}

/** A binary heap. */
export function createDueList<Thing>(): DueList<Thing> {
  const heap: { at: number; thing: Thing }[] = [];
  const atOf = (place: number): number => heap[place]?.at ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number) => {
    const [one, other] = [heap[a], heap[b]];
    if (one && other) [heap[a], heap[b]] = [other, one];
  };
  const rise = (from: number) => {
    for (let place = from; place > 0; ) {
      const parent = (place - 1) >> 1;
      if (atOf(parent) <= atOf(place)) return;
      swap(parent, place);
      place = parent;
    }
  };
  const sink = () => {
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const child = atOf(right) < atOf(left) ? right : left;
      if (atOf(child) >= atOf(place)) return;
      swap(child, place);
      place = child;
    }
  };
  const takeFirst = () => {
    swap(0, heap.length - 1);
    const taken = heap.pop();
    sink();
    return taken;
  };
  return {
    add(at, thing) {
      heap.push({ at, thing });
      rise(heap.length - 1);
    },
    next: () => atOf(0),
    takeUntil(now) {
      const due: { at: number; thing: Thing }[] = [];
      while (atOf(0) <= now) {
        const taken = takeFirst();
        if (taken) due.push(taken);
      }
      return due;
    },
  };
}
