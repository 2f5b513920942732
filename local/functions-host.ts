import { type FunctionWorker, type LocalFunction, type LogSink, startFunctionWorker } from './function-worker.ts';

/** Settings of a function host. */
export interface FunctionsHostOptions {
  functions: readonly LocalFunction[];
  /** Offset of the cloud's clock in milliseconds, BigInt64 at 0. */
  offset: SharedArrayBuffer;
  log: LogSink;
  /** Execution environments for each function at most; further events wait. @default 4 */
  concurrency?: number;
}

/** Runs the functions as Lambda does. */
export interface FunctionsHost {
  /** Runs a function with an event and gives its result. Throws `FunctionError` when the function fails. */
  invoke: (name: string, event: unknown) => Promise<unknown>;
  has: (name: string) => boolean;
  names: () => string[];
  /** Ends an execution environment of a function in the middle of its work, if one is at work. True when it did. */
  kill: (name: string) => Promise<boolean>;
  /** How many execution environments live now. */
  size: () => number;
  close: () => Promise<void>;
}

interface Pool {
  run: (event: unknown) => Promise<unknown>;
  kill: () => Promise<boolean>;
  size: () => number;
  close: () => Promise<void>;
}

const createPool = (start: () => FunctionWorker, limit: number): Pool => {
  const all = new Set<FunctionWorker>();
  const idle: FunctionWorker[] = [];
  const busy = new Set<FunctionWorker>();
  const waiting: ((worker: FunctionWorker) => void)[] = [];
  let isClosed = false;

  const spawn = (): FunctionWorker => {
    const worker = start();
    all.add(worker);
    return worker;
  };
  const idleOne = (): FunctionWorker | undefined => {
    for (let worker = idle.pop(); worker; worker = idle.pop()) {
      if (worker.isAlive()) return worker;
      all.delete(worker);
    }
    return undefined;
  };
  const take = async (): Promise<FunctionWorker> => {
    const free = idleOne() ?? (all.size < limit ? spawn() : undefined);
    return free ?? new Promise((resolve) => waiting.push(resolve));
  };
  const give = (worker: FunctionWorker): void => {
    if (!worker.isAlive()) all.delete(worker);
    const next = waiting.shift();
    if (next && !isClosed) next(worker.isAlive() ? worker : spawn());
    else if (worker.isAlive()) idle.push(worker);
  };
  return {
    run: async (event) => {
      if (isClosed) throw new Error('the local cloud has stopped');
      const worker = await take();
      busy.add(worker);
      try {
        return await worker.handle(event);
      } finally {
        busy.delete(worker);
        give(worker);
      }
    },
    kill: async () => {
      const [worker] = busy;
      await worker?.stop();
      return worker !== undefined;
    },
    size: () => all.size,
    close: async () => {
      isClosed = true;
      await Promise.all([...all].map((worker) => worker.stop()));
    },
  };
};

/**
 * Runs bundled functions in threads, as Lambda would: one event at a time in each, new ones on demand up to the limit,
 * idle ones used again, dead ones replaced.
 */
export const createFunctionsHost = (options: FunctionsHostOptions): FunctionsHost => {
  const { functions, offset, log, concurrency = 4 } = options;
  const pools = new Map(
    functions.map((one) => [one.name, createPool(() => startFunctionWorker(one, offset, log), concurrency)] as const),
  );
  return {
    invoke: async (name, event) => {
      const pool = pools.get(name);
      if (!pool) throw new Error(`there is no function ${name}; there are ${[...pools.keys()].join(', ')}`);
      return pool.run(event);
    },
    kill: async (name) => (await pools.get(name)?.kill()) ?? false,
    has: (name) => pools.has(name),
    names: () => [...pools.keys()],
    size: () => [...pools.values()].reduce((sum, pool) => sum + pool.size(), 0),
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
};
