import { gunzipSync } from 'node:zlib';
import {
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { withClaims } from '#platform/claims.ts';
import { type QueueMessage, toBatches, toEntry } from '#platform/light-queue.ts';
import { queues } from '../functions/manifest.ts';
import { dayPrefix, readArchiveKey } from '../functions/webhooks/archived-body.ts';
import { type EventQueues, eventsOf, queueEvents } from '../functions/webhooks/queue-events.ts';
import {
  CommandError,
  checkFlags,
  columns,
  commonOptions,
  commonUsage,
  type Io,
  openTarget,
  readArguments,
  runCommand,
  type Target,
  terminal,
} from './operator.ts';

const usage = `npm run replay -- --from <day> [--to <day>] [options]

  Puts what Meta told on these days on the queues again, from the archive. Nothing is applied twice.

  --from <day>             as in 2026-11-21, in UTC; bodies are kept for 90 days
  --to <day>               the last one (default: the same day)
  --archive <bucket>       the archive of the stage, where there are several: output ArchiveBucketName
${commonUsage}`;

const text = { type: 'string' } as const;
const options = { ...commonOptions, from: text, to: text, archive: text };

const DAY_MS = 86_400_000;
const MOST_DAYS = 92;

const Days = z.object({ from: z.iso.date(), to: z.iso.date() });

/** Every day from the first to the last. Throws `CommandError` for what is no such range. */
const daysOf = (values: { from?: string; to?: string }): string[] => {
  const { from, to } = checkFlags(Days, { from: values.from, to: values.to ?? values.from }, {});
  const [first, last] = [Date.parse(from), Date.parse(to)];
  if (last < first) throw new CommandError('--to: must not be before --from');
  const count = (last - first) / DAY_MS + 1;
  if (count > MOST_DAYS) throw new CommandError(`--to: at most ${MOST_DAYS} days at once`);
  return Array.from({ length: count }, (_, day) => new Date(first + day * DAY_MS).toISOString().slice(0, 10));
};

/** What a replay reads from and writes to. */
export interface ReplayPorts {
  /** Keys below a prefix, in their order. */
  list: (prefix: string) => AsyncIterable<string>;
  read: (key: string) => Promise<Uint8Array>;
  queues: EventQueues;
  /** Tells this replay from others: the queues take its events though they have had them a moment ago. */
  run: string;
}

/** What a replay has done. */
export interface ReplayCounts {
  bodies: number;
  statuses: number;
  others: number;
  unreadable: number;
}

/**
 * Puts the events of archived bodies on their queues again, one body after the other. What they were applied to knows
 * them by the keys of its rows. Throws when a queue does not take them all; what was queued till then stays so.
 */
export const replayBodies = async (days: readonly string[], ports: ReplayPorts): Promise<ReplayCounts> => {
  const counts = { bodies: 0, statuses: 0, others: 0, unreadable: 0 };
  for (const day of days) {
    for await (const key of ports.list(dayPrefix(day))) {
      const archived = readArchiveKey(key);
      if (archived === undefined) continue;
      const events = eventsOf(gunzipSync(await ports.read(key)), { ...archived, archiveKey: key });
      counts.bodies += 1;
      if (events === undefined) {
        counts.unreadable += 1;
        continue;
      }
      await queueEvents(events, ports.queues, `-${ports.run}`);
      const statuses = events.filter(({ event }) => event.kind === 'status').length;
      counts.statuses += statuses;
      counts.others += events.length - statuses;
    }
  }
  return counts;
};

/**
 * A bucket of a stage: its name begins with the stage's and ends by chance, so it is looked for. `words` say what it is,
 * and how to name it. Throws `CommandError` when there is none in this region, or when there are several, as after a
 * removal that left one behind.
 */
export const findBucket = async (
  s3: S3Client,
  deployment: string,
  { prefix, what, howToName }: { prefix: string; what: string; howToName: string },
): Promise<string> => {
  const input = { BucketRegion: await s3.config.region(), Prefix: `${deployment}-data-${prefix}` };
  const { Buckets = [] } = await s3.send(new ListBucketsCommand(input));
  const [name, ...others] = Buckets.flatMap(({ Name }) => Name ?? []);
  if (name === undefined) throw new CommandError(`there is no ${what} of ${deployment} here: deploy the stage first`);
  if (others.length === 0) return name;
  const which = `name the one of the stage with ${howToName} of ${deployment}-data)`;
  throw new CommandError([`there are several ${what}s of ${deployment}; ${which}:`, name, ...others].join('\n  '));
};

/** The archive of a stage. Throws `CommandError` as {@link findBucket} does. */
export const findArchive = (s3: S3Client, deployment: string): Promise<string> =>
  findBucket(s3, deployment, {
    prefix: 'archive',
    what: 'archive',
    howToName: '--archive (output ArchiveBucketName',
  });

/** Keys below a prefix of a bucket. */
export const listKeys = (s3: S3Client, Bucket: string) =>
  async function* (prefix: string): AsyncGenerator<string> {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: prefix })) {
      yield* Contents.flatMap(({ Key }) => Key ?? []);
    }
  };

/** The bytes of an object. */
export const readObject =
  (s3: S3Client, Bucket: string) =>
  async (Key: string): Promise<Uint8Array> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    if (Body === undefined) throw new Error(`${Key} has no body`);
    return Body.transformToByteArray();
  };

/** A queue by its address, with the SDK: an operator's credentials may be of any kind. */
export const openSdkQueue = (sqs: SQSClient, QueueUrl: string) => ({
  send: async (messages: readonly QueueMessage[]): Promise<void> => {
    const isFifo = QueueUrl.endsWith('.fifo');
    for (const Entries of toBatches(messages.map((message, index) => toEntry(message, isFifo, index)))) {
      const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      if (Failed.length > 0) throw new Error(`the queue did not take ${Failed.length} messages: ${Failed[0]?.Code}`);
    }
  },
});

const replay = async (days: readonly string[], target: Target, archiveName: string | undefined, io: Io) => {
  const { config, deployment } = target;
  const [s3, sqs] = [new S3Client({ ...config, forcePathStyle: config.endpoint !== undefined }), new SQSClient(config)];
  const Bucket = archiveName ?? target.archiveBucket ?? (await findArchive(s3, deployment));
  const archive = {
    put: async (Key: string, Body: Buffer | string, { contentType }: { contentType: string }) => {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: contentType }));
    },
  };
  const open = async (name: 'inbound' | 'statuses') => {
    const QueueName = `${deployment}-${name}${queues[name].fifo ? '.fifo' : ''}`;
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    return withClaims(openSdkQueue(sqs, QueueUrl), archive);
  };
  const counts = await replayBodies(days, {
    list: listKeys(s3, Bucket),
    read: readObject(s3, Bucket),
    queues: { inbound: await open('inbound'), statuses: await open('statuses') },
    run: Date.now().toString(36),
  });
  io.print(
    columns([
      ['Bodies', String(counts.bodies)],
      ['Messages and the like', String(counts.others)],
      ['Statuses', String(counts.statuses)],
      ['Unreadable', String(counts.unreadable)],
    ]),
  );
  return 0;
};

/** `npm run replay`: queues again what the archive has of some days. Gives the exit code. */
export const replayCommand = (args: string[], io: Io): Promise<number> =>
  runCommand(io, async () => {
    const { values, positionals } = readArguments(args, options);
    if (values.help) {
      io.print(usage);
      return 0;
    }
    if (positionals.length > 0) throw new CommandError(usage);
    return replay(daysOf(values), openTarget(values), values.archive, io);
  });

if (import.meta.main) process.exitCode = await replayCommand(process.argv.slice(2), terminal);
