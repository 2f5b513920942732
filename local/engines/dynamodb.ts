import type { Clock } from '../clock.ts';
import { dynamodbAccess, streamsAccess } from './dynamodb-access.ts';
import { type Backend, openBackend, STREAMS_API } from './dynamodb-backend.ts';
import { type PollStreamOptions, type StreamConsumer, startStreamPoller } from './dynamodb-stream.ts';
import { ensureTable, type TableDefinition } from './dynamodb-table.ts';
import { startTtlSweep } from './dynamodb-ttl.ts';
import { startDynoxide } from './dynoxide.ts';
import type { AwsRequest, AwsResponse, Engine } from './engine.ts';
import { AwsError } from './engine.ts';
import { denialText, jsonFailure, readJson } from './wire.ts';

export interface DynamodbOptions {
  clock: Clock;
  region: string;
  accountId: string;
  /** Folder of the database and of the stream positions; everything in memory without. */
  dir?: string;
  /** Address of another DynamoDB-compatible server, instead of starting one. */
  endpoint?: string;
  /** Seconds of real time between two looks for expired items. @default 30 */
  ttlSweepSeconds?: number;
  /** Called when the server dies by itself. @default says so on stderr */
  onDeath?: (error: Error) => void;
}

/** DynamoDB with its streams, and what the server behind it does not do by itself. */
export interface DynamodbEngine extends Engine {
  /** Address of the server behind the door; it asks for no permission. */
  readonly endpoint: string;
  /** Process id of the server, where we started it. */
  readonly pid?: number;
  /**
   * Makes the table of a CloudFormation `AWS::DynamoDB::GlobalTable`, or finds that it is there. Throws where it is
   * there with other keys or indexes. Expired items of it are deleted from now on.
   */
  createTable(definition: TableDefinition): Promise<{ tableArn: string; streamArn?: string }>;
  /** Deletes every item that has expired by now, and says how many. */
  sweepExpired(): Promise<number>;
  /**
   * Delivers the table's changes from where the last poller of that name stopped, in order, each batch until it is
   * taken. The answer stops it, after the batch in hand.
   */
  pollStream(onBatch: StreamConsumer, options: PollStreamOptions): () => Promise<void>;
}

const ARN = /arn:aws:dynamodb:[a-z0-9-]+:\d{12}:/g;
const ITERATORS_KEPT = 1000;

/** Operations whose answers carry ARNs, and no text of the caller's that could look like one. */
const carriesArns = /^(Create|Update|Delete|Describe)(Table|TimeToLive|Stream)$|^ListStreams$/;

const rewriteArns = (operation: string, answer: AwsResponse, prefix: string): AwsResponse =>
  carriesArns.test(operation) ? { ...answer, body: String(answer.body).replace(ARN, prefix) } : answer;

const apiOf = (request: AwsRequest): string => request.headers['x-amz-target']?.split('.')[0] ?? '';

/** Which stream a shard iterator belongs to: an iterator does not say it, but IAM is asked about the stream. */
const createIteratorMemory = () => {
  const streams = new Map<string, string>();
  return {
    streamOf: (iterator: string) => streams.get(iterator) ?? '',
    remember(input: Record<string, unknown>, answer: AwsResponse) {
      const output = JSON.parse(String(answer.body)) as Record<string, unknown>;
      const iterator = output['ShardIterator'] ?? output['NextShardIterator'];
      const stream = input['StreamArn'] ?? streams.get(String(input['ShardIterator']));
      if (typeof iterator !== 'string' || typeof stream !== 'string') return;
      streams.delete(iterator);
      streams.set(iterator, stream);
      const [oldest] = streams.keys();
      if (streams.size > ITERATORS_KEPT && oldest !== undefined) streams.delete(oldest);
    },
  };
};

const openServer = async (
  options: DynamodbOptions,
): Promise<{ endpoint: string; pid?: number; stop(): Promise<void> }> => {
  if (options.endpoint !== undefined) return { endpoint: options.endpoint, stop: async () => undefined };
  const onDeath = options.onDeath ?? ((error: Error) => console.error(error.message));
  return startDynoxide({ dir: options.dir, onDeath });
};

const unreachable = (cause: unknown): AwsError =>
  new AwsError('InternalServerError', `the local DynamoDB does not answer: ${String(cause)}`, 500);

/** Passes calls on to the server, and gives its ARNs our region and account. */
const createProxy = (backend: Backend, prefix: string) => {
  const iterators = createIteratorMemory();
  const handle = async (request: AwsRequest): Promise<AwsResponse> => {
    const { operation = '', headers, body } = request;
    const answer = await backend
      .send(headers['x-amz-target'] ?? '', body, headers['content-type'])
      .catch((cause: unknown) => {
        throw unreachable(cause);
      });
    if (/ShardIterator|GetRecords/.test(operation)) iterators.remember(readJson(request), answer);
    return rewriteArns(operation, answer, prefix);
  };
  return { handle, streamOf: iterators.streamOf };
};

/** Starts DynamoDB: the bundled server as a child process, or the one at `endpoint`. */
export async function startDynamodb(options: DynamodbOptions): Promise<DynamodbEngine> {
  const { region, accountId, clock, dir } = options;
  const prefix = `arn:aws:dynamodb:${region}:${accountId}:`;
  const arnOf = (table: string) => (table.startsWith('arn:') ? table : `${prefix}table/${table}`);
  const server = await openServer(options);
  const backend = openBackend(server.endpoint, region);
  const proxy = createProxy(backend, prefix);
  const sweep = startTtlSweep(backend, clock, options.ttlSweepSeconds ?? 30);
  const surroundings = { backend, clock, prefix, region, dir, wasExpired: sweep.wasExpired };
  const pollers: (() => Promise<void>)[] = [];

  return {
    service: 'dynamodb',
    endpoint: server.endpoint,
    pid: server.pid,
    access: (request) =>
      apiOf(request) === STREAMS_API
        ? streamsAccess(request.operation ?? '', readJson(request), proxy.streamOf)
        : dynamodbAccess(request.operation ?? '', readJson(request), arnOf),
    handle: proxy.handle,
    denied: (access, principal) => jsonFailure(new AwsError('AccessDeniedException', denialText(access, principal))),
    failure: (error) => jsonFailure(error, 'application/x-amz-json-1.0'),
    async createTable(definition) {
      const made = await ensureTable(backend, definition);
      const ttl = definition.TimeToLiveSpecification;
      if (ttl?.Enabled && ttl.AttributeName) sweep.watch(definition, ttl.AttributeName);
      return { tableArn: made.tableArn.replace(ARN, prefix), streamArn: made.streamArn?.replace(ARN, prefix) };
    },
    sweepExpired: sweep.run,
    pollStream(onBatch, pollOptions) {
      const stop = startStreamPoller(surroundings, onBatch, pollOptions);
      pollers.push(stop);
      return stop;
    },
    async close() {
      await Promise.all(pollers.map((stop) => stop()));
      await sweep.stop();
      backend.close();
      await server.stop();
    },
  };
}
