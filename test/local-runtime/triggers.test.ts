import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { FunctionsHost } from '../../local/functions-host.ts';
import type { Services } from '../../local/services.ts';
import type { CloudModel } from '../../local/template.ts';
import { scheduledFunctions, schedulerPorts, startStreams, usualEventOf } from '../../local/triggers.ts';

const context = { scheduleArn: 'arn:s', scheduledTime: '2026-01-01T00:00:00Z', executionId: 'e1', attempt: 1 };
const role = 'arn:aws:iam::000000000000:role/caller';
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:sweep';
const target = { Arn: arn, RoleArn: role, Input: '{"deep":true}' };

const model = {
  functions: [{ name: 'sweep', arn }],
  schedules: [{ name: 'tick', groupName: 'default', properties: { Target: target } }],
  roles: new Map([[role, [{ Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn }] }]]]),
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

describe('a schedule', () => {
  it('calls its function with its input, if its role may', async () => {
    const { host, calls } = hostOf('done');
    const ports = schedulerPorts(model, host);
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
    await expect(schedulerPorts(model, host).invoke({ ...target, Arn: 'arn:other' }, context)).rejects.toThrow(
      'arn:other',
    );
  });

  it('says what a job run by hand is given', () => {
    expect(scheduledFunctions(model)).toEqual(['sweep']);
    expect(usualEventOf(model, 'sweep')).toEqual({ deep: true });
    expect(usualEventOf(model, 'other')).toEqual({});
  });
});

describe('a stream', () => {
  const records = [{ eventID: '1' }] as DynamoDBRecord[];
  const failures: DynamoDBBatchResponse = { batchItemFailures: [{ itemIdentifier: '7' }] };
  type Consumer = (given: DynamoDBRecord[]) => Promise<DynamoDBBatchResponse | undefined>;

  const start = (reportsFailures: boolean) => {
    const { host, calls } = hostOf(failures);
    const polled: { consume: Consumer; options: object }[] = [];
    const services = {
      model: { ...model, streams: [{ functionName: 'relay', batchSize: 10, reportsFailures, retries: 3 }] },
      tableName: 'table',
      dynamodb: {
        pollStream: (consume: Consumer, options: object) => {
          polled.push({ consume, options });
          return async () => void polled.pop();
        },
      },
    } as unknown as Services;
    return { stop: startStreams(services, host), polled, calls };
  };

  it('hands its records to the function, within the limits of the template', async () => {
    const { polled, calls, stop } = start(true);
    expect(polled[0]?.options).toEqual({ table: 'table', name: 'relay', batchSize: 10, retries: 3 });
    await expect(polled[0]?.consume(records)).resolves.toEqual(failures);
    expect(calls).toEqual([['relay', { Records: records }]]);
    await stop();
    expect(polled).toEqual([]);
  });

  it('reads reported failures only where the template says that they are reported', async () => {
    const { polled } = start(false);
    await expect(polled[0]?.consume(records)).resolves.toEqual({ batchItemFailures: [] });
  });
});
