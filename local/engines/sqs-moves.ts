import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { AwsError } from './engine.ts';
import type { Message } from './sqs-message.ts';
import type { Queue } from './sqs-queue.ts';
import type { QueueShelf } from './sqs-shelf.ts';

/** One emptying of a dead-letter queue, in the words of ListMessageMoveTasks. */
interface MoveTask {
  Status: 'COMPLETED' | 'FAILED';
  SourceArn: string;
  DestinationArn?: string;
  ApproximateNumberOfMessagesMoved: number;
  ApproximateNumberOfMessagesToMove: number;
  FailureReason?: string;
  /** Epoch ms. */
  StartedTimestamp: number;
}

/** Gives dead letters back to the queues that gave them up, or to another one. */
export interface Moves {
  /** The handle of the task. Throws ResourceNotFoundException for a queue that no queue gives up to. */
  start(sourceArn: string, destinationArn?: string): Promise<string>;
  /** The newest tasks of a queue, newest first. */
  list(sourceArn: string, limit: number): MoveTask[];
}

const notDead = (): AwsError =>
  new AwsError('InvalidParameterValueException', 'Source queue must be configured as a Dead Letter Queue.');

/** Tasks here end within their call: there is nothing to wait for, and so nothing to cancel. */
export function createMoves(shelf: QueueShelf, clock: Clock): Moves {
  const tasks: MoveTask[] = [];

  const findSource = (arn: string): Queue => {
    const source = shelf.all().find(({ settings }) => settings.arn === arn);
    if (!source)
      throw new AwsError(
        'ResourceNotFoundException',
        'The resource that you specified for the SourceArn parameter doesn’t exist.',
        404,
      );
    if (shelf.sourcesOf(source).length === 0) throw notDead();
    return source;
  };
  const move = async (source: Queue, destinationArn: string | undefined): Promise<number> => {
    const pending: Promise<void>[] = [];
    const moved = source.handOn((message: Message) => {
      const kept = shelf.find(destinationArn ?? message.sourceArn ?? '').accept({ ...message, receives: 0 });
      pending.push(kept);
      return kept;
    });
    await Promise.all(pending);
    await source.kept();
    return moved;
  };
  return {
    async start(SourceArn, DestinationArn) {
      const source = findSource(SourceArn);
      if (DestinationArn !== undefined) shelf.find(DestinationArn);
      const toMove = source.counts().ready;
      const isLost = DestinationArn === undefined && source.peek().some(({ sourceArn }) => sourceArn === undefined);
      const moved = isLost ? 0 : await move(source, DestinationArn);
      tasks.unshift({
        Status: isLost ? 'FAILED' : 'COMPLETED',
        SourceArn,
        DestinationArn,
        ApproximateNumberOfMessagesMoved: moved,
        ApproximateNumberOfMessagesToMove: toMove,
        FailureReason: isLost ? 'CouldNotDetermineMessageSource' : undefined,
        StartedTimestamp: clock.now(),
      });
      return Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: SourceArn })).toString('base64');
    },
    list(sourceArn, limit) {
      findSource(sourceArn);
      return tasks.filter((task) => task.SourceArn === sourceArn).slice(0, limit);
    },
  };
}
