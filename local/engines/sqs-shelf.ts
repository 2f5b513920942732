import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Alarm } from './scheduler-alarm.ts';
import { noQueue } from './sqs-errors.ts';
import { openJournal } from './sqs-journal.ts';
import { createQueue, type Queue } from './sqs-queue.ts';
import { assertRedrives, type QueueDefinition, type QueueSettings, readQueueSettings } from './sqs-settings.ts';

/** All queues. */
export interface QueueShelf {
  /** By name, ARN or URL. Throws QueueDoesNotExist. */
  find(id: string): Queue;
  all(): Queue[];
  /** Those that give up to this one. */
  sourcesOf(queue: Queue): Queue[];
  arnOf(name: string): string;
  kept(): Promise<void>;
}

export interface QueueShelfOptions {
  clock: Clock;
  alarm: Alarm;
  arnBase: string;
  queues: readonly QueueDefinition[];
  /** Folder of the journals; in memory without. */
  folder?: string;
}

/** The name in a URL or an ARN of a queue. */
export const queueNameOf = (id: string): string => id.split(/[/:]/).at(-1) ?? '';

/** Opens the queues, each with what its journal holds. Throws for a queue that AWS would not make. */
export async function openQueueShelf(options: QueueShelfOptions): Promise<QueueShelf> {
  const { clock, alarm, arnBase, folder } = options;
  const arnOf = (name: string) => `${arnBase}${name}`;
  const settings = options.queues.map((queue) => readQueueSettings(queue, arnOf(queue.name)));
  assertRedrives(settings);
  const queues = new Map<string, Queue>();
  const find = (id: string): Queue => {
    const queue = queues.get(queueNameOf(id));
    if (!queue) throw noQueue();
    return queue;
  };
  const open = async (one: QueueSettings): Promise<void> => {
    const path = folder === undefined ? undefined : join(folder, `${one.name}.jsonl`);
    const { content, journal } = await openJournal(path);
    const giveUp = (message: Parameters<Queue['accept']>[0]) =>
      find(one.redrive?.targetArn ?? '').accept(message, one.arn);
    queues.set(one.name, createQueue({ settings: one, clock, alarm, content, journal, giveUp }));
  };
  await Promise.all(settings.map(open));
  return {
    find,
    all: () => [...queues.values()],
    sourcesOf: (target) =>
      [...queues.values()].filter(({ settings: { redrive } }) => redrive?.targetArn === target.settings.arn),
    arnOf,
    kept: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.kept()));
    },
  };
}
