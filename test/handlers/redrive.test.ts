import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redriveCommand } from '../../bin/redrive.ts';
import { createClock } from '../../local/clock.ts';
import { createDoor } from '../../local/door.ts';
import { startSqs } from '../../local/engines/sqs.ts';
import { accountId, admin, aFolder } from '../local/local-cloud.ts';

const region = 'us-east-1';
const arnOf = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
let server: Server;
let endpoint: string;
let folder: Awaited<ReturnType<typeof aFolder>>;
let sqs: SQSClient;
const said: string[] = [];
const io = { print: (text: string) => void said.push(text), complain: (text: string) => void said.push(`! ${text}`) };
const urlOf = (name: string) => `${endpoint}/${accountId}/${name}`;
const redrive = (...args: string[]) => redriveCommand([...args, '--data', folder.path], io);

beforeEach(async () => {
  said.length = 0;
  const clock = createClock();
  const queues = [
    { name: 'vidriera-test-statuses-dead', properties: {} },
    {
      name: 'vidriera-test-statuses',
      properties: {
        RedrivePolicy: { deadLetterTargetArn: arnOf('vidriera-test-statuses-dead'), maxReceiveCount: 1 },
        VisibilityTimeout: 0,
      },
    },
  ];
  const engine = await startSqs({ region, accountId, clock, queues });
  const door = createDoor({ engines: [engine], principals: [admin], clock, region, accountId });
  server = createServer((request, response) => void door.handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { accessKeyId, secretAccessKey } = admin;
  sqs = new SQSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  folder = await aFolder();
  const running = { url: endpoint, tableName: 'vidriera-test', owner: { accessKeyId, secretAccessKey } };
  writeFileSync(join(folder.path, 'cloud.json'), JSON.stringify({ ...running, archiveBucket: 'archive' }));
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await folder.remove();
});

/** Sends a message, and receives it until it is put aside. */
const putAside = async (body: string): Promise<void> => {
  const QueueUrl = urlOf('vidriera-test-statuses');
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  for (const _ of ['seen', 'put aside']) await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
};

const waitingIn = async (name: string): Promise<string | undefined> => {
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: urlOf(name), AttributeNames }));
  return Attributes?.['ApproximateNumberOfMessages'];
};

describe('npm run redrive', () => {
  it('gives what was put aside back to its queue, and says how much', async () => {
    await putAside('a');
    await putAside('b');
    expect(await waitingIn('vidriera-test-statuses-dead')).toBe('2');
    expect(await redrive('--queue', 'statuses')).toBe(0);
    expect(said).toEqual(['statuses: 2 put aside', 'moved 2 of 2']);
    expect(await waitingIn('vidriera-test-statuses')).toBe('2');
  });

  it('does nothing where nothing was put aside, as often as it is run', async () => {
    expect(await redrive('--queue', 'statuses')).toBe(0);
    expect(await redrive('--queue', 'statuses')).toBe(0);
    expect(said).toEqual(Array(2).fill('nothing was put aside from statuses'));
  });

  it('says which queues there are', async () => {
    expect(await redrive('--queue', 'letters')).toBe(2);
    expect(said[0]).toContain('--queue <name>           inbound, statuses, outbound, media, notices, leads, jobs');
    expect(await redrive('--help')).toBe(0);
  });

  it('says what is missing of a stage that is not deployed', async () => {
    expect(await redrive('--queue', 'inbound')).toBe(2);
    expect(said).toEqual([expect.stringContaining('there is no queue vidriera-test-inbound-dead.fifo')]);
  });
});

describe('a move that somebody else began', () => {
  it('is watched, and not begun again; one that fails is said so', async () => {
    const mock = mockClient(SQSClient);
    mock.onAnyCommand().callsFake(({ QueueName, AttributeNames, SourceArn }) => {
      if (QueueName) return { QueueUrl: urlOf(QueueName) };
      if (AttributeNames) return { Attributes: { QueueArn: arnOf('dead'), ApproximateNumberOfMessages: '0' } };
      const Status = mock.calls().length > 3 ? 'FAILED' : 'RUNNING';
      return SourceArn ? { Results: [{ Status, ApproximateNumberOfMessagesMoved: 3, FailureReason: 'Why' }] } : {};
    });
    expect(await redrive('--queue', 'outbound')).toBe(1);
    expect(mock.commandCalls(StartMessageMoveTaskCommand)).toEqual([]);
    expect(said).toEqual(['outbound: a move is under way', 'moved 3', 'moved 3', '! the move ended as FAILED: Why']);
    mock.restore();
  });
});

describe('a move that is begun', () => {
  it('is not taken for the one before, though that one is listed for a while', async () => {
    const mock = mockClient(SQSClient);
    const former = { Status: 'FAILED', StartedTimestamp: 1000, FailureReason: 'Former' };
    const own = { StartedTimestamp: 2000, ApproximateNumberOfMessagesToMove: 5 };
    const listed = [
      [former],
      [former],
      [{ ...own, Status: 'RUNNING', TaskHandle: 'own', ApproximateNumberOfMessagesMoved: 1 }, former],
      [{ ...own, Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 5 }, former],
    ];
    mock.onAnyCommand().callsFake(({ QueueName, AttributeNames, MaxResults }) => {
      if (QueueName) return { QueueUrl: urlOf(QueueName) };
      if (AttributeNames) return { Attributes: { QueueArn: arnOf('dead'), ApproximateNumberOfMessages: '5' } };
      return MaxResults ? { Results: listed.shift() } : { TaskHandle: 'own' };
    });
    expect(await redrive('--queue', 'outbound')).toBe(0);
    expect(mock.commandCalls(StartMessageMoveTaskCommand)).toHaveLength(1);
    expect(said).toEqual(['outbound: 5 put aside', 'moved 1 of 5', 'moved 5 of 5']);
    mock.restore();
  });
});
