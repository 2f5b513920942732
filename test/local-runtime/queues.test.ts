import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Build, prepareBuild } from '../../local/build.ts';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import type { TemplateResource } from '../../local/intrinsics.ts';

const MINUTE_MS = 60_000;

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

const aQueue = (QueueName: string, VisibilityTimeout: number, deadLetters?: string): TemplateResource => ({
  Type: 'AWS::SQS::Queue',
  Properties: {
    QueueName,
    VisibilityTimeout,
    ...(deadLetters && { RedrivePolicy: { deadLetterTargetArn: arnOf(deadLetters), maxReceiveCount: 1 } }),
  },
});

const aReader = (functionId: string, queueId: string): TemplateResource => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    FunctionName: { Ref: functionId },
    EventSourceArn: arnOf(queueId),
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  },
});

/** Never ends with a message that it gets for the first time. */
const slowBundle = `exports.handler = async ({ Records }) => {
  const isFirst = Records.some(({ attributes }) => attributes.ApproximateReceiveCount === '1');
  if (isFirst) await new Promise((done) => setTimeout(done, 600_000));
  return { batchItemFailures: [] };
};`;

/**
 * The platform with queues more: one is read by a job that takes any event, one by a job that takes none like it, one by
 * a job that hangs.
 */
const withQueues = (build: Build): Build => {
  const changed = structuredClone(build);
  const resources = changed.templates['service']?.Resources ?? {};
  resources['TestGood'] = aQueue('test-good', 120);
  resources['TestBad'] = aQueue('test-bad', 120, 'TestDead');
  resources['TestSlow'] = aQueue('test-slow', 1000);
  resources['TestDead'] = aQueue('test-dead', 30);
  resources['TestGoodReader'] = aReader('SweepCheckoutsFunction', 'TestGood');
  resources['TestBadReader'] = aReader('ExpireCheckoutFunction', 'TestBad');
  resources['TestSlowReader'] = aReader('ReconcileStockFunction', 'TestSlow');
  changed.bundles['reconcileStock'] = join(directory, 'slow.cjs');
  writeFileSync(join(directory, 'slow.cjs'), slowBundle);
  for (const { Type, Properties } of Object.values(resources)) {
    const { PolicyDocument, PolicyName } = (Properties ?? {}) as {
      PolicyDocument?: { Statement: object[] };
      PolicyName?: string;
    };
    if (Type !== 'AWS::IAM::Policy' || !/^(SweepCheckouts|ExpireCheckout|ReconcileStock)Role/.test(PolicyName ?? ''))
      continue;
    PolicyDocument?.Statement.push({
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      Resource: [arnOf('TestGood'), arnOf('TestBad'), arnOf('TestSlow')],
    });
  }
  return changed;
};

const directory = mkdtempSync(join(tmpdir(), 'vidriera-queues-'));
let cloud: Cloud;
let sqs: SQSClient;

beforeAll(async () => {
  cloud = await startCloud({ build: withQueues(await prepareBuild()), demo: false, quiet: true });
  sqs = new SQSClient(cloud.adminClientConfig());
});
afterAll(async () => {
  sqs?.destroy();
  await cloud?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const urlOf = async (QueueName: string) => (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
const send = async (queue: string, MessageBody: string) => {
  await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(queue), MessageBody }));
};
const waitingIn = async (queue: string) => {
  const all = { MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 };
  return (await sqs.send(new ReceiveMessageCommand({ QueueUrl: await urlOf(queue), ...all }))).Messages ?? [];
};

describe('a queue of the templates', () => {
  it('is at an address of the local cloud', async () => {
    expect(await urlOf('test-good')).toBe(`${cloud.url}/000000000000/test-good`);
  });

  it('is read by its function, and empty afterwards', async () => {
    await send('test-good', 'a');
    await cloud.advance(5 * MINUTE_MS);
    expect(await waitingIn('test-good')).toEqual([]);
  });

  it('gives up what its function fails with to its dead-letter queue', async () => {
    await send('test-bad', 'no such event');
    await cloud.advance(0);
    expect(await waitingIn('test-dead')).toEqual([]);
    await cloud.advance(3 * MINUTE_MS);
    expect(await waitingIn('test-dead')).toMatchObject([{ Body: 'no such event' }]);
  });
});

describe('a function that is killed in the middle of its work', () => {
  const kill = async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${cloud.url}/local/kill/reconcileStock`, { method: 'POST', headers, body: '{}' });
    return ((await answer.json()) as { killed: boolean }).killed;
  };
  const countsOf = async (queue: string) =>
    ((await (await fetch(`${cloud.url}/local/queues`)).json()) as Record<string, object>)[queue];

  it('gets its message again when the visibility time-out has ended', async () => {
    await send('test-slow', 'a');
    await expect.poll(kill, { timeout: 10_000 }).toBe(true);
    await cloud.advance(0);
    expect(await countsOf('test-slow')).toEqual({ ready: 0, hidden: 0, taken: 1 });
    await cloud.advance(1001 * 1000);
    expect(await countsOf('test-slow')).toEqual({ ready: 0, hidden: 0, taken: 0 });
  });
});

describe('a schedule that fails for good', () => {
  it('ends in the dead-letter queue that it names', async () => {
    const { EXPIRY_SCHEDULE_GROUP, EXPIRY_TARGET_ARN, EXPIRY_ROLE_ARN, EXPIRY_DEAD_LETTER_ARN } =
      cloud.environmentOf('relayChanges');
    const scheduler = new SchedulerClient(cloud.adminClientConfig());
    await scheduler.send(
      new CreateScheduleCommand({
        Name: 'broken',
        GroupName: EXPIRY_SCHEDULE_GROUP,
        ScheduleExpression: `at(${new Date(cloud.clock.now() + MINUTE_MS).toISOString().slice(0, 19)})`,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: EXPIRY_TARGET_ARN,
          RoleArn: EXPIRY_ROLE_ARN,
          Input: '{"wrong":true}',
          DeadLetterConfig: { Arn: EXPIRY_DEAD_LETTER_ARN },
          RetryPolicy: { MaximumRetryAttempts: 0 },
        },
      }),
    );
    scheduler.destroy();
    await cloud.advance(2 * MINUTE_MS);
    const queue = EXPIRY_DEAD_LETTER_ARN?.split(':').at(-1) ?? '';
    const [letter, ...others] = await waitingIn(queue);
    expect([letter?.Body, others]).toEqual(['{"wrong":true}', []]);
    expect(letter?.MessageAttributes).toMatchObject({ TARGET_ARN: { StringValue: EXPIRY_TARGET_ARN } });
  });
});
