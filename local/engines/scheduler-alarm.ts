import type { Clock } from '../clock.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;
const AT_ONCE = 16;

/** Something to do at a moment of the local clock. */
export interface Job {
  dueAt: number;
  run(): Promise<void>;
}

/** Runs jobs when the local clock says so: never early, and in the order in which they became due. */
export interface Alarm {
  add(job: Job): void;
  remove(job: Job): void;
  /** Resolves when all that is due by now has been run. */
  settled(): Promise<void>;
  /** Starts no further job, and waits for those that run. */
  close(): Promise<void>;
}

/** Runs jobs in their order, a few at once. */
const createPool = () => {
  const queue: Job[] = [];
  const running = new Set<Promise<void>>();
  let isClosed = false;
  const runOne = (job: Job): void => {
    const run: Promise<void> = job
      .run()
      .catch((error: unknown) => console.error('a job of the local scheduler failed', error))
      .finally(() => {
        running.delete(run);
        drain();
      });
    running.add(run);
  };
  const drain = (): void => {
    while (!isClosed && running.size < AT_ONCE) {
      const job = queue.shift();
      if (!job) return;
      runOne(job);
    }
  };
  return {
    queue,
    drain,
    async empty() {
      while (running.size > 0) await Promise.race(running);
    },
    async close() {
      isClosed = true;
      await Promise.all(running);
    },
  };
};

/** Makes an alarm on a clock; a step of the clock runs everything that it made due. */
export function createAlarm(clock: Clock): Alarm {
  const waiting = new Set<Job>();
  const pool = createPool();
  let timer: NodeJS.Timeout | undefined;
  let armedFor = Number.POSITIVE_INFINITY;

  const arm = (at: number): void => {
    clearTimeout(timer);
    armedFor = at;
    if (at === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(wake, Math.min(Math.max(at - clock.now(), 0), LONGEST_TIMER_MS)).unref();
  };
  const wake = (): void => {
    const now = clock.now();
    const ready = [...waiting].filter((job) => job.dueAt <= now).sort((a, b) => a.dueAt - b.dueAt);
    for (const job of ready) waiting.delete(job);
    pool.queue.push(...ready);
    pool.drain();
    let earliest = Number.POSITIVE_INFINITY;
    for (const job of waiting) earliest = Math.min(earliest, job.dueAt);
    arm(earliest);
  };
  const unsubscribe = clock.onAdvance(wake);

  return {
    add(job) {
      waiting.add(job);
      if (job.dueAt < armedFor) arm(job.dueAt);
    },
    remove(job) {
      waiting.delete(job);
      const place = pool.queue.indexOf(job);
      if (place >= 0) pool.queue.splice(place, 1);
    },
    async settled() {
      wake();
      await pool.empty();
    },
    async close() {
      unsubscribe();
      waiting.clear();
      clearTimeout(timer);
      await pool.close();
    },
  };
}
