import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { AwsRequest, AwsResponse, DeliveryFault, Engine } from './engine.ts';
import { AwsError } from './engine.ts';
import { createAlarm } from './scheduler-alarm.ts';
import { sqsAccess } from './sqs-access.ts';
import { sqsFailure } from './sqs-errors.ts';
import type { Draft } from './sqs-message.ts';
import { createMoves } from './sqs-moves.ts';
import { type Call, createOperations } from './sqs-operations.ts';
import { type PollQueueOptions, type QueueConsumer, type QueuePoller, startQueuePoller } from './sqs-poller.ts';
import type { Queue } from './sqs-queue.ts';
import type { QueueDefinition, QueueSettings } from './sqs-settings.ts';
import { openQueueShelf, type QueueShelf } from './sqs-shelf.ts';
import { denialText, jsonResponse, readJson } from './wire.ts';

export interface SqsOptions {
  clock: Clock;
  region: string;
  accountId: string;
  queues: readonly QueueDefinition[];
  /** Data folder; messages are kept below `sqs/` in it. In memory without. */
  dir?: string;
}

/** SQS, with Lambda's way of reading it. */
export interface SqsEngine extends Engine {
  /** Hands a queue's messages to a consumer, as an event source mapping does; the answer stops that. */
  pollQueue(consume: QueueConsumer, options: PollQueueOptions): () => Promise<void>;
  /** Puts a message into a queue, by its ARN, without asking for permission. Throws QueueDoesNotExist. */
  deposit(queueArn: string, draft: Draft): Promise<void>;
  /** The settings of a queue, by its ARN. Throws QueueDoesNotExist. */
  settingsOf(queueArn: string): QueueSettings;
  /** How many messages are where, by the name of the queue. */
  overview(): Record<string, ReturnType<Queue['counts']>>;
  /** Resolves when no consumer is at work, and none has anything that it could take by now. */
  settled(): Promise<void>;
  /** As `settled`, but lets no batch wait for its window: what is in the queues and can be taken has been worked on. */
  drained(): Promise<void>;
}

const ownTarget = /^AmazonSQS\./;

const twistOf = (fault: DeliveryFault | undefined): Pick<Call, 'twist' | 'failsPartly'> => {
  if (!fault) return {};
  const { kind, seconds } = fault;
  return kind === 'partial-failure' ? { failsPartly: true } : { twist: { kind, seconds } };
};

const createHandle = (options: SqsOptions, operations: ReturnType<typeof createOperations>) => {
  const { accountId } = options;
  return async (request: AwsRequest): Promise<AwsResponse> => {
    const operation = operations[request.operation ?? ''];
    if (!operation || !ownTarget.test(request.headers['x-amz-target'] ?? '')) {
      throw new AwsError('UnknownOperationException', `the local SQS has no ${request.operation}`);
    }
    const urlBase = `http://${request.headers['host']}/${accountId}/`;
    const answer = await operation({ input: readJson(request), urlBase, ...twistOf(request.deliveryFault) });
    return jsonResponse(answer, 'application/x-amz-json-1.0');
  };
};

const createPolling = (shelf: QueueShelf, time: Pick<Parameters<typeof startQueuePoller>[2], 'clock' | 'alarm'>) => {
  const pollers = new Set<QueuePoller>();
  const allIdle = async (prepare: () => void = () => undefined): Promise<void> => {
    for (;;) {
      prepare();
      const busy = [...pollers].filter((poller) => !poller.isIdle());
      if (busy.length === 0) return;
      await Promise.race(busy.map((poller) => poller.progress()));
    }
  };
  return {
    pollQueue(consume: QueueConsumer, options: PollQueueOptions): () => Promise<void> {
      const poller = startQueuePoller(shelf.find(options.queue), consume, { ...options, ...time });
      pollers.add(poller);
      return async () => {
        await poller.stop();
        pollers.delete(poller);
      };
    },
    settled: async () => {
      await time.alarm.settled();
      await allIdle();
    },
    drained: async () => {
      await time.alarm.settled();
      await allIdle(() => {
        for (const poller of pollers) poller.flush();
      });
    },
    stopAll: async () => {
      await Promise.all([...pollers].map((poller) => poller.stop()));
    },
  };
};

/** Starts SQS with the messages of its folder. Throws for a queue that AWS would not make. */
export async function startSqs(options: SqsOptions): Promise<SqsEngine> {
  const { clock, region, accountId, dir, queues } = options;
  const alarm = createAlarm(clock);
  const arnBase = `arn:aws:sqs:${region}:${accountId}:`;
  const folder = dir === undefined ? undefined : join(dir, 'sqs');
  const shelf = await openQueueShelf({ clock, alarm, arnBase, queues, folder });
  const closing = new AbortController();
  const moves = createMoves(shelf, clock);
  const operations = createOperations({ shelf, moves, clock, alarm, closing: closing.signal });
  const { stopAll, ...polling } = createPolling(shelf, { clock, alarm });
  return {
    service: 'sqs',
    access: (request) => sqsAccess(request, shelf.arnOf),
    handle: createHandle(options, operations),
    denied: (access, principal) =>
      sqsFailure(new AwsError('AccessDeniedException', denialText(access, principal), 403)),
    failure: sqsFailure,
    ...polling,
    overview: () => Object.fromEntries(shelf.all().map((queue) => [queue.settings.name, queue.counts()])),
    settingsOf: (queueArn) => shelf.find(queueArn).settings,
    async deposit(queueArn, draft) {
      const queue = shelf.find(queueArn);
      queue.put([draft]);
      await queue.kept();
    },
    async close() {
      closing.abort();
      await stopAll();
      await alarm.close();
      await shelf.kept();
    },
  };
}
