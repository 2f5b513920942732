import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PollQueueOptions } from '../../local/engines/sqs-poller.ts';
import { arnOf, openSqs, type World } from './sqs-world.ts';

const SECOND = 1000;

let world: World;
beforeEach(async () => {
  world = await openSqs();
});
afterEach(() => world.cloud.close());

const inOrder = (group: string, id: string) => ({ MessageGroupId: group, MessageDeduplicationId: id });
const bodiesOf = ({ Records }: SQSEvent) => Records.map(({ body }) => body);
const failing = ({ Records }: SQSEvent, ...bodies: string[]): SQSBatchResponse => ({
  batchItemFailures: Records.filter(({ body }) => bodies.includes(body)).map(({ messageId }) => ({
    itemIdentifier: messageId,
  })),
});

/** A function that notes its events, and answers each as it is told; it may be held up. */
const readQueue = (queue: string, options: Omit<PollQueueOptions, 'queue'> = {}) => {
  const events: SQSEvent[] = [];
  let answer = (_: SQSEvent): SQSBatchResponse | undefined => undefined;
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const stop = world.engine.pollQueue(
    async (event) => {
      events.push(event);
      await gate.promise;
      return answer(event);
    },
    { queue: arnOf(queue), ...options },
  );
  return {
    events,
    stop,
    bodies: () => events.map(bodiesOf),
    answer(next: typeof answer) {
      answer = next;
    },
    hold() {
      gate = Promise.withResolvers();
      return gate.resolve;
    },
  };
};

const advance = async (seconds: number) => {
  world.clock.advance(seconds * SECOND);
  await world.engine.settled();
};

describe('the reader of a queue', () => {
  it('gives a function its messages in the shape that Lambda gives them', async () => {
    const attributes = { kind: { DataType: 'String', StringValue: 'text' } };
    const { MessageId, SequenceNumber } = await world.send('order.fifo', 'hola 👋', {
      ...inOrder('ana', 'one'),
      MessageAttributes: attributes,
    });
    const reader = readQueue('order.fifo');
    await world.engine.settled();
    expect(reader.events).toEqual([
      {
        Records: [
          {
            messageId: MessageId,
            receiptHandle: expect.any(String),
            body: 'hola 👋',
            attributes: {
              ApproximateReceiveCount: '1',
              ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
              SenderId: expect.any(String),
              MessageGroupId: 'ana',
              MessageDeduplicationId: 'one',
              SequenceNumber,
            },
            messageAttributes: {
              kind: { stringValue: 'text', stringListValues: [], binaryListValues: [], dataType: 'String' },
            },
            md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
            md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
            eventSource: 'aws:sqs',
            eventSourceARN: arnOf('order.fifo'),
            awsRegion: 'eu-west-1',
          },
        ],
      },
    ]);
  });

  it('wakes when something is sent, and deletes what the function is done with', async () => {
    const reader = readQueue('work');
    await world.send('work', 'one');
    await world.engine.settled();
    expect(reader.bodies()).toEqual([['one']]);
    await advance(61);
    expect(reader.bodies()).toEqual([['one']]);
  });

  it('leaves what a function failed with until its visibility time-out ends', async () => {
    const reader = readQueue('work');
    reader.answer(() => {
      throw new Error('killed');
    });
    await world.send('work', 'one');
    await advance(59);
    expect(reader.bodies()).toHaveLength(1);
    await advance(2);
    expect(reader.bodies()).toEqual([['one'], ['one']]);
    expect(reader.events[1]?.Records[0]?.attributes.ApproximateReceiveCount).toBe('2');
  });

  it('gives up what failed too often to the dead-letter queue', async () => {
    const reader = readQueue('work');
    reader.answer((event) => failing(event, 'poison'));
    await world.send('work', 'poison');
    await advance(61);
    await advance(61);
    await advance(61);
    expect(reader.bodies()).toHaveLength(2);
    expect(await world.bodies('work-dead')).toEqual(['poison']);
  });

  it('leaves only those that the function names', async () => {
    const reader = readQueue('work', { maxConcurrency: 2 });
    reader.answer((event) => failing(event, 'm1'));
    const open = reader.hold();
    for (const body of ['first', 'second', 'm0', 'm1', 'm2']) await world.send('work', body);
    open();
    await world.engine.settled();
    await advance(61);
    expect(reader.bodies().slice(2)).toEqual([['m0', 'm1', 'm2'], ['m1']]);
  });

  it('takes an answer that names a stranger for a failure of all', async () => {
    const reader = readQueue('work');
    reader.answer(() => ({ batchItemFailures: [{ itemIdentifier: 'nobody' }] }));
    await world.send('work', 'one');
    await advance(61);
    expect(reader.bodies()).toEqual([['one'], ['one']]);
  });

  it('has no more batches out than it may', async () => {
    const reader = readQueue('work', { batchSize: 1, maxConcurrency: 2 });
    const open = reader.hold();
    for (const body of ['a', 'b', 'c']) await world.send('work', body);
    expect(reader.bodies()).toEqual([['a'], ['b']]);
    open();
    await world.engine.settled();
    expect(reader.bodies()).toEqual([['a'], ['b'], ['c']]);
  });

  it('waits for more until a batch is full or its window is over', async () => {
    const reader = readQueue('work', { batchSize: 3, windowSeconds: 20 });
    await world.send('work', 'a');
    await world.send('work', 'b');
    expect(reader.bodies()).toEqual([]);
    await world.send('work', 'c');
    expect(reader.bodies()).toEqual([['a', 'b', 'c']]);
    await world.send('work', 'd');
    await advance(21);
    expect(reader.bodies().slice(1)).toEqual([['d']]);
  });

  it('can be asked not to wait for its window', async () => {
    const reader = readQueue('work', { batchSize: 3, windowSeconds: 20 });
    await world.send('work', 'a');
    await world.engine.settled();
    expect(reader.bodies()).toEqual([]);
    await world.engine.drained();
    expect(reader.bodies()).toEqual([['a']]);
    await advance(61);
    expect(reader.bodies()).toHaveLength(1);
  });

  it('takes nothing more once it is stopped, and waits for what is out', async () => {
    const reader = readQueue('work');
    const open = reader.hold();
    await world.send('work', 'one');
    const stopped = reader.stop();
    await world.send('work', 'two');
    expect(await Promise.race([stopped.then(() => 'stopped'), sleep(20, 'at work')])).toBe('at work');
    open();
    await stopped;
    expect(reader.bodies()).toEqual([['one']]);
    expect(await world.bodies('work')).toEqual(['two']);
  });
});

describe('the reader of a FIFO queue', () => {
  it('has one batch of a group out at a time, and other groups beside it', async () => {
    const reader = readQueue('order.fifo', { batchSize: 1 });
    const open = reader.hold();
    for (const [group, id] of [
      ['a', '1'],
      ['a', '2'],
      ['b', '1'],
      ['a', '3'],
    ] as const) {
      await world.send('order.fifo', `${group}${id}`, inOrder(group, `${group}${id}`));
    }
    expect(reader.bodies()).toEqual([['a1'], ['b1']]);
    open();
    await world.engine.settled();
    expect(reader.bodies().slice(2)).toEqual([['a2'], ['a3']]);
  });

  it('holds a group back while a failed message of it waits, and goes on in order', async () => {
    const reader = readQueue('order.fifo');
    reader.answer((event) => (reader.events.length === 1 ? failing(event, 'a1') : undefined));
    await world.send('order.fifo', 'a1', inOrder('a', '1'));
    await world.send('order.fifo', 'a2', inOrder('a', '2'));
    await world.send('order.fifo', 'b1', inOrder('b', '3'));
    await world.engine.settled();
    expect(reader.bodies()).toEqual([['a1'], ['b1']]);
    await advance(61);
    expect(reader.bodies().slice(2)).toEqual([['a1', 'a2']]);
  });

  it('gives a message again that took longer than its visibility time-out', async () => {
    const reader = readQueue('order.fifo', { maxConcurrency: 2 });
    const open = reader.hold();
    await world.send('order.fifo', 'slow', inOrder('a', '1'));
    world.clock.advance(61 * SECOND);
    await expect.poll(() => reader.bodies()).toEqual([['slow'], ['slow']]);
    open();
    await advance(61);
    expect(reader.bodies()).toHaveLength(2);
  });
});
