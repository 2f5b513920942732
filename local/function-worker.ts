import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { ReportedError, WorkerEvent, WorkerReport, WorkerStart } from './worker.ts';

/** A function as the local cloud runs it. */
export interface LocalFunction {
  /** Its name in the manifest. */
  name: string;
  functionName: string;
  arn: string;
  /** The bundle, which exports `handler`. */
  file: string;
  /** All of its environment: nothing of this process's own is added. */
  environment: Readonly<Record<string, string>>;
  timeoutSeconds: number;
  memoryMb: number;
}

/** A function ended an invocation with an error, as Lambda reports it. */
export class FunctionError extends Error {
  readonly errorType: string;
  readonly stackTrace: string[];

  constructor(functionName: string, error: ReportedError) {
    super(`${functionName}: ${error.errorMessage}`);
    this.name = 'FunctionError';
    this.errorType = error.errorType;
    this.stackTrace = error.stackTrace ?? [];
  }
}

/** Takes the log lines of a function. */
export type LogSink = (functionName: string, line: string, stream: 'stdout' | 'stderr') => void;

/** One execution environment: handles one event at a time. */
export interface FunctionWorker {
  handle: (event: unknown) => Promise<unknown>;
  /** Can it handle another event? */
  isAlive: () => boolean;
  stop: () => Promise<void>;
}

interface Pending {
  settle: (report: WorkerReport) => void;
  fail: (error: ReportedError) => void;
}

/** Lambda gives a function ten seconds to initialize. Source: Lambda developer guide, "Execution environment". */
const INIT_SECONDS = 10;

/** Reads a stream line by line; whatever follows the last line break comes at the end. */
const eachLine = (stream: Readable, take: (line: string) => void): void => {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
  stream.on('end', () => rest && take(rest));
};

const startThread = (definition: LocalFunction, offset: SharedArrayBuffer, log: LogSink): Worker => {
  const workerData: WorkerStart = { ...definition, offset };
  const thread = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData,
    env: { ...definition.environment },
    stdout: true,
    stderr: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: Math.max(128, definition.memoryMb) },
  });
  eachLine(thread.stdout, (line) => log(definition.name, line, 'stdout'));
  eachLine(thread.stderr, (line) => log(definition.name, line, 'stderr'));
  return thread;
};

/** The thread's reports, one at a time, with its death as an error. */
const listen = (thread: Worker) => {
  let pending: Pending | undefined;
  let death: ReportedError | undefined;
  const die = (error: ReportedError) => {
    death ??= error;
    pending?.fail(death);
    pending = undefined;
  };
  thread.on('message', (report: WorkerReport) => {
    pending?.settle(report);
    pending = undefined;
  });
  thread.on('error', (error: Error) => die({ errorType: 'Runtime.UnhandledError', errorMessage: error.message }));
  thread.on('exit', (code) => die({ errorType: 'Runtime.ExitError', errorMessage: `the runtime exited with ${code}` }));
  const next = (seconds: number, slow: string): Promise<WorkerReport> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => die({ errorType: 'Sandbox.Timedout', errorMessage: slow }), seconds * 1000);
      const end = (act: () => void) => {
        clearTimeout(timer);
        act();
      };
      pending = {
        settle: (report) => end(() => resolve(report)),
        fail: (error) => end(() => reject(error)),
      };
      if (death) die(death);
    });
  return { next, isAlive: () => death === undefined };
};

const isReported = (error: unknown): error is ReportedError =>
  typeof error === 'object' && error !== null && 'errorType' in error;

/**
 * Starts an execution environment of a function in a thread of its own. An error of the function, its time-out or its
 * death end the invocation with a `FunctionError`, never this process; after the last two it is no longer alive.
 */
export const startFunctionWorker = (
  definition: LocalFunction,
  offset: SharedArrayBuffer,
  log: LogSink,
): FunctionWorker => {
  const thread = startThread(definition, offset, log);
  const reports = listen(thread);
  let isStarted = true;
  const failed = (error: ReportedError) => new FunctionError(definition.name, error);
  const end = async (): Promise<void> => {
    isStarted = false;
    await thread.terminate();
  };
  const ready = reports.next(INIT_SECONDS, `the function was not ready after ${INIT_SECONDS} seconds`);
  ready.catch(() => undefined);

  const exchange = async (event: unknown): Promise<unknown> => {
    const first = await ready;
    if (first.kind === 'init-failed') {
      log(definition.name, `init failed: ${first.error.errorType}: ${first.error.errorMessage}`, 'stderr');
      await end();
      throw failed(first.error);
    }
    const requestId = randomUUID();
    const { timeoutSeconds } = definition;
    const message = `${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
    const deadline = Date.now() + timeoutSeconds * 1000;
    const answer = reports.next(timeoutSeconds, message);
    thread.postMessage({ requestId, deadline, event: JSON.stringify(event ?? null) } satisfies WorkerEvent);
    const report = await answer;
    if (report.kind === 'done') return JSON.parse(report.result);
    throw report.kind === 'failed' ? failed(report.error) : new Error(`unexpected report ${report.kind}`);
  };

  const handle = async (event: unknown): Promise<unknown> => {
    try {
      return await exchange(event);
    } catch (error) {
      if (!isReported(error) || error instanceof FunctionError) throw error;
      log(definition.name, `${error.errorType}: ${error.errorMessage}`, 'stderr');
      await end();
      throw failed(error);
    }
  };
  return { handle, isAlive: () => isStarted && reports.isAlive(), stop: end };
};
