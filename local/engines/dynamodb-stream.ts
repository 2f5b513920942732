import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import type { Clock } from '../clock.ts';
import { type Backend, STREAMS_API } from './dynamodb-backend.ts';
import type { TtlSweep } from './dynamodb-ttl.ts';
import { readIfThere, replaceFile } from './files.ts';

/**
 * Takes one batch. A rejection asks for the whole batch again; `batchItemFailures` asks for it again from the first
 * sequence number named, as Lambda's ReportBatchItemFailures does.
 */
export type StreamConsumer = (records: DynamoDBRecord[]) => Promise<DynamoDBBatchResponse> | Promise<void>;

export interface PollStreamOptions {
  table: string;
  /** Keeps the positions of several consumers apart. @default 'default' */
  name?: string;
  /** @default 100 */
  batchSize?: number;
  /** Rest of a poller that found nothing, in ms of real time. @default 100 */
  idleMs?: number;
  /** Tries of a batch after the first one. @default 8 */
  retries?: number;
  /** First rest before another try; doubles each time up to 50 times itself. @default 100 */
  backoffMs?: number;
  /** Called with what was given up. @default says so on stderr */
  onGiveUp?: (records: DynamoDBRecord[], error: unknown) => void;
}

interface Surroundings {
  backend: Backend;
  clock: Clock;
  region: string;
  /** What our ARNs begin with. */
  prefix: string;
  dir?: string;
  wasExpired: TtlSweep['wasExpired'];
}

interface Position {
  streamArn: string;
  shardId: string;
  /** Of the last record that was dealt with; absent at the very start. */
  sequence?: string;
}

type WireRecord = DynamoDBRecord & { dynamodb: NonNullable<DynamoDBRecord['dynamodb']> };

const giveUpAloud = (records: DynamoDBRecord[], error: unknown) =>
  console.error(`a stream consumer failed for good; ${records.length} changes are lost to it`, error);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => Number(a > b) - Number(a < b)))
      : inner,
  );

/** DynamoDB writes no record for a write that changes nothing; the local server does. */
const changesNothing = ({ eventName, dynamodb }: WireRecord): boolean =>
  eventName === 'MODIFY' &&
  dynamodb.OldImage !== undefined &&
  canonical(dynamodb.OldImage) === canonical(dynamodb.NewImage);

const createReader = ({ backend }: Surroundings, table: string) => {
  const call = (operation: string, input: object) => backend.call(`${STREAMS_API}.${operation}`, input);
  return {
    /** The newest stream of the table; undefined while it has none. */
    async find(): Promise<Position | undefined> {
      const { Streams } = await call('ListStreams', { TableName: table });
      const streamArn = (Streams as { StreamArn: string }[]).at(-1)?.StreamArn;
      if (streamArn === undefined) return undefined;
      const { StreamDescription } = await call('DescribeStream', { StreamArn: streamArn });
      const shardId = (StreamDescription as { Shards: { ShardId: string }[] }).Shards[0]?.ShardId;
      return shardId === undefined ? undefined : { streamArn, shardId };
    },
    async iterator({ streamArn, shardId, sequence }: Position): Promise<unknown> {
      const from =
        sequence === undefined
          ? { ShardIteratorType: 'TRIM_HORIZON' }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: sequence };
      const { ShardIterator } = await call('GetShardIterator', { StreamArn: streamArn, ShardId: shardId, ...from });
      return ShardIterator;
    },
    async records(ShardIterator: unknown, Limit: number): Promise<{ records: WireRecord[]; next: unknown }> {
      const { Records, NextShardIterator } = await call('GetRecords', { ShardIterator, Limit });
      return { records: Records as WireRecord[], next: NextShardIterator };
    },
  };
};

/** Makes a record what Lambda would be given: our region and clock, a unique id, the service's mark on an expiry. */
const createDresser = ({ region, prefix, clock, wasExpired }: Surroundings, table: string, arn: string) => {
  const label = arn.split('/stream/')[1] ?? '';
  return (record: WireRecord): DynamoDBRecord => {
    const { SequenceNumber, ApproximateCreationDateTime = 0, Keys = {} } = record.dynamodb;
    const isExpiry =
      record.eventName === 'REMOVE' && wasExpired(table, Keys as Record<string, Record<string, unknown>>);
    const offsetSeconds = Math.round((clock.now() - Date.now()) / 1000);
    return {
      ...record,
      eventID: createHash('md5').update(`${table}/${label}/${SequenceNumber}`).digest('hex'),
      awsRegion: region,
      eventSourceARN: arn.replace(/^arn:aws:dynamodb:[^:]*:\d{12}:/, prefix),
      dynamodb: {
        ...record.dynamodb,
        ApproximateCreationDateTime: Math.floor(ApproximateCreationDateTime) + offsetSeconds,
      },
      ...(isExpiry ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
    };
  };
};

/** A rest that ends at once when the poller is stopped. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);

/** What is left of a batch after a try: all of it, the rest from the first failure, or nothing. */
const restOf = (batch: DynamoDBRecord[], answer: DynamoDBBatchResponse | undefined): DynamoDBRecord[] => {
  const failed = new Set((answer?.batchItemFailures ?? []).map((failure) => failure.itemIdentifier));
  if (failed.size === 0) return [];
  const first = batch.findIndex((record) => failed.has(record.dynamodb?.SequenceNumber ?? ''));
  return batch.slice(Math.max(first, 0));
};

interface Outcome {
  rest: DynamoDBRecord[];
  error: unknown;
  /** True where the consumer named what failed: the first of the rest, then, and not its neighbours. */
  isNamed: boolean;
}

const tryOnce = async (onBatch: StreamConsumer, batch: DynamoDBRecord[]): Promise<Outcome> => {
  try {
    const rest = restOf(batch, (await onBatch(batch)) ?? undefined);
    return { rest, isNamed: true, error: new Error('the consumer reported a failed record') };
  } catch (error) {
    return { rest: batch, isNamed: false, error };
  }
};

/** Gives up what cannot be delivered: what the consumer named, or all that came with its failure. */
const drop = ({ rest, error, isNamed }: Outcome, onGiveUp = giveUpAloud): DynamoDBRecord[] => {
  const lost = isNamed ? rest.slice(0, 1) : rest;
  onGiveUp(lost, error);
  return rest.slice(lost.length);
};

/** Resolves to true once every record is delivered or given up; to false where the poller was stopped before. */
const deliver = async (
  records: DynamoDBRecord[],
  onBatch: StreamConsumer,
  options: PollStreamOptions,
  signal: AbortSignal,
): Promise<boolean> => {
  const { retries = 8, backoffMs = 100, onGiveUp } = options;
  let batch = records;
  let failures = 0;
  while (batch.length > 0 && !signal.aborted) {
    const outcome = await tryOnce(onBatch, batch);
    const { length } = outcome.rest;
    // progress earns patience: only tries that brought nothing are counted
    failures = length < batch.length ? 1 : failures + 1;
    batch = failures > retries ? drop(outcome, onGiveUp) : outcome.rest;
    if (length > 0) await pause(Math.min(backoffMs * 2 ** (failures - 1), backoffMs * 50), signal);
  }
  return batch.length === 0;
};

const createMemory = (dir: string | undefined, table: string, name: string) => {
  const path = dir === undefined ? undefined : join(dir, 'streams', `${table}.${name}.json`);
  return {
    /** A position in a stream that is no more counts for nothing: the table was made anew. */
    async recall(current: Position): Promise<Position> {
      const text = path && (await readIfThere(path));
      const kept = text ? (JSON.parse(text) as Position) : undefined;
      return kept?.streamArn === current.streamArn ? kept : current;
    },
    keep: async (position: Position): Promise<void> => {
      if (path) await replaceFile(path, JSON.stringify(position));
    },
  };
};

/** Starts to deliver a table's changes; the answer stops it, once the batch in hand is taken or turned down. */
export function startStreamPoller(
  surroundings: Surroundings,
  onBatch: StreamConsumer,
  options: PollStreamOptions,
): () => Promise<void> {
  const { table, name = 'default', batchSize = 100, idleMs = 100 } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const reader = createReader(surroundings, table);
  const memory = createMemory(surroundings.dir, table, name);

  const follow = async (start: Position): Promise<void> => {
    const dress = createDresser(surroundings, table, start.streamArn);
    let iterator = await reader.iterator(start);
    while (!signal.aborted) {
      const { records, next } = await reader.records(iterator, batchSize);
      const batch = records.filter((record) => !changesNothing(record)).map(dress);
      if (!(await deliver(batch, onBatch, options, signal))) return;
      const last = records.at(-1);
      if (last) await memory.keep({ ...start, sequence: last.dynamodb.SequenceNumber });
      else await pause(idleMs, signal);
      iterator = next ?? iterator;
    }
  };
  const followOrReport = async (): Promise<void> => {
    try {
      const current = await reader.find();
      if (current) await follow(await memory.recall(current));
    } catch (error) {
      if (!signal.aborted) console.error(`the stream of ${table} cannot be read; trying again`, error);
    }
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await followOrReport();
      await pause(idleMs * 10, signal);
    }
  };
  const loop = run();
  return async () => {
    stopping.abort();
    await loop;
  };
}
