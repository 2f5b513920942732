import type { SQSBatchResponse, SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import type { Clock } from '../clock.ts';
import type { Alarm, Job } from './scheduler-alarm.ts';
import { type Message, md5, md5OfAttributes, systemAttributesOf } from './sqs-message.ts';
import type { Queue } from './sqs-queue.ts';

/**
 * Takes one batch. A rejection leaves all of it in the queue, to show again when its visibility time-out ends;
 * `batchItemFailures` leaves those that it names, as Lambda's ReportBatchItemFailures does.
 */
export type QueueConsumer = (event: SQSEvent) => Promise<SQSBatchResponse | undefined>;

export interface PollQueueOptions {
  /** ARN of the queue. */
  queue: string;
  /** @default 10 */
  batchSize?: number;
  /** How long a batch that is not full waits for more. @default 0 */
  windowSeconds?: number;
  /** Batches that may be out at once. @default 5, with which Lambda begins */
  maxConcurrency?: number;
}

/** What reads one queue. */
export interface QueuePoller {
  /** Nothing is out; something may wait for its batch to fill, until its window is over by the clock. */
  isIdle(): boolean;
  /** Gives out what waits for its batch to fill. */
  flush(): void;
  /** Resolves when something of what is out has come back. */
  progress(): Promise<void>;
  /** Takes nothing more, and resolves when all that is out has come back. */
  stop(): Promise<void>;
}

/** Lambda gives a function no more than 6 MB; the rest is for what surrounds the bodies. */
const LARGEST_EVENT = 5.5 * 1024 * 1024;

const attributesOf = ({ attributes = {} }: Message): SQSMessageAttributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );

/** Source: AWS Lambda developer guide, "Using Lambda with Amazon SQS", example events. */
const toRecord = (message: Message, eventSourceARN: string): SQSRecord => {
  const md5OfMessageAttributes = md5OfAttributes(message.attributes);
  return {
    messageId: message.messageId,
    receiptHandle: message.receipt ?? '',
    body: message.body,
    attributes: systemAttributesOf(message) as unknown as SQSRecord['attributes'],
    messageAttributes: attributesOf(message),
    md5OfBody: md5(message.body),
    ...(md5OfMessageAttributes && { md5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: eventSourceARN.split(':')[3] ?? '',
  };
};

/** Events of a size that Lambda takes, in the order of the messages. */
const toEvents = (messages: readonly Message[]): Message[][] => {
  const events: Message[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.body);
    if (size + bytes > LARGEST_EVENT) {
      events.push([]);
      size = 0;
    }
    size += bytes;
    events.at(-1)?.push(message);
  }
  return events;
};

/** What the consumer is done with. An answer that names what was not in the batch means that nothing is done. */
const doneOf = (batch: readonly Message[], answer: SQSBatchResponse | undefined): readonly Message[] => {
  const failed = new Set((answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  const known = new Set(batch.map(({ messageId }) => messageId));
  return failed.isSubsetOf(known) ? batch.filter(({ messageId }) => !failed.has(messageId)) : [];
};

const isExpired = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('receipt handle has expired');

const createDelivery = (queue: Queue, consume: QueueConsumer) => {
  const remove = (message: Message): void => {
    try {
      queue.remove(message.receipt ?? '');
    } catch (error) {
      // it took longer than the queue lets it have: it comes again
      if (!isExpired(error)) throw error;
    }
  };
  const deliver = async (batch: readonly Message[]): Promise<void> => {
    const Records = batch.map((message) => toRecord(message, queue.settings.arn));
    // what fails comes again, or ends among the dead letters; the function's own log says why
    const done = await consume({ Records }).then(
      (answer) => doneOf(batch, answer),
      () => [],
    );
    for (const message of done) remove(message);
    await queue.kept();
  };
  return async (messages: readonly Message[]): Promise<void> => {
    // that it was received has to outlive a crash, or what brings everything down would never be given up
    await queue.kept();
    for (const batch of toEvents(messages)) await deliver(batch);
  };
};

/** Collects a batch until it is full or its window is over. */
const createGathering = (
  clock: Clock,
  alarm: Alarm,
  { batchSize = 10, windowSeconds = 0 }: PollQueueOptions,
  send: (batch: Message[]) => void,
) => {
  let gathered: Message[] = [];
  let job: Job | undefined;
  const flush = (): void => {
    const batch = gathered;
    gathered = [];
    if (job) alarm.remove(job);
    job = undefined;
    if (batch.length > 0) send(batch);
  };
  return {
    flush,
    room: () => batchSize - gathered.length,
    add(messages: Message[]) {
      gathered.push(...messages);
      if (windowSeconds === 0 || gathered.length >= batchSize) return flush();
      if (job || gathered.length === 0) return;
      job = { dueAt: clock.now() + windowSeconds * 1000, run: async () => flush() };
      alarm.add(job);
    },
  };
};

/** Starts to read a queue as Lambda's event source mapping does: woken by what comes, a few batches at a time. */
export function startQueuePoller(
  queue: Queue,
  consume: QueueConsumer,
  { clock, alarm, ...options }: PollQueueOptions & { clock: Clock; alarm: Alarm },
): QueuePoller {
  const { maxConcurrency = 5 } = options;
  const deliver = createDelivery(queue, consume);
  const running = new Set<Promise<void>>();
  let settle = Promise.withResolvers<void>();
  const send = (batch: Message[]): void => {
    const run = deliver(batch)
      .catch((error: unknown) => console.error(`the reader of ${queue.settings.name} failed`, error))
      .finally(() => {
        running.delete(run);
        settle.resolve();
        settle = Promise.withResolvers();
        pump();
      });
    running.add(run);
  };
  const gathering = createGathering(clock, alarm, options, send);
  let isStopped = false;
  const pump = (): void => {
    while (!isStopped && running.size < maxConcurrency) {
      const messages = queue.take(gathering.room());
      if (messages.length === 0) return;
      gathering.add(messages);
    }
  };
  const stopListening = queue.onReady(pump);
  pump();
  return {
    isIdle: () => running.size === 0,
    flush: gathering.flush,
    progress: () => settle.promise,
    async stop() {
      isStopped = true;
      stopListening();
      gathering.flush();
      await Promise.all(running);
    },
  };
}
