import type { DynamoDBBatchResponse, DynamoDBRecord, SQSEvent } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import type { Draft } from '../../local/engines/sqs-message.ts';
import type { PollQueueOptions, QueueConsumer } from '../../local/engines/sqs-poller.ts';
import type { FunctionsHost } from '../../local/functions-host.ts';
import type { Services } from '../../local/services.ts';
import type { CloudModel } from '../../local/template.ts';
import { scheduledFunctions, schedulerPorts, startQueues, startStreams, usualEventOf } from '../../local/triggers.ts';

const context = { scheduleArn: 'arn:s', scheduledTime: '2026-01-01T00:00:00Z', executionId: 'e1', attempt: 1 };
const role = 'arn:aws:iam::000000000000:role/caller';
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:sweep';
const target = { Arn: arn, RoleArn: role, Input: '{"deep":true}' };

const dead = 'arn:aws:sqs:us-east-1:000000000000:dead';
const allow = (Action: string | string[], Resource: string) => ({ Statement: { Effect: 'Allow', Action, Resource } });

const model = {
  functions: [{ name: 'sweep', arn }],
  schedules: [{ name: 'tick', groupName: 'default', properties: { Target: target } }],
  roles: new Map([[role, [allow('lambda:InvokeFunction', arn), allow('sqs:SendMessage', dead)]]]),
  streams: [],
} as unknown as CloudModel;

const hostOf = (answer: unknown) => {
  const calls: unknown[] = [];
  const invoke = async (...call: unknown[]) => {
    calls.push(call);
    return answer;
  };
  return { calls, host: { invoke } as unknown as FunctionsHost };
};

/** Queues that take what is given up. */
const graveyard = () => {
  const letters: { queueArn: string; draft: Draft }[] = [];
  const deposit = async (queueArn: string, draft: Draft) => void letters.push({ queueArn, draft });
  return { letters, sqs: { deposit } };
};

describe('a schedule', () => {
  it('calls its function with its input, if its role may', async () => {
    const { host, calls } = hostOf('done');
    const ports = schedulerPorts(model, host, graveyard().sqs);
    await expect(ports.invoke(target, context)).resolves.toBe('done');
    await ports.invoke({ ...target, Input: undefined }, context);
    expect(calls).toEqual([
      ['sweep', { deep: true }],
      ['sweep', {}],
    ]);
    const access = { action: 'lambda:InvokeFunction', resource: arn };
    expect(ports.authorize?.(role, access)).toBe(true);
    expect(ports.authorize?.(role, { ...access, resource: `${arn}-other` })).toBe(false);
    expect(ports.authorize?.('arn:aws:iam::000000000000:role/stranger', access)).toBe(false);
  });

  it('is refused when it calls nothing that is here', async () => {
    const { host } = hostOf(undefined);
    const ports = schedulerPorts(model, host, graveyard().sqs);
    await expect(ports.invoke({ ...target, Arn: 'arn:other' }, context)).rejects.toThrow('arn:other');
  });

  it('that is given up ends in its dead-letter queue, with what it was to give and why it failed', async () => {
    const { letters, sqs } = graveyard();
    const ports = schedulerPorts(model, hostOf(undefined).host, sqs);
    await ports.deadLetter?.({ queueArn: dead, target, context, errorCode: 'FunctionError', errorMessage: 'broken' });
    expect(letters).toMatchObject([{ queueArn: dead, draft: { body: '{"deep":true}' } }]);
    expect(letters[0]?.draft.attributes).toMatchObject({
      ERROR_CODE: { StringValue: 'FunctionError' },
      SCHEDULE_ARN: { StringValue: 'arn:s' },
      TARGET_ARN: { StringValue: arn },
    });
  });

  it('that is given up is said aloud where it has no such queue, or none that its role may send to', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { letters, sqs } = graveyard();
    const ports = schedulerPorts(model, hostOf(undefined).host, sqs);
    const letter = { target, context, errorCode: 'FunctionError', errorMessage: 'broken' };
    await ports.deadLetter?.(letter);
    await ports.deadLetter?.({ ...letter, queueArn: `${dead}-other` });
    expect(letters).toEqual([]);
    expect(said.mock.calls.flat()).toEqual([
      expect.stringContaining('no dead-letter queue'),
      expect.stringContaining(`may not send it to ${dead}-other`),
    ]);
    said.mockRestore();
  });

  it('says what a job run by hand is given', () => {
    expect(scheduledFunctions(model)).toEqual(['sweep']);
    expect(usualEventOf(model, 'sweep')).toEqual({ deep: true });
    expect(usualEventOf(model, 'other')).toEqual({});
  });
});

describe('a stream', () => {
  const change = { SequenceNumber: '7', ApproximateCreationDateTime: 1_767_225_600 };
  const records = [{ eventID: '1', eventSourceARN: 'arn:stream', dynamodb: change }] as DynamoDBRecord[];
  const failures: DynamoDBBatchResponse = { batchItemFailures: [{ itemIdentifier: '7' }] };
  type Consumer = (given: DynamoDBRecord[]) => Promise<DynamoDBBatchResponse | undefined>;
  type Options = { onGiveUp: (records: DynamoDBRecord[], error: unknown) => void };

  const start = (reportsFailures: boolean) => {
    const { host, calls } = hostOf(failures);
    const { letters, sqs } = graveyard();
    const polled: { consume: Consumer; options: Options }[] = [];
    const stream = { functionName: 'relay', batchSize: 10, reportsFailures, retries: 3, deadLetterArn: dead };
    const relay = { name: 'relay', arn: 'arn:relay', policies: [allow('sqs:SendMessage', dead)] };
    const services = {
      model: { ...model, functions: [relay], streams: [stream] },
      tableName: 'table',
      clock: { now: () => Date.UTC(2026, 0, 1) },
      sqs,
      dynamodb: {
        pollStream: (consume: Consumer, options: Options) => {
          polled.push({ consume, options });
          return async () => void polled.pop();
        },
      },
    } as unknown as Services;
    return { stop: startStreams(services, host), polled, calls, letters };
  };

  it('hands its records to the function, within the limits of the template', async () => {
    const { polled, calls, stop } = start(true);
    expect(polled[0]?.options).toMatchObject({ table: 'table', name: 'relay', batchSize: 10, retries: 3 });
    await expect(polled[0]?.consume(records)).resolves.toEqual(failures);
    expect(calls).toEqual([['relay', { Records: records }]]);
    await stop();
    expect(polled).toEqual([]);
  });

  it('reads reported failures only where the template says that they are reported', async () => {
    const { polled } = start(false);
    await expect(polled[0]?.consume(records)).resolves.toEqual({ batchItemFailures: [] });
  });

  it('tells its dead-letter queue where the changes are that were given up', () => {
    const { polled, letters } = start(true);
    polled[0]?.options.onGiveUp(records, new Error('broken'));
    expect(letters.map(({ queueArn }) => queueArn)).toEqual([dead]);
    expect(JSON.parse(letters[0]?.draft.body ?? '')).toMatchObject({
      requestContext: { functionArn: 'arn:relay', condition: 'RetryAttemptsExhausted' },
      timestamp: '2026-01-01T00:00:00.000Z',
      DDBStreamBatchInfo: { startSequenceNumber: '7', endSequenceNumber: '7', batchSize: 1, streamArn: 'arn:stream' },
    });
  });
});

describe('a queue', () => {
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:work';
  const event = { Records: [] } as SQSEvent;
  const answer = { batchItemFailures: [{ itemIdentifier: '1' }] };
  const reading = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

  const start = ({ reportsFailures = true, actions = reading, timeoutSeconds = 10 } = {}) => {
    const { host, calls } = hostOf(answer);
    const polled: { consume: QueueConsumer; options: PollQueueOptions }[] = [];
    const source = {
      functionName: 'send',
      queueArn,
      batchSize: 5,
      windowSeconds: 0,
      maxConcurrency: 7,
      reportsFailures,
    };
    const services = {
      model: {
        ...model,
        functions: [{ name: 'send', timeoutSeconds, policies: [allow(actions, queueArn)] }],
        queueSources: [source],
      },
      sqs: {
        settingsOf: () => ({ name: 'work', visibilitySeconds: 60 }),
        pollQueue: (consume: QueueConsumer, options: PollQueueOptions) => {
          polled.push({ consume, options });
          return async () => void polled.pop();
        },
      },
    } as unknown as Services;
    return { stop: startQueues(services, host), polled, calls };
  };

  it('hands its messages to the function, within the limits of the template', async () => {
    const { polled, calls, stop } = start();
    expect(polled[0]?.options).toEqual({ queue: queueArn, batchSize: 5, windowSeconds: 0, maxConcurrency: 7 });
    await expect(polled[0]?.consume(event)).resolves.toEqual(answer);
    expect(calls).toEqual([['send', event]]);
    await stop();
    expect(polled).toEqual([]);
  });

  it('reads reported failures only where the template says that they are reported', async () => {
    await expect(start({ reportsFailures: false }).polled[0]?.consume(event)).resolves.toBeUndefined();
  });

  it.each(reading)('is refused to a function that lacks %s, as Lambda refuses it', (missing) => {
    expect(() => start({ actions: reading.filter((action) => action !== missing) })).toThrow(missing);
  });

  it('is refused to a function that may take longer than the queue waits', () => {
    expect(() => start({ timeoutSeconds: 61 })).toThrow('work shows a message again after 60 s');
  });
});
