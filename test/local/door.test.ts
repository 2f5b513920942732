import { request as httpRequest } from 'node:http';
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClock } from '../../local/clock.ts';
import type { AwsRequest, Engine } from '../../local/engines/engine.ts';
import { AwsError } from '../../local/engines/engine.ts';
import { startS3 } from '../../local/engines/s3.ts';
import { startScheduler } from '../../local/engines/scheduler.ts';
import { startSecretsManager } from '../../local/engines/secrets-manager.ts';
import { denialText, jsonFailure, jsonResponse } from '../../local/engines/wire.ts';
import { accountId, admin, aPrincipal, type Cloud, failureOf, openCloud, place } from './local-cloud.ts';

/** A service that answers everything, and remembers it. */
const handled: AwsRequest[] = [];
const echo: Engine = {
  service: 'dynamodb',
  access: ({ operation }) => [{ action: `dynamodb:${operation}`, resource: 'arn:aws:dynamodb:::table/T' }],
  handle: async (request) => {
    handled.push(request);
    if (request.operation === 'GetItem') throw new AwsError('ResourceNotFoundException', 'no such table');
    if (request.operation === 'ListTables') throw new Error('a bug');
    return jsonResponse({}, 'application/x-amz-json-1.0');
  },
  denied: (access, principal) => jsonFailure(new AwsError('AccessDeniedException', denialText(access, principal))),
  failure: jsonFailure,
  close: async () => undefined,
};

const writer = aPrincipal('writer', [
  { Statement: { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: 'arn:aws:dynamodb:::table/T' } },
]);
const put = () => new PutItemCommand({ TableName: 'T', Item: { pk: { S: 'a' } } });
const get = () => new GetItemCommand({ TableName: 'T', Key: { pk: { S: 'a' } } });

const clock = createClock();
let cloud: Cloud;
let db: DynamoDBClient;

beforeAll(async () => {
  const engines = [
    echo,
    await startScheduler({ ...place, clock, invoke: async () => undefined }),
    await startSecretsManager({ ...place, clock }),
    await startS3({ clock, buckets: [{ name: 'pictures' }] }),
  ];
  cloud = await openCloud(engines, clock, [writer]);
  db = new DynamoDBClient(cloud.as());
});
afterAll(() => cloud.close());
afterEach(() => {
  cloud.door.clearFaults();
  handled.length = 0;
});

describe('signatures', () => {
  const stranger = { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' };
  const forger = { accessKeyId: admin.accessKeyId, secretAccessKey: 'guessed' };

  it('refuses a key that nobody has, in the words of each service', async () => {
    const as = cloud.as(stranger);
    const failures = await Promise.all([
      failureOf(new DynamoDBClient(as).send(put())),
      failureOf(new SecretsManagerClient(as).send(new GetSecretValueCommand({ SecretId: 'a' }))),
      failureOf(new SchedulerClient(as).send(new GetScheduleCommand({ Name: 'a' }))),
      failureOf(new S3Client(as).send(new GetObjectCommand({ Bucket: 'pictures', Key: 'a' }))),
    ]);
    expect(failures.map((failure) => failure.name)).toEqual([
      'UnrecognizedClientException',
      'UnrecognizedClientException',
      'UnrecognizedClientException',
      'InvalidAccessKeyId',
    ]);
    expect(handled).toEqual([]);
  });

  it('refuses a wrong secret, in the words of each service', async () => {
    const as = cloud.as(forger);
    const failures = await Promise.all([
      failureOf(new DynamoDBClient(as).send(put())),
      failureOf(new SecretsManagerClient(as).send(new GetSecretValueCommand({ SecretId: 'a' }))),
      failureOf(new SchedulerClient(as).send(new GetScheduleCommand({ Name: 'a' }))),
      failureOf(new S3Client(as).send(new PutObjectCommand({ Bucket: 'pictures', Key: 'a', Body: 'x' }))),
    ]);
    expect(failures.map((failure) => failure.name)).toEqual([
      'InvalidSignatureException',
      'InvalidSignatureException',
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
    ]);
    expect(handled).toEqual([]);
  });

  it('refuses a body that was changed after it was signed', async () => {
    db.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: string };
        request.body = request.body.replace('"a"', '"b"');
        return next(args);
      },
      { step: 'deserialize', name: 'tamper', priority: 'low' },
    );
    const failure = await failureOf(db.send(put()));
    db.middlewareStack.remove('tamper');
    expect(failure.name).toBe('InvalidSignatureException');
  });

  it('refuses a signature for another region', async () => {
    const failure = await failureOf(new DynamoDBClient({ ...cloud.as(), region: 'us-east-1' }).send(put()));
    expect(failure.message).toContain('eu-west-1');
  });

  it('knows an AWS call by its signature and nothing else', async () => {
    expect((await fetch(`${cloud.endpoint}/s/shop`)).status).toBe(404);
    const answer = await fetch(cloud.endpoint, { headers: { authorization: 'AWS4-HMAC-SHA256 nonsense' } });
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('not signed')]);
  });

  it('says so where there is no such service', async () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=A/20260101/eu-west-1/kinesis/aws4_request, SignedHeaders=host, Signature=0';
    const answer = await fetch(cloud.endpoint, { method: 'POST', headers: { authorization } });
    expect(await answer.json()).toMatchObject({ __type: 'UnknownServiceException' });
  });
});

describe('permissions', () => {
  it('lets a function do what its policies allow', async () => {
    await new DynamoDBClient(cloud.as(writer)).send(put());
    expect(handled.map((request) => request.operation)).toEqual(['PutItem']);
  });

  it('answers what they do not allow as AWS would, before anything is done', async () => {
    const failure = await failureOf(new DynamoDBClient(cloud.as(writer)).send(get()));
    expect(failure).toMatchObject({
      name: 'AccessDeniedException',
      message:
        `User: arn:aws:sts::${accountId}:assumed-role/writer/local is not authorized to perform: dynamodb:GetItem ` +
        'on resource: arn:aws:dynamodb:::table/T',
      $metadata: { httpStatusCode: 400 },
    });
    expect(handled).toEqual([]);
  });

  it('answers with 403 where the service does', async () => {
    const as = cloud.as(writer);
    const failures = await Promise.all([
      failureOf(new SchedulerClient(as).send(new GetScheduleCommand({ Name: 'a' }))),
      failureOf(new S3Client(as).send(new GetObjectCommand({ Bucket: 'pictures', Key: 'a' }))),
    ]);
    expect(failures).toMatchObject([
      { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } },
      { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } },
    ]);
  });

  it('refuses to open with a policy that it cannot read', async () => {
    const odd = aPrincipal('odd', [{ Statement: { Effect: 'Allow', NotAction: '*', Resource: '*' } as never }]);
    await expect(openCloud([], clock, [odd])).rejects.toThrow('NotAction');
  });
});

describe('failures', () => {
  it('passes on the error that a service gives', async () => {
    expect(await failureOf(db.send(get()))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'no such table',
    });
  });

  it('makes an error of ours a 500, and says it aloud', async () => {
    const aloud = vi.spyOn(console, 'error').mockReturnValue();
    const failure = await failureOf(db.send(new ListTablesCommand({})));
    expect(failure).toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(aloud).toHaveBeenCalledWith('the local dynamodb failed', expect.objectContaining({ message: 'a bug' }));
    aloud.mockRestore();
  });

  it('tells the time of its own clock', async () => {
    const times: string[] = [];
    db.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        times.push((result.response as { headers: Record<string, string> }).headers['date'] ?? '');
        return result;
      },
      { step: 'deserialize', name: 'watch', priority: 'low' },
    );
    clock.advance(3_600_000);
    await db.send(put());
    db.middlewareStack.remove('watch');
    expect(Math.abs(Date.parse(times[0] ?? '') - clock.now())).toBeLessThan(2000);
  });
});

describe('injected faults', () => {
  it.each([
    ['throttle', 'ProvisionedThroughputExceededException', 400],
    ['transaction-conflict', 'TransactionConflictException', 400],
    ['internal-error', 'InternalServerError', 500],
  ] as const)('plays %s instead of the deed', async (kind, name, status) => {
    cloud.door.inject({ kind, times: 1 });
    expect(await failureOf(db.send(put()))).toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(handled).toHaveLength(0);
    await db.send(put());
    expect(handled).toHaveLength(1);
  });

  it('cuts the line before the deed', async () => {
    cloud.door.inject({ kind: 'timeout-before', times: 1 });
    await failureOf(db.send(put()));
    expect(handled).toHaveLength(0);
  });

  it('cuts the line after the deed', async () => {
    cloud.door.inject({ kind: 'timeout-after-commit', times: 1 });
    await failureOf(db.send(put()));
    expect(handled).toHaveLength(1);
  });

  it('leaves it to the SDK to try again', async () => {
    cloud.door.inject({ kind: 'throttle', times: 2 });
    await new DynamoDBClient({ ...cloud.as(), maxAttempts: 3 }).send(put());
    expect(handled).toHaveLength(1);
  });

  it('hits only the service, operation and principal that it names', async () => {
    cloud.door.inject({
      kind: 'internal-error',
      times: 9,
      service: 'dynamodb',
      operation: 'PutItem',
      principal: 'writer',
    });
    await db.send(put());
    expect(await failureOf(db.send(get()))).toMatchObject({ name: 'ResourceNotFoundException' });
    expect(await failureOf(new DynamoDBClient(cloud.as(writer)).send(put()))).toMatchObject({
      name: 'InternalServerError',
    });
  });

  it('speaks each service in its own words', async () => {
    cloud.door.inject({ kind: 'throttle', times: 3 });
    const failures = await Promise.all([
      failureOf(new SecretsManagerClient(cloud.as()).send(new GetSecretValueCommand({ SecretId: 'a' }))),
      failureOf(new SchedulerClient(cloud.as()).send(new GetScheduleCommand({ Name: 'a' }))),
      failureOf(new S3Client(cloud.as()).send(new GetObjectCommand({ Bucket: 'pictures', Key: 'a' }))),
    ]);
    expect(failures.map((failure) => failure.name)).toEqual(['ThrottlingException', 'ThrottlingException', 'SlowDown']);
  });
});

it('survives a caller who hangs up half-way', async () => {
  await new Promise<void>((resolve) => {
    const half = httpRequest(cloud.endpoint, {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 x', 'content-length': '100' },
    });
    half.on('error', () => resolve());
    half.write('half');
    setTimeout(() => half.destroy(), 10);
  });
  await db.send(put());
});

it('takes a file as large as the largest document of WhatsApp', async () => {
  const s3 = new S3Client({ ...cloud.as(), forcePathStyle: true });
  const body = Buffer.alloc(100 * 1024 * 1024);
  await s3.send(new PutObjectCommand({ Bucket: 'pictures', Key: 'large', Body: body }));
  const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket: 'pictures', Key: 'large' }));
  expect(ContentLength).toBe(body.length);
});
