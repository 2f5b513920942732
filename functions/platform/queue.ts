import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { isAppError } from '#core/errors.ts';
import { maxReceives } from '#core/max-receives.ts';
import { callAws } from './aws-call.ts';
import { readOptionalEnv } from './env.ts';
import { openLightQueue, type QueueMessage, SQS } from './light-queue.ts';
import { logger } from './logger.ts';
import { publishMetric } from './metrics.ts';

/** A queue to send to. */
export interface Queue {
  send: (messages: readonly QueueMessage[]) => Promise<void>;
}

/**
 * A queue to send to: in batches of ten and of 1 MiB, several at once, those of one group in their order. `send` throws
 * unless every message was accepted; some may have been accepted then.
 */
export const openQueue = (queueUrl: string): Queue => openLightQueue(queueUrl);

/** Thrown by a consumer that wants its message again after so many seconds, 43,200 at most. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly seconds: number;

  constructor(seconds: number, options?: ErrorOptions) {
    super(`again in ${seconds} s`, options);
    this.seconds = seconds;
  }
}

/** What the queue knows of a message. */
export interface Delivery {
  messageId: string;
  /** 1 the first time. */
  receiveCount: number;
}

/** How a queue is consumed. */
export interface ConsumerOptions {
  /** Groups keep their order: after a failure the rest of the group fails too. */
  fifo: boolean;
  /** Which queue it is: a message that fails the last time it is handed out no longer holds up those behind it. */
  queue?: keyof typeof maxReceives;
  /** Gives the message that a body stands for, before it is parsed. */
  resolve?: (body: unknown) => Promise<unknown>;
}

/** How many messages, or groups of a FIFO queue, are worked on at once. */
const LANES = 10;

/** A message that fails comes again after 5 s, 10 s, 20 s and so on: soon when it was chance, seldom when it was not. */
const FIRST_RETRY_SECONDS = 5;
const MOST_RETRY_SECONDS = 180;
const MOST_HIDDEN_SECONDS = 43_200;

/** A body that no try will make readable. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const toDelivery = ({ messageId, attributes }: SQSRecord): Delivery => ({
  messageId,
  receiveCount: Number(attributes.ApproximateReceiveCount),
});

const readBody = <Schema extends z.ZodMiniType>(schema: Schema, body: unknown): z.output<Schema> => {
  const parsed = z.safeParse(schema, body);
  if (parsed.success) return parsed.data;
  // where it breaks the schema, and never what stands there
  const places = parsed.error.issues.map(({ code, path }) => `${path.join('.') || 'body'}: ${code}`);
  throw new Unreadable(places.join(', '));
};

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw new Unreadable('not JSON');
  }
};

/** Source: Amazon SQS developer guide, "Queue and message identifiers". */
const queueUrlOf = (arn: string): URL => {
  const [, , , region, accountId, name] = arn.split(':');
  const local = readOptionalEnv('AWS_ENDPOINT_URL_SQS') ?? readOptionalEnv('AWS_ENDPOINT_URL');
  return new URL(`${local ?? `https://sqs.${region}.amazonaws.com`}/${accountId}/${name}`);
};

/** Has messages come again sooner, or later, than the queue would bring them. A failure leaves it to the queue. */
const bringBack = async (records: readonly SQSRecord[], seconds: number): Promise<void> => {
  const [first] = records;
  if (first === undefined) return;
  const url = queueUrlOf(first.eventSourceARN);
  const VisibilityTimeout = Math.min(Math.max(Math.round(seconds), 0), MOST_HIDDEN_SECONDS);
  const changes = records.map(({ receiptHandle }) =>
    callAws(SQS, 'ChangeMessageVisibility', url, {
      QueueUrl: url.href,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout,
    }).catch((error: unknown) => logger.error('a message keeps its time', { error })),
  );
  await Promise.all(changes);
};

const secondsUntilRetry = (error: unknown, { receiveCount }: Delivery): number => {
  if (error instanceof RetryLater) return error.seconds;
  if (error instanceof Unreadable) return 0;
  return Math.min(MOST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (receiveCount - 1));
};

/** What an error is called; its message may say more than a log should know of what is tried again anyway. */
const nameOf = (error: unknown): string => {
  if (isAppError(error)) return error.code;
  return error instanceof Error ? error.name : typeof error;
};

const tell = (name: string, delivery: Delivery, error: unknown): void => {
  if (error instanceof RetryLater) {
    const { seconds, cause } = error;
    logger.info(`${name} waits`, { ...delivery, seconds, ...(cause !== undefined && { cause: nameOf(cause) }) });
    return;
  }
  if (error instanceof Unreadable) publishMetric('UnreadableMessages', 1);
  logger.error(`${name} failed`, { ...delivery, error });
};

type Work = (record: SQSRecord) => Promise<void>;

interface LaneOptions extends Pick<ConsumerOptions, 'queue'> {
  name: string;
}

/** Whether a message that failed is lost to the queue: then those behind it must not share its lot. */
const isGivenUp = (error: unknown, { receiveCount }: Delivery, { queue }: LaneOptions): boolean =>
  error instanceof Unreadable || (queue !== undefined && receiveCount >= maxReceives[queue]);

/** Has a failed message, and unless it is given up all behind it, come again; gives these. */
const failFrom = async (
  error: unknown,
  [record, ...behind]: [SQSRecord, ...SQSRecord[]],
  options: LaneOptions,
): Promise<{ failed: SQSRecord[]; goesOn: boolean }> => {
  const delivery = toDelivery(record);
  tell(options.name, delivery, error);
  const goesOn = isGivenUp(error, delivery, options);
  const failed = goesOn ? [record] : [record, ...behind];
  await bringBack(failed, goesOn ? 0 : secondsUntilRetry(error, delivery));
  return { failed, goesOn };
};

/** Works through a lane and gives what failed. What is given up holds up nobody; any other failure, all behind it. */
const workThrough = async (lane: readonly SQSRecord[], work: Work, options: LaneOptions): Promise<SQSRecord[]> => {
  const givenUp: SQSRecord[] = [];
  for (const [index, record] of lane.entries()) {
    try {
      await work(record);
    } catch (error) {
      const { failed, goesOn } = await failFrom(error, [record, ...lane.slice(index + 1)], options);
      givenUp.push(...failed);
      if (!goesOn) break;
    }
  }
  return givenUp;
};

const toLanes = (records: readonly SQSRecord[], fifo: boolean): SQSRecord[][] =>
  fifo
    ? [...Map.groupBy(records, ({ attributes }) => attributes.MessageGroupId).values()]
    : records.map((record) => [record]);

/** Runs the lanes, so many at once; the order of what failed is that of the batch. */
const workThroughAll = async (lanes: SQSRecord[][], work: Work, options: LaneOptions): Promise<SQSRecord[]> => {
  const waiting = [...lanes];
  const failed: SQSRecord[] = [];
  const worker = async () => {
    for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift()) {
      failed.push(...(await workThrough(lane, work, options)));
    }
  };
  await Promise.all(Array.from({ length: LANES }, worker));
  return failed;
};

/**
 * The handler of a queue: reads each message, runs it, and answers which ones failed, so that only these come again; in
 * a FIFO queue with all that stand behind them in their group, unless it was their last time. What can't be read is logged without its content, counted
 * (`UnreadableMessages`) and soon put aside by the queue. `run` may throw {@link RetryLater}; it may see a message more
 * than once.
 */
export const queueConsumer = <Schema extends z.ZodMiniType>(
  name: string,
  schema: () => Schema,
  run: (message: z.output<Schema>, delivery: Delivery) => Promise<unknown>,
  { fifo, queue, resolve }: ConsumerOptions,
) =>
  middy<SQSEvent, SQSBatchResponse>(async ({ Records }: SQSEvent, { awsRequestId }: Context) => {
    logger.startRequest({ requestId: awsRequestId });
    const work = async (record: SQSRecord): Promise<void> => {
      const body = parseJson(record.body);
      await run(readBody(schema(), resolve ? await resolve(body) : body), toDelivery(record));
    };
    const failed = await workThroughAll(toLanes(Records, fifo), work, { name, queue });
    logger.info(name, { messages: Records.length, failed: failed.length });
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
