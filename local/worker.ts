import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { shiftDate } from './shift-date.ts';

/** What a worker is started with. */
export interface WorkerStart {
  /** The bundle, which exports `handler`. */
  file: string;
  functionName: string;
  arn: string;
  memoryMb: number;
  offset: SharedArrayBuffer;
}

/** One event to handle, as JSON, as Lambda's runtime receives it. */
export interface WorkerEvent {
  requestId: string;
  event: string;
  /** Real time in milliseconds at which the invocation times out. */
  deadline: number;
}

/** An error as Lambda reports it. */
export interface ReportedError {
  errorType: string;
  errorMessage: string;
  stackTrace?: string[];
}

/** What a worker says: it is ready, it could not start, or an event ended. */
export type WorkerReport =
  | { kind: 'ready' }
  | { kind: 'init-failed'; error: ReportedError }
  | { kind: 'done'; requestId: string; result: string }
  | { kind: 'failed'; requestId: string; error: ReportedError };

type Handler = (event: unknown, context: object) => unknown;

const realNow = Date.now.bind(Date);

const reported = (error: unknown): ReportedError =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, stackTrace: error.stack?.split('\n').slice(1) }
    : { errorType: typeof error, errorMessage: String(error) };

/** Source: AWS Lambda developer guide, "Using the Lambda context object to retrieve Node.js function information". */
const contextOf = (start: WorkerStart, { requestId, deadline }: WorkerEvent) => ({
  awsRequestId: requestId,
  functionName: start.functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: start.arn,
  memoryLimitInMB: String(start.memoryMb),
  logGroupName: `/aws/lambda/${start.functionName}`,
  logStreamName: 'local',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, deadline - realNow()),
});

const load = (file: string): Handler => {
  const { handler } = createRequire(file)(file) as { handler?: unknown };
  if (typeof handler !== 'function') throw new Error(`${file} exports no handler`);
  return handler as Handler;
};

const handle = async (handler: Handler, start: WorkerStart, incoming: WorkerEvent): Promise<WorkerReport> => {
  const { requestId } = incoming;
  try {
    const result = await handler(JSON.parse(incoming.event), contextOf(start, incoming));
    return { kind: 'done', requestId, result: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    return { kind: 'failed', requestId, error: reported(error) };
  }
};

const run = (start: WorkerStart, port: NonNullable<typeof parentPort>): void => {
  const report = (message: WorkerReport) => port.postMessage(message);
  shiftDate(start.offset);
  try {
    const handler = load(start.file);
    port.on('message', async (incoming: WorkerEvent) => report(await handle(handler, start, incoming)));
    report({ kind: 'ready' });
  } catch (error) {
    report({ kind: 'init-failed', error: reported(error) });
  }
};

if (parentPort) run(workerData as WorkerStart, parentPort);
