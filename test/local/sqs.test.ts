import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  type Message,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aFolder, failureOf } from './local-cloud.ts';
import { arnOf, openSqs, type World } from './sqs-world.ts';

const SECOND = 1000;
const DAY = 86_400_000;

let world: World;
beforeEach(async () => {
  world = await openSqs();
});
afterEach(() => world.cloud.close());

const remove = (queue: string, message: Message | undefined, of = world) =>
  of.sqs.send(new DeleteMessageCommand({ QueueUrl: of.urlOf(queue), ReceiptHandle: message?.ReceiptHandle }));
const hide = (queue: string, message: Message | undefined, VisibilityTimeout: number) =>
  world.sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: world.urlOf(queue),
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout,
    }),
  );
const countsOf = async (queue: string): Promise<number[]> => {
  const command = new GetQueueAttributesCommand({ QueueUrl: world.urlOf(queue), AttributeNames: ['All'] });
  const { Attributes } = await world.sqs.send(command);
  const {
    ApproximateNumberOfMessages: ready,
    ApproximateNumberOfMessagesNotVisible: taken,
    ApproximateNumberOfMessagesDelayed: delayed,
  } = Attributes ?? {};
  return [ready, taken, delayed].map(Number);
};
const batch = (queue: string, entries: { Id: string; MessageBody: string; [more: string]: unknown }[]) =>
  world.sqs.send(new SendMessageBatchCommand({ QueueUrl: world.urlOf(queue), Entries: entries }));
const numbered = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, place) => ({ Id: `e${place}`, MessageBody: `m${place}`, ...more }));
const inOrder = (group: string, id: string) => ({ MessageGroupId: group, MessageDeduplicationId: id });

describe('a standard queue', () => {
  it('gives back what it was sent, emoji and attributes included, to a client that checks every digest', async () => {
    const attributes = {
      shop: { DataType: 'String', StringValue: 'luz 🕯️' },
      units: { DataType: 'Number', StringValue: '3' },
      mark: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255, 7]) },
    };
    const sent = await world.send('work', 'hola 👋 ñandú', { MessageAttributes: attributes });
    const [message] = await world.receive('work', {
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    });
    expect(message).toMatchObject({ MessageId: sent.MessageId, Body: 'hola 👋 ñandú', MessageAttributes: attributes });
    expect(message?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
    expect(message?.Attributes).toMatchObject({ ApproximateReceiveCount: '1', SentTimestamp: expect.any(String) });
    expect(message?.Attributes).not.toHaveProperty('MessageGroupId');
  });

  it('gives only the attributes that are asked for', async () => {
    const attributes = Object.fromEntries(
      ['a.x', 'a.y', 'b'].map((name) => [name, { DataType: 'String', StringValue: name }]),
    );
    await world.send('work', 'one', { MessageAttributes: attributes });
    const [message] = await world.receive('work', { MessageAttributeNames: ['a.*'], VisibilityTimeout: 0 });
    expect(Object.keys(message?.MessageAttributes ?? {})).toEqual(['a.x', 'a.y']);
    const [bare] = await world.receive('work');
    expect([bare?.MessageAttributes, bare?.Attributes]).toEqual([undefined, undefined]);
  });

  it('hides a message from others until its visibility time-out ends, and shows it again unless it was deleted', async () => {
    await world.send('work', 'one');
    await world.send('work', 'two');
    const [first] = await world.receive('work', { MaxNumberOfMessages: 1 });
    expect(await world.bodies('work')).toEqual(['two']);
    expect(await world.bodies('work')).toEqual([]);
    await remove('work', first);
    world.clock.advance(61 * SECOND);
    expect(await world.bodies('work', { VisibilityTimeout: 5 })).toEqual(['two']);
  });

  it('lets the receiver hold a message longer, or give it back at once', async () => {
    await world.send('work', 'one');
    const [message] = await world.receive('work');
    await hide('work', message, 600);
    world.clock.advance(61 * SECOND);
    expect(await world.bodies('work')).toEqual([]);
    await hide('work', message, 0);
    expect(await world.bodies('work')).toEqual(['one']);
    expect(await failureOf(hide('work', message, 5))).toMatchObject({ Code: 'InvalidParameterValue' });
  });

  it('keeps a message that was received again since when it is deleted by the older receipt', async () => {
    await world.send('work', 'one');
    const [old] = await world.receive('work', { VisibilityTimeout: 0 });
    await world.receive('work', { VisibilityTimeout: 0 });
    await remove('work', old);
    expect(await countsOf('work-dead')).toEqual([1, 0, 0]);
  });

  it('holds a message back for its delay', async () => {
    await world.send('work', 'later', { DelaySeconds: 30 });
    expect(await countsOf('work')).toEqual([0, 0, 1]);
    expect(await world.bodies('work')).toEqual([]);
    world.clock.advance(31 * SECOND);
    expect(await world.bodies('work')).toEqual(['later']);
    expect(await countsOf('work')).toEqual([0, 1, 0]);
  });

  it('gives each group its turn, so that a noisy one does not keep the others waiting', async () => {
    await batch('work', numbered(9, { MessageGroupId: 'noisy' }));
    await world.send('work', 'quiet', { MessageGroupId: 'quiet' });
    const messages = await world.receive('work', { MaxNumberOfMessages: 2, MessageSystemAttributeNames: ['All'] });
    expect(messages.map(({ Body, Attributes }) => [Body, Attributes?.['MessageGroupId']])).toEqual([
      ['m0', 'noisy'],
      ['quiet', 'quiet'],
    ]);
  });

  it('forgets messages that are older than its retention', async () => {
    await world.send('work', 'old');
    world.clock.advance(3 * DAY);
    await world.send('work', 'young');
    world.clock.advance(DAY + SECOND);
    expect(await world.bodies('work')).toEqual(['young']);
  });
});

describe('a long poll', () => {
  it('answers as soon as something is sent', async () => {
    const polled = world.bodies('work', { WaitTimeSeconds: 20 });
    await world.send('work', 'at last');
    expect(await polled).toEqual(['at last']);
  });

  it('answers when a delayed message shows, by the local clock', async () => {
    await world.send('work', 'later', { DelaySeconds: 10 });
    const polled = world.bodies('work', { WaitTimeSeconds: 20 });
    const advance = () => {
      world.clock.advance(SECOND);
      return countsOf('work');
    };
    await expect.poll(advance).toEqual([0, 1, 0]);
    expect(await polled).toEqual(['later']);
  });

  it('gives up when its time is over, by the real clock too', async () => {
    const before = Date.now();
    expect(await world.bodies('work', { WaitTimeSeconds: 1 })).toEqual([]);
    expect(Date.now() - before).toBeGreaterThanOrEqual(SECOND - 5);
  });

  it('ends when the engine is closed', async () => {
    const polled = world.bodies('work', { WaitTimeSeconds: 20 });
    await world.bodies('work');
    await world.engine.close();
    expect(await polled).toEqual([]);
  });
});

describe('a batch', () => {
  it('tells for each entry whether it was accepted', async () => {
    const entries = [
      ...numbered(2),
      { Id: 'bad', MessageBody: 'a\u0000b' },
      { Id: 'late', MessageBody: 'x', DelaySeconds: 901 },
    ];
    const { Successful, Failed } = await batch('work', entries);
    expect(Successful?.map(({ Id }) => Id)).toEqual(['e0', 'e1']);
    expect(Failed).toMatchObject([
      { Id: 'bad', SenderFault: true, Code: 'InvalidMessageContents' },
      { Id: 'late', SenderFault: true, Code: 'InvalidParameterValue' },
    ]);
    expect((await world.bodies('work')).sort()).toEqual(['m0', 'm1']);
  });

  it.each([
    ['no entry', () => [], 'EmptyBatchRequest'],
    ['more than ten', () => numbered(11), 'TooManyEntriesInBatchRequest'],
    ['the same id twice', () => [...numbered(1), ...numbered(1)], 'BatchEntryIdsNotDistinct'],
    ['an id with a space', () => [{ Id: 'a b', MessageBody: 'x' }], 'InvalidBatchEntryId'],
    [
      'more than 1 MiB in all',
      () => numbered(3).map((one) => ({ ...one, MessageBody: 'x'.repeat(400_000) })),
      'BatchRequestTooLong',
    ],
  ])('is refused as a whole with %s', async (_, entries, name) => {
    expect(await failureOf(batch('work', entries()))).toMatchObject({ name });
  });

  it('deletes and holds by the entry', async () => {
    await batch('work', numbered(3));
    const messages = await world.receive('work');
    const Entries = messages.map(({ ReceiptHandle }, place) => ({
      Id: `e${place}`,
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    const QueueUrl = world.urlOf('work');
    const shown = await world.sqs.send(
      new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: Entries.slice(0, 1) }),
    );
    expect(shown.Successful).toEqual([{ Id: 'e0' }]);
    const deleted = await world.sqs.send(
      new DeleteMessageBatchCommand({ QueueUrl, Entries: [...Entries, { Id: 'odd', ReceiptHandle: 'nonsense' }] }),
    );
    expect(deleted.Successful?.map(({ Id }) => Id)).toEqual(['e0', 'e1', 'e2']);
    expect(deleted.Failed).toMatchObject([{ Id: 'odd', Code: 'ReceiptHandleIsInvalid' }]);
    expect(await countsOf('work')).toEqual([0, 0, 0]);
  });
});

describe('a FIFO queue', () => {
  it('keeps the order within a group, and gives nothing of a group while some of it is with a receiver', async () => {
    await world.send('order.fifo', 'a1', inOrder('a', '1'));
    await world.send('order.fifo', 'b1', inOrder('b', '2'));
    await world.send('order.fifo', 'a2', inOrder('a', '3'));
    const [first, ...more] = await world.receive('order.fifo', { MaxNumberOfMessages: 1 });
    expect([first?.Body, more]).toEqual(['a1', []]);
    const [other] = await world.receive('order.fifo');
    expect(other?.Body).toBe('b1');
    await remove('order.fifo', first);
    expect(await world.bodies('order.fifo')).toEqual(['a2']);
  });

  it('gives several of one group at once, and after a failure the same again, from the first that was not deleted', async () => {
    for (const body of ['a1', 'a2', 'a3']) await world.send('order.fifo', body, inOrder('a', body));
    const messages = await world.receive('order.fifo', { MaxNumberOfMessages: 2 });
    expect(messages.map(({ Body }) => Body)).toEqual(['a1', 'a2']);
    await remove('order.fifo', messages[0]);
    expect(await world.bodies('order.fifo')).toEqual([]);
    world.clock.advance(61 * SECOND);
    expect(await world.bodies('order.fifo')).toEqual(['a2', 'a3']);
  });

  it('takes a message that it has accepted in the last five minutes for the same, with the same answer', async () => {
    const first = await world.send('order.fifo', 'one', inOrder('a', 'same'));
    const again = await world.send('order.fifo', 'other body', inOrder('a', 'same'));
    expect([again.MessageId, again.SequenceNumber]).toEqual([first.MessageId, first.SequenceNumber]);
    const [message] = await world.receive('order.fifo');
    await remove('order.fifo', message);
    await world.send('order.fifo', 'one', inOrder('a', 'same'));
    expect(await world.bodies('order.fifo')).toEqual([]);
    world.clock.advance(301 * SECOND);
    await world.send('order.fifo', 'one', inOrder('a', 'same'));
    expect(await world.bodies('order.fifo')).toEqual(['one']);
  });

  it('knows a repetition by its body where it was made so', async () => {
    await world.send('content.fifo', 'same', { MessageGroupId: 'a' });
    await world.send('content.fifo', 'same', { MessageGroupId: 'a' });
    await world.send('content.fifo', 'other', { MessageGroupId: 'a' });
    expect(await world.bodies('content.fifo')).toEqual(['same', 'other']);
  });

  it('numbers its messages in their order', async () => {
    const [one, two] = [
      await world.send('order.fifo', '1', inOrder('a', '1')),
      await world.send('order.fifo', '2', inOrder('b', '2')),
    ];
    expect(String(two.SequenceNumber) > String(one.SequenceNumber)).toBe(true);
  });

  it.each([
    ['no group', { MessageDeduplicationId: 'x' }, 'MissingParameter'],
    ['nothing to know a repetition by', { MessageGroupId: 'a' }, 'InvalidParameterValue'],
    ['a delay of its own', { ...inOrder('a', 'x'), DelaySeconds: 5 }, 'InvalidParameterValue'],
  ])('refuses a message with %s', async (_, more, Code) => {
    expect(await failureOf(world.send('order.fifo', 'one', more))).toMatchObject({ Code });
  });

  it('refuses a deletion that comes after the visibility time-out', async () => {
    await world.send('order.fifo', 'one', inOrder('a', '1'));
    const [message] = await world.receive('order.fifo');
    world.clock.advance(61 * SECOND);
    expect((await failureOf(remove('order.fifo', message))).message).toContain('has expired');
  });
});

describe('a dead-letter queue', () => {
  const exhaust = async (queue: string) => {
    for (const _ of [1, 2]) {
      await world.receive(queue);
      world.clock.advance(61 * SECOND);
    }
  };

  it('gets what was received too often, with its id and where it came from', async () => {
    const { MessageId } = await world.send('work', 'poison');
    await exhaust('work');
    expect(await world.bodies('work')).toEqual([]);
    const [dead] = await world.receive('work-dead', { MessageSystemAttributeNames: ['All'] });
    expect(dead).toMatchObject({ MessageId, Body: 'poison' });
    expect(dead?.Attributes).toMatchObject({ DeadLetterQueueSourceArn: arnOf('work') });
  });

  it('lets the rest of a FIFO group go on', async () => {
    await world.send('order.fifo', 'poison', inOrder('a', '1'));
    await world.receive('order.fifo');
    await world.send('order.fifo', 'next', inOrder('a', '2'));
    world.clock.advance(61 * SECOND);
    await world.receive('order.fifo', { MaxNumberOfMessages: 1 });
    world.clock.advance(61 * SECOND);
    expect(await world.bodies('order.fifo')).toEqual(['next']);
    expect(await world.bodies('order-dead.fifo')).toEqual(['poison']);
  });

  it('gives its messages back to where they came from', async () => {
    await world.send('work', 'poison');
    await exhaust('work');
    const SourceArn = arnOf('work-dead');
    const { TaskHandle } = await world.sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
    expect(TaskHandle).toEqual(expect.any(String));
    const [message] = await world.receive('work', { MessageSystemAttributeNames: ['All'] });
    expect([message?.Body, message?.Attributes?.['ApproximateReceiveCount']]).toEqual(['poison', '1']);
    const { Results } = await world.sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
    expect(Results).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 }]);
  });

  it('cannot give back what was sent to it straight, but to a queue that is named', async () => {
    await world.send('work-dead', 'stray');
    const SourceArn = arnOf('work-dead');
    await world.sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
    const { Results } = await world.sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
    expect(Results).toMatchObject([{ Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' }]);
    await world.sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn: arnOf('work') }));
    expect(await world.bodies('work')).toEqual(['stray']);
  });

  it('is the only kind of queue that can be emptied so', async () => {
    const command = new StartMessageMoveTaskCommand({ SourceArn: arnOf('content.fifo') });
    expect(await failureOf(world.sqs.send(command))).toMatchObject({ Code: 'InvalidParameterValue' });
  });
});

describe('queues', () => {
  it('are found by name at this address, listed and described', async () => {
    const { QueueUrl } = await world.sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }));
    expect(QueueUrl).toBe(world.urlOf('work'));
    const { QueueUrls } = await world.sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'order' }));
    expect(QueueUrls).toEqual([world.urlOf('order-dead.fifo'), world.urlOf('order.fifo')]);
    const command = new GetQueueAttributesCommand({ QueueUrl: world.urlOf('order.fifo'), AttributeNames: ['All'] });
    const { Attributes } = await world.sqs.send(command);
    expect(Attributes).toMatchObject({ QueueArn: arnOf('order.fifo'), FifoQueue: 'true', VisibilityTimeout: '60' });
    expect(JSON.parse(Attributes?.['RedrivePolicy'] ?? '')).toMatchObject({ maxReceiveCount: 2 });
  });

  it('are emptied at once, but not twice in a minute', async () => {
    await batch('work', numbered(3));
    await world.receive('work', { MaxNumberOfMessages: 1 });
    const purge = () => world.sqs.send(new PurgeQueueCommand({ QueueUrl: world.urlOf('work') }));
    await purge();
    expect(await countsOf('work')).toEqual([0, 0, 0]);
    expect(await failureOf(purge())).toMatchObject({ name: 'PurgeQueueInProgress' });
    world.clock.advance(61 * SECOND);
    await purge();
  });

  it('that are not there are named by the old code too', async () => {
    const failure = await failureOf(world.send('absent', 'x'));
    expect(failure).toMatchObject({ name: 'QueueDoesNotExist', Code: 'AWS.SimpleQueueService.NonExistentQueue' });
  });

  it.each([
    ['an empty body', '', {}, 'MissingParameter'],
    ['more than 1 MiB', 'x'.repeat(1024 * 1024 + 1), {}, 'InvalidParameterValue'],
    ['half of an emoji', JSON.parse('"\\ud83d"') as string, {}, 'InvalidMessageContents'],
    ['a deduplication id on a standard queue', 'x', { MessageDeduplicationId: '1' }, 'InvalidParameterValue'],
    [
      'an attribute without a value',
      'x',
      { MessageAttributes: { a: { DataType: 'String' } } },
      'InvalidParameterValue',
    ],
  ])('refuse %s', async (_, body, more, Code) => {
    expect(await failureOf(world.send('work', body, more))).toMatchObject({ Code });
  });
});

describe('rights', () => {
  it('are asked of every call by action and queue, a batch like its single form', async () => {
    const statement = { Effect: 'Allow' as const, Action: 'sqs:SendMessage', Resource: arnOf('work') };
    const other = await openSqs({ policies: [{ Statement: statement }] });
    const to = (queue: string) => new SendMessageCommand({ QueueUrl: other.urlOf(queue), MessageBody: 'x' });
    const Entries = [{ Id: 'a', MessageBody: 'y' }];
    await other.limited.send(to('work'));
    await other.limited.send(new SendMessageBatchCommand({ QueueUrl: other.urlOf('work'), Entries }));
    const failure = await failureOf(other.limited.send(to('work-dead')));
    expect(failure).toMatchObject({ Code: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    expect(failure.message).toContain(`sqs:SendMessage on resource: ${arnOf('work-dead')}`);
    await other.cloud.close();
  });
});

describe('faults', () => {
  const inject = (kind: Parameters<World['cloud']['door']['inject']>[0]['kind'], more: object = {}) =>
    world.cloud.door.inject({ service: 'sqs', kind, times: 1, ...more });

  it('lose a send before it is accepted, or its answer after', async () => {
    inject('timeout-before');
    await failureOf(world.send('work', 'never'));
    inject('timeout-after-commit');
    await failureOf(world.send('work', 'accepted'));
    expect(await world.bodies('work')).toEqual(['accepted']);
  });

  it('throttle as SQS does', async () => {
    inject('throttle');
    expect(await failureOf(world.send('work', 'x'))).toMatchObject({ name: 'RequestThrottled' });
  });

  it('accept only some entries of a batch', async () => {
    inject('partial-failure');
    const { Successful, Failed } = await batch('work', numbered(4));
    expect(Successful?.map(({ Id }) => Id)).toEqual(['e1', 'e3']);
    expect(Failed).toMatchObject([
      { Id: 'e0', SenderFault: false },
      { Id: 'e2', Code: 'InternalError' },
    ]);
  });

  it('deliver a message twice', async () => {
    inject('duplicate-delivery');
    expect(await world.receive('work')).toEqual([]);
    const { MessageId } = await world.send('work', 'twice');
    const messages = await world.receive('work');
    expect(messages.map((one) => one.MessageId)).toEqual([MessageId, MessageId]);
    await remove('work', messages[0]);
    expect(await countsOf('work')).toEqual([0, 1, 0]);
  });

  it('deliver late, or in another order', async () => {
    inject('late-delivery', { seconds: 45 });
    await world.send('work', 'late');
    await world.send('work', 'early');
    inject('reordered-delivery');
    await batch('work', numbered(3));
    expect(await world.bodies('work')).toEqual(['m2', 'm1', 'm0', 'early']);
    world.clock.advance(46 * SECOND);
    expect(await world.bodies('work')).toEqual(['late']);
    expect(world.engine.overview()['work']).toEqual({ ready: 0, hidden: 0, taken: 5 });
  });
});

describe('after a restart', () => {
  it('everything acknowledged is there: messages, receivers, repetitions and numbers', async () => {
    const folder = await aFolder();
    const first = await openSqs({ dir: folder.path });
    await first.send('order.fifo', 'kept', inOrder('a', '1'));
    await first.send('order.fifo', 'taken', inOrder('b', '2'));
    const [kept] = await first.receive('order.fifo', { MaxNumberOfMessages: 1 });
    const [taken] = await first.receive('order.fifo', { MaxNumberOfMessages: 1 });
    await remove('order.fifo', kept, first);
    const last = await first.send('order.fifo', 'waits', inOrder('b', '3'));
    await first.cloud.close();

    const second = await openSqs({ dir: folder.path, clock: first.clock });
    await second.send('order.fifo', 'kept', inOrder('a', '1'));
    expect(await second.bodies('order.fifo')).toEqual([]);
    second.clock.advance(61 * SECOND);
    expect(await second.bodies('order.fifo')).toEqual(['taken', 'waits']);
    expect(taken?.Body).toBe('taken');
    const next = await second.send('order.fifo', 'new', inOrder('c', '4'));
    expect(String(next.SequenceNumber) > String(last.SequenceNumber)).toBe(true);
    await second.cloud.close();
    await folder.remove();
  });
});
