import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  type CreateSecretCommandInput,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '../../local/clock.ts';
import { startSecretsManager } from '../../local/engines/secrets-manager.ts';
import { aFolder, aPrincipal, type Cloud, failureOf, openCloud, place } from './local-cloud.ts';

const DAY = 24 * 3600 * 1000;
const arnBase = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:';
const reader = aPrincipal('reader', [
  { Statement: { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: `${arnBase}token/a-??????` } },
]);

const keeper = aPrincipal('keeper', [
  { Statement: { Effect: 'Allow', Action: 'secretsmanager:*', Resource: `${arnBase}stage/tokens/*` } },
]);

let clock = createClock();
let cloud: Cloud;
let client: SecretsManagerClient;
let engine: Awaited<ReturnType<typeof startSecretsManager>>;

const open = async (dir?: string) => {
  clock = createClock();
  engine = await startSecretsManager({ ...place, clock, dir });
  cloud = await openCloud([engine], clock, [reader, keeper]);
  client = new SecretsManagerClient(cloud.as());
};
beforeEach(() => open());
afterEach(() => cloud.close());

const create = (Name: string, SecretString?: string, more: Partial<CreateSecretCommandInput> = {}) =>
  client.send(new CreateSecretCommand({ Name, SecretString, ...more }));
const get = (SecretId: string, more: object = {}) => client.send(new GetSecretValueCommand({ SecretId, ...more }));

describe('a secret', () => {
  it('is found by name, by ARN, and by ARN without its random ending', async () => {
    const { ARN } = await create('token/a', 'EAAG…');
    expect(ARN).toMatch(/:secret:token\/a-[A-Za-z0-9]{6}$/);
    for (const id of ['token/a', ARN, `${arnBase}token/a`]) expect((await get(String(id))).SecretString).toBe('EAAG…');
  });

  it('may be binary', async () => {
    await client.send(new CreateSecretCommand({ Name: 'b', SecretBinary: Buffer.from([0, 255, 7]) }));
    const { SecretBinary, SecretString } = await get('b');
    expect([...(SecretBinary ?? [])]).toEqual([0, 255, 7]);
    expect(SecretString).toBeUndefined();
  });

  it('is not found under the ARN of an earlier one of its name', async () => {
    const { ARN } = await create('a', '1');
    await client.send(new DeleteSecretCommand({ SecretId: 'a', ForceDeleteWithoutRecovery: true }));
    await create('a', '2');
    expect((await failureOf(get(String(ARN)))).name).toBe('ResourceNotFoundException');
  });

  it('may end like a random ending', async () => {
    await create('app-secret', '1');
    await create('app', '2');
    expect((await get(`${arnBase}app-secret`)).SecretString).toBe('1');
  });

  it('tells about itself without its value', async () => {
    await create('a', '1', { Description: 'a token', Tags: [{ Key: 'shop', Value: 's' }] });
    const found = await client.send(new DescribeSecretCommand({ SecretId: 'a' }));
    expect(found).toMatchObject({ Name: 'a', Description: 'a token', Tags: [{ Key: 'shop', Value: 's' }] });
    expect(Object.values(found.VersionIdsToStages ?? {})).toEqual([['AWSCURRENT']]);
    expect(Math.abs((found.CreatedDate?.getTime() ?? 0) - clock.now())).toBeLessThan(2000);
    expect(JSON.stringify(found)).not.toContain('SecretString');
  });

  it('is listed by name, page by page', async () => {
    for (const name of ['c', 'a', 'b']) await create(name, 'x');
    const first = await client.send(new ListSecretsCommand({ MaxResults: 2 }));
    const second = await client.send(new ListSecretsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    expect([...(first.SecretList ?? []), ...(second.SecretList ?? [])].map((row) => row.Name)).toEqual(['a', 'b', 'c']);
    expect(second.NextToken).toBeUndefined();
  });

  it('is made once by whoever needs it to be there', async () => {
    const arn = await engine.ensureSecret('app', 'first');
    expect(await engine.ensureSecret('app', 'second')).toBe(arn);
    expect((await get(arn)).SecretString).toBe('first');
  });
});

describe('versions', () => {
  it('keep the value before under AWSPREVIOUS', async () => {
    await create('a', '1');
    await client.send(new PutSecretValueCommand({ SecretId: 'a', SecretString: '2' }));
    await client.send(new UpdateSecretCommand({ SecretId: 'a', SecretString: '3' }));
    expect((await get('a')).SecretString).toBe('3');
    expect((await get('a', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('2');
  });

  it('are found by id, and carry their stages', async () => {
    const { VersionId } = await create('a', '1');
    await client.send(new PutSecretValueCommand({ SecretId: 'a', SecretString: '2' }));
    expect(await get('a', { VersionId })).toMatchObject({ SecretString: '1', VersionStages: ['AWSPREVIOUS'] });
  });

  it('may be staged without becoming current', async () => {
    await create('a', '1');
    await client.send(new PutSecretValueCommand({ SecretId: 'a', SecretString: '2', VersionStages: ['AWSPENDING'] }));
    expect((await get('a')).SecretString).toBe('1');
    expect((await get('a', { VersionStage: 'AWSPENDING' })).SecretString).toBe('2');
  });

  it('are not made twice by the same call, nor changed by another with its token', async () => {
    const ClientRequestToken = 'a'.repeat(32);
    await create('a', '1');
    const put = (SecretString: string) =>
      client.send(new PutSecretValueCommand({ SecretId: 'a', SecretString, ClientRequestToken }));
    await put('2');
    await put('2');
    expect((await get('a', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('1');
    expect((await failureOf(put('3'))).name).toBe('ResourceExistsException');
  });
});

describe('deletion', () => {
  const remove = (more: object = {}) => client.send(new DeleteSecretCommand({ SecretId: 'a', ...more }));

  it('can be taken back until its window ends', async () => {
    await create('a', '1');
    await remove({ RecoveryWindowInDays: 7 });
    expect((await failureOf(get('a'))).name).toBe('InvalidRequestException');
    expect((await failureOf(create('a', '2'))).name).toBe('InvalidRequestException');
    clock.advance(6 * DAY);
    await client.send(new RestoreSecretCommand({ SecretId: 'a' }));
    expect((await get('a')).SecretString).toBe('1');
  });

  it('is final when its window has ended', async () => {
    await create('a', '1');
    await remove({ RecoveryWindowInDays: 7 });
    clock.advance(7 * DAY + 1000);
    const failure = await failureOf(client.send(new RestoreSecretCommand({ SecretId: 'a' })));
    expect(failure.name).toBe('ResourceNotFoundException');
    await create('a', '2');
  });

  it('is final at once where it is forced', async () => {
    await create('a', '1');
    await remove({ ForceDeleteWithoutRecovery: true });
    expect((await failureOf(get('a'))).name).toBe('ResourceNotFoundException');
  });

  it.each([[{ RecoveryWindowInDays: 3 }], [{ RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }]])(
    'refuses %j',
    async (more) => {
      await create('a', '1');
      expect((await failureOf(remove(more))).name).toBe('InvalidParameterException');
    },
  );
});

describe('refusals', () => {
  it.each([
    ['a secret that is not there', () => get('nothing'), 'ResourceNotFoundException'],
    [
      'a version that is not there',
      () => create('a', '1').then(() => get('a', { VersionStage: 'X' })),
      'ResourceNotFoundException',
    ],
    ['a secret without a value', () => create('a').then(() => get('a')), 'ResourceNotFoundException'],
    ['a name that is taken', () => create('a', '1').then(() => create('a', '2')), 'ResourceExistsException'],
    ['a name with a space', () => create('a b', '1'), 'ValidationException'],
    ['two values at once', () => create('a', '1', { SecretBinary: Buffer.from('x') }), 'InvalidParameterException'],
  ])('%s', async (_, work, name) => {
    expect((await failureOf(work())).name).toBe(name);
  });

  it('ask IAM about the ARN, whether the secret is there or not', async () => {
    await create('token/a', '1');
    await create('token/b', '1');
    const as = new SecretsManagerClient(cloud.as(reader));
    expect((await as.send(new GetSecretValueCommand({ SecretId: 'token/a' }))).SecretString).toBe('1');
    expect((await failureOf(as.send(new GetSecretValueCommand({ SecretId: 'token/b' })))).name).toBe(
      'AccessDeniedException',
    );
    expect((await failureOf(as.send(new GetSecretValueCommand({ SecretId: 'token/c' })))).name).toBe(
      'AccessDeniedException',
    );
  });
});

describe('rights to all secrets of a prefix', () => {
  it('let one be made, read, changed, deleted and restored, and no other', async () => {
    const as = new SecretsManagerClient(cloud.as(keeper));
    const SecretId = 'stage/tokens/1001';
    const missing = await failureOf(as.send(new GetSecretValueCommand({ SecretId })));
    expect(missing.name).toBe('ResourceNotFoundException');
    await as.send(new CreateSecretCommand({ Name: SecretId, SecretString: '1' }));
    await as.send(new PutSecretValueCommand({ SecretId, SecretString: '2' }));
    await as.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
    await as.send(new RestoreSecretCommand({ SecretId }));
    expect((await as.send(new GetSecretValueCommand({ SecretId }))).SecretString).toBe('2');
    const foreign = await failureOf(as.send(new CreateSecretCommand({ Name: 'stage/apps/1', SecretString: '1' })));
    expect(foreign.name).toBe('AccessDeniedException');
  });
});

describe('a restart', () => {
  it('finds every secret again, in files that only their owner can read', async () => {
    const folder = await aFolder();
    await cloud.close();
    await open(folder.path);
    const { ARN } = await create('token/../../a', 'kept');
    await create('gone', 'x');
    await client.send(new DeleteSecretCommand({ SecretId: 'gone', ForceDeleteWithoutRecovery: true }));
    await cloud.close();
    const files = await readdir(join(folder.path, 'secrets'));
    expect(files).toHaveLength(1);
    const file = join(folder.path, 'secrets', String(files[0]));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ name: 'token/../../a' });
    await open(folder.path);
    expect(await get('token/../../a')).toMatchObject({ ARN, SecretString: 'kept' });
    await folder.remove();
  });
});
