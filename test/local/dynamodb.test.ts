import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClock } from '../../local/clock.ts';
import type { Principal } from '../../local/door.ts';
import { type DynamodbEngine, startDynamodb } from '../../local/engines/dynamodb.ts';
import type { TableDefinition } from '../../local/engines/dynamodb-table.ts';
import { aFolder, aPrincipal, type Cloud, failureOf, openCloud, place } from './local-cloud.ts';

const definition = (TableName: string): TableDefinition => ({
  TableName,
  AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'gsi1',
      KeySchema: [
        { AttributeName: 'gsi1pk', KeyType: 'HASH' },
        { AttributeName: 'gsi1sk', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
});

const tableArn = `arn:aws:dynamodb:${place.region}:${place.accountId}:table/Shop`;
const allow = (name: string, Action: string | string[], Resource: string | string[] = tableArn): Principal =>
  aPrincipal(name, [{ Statement: { Effect: 'Allow', Action, Resource } }]);

const principals = {
  reader: allow('reader', ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem']),
  indexReader: allow('indexreader', 'dynamodb:Query', `${tableArn}/index/*`),
  onlyPutter: allow('onlyputter', 'dynamodb:PutItem'),
  putter: allow('putter', ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem']),
  tenant: aPrincipal('tenant', [
    {
      Statement: {
        Effect: 'Allow',
        Action: 'dynamodb:*',
        Resource: tableArn,
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'S#1*' } },
      },
    },
  ]),
};

const clock = createClock();
let engine: DynamodbEngine;
let cloud: Cloud;
let db: DynamoDBDocumentClient;
const as = (principal?: Principal) => DynamoDBDocumentClient.from(new DynamoDBClient(cloud.as(principal)));

beforeAll(async () => {
  engine = await startDynamodb({ ...place, clock });
  cloud = await openCloud([engine], clock, Object.values(principals));
  db = as();
  await engine.createTable(definition('Shop'));
});
afterAll(() => cloud.close());

const key = { pk: 'S#1', sk: 'P#1' };

describe('the table', () => {
  it('keeps what was put, and gives it back', async () => {
    await db.send(
      new PutCommand({ TableName: 'Shop', Item: { ...key, name: 'Vela 🕯️', price: 1250, tags: new Set(['a']) } }),
    );
    const { Item } = await db.send(new GetCommand({ TableName: 'Shop', Key: key }));
    expect(Item).toEqual({ ...key, name: 'Vela 🕯️', price: 1250, tags: new Set(['a']) });
  });

  it('says its ARN with our region and account', async () => {
    const { Table } = await new DynamoDBClient(cloud.as()).send(new DescribeTableCommand({ TableName: 'Shop' }));
    expect(Table?.TableArn).toBe(tableArn);
    expect(Table?.LatestStreamArn).toMatch(`${tableArn}/stream/`);
  });

  it('says which attribute expires items', async () => {
    const answer = await new DynamoDBClient(cloud.as()).send(new DescribeTimeToLiveCommand({ TableName: 'Shop' }));
    expect(answer.TimeToLiveDescription).toMatchObject({ AttributeName: 'ttl', TimeToLiveStatus: 'ENABLED' });
  });

  it('gives the reasons of a cancelled transaction in order, and writes nothing', async () => {
    const failure = await failureOf(
      db.send(
        new TransactWriteCommand({
          TransactItems: [
            { Put: { TableName: 'Shop', Item: { pk: 'T', sk: '1' } } },
            { Put: { TableName: 'Shop', Item: { pk: 'T', sk: '2' }, ConditionExpression: 'attribute_exists(pk)' } },
          ],
        }),
      ),
    );
    expect(failure).toBeInstanceOf(TransactionCanceledException);
    expect(failure['CancellationReasons']).toMatchObject([{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }]);
    expect((await db.send(new GetCommand({ TableName: 'Shop', Key: { pk: 'T', sk: '1' } }))).Item).toBeUndefined();
  });

  it('plays a conflict of transactions with its reasons', async () => {
    cloud.door.inject({ kind: 'transaction-conflict', times: 1 });
    const Item = { pk: 'C', sk: '1' };
    const write = new TransactWriteCommand({
      TransactItems: [{ Put: { TableName: 'Shop', Item } }, { Delete: { TableName: 'Shop', Key: key } }],
    });
    const failure = await failureOf(db.send(write));
    expect(failure).toBeInstanceOf(TransactionCanceledException);
    expect(failure['CancellationReasons']).toMatchObject([{ Code: 'TransactionConflict' }, { Code: 'None' }]);
    expect(failure.message).toContain('[TransactionConflict, None]');
  });

  it('is made once, however often it is asked for', async () => {
    const first = await engine.createTable(definition('Shop'));
    expect(await engine.createTable(definition('Shop'))).toEqual(first);
    expect(first.tableArn).toBe(tableArn);
  });

  it('says what to do where the table in the folder has other indexes', async () => {
    await expect(engine.createTable({ ...definition('Shop'), GlobalSecondaryIndexes: [] })).rejects.toThrow('--fresh');
  });
});

describe('the permissions that a call needs', () => {
  const item = { ...key, gsi1pk: 'x', gsi1sk: 'y' };
  const query = { TableName: 'Shop', ExpressionAttributeValues: { ':p': 'x' } };
  const tableQuery = () => new QueryCommand({ ...query, KeyConditionExpression: 'pk = :p' });
  const indexQuery = () => new QueryCommand({ ...query, IndexName: 'gsi1', KeyConditionExpression: 'gsi1pk = :p' });
  const transact = (
    ...TransactItems: NonNullable<ConstructorParameters<typeof TransactWriteCommand>[0]['TransactItems']>
  ) => new TransactWriteCommand({ TransactItems });
  const check = {
    ConditionCheck: {
      TableName: 'Shop',
      Key: { pk: 'none', sk: 'none' },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
  const of = { TableName: 'Shop' };

  it.each([
    ['reader', 'GetItem', () => new GetCommand({ ...of, Key: key }), undefined],
    ['reader', 'Query of the table', tableQuery, undefined],
    ['reader', 'Query of an index', indexQuery, 'dynamodb:Query'],
    ['reader', 'Scan', () => new ScanCommand(of), 'dynamodb:Scan'],
    ['reader', 'PutItem', () => new PutCommand({ ...of, Item: item }), 'dynamodb:PutItem'],
    ['reader', 'BatchGetItem', () => new BatchGetCommand({ RequestItems: { Shop: { Keys: [key] } } }), undefined],
    [
      'reader',
      'TransactGetItems',
      () => new TransactGetCommand({ TransactItems: [{ Get: { ...of, Key: key } }] }),
      undefined,
    ],
    ['indexReader', 'Query of an index', indexQuery, undefined],
    ['indexReader', 'Query of the table', tableQuery, 'dynamodb:Query'],
    ['putter', 'a transaction of put and check', () => transact({ Put: { ...of, Item: item } }, check), undefined],
    [
      'onlyPutter',
      'a transaction of put and check',
      () => transact({ Put: { ...of, Item: item } }, check),
      'dynamodb:ConditionCheckItem',
    ],
    [
      'putter',
      'a transaction that also deletes',
      () => transact({ Put: { ...of, Item: item } }, { Delete: { ...of, Key: key } }),
      'dynamodb:DeleteItem',
    ],
    ['putter', 'UpdateItem', () => new UpdateCommand({ ...of, Key: key }), 'dynamodb:UpdateItem'],
    [
      'putter',
      'BatchWriteItem',
      () => new BatchWriteCommand({ RequestItems: { Shop: [{ PutRequest: { Item: item } }] } }),
      'dynamodb:BatchWriteItem',
    ],
    ['tenant', 'its own partition', () => new PutCommand({ ...of, Item: item }), undefined],
    [
      'tenant',
      "another's partition",
      () => new DeleteCommand({ ...of, Key: { pk: 'S#2', sk: 'x' } }),
      'dynamodb:DeleteItem',
    ],
    [
      'tenant',
      'a batch with one key of another',
      () => new BatchGetCommand({ RequestItems: { Shop: { Keys: [key, { pk: 'S#2', sk: 'x' }] } } }),
      'dynamodb:BatchGetItem',
    ],
  ] as const)('%s: %s', async (name, _, command, denied) => {
    const work = as(principals[name]).send(command() as GetCommand);
    if (denied === undefined) await work;
    else
      expect(await failureOf(work)).toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining(denied),
      });
  });

  it('names the index in what it asks for', async () => {
    expect((await failureOf(as(principals.reader).send(indexQuery()))).message).toContain(`${tableArn}/index/gsi1`);
  });

  it('asks about the stream behind a shard iterator', () => {
    const call = {
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: { 'x-amz-target': 'DynamoDBStreams_20120810.GetRecords' },
    };
    const body = Buffer.from(JSON.stringify({ ShardIterator: 'unknown' }));
    expect(engine.access({ ...call, body, operation: 'GetRecords' })).toEqual([
      { action: 'dynamodb:GetRecords', resource: '*' },
    ]);
  });

  it('lets nobody make tables who may not', async () => {
    const { AttributeDefinitions, KeySchema } = { AttributeDefinitions: [], KeySchema: [] };
    const make = new CreateTableCommand({ TableName: 'Other', AttributeDefinitions, KeySchema });
    const failure = await failureOf(new DynamoDBClient(cloud.as(principals.putter)).send(make));
    expect(failure.message).toContain('dynamodb:CreateTable');
  });
});

const put = (TableName: string, sk: string, more: object = {}) =>
  db.send(new PutCommand({ TableName, Item: { pk: 'S#1', sk, ...more } }));

describe('time to live', () => {
  it('deletes what has expired by the local clock, and nothing else', async () => {
    await engine.createTable(definition('Ttl'));
    const inAnHour = Math.floor(clock.now() / 1000) + 3600;
    await put('Ttl', 'expires', { ttl: inAnHour });
    await put('Ttl', 'later', { ttl: inAnHour + 7200 });
    await put('Ttl', 'never');
    await put('Ttl', 'text', { ttl: '1' });
    expect(await engine.sweepExpired()).toBe(0);
    clock.advance(3_660_000);
    await engine.sweepExpired();
    const { Items } = await db.send(new ScanCommand({ TableName: 'Ttl' }));
    expect(Items?.map((item) => item['sk'])).toEqual(['later', 'never', 'text']);
  });
});

describe('the stream', () => {
  const collect = (table: string, options: object = {}) => {
    const seen: DynamoDBRecord[] = [];
    const stop = engine.pollStream(async (records) => void seen.push(...records), { table, idleMs: 2, ...options });
    return { seen, stop };
  };
  const names = (records: DynamoDBRecord[]) =>
    records.map((record) => [record.eventName, record.dynamodb?.Keys?.['sk']?.S]);

  it('delivers changes in order, as Lambda would be given them', async () => {
    const { streamArn } = await engine.createTable(definition('Log1'));
    await put('Log1', 'a', { n: 1 });
    await put('Log1', 'a', { n: 2 });
    await put('Log1', 'b');
    await db.send(new DeleteCommand({ TableName: 'Log1', Key: { pk: 'S#1', sk: 'a' } }));
    const { seen, stop } = collect('Log1');
    await vi.waitFor(() => expect(seen).toHaveLength(4), { interval: 2 });
    await stop();
    expect(names(seen)).toEqual([
      ['INSERT', 'a'],
      ['MODIFY', 'a'],
      ['INSERT', 'b'],
      ['REMOVE', 'a'],
    ]);
    expect(seen[1]).toMatchObject({
      eventSource: 'aws:dynamodb',
      eventSourceARN: streamArn,
      awsRegion: place.region,
      eventVersion: '1.1',
      dynamodb: { OldImage: { n: { N: '1' } }, NewImage: { n: { N: '2' } }, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    expect(new Set(seen.map((record) => record.eventID)).size).toBe(4);
    expect(Math.abs((seen[0]?.dynamodb?.ApproximateCreationDateTime ?? 0) - clock.now() / 1000)).toBeLessThan(5);
  });

  it('writes no record for a write that changes nothing', async () => {
    await engine.createTable(definition('Log2'));
    await put('Log2', 'a', { map: { x: 1, y: 2 } });
    await put('Log2', 'a', { map: { y: 2, x: 1 } });
    await put('Log2', 'end');
    const { seen, stop } = collect('Log2');
    await vi.waitFor(() => expect(seen).toHaveLength(2), { interval: 2 });
    await stop();
    expect(names(seen)).toEqual([
      ['INSERT', 'a'],
      ['INSERT', 'end'],
    ]);
  });

  it('gives batches of the size asked for', async () => {
    await engine.createTable(definition('Log3'));
    for (const sk of ['a', 'b', 'c', 'd', 'e']) await put('Log3', sk);
    const sizes: number[] = [];
    const stop = engine.pollStream(async (records) => void sizes.push(records.length), {
      table: 'Log3',
      batchSize: 2,
      idleMs: 2,
    });
    await vi.waitFor(() => expect(sizes).toEqual([2, 2, 1]), { interval: 2 });
    await stop();
  });

  it('brings a failed batch again before anything later', async () => {
    await engine.createTable(definition('Log4'));
    const tries: string[] = [];
    await put('Log4', 'a');
    await put('Log4', 'b');
    const stop = engine.pollStream(
      async (records) => {
        tries.push(String(records[0]?.dynamodb?.Keys?.['sk']?.S));
        if (tries.length < 3) throw new Error('not yet');
      },
      { table: 'Log4', batchSize: 1, idleMs: 2, backoffMs: 1 },
    );
    await vi.waitFor(() => expect(tries).toEqual(['a', 'a', 'a', 'b']), { interval: 2 });
    await stop();
  });

  it('repeats only from the record that the consumer reports', async () => {
    await engine.createTable(definition('Log5'));
    for (const sk of ['a', 'b', 'c']) await put('Log5', sk);
    const tries: string[] = [];
    const stop = engine.pollStream(
      async (records) => {
        tries.push(records.map((record) => record.dynamodb?.Keys?.['sk']?.S).join(''));
        const failing = tries.length === 1 ? records[1]?.dynamodb?.SequenceNumber : undefined;
        return { batchItemFailures: failing ? [{ itemIdentifier: failing }] : [] };
      },
      { table: 'Log5', idleMs: 2, backoffMs: 1 },
    );
    await vi.waitFor(() => expect(tries).toEqual(['abc', 'bc']), { interval: 2 });
    await stop();
  });

  it('gives up a record that fails for good, and goes on behind it', async () => {
    await engine.createTable(definition('Log6'));
    for (const sk of ['good', 'poison', 'after']) await put('Log6', sk);
    const taken: string[] = [];
    const given: string[] = [];
    const stop = engine.pollStream(
      async (records) => {
        for (const record of records) {
          const sk = String(record.dynamodb?.Keys?.['sk']?.S);
          if (sk === 'poison')
            return { batchItemFailures: [{ itemIdentifier: String(record.dynamodb?.SequenceNumber) }] };
          taken.push(sk);
        }
        return { batchItemFailures: [] };
      },
      {
        table: 'Log6',
        idleMs: 2,
        backoffMs: 1,
        retries: 2,
        onGiveUp: (records) => given.push(...names(records).map(String)),
      },
    );
    await vi.waitFor(() => expect(taken).toEqual(['good', 'after']), { interval: 2 });
    await stop();
    expect(given).toEqual(['INSERT,poison']);
  });

  it('marks what expired as the service’s own deed', async () => {
    await engine.createTable(definition('Log7'));
    await put('Log7', 'a', { ttl: Math.floor(clock.now() / 1000) - 10 });
    await put('Log7', 'b');
    await engine.sweepExpired();
    await db.send(new DeleteCommand({ TableName: 'Log7', Key: { pk: 'S#1', sk: 'b' } }));
    const { seen, stop } = collect('Log7');
    await vi.waitFor(() => expect(seen).toHaveLength(4), { interval: 2 });
    await stop();
    const removals = seen.filter((record) => record.eventName === 'REMOVE');
    expect(removals.map((record) => record.userIdentity)).toEqual([
      { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      undefined,
    ]);
  });
});

describe('a restart', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((engineOrFolder) => engineOrFolder.close()));
  });

  it('finds the items again, and the stream goes on where it stopped', async () => {
    const folder = await aFolder();
    const run = async (write: string) => {
      const local = await startDynamodb({ ...place, clock, dir: folder.path });
      const there = await openCloud([local], clock);
      await local.createTable(definition('Shop'));
      const client = DynamoDBDocumentClient.from(new DynamoDBClient(there.as()));
      await client.send(new PutCommand({ TableName: 'Shop', Item: { pk: 'x', sk: write } }));
      const seen: (string | undefined)[] = [];
      local.pollStream(
        async (records) => void seen.push(...records.map((record) => record.dynamodb?.Keys?.['sk']?.S)),
        {
          table: 'Shop',
          idleMs: 2,
        },
      );
      await vi.waitFor(() => expect(seen).toHaveLength(1), { interval: 2 });
      await sleep(10);
      const { Count } = await client.send(new ScanCommand({ TableName: 'Shop' }));
      await there.close();
      return { seen, Count };
    };
    expect(await run('a')).toEqual({ seen: ['a'], Count: 1 });
    expect(await run('b')).toEqual({ seen: ['b'], Count: 2 });
    await folder.remove();
  });

  it('says so when the server dies, and answers 500 from then on', async () => {
    const onDeath = vi.fn();
    const local = await startDynamodb({ ...place, clock, onDeath });
    const there = await openCloud([local], clock);
    open.push(there);
    process.kill(local.pid ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(onDeath).toHaveBeenCalledOnce(), { interval: 2 });
    const failure = await failureOf(
      DynamoDBDocumentClient.from(new DynamoDBClient(there.as())).send(new GetCommand({ TableName: 'Shop', Key: key })),
    );
    expect(failure).toMatchObject({ name: 'InternalServerError', message: expect.stringContaining('does not answer') });
  });

  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('leaves no server behind, however the process that started it dies', async () => {
    const script = `
      import { startDynamodb } from './local/engines/dynamodb.ts';
      import { createClock } from './local/clock.ts';
      const engine = await startDynamodb({ region: 'r', accountId: '1', clock: createClock() });
      console.log(engine.pid);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { interval: 5, timeout: 3000 });
  });

  it('names the missing package, and the way round it, on another machine', async () => {
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('sunos');
    const start = startDynamodb({ ...place, clock });
    platform.mockRestore();
    await expect(start).rejects.toThrow(/@dynoxide\/sunos-.*VIDRIERA_DYNAMODB_ENDPOINT/);
  });

  it('leaves no server behind when it is closed', async () => {
    const local = await startDynamodb({ ...place, clock });
    await local.close();
    expect(isAlive(local.pid ?? 0)).toBe(false);
  });

  it('uses another server where it is given one', async () => {
    const second = await startDynamodb({ ...place, clock, endpoint: engine.endpoint });
    expect(second.pid).toBeUndefined();
    expect((await second.createTable(definition('Shop'))).tableArn).toBe(tableArn);
    await second.close();
    await engine.createTable(definition('Shop'));
  });
});
