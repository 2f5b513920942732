import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { vi } from 'vitest';
import { openTable, type Table } from '#platform/table.ts';
import { tableSchema } from '#table/schema.ts';
import { type FunctionEntry, type FunctionName, manifest, type Use } from '../../functions/manifest.ts';
import { startDynoxide } from '../../local/engines/dynoxide.ts';
import { startServices } from './aws-services.ts';
import { assertCleanLines } from './clean-logs.ts';
import { anEvent, type RouteName, servedRoutes, type TestRequest } from './events.ts';
import { assertAsAgreed } from './strict-answer.ts';

const TABLE_NAME = 'vidriera-test';
const APP_SECRET_ID = 'vidriera-test/app';
const PICTURE_BUCKET = 'vidriera-test-pictures';
const MEDIA_BUCKET = 'vidriera-test-media';
const FILES_BUCKET = 'vidriera-test-files';
const ARCHIVE_BUCKET = 'vidriera-test-archive';
const TOKEN_VAULT = 'vidriera-test/tokens/';
const APP_VAULT = 'vidriera-test/apps/';
const PAGE_VAULT = 'vidriera-test/pages/';
const SALES_VAULT = 'vidriera-test/sales/';

/** Where the services are that are called without the SDK; known once they run. */
const SERVICES = 'http://services.invalid';
/** Where Meta is, unless a test has one of its own. */
const NO_GRAPH = 'http://graph.invalid';
const queueUrl = (name: string) => `${SERVICES}/000000000000/${name}`;
export const APP_SECRET = 'a secret for tests only';

/** The stubs that stand for the built pages. */
export const stubPage = (name: string) =>
  `<!doctype html><html lang="es"><head><!--head--></head><body data-page="${name}"><!--data--></body></html>`;

/** What a function answered to an HTTP request. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** The body as JSON. */
  json: Record<string, unknown>;
}

/** The environment that goes with each word of `uses`. */
const environmentOf: Record<Use, Record<string, string>> = {
  'table:read': { TABLE_NAME },
  'table:write': { TABLE_NAME },
  'table:sale-links': { TABLE_NAME },
  'secret:app': { APP_SECRET_ID },
  'secret:meta': { META_SECRET_ID: 'vidriera-test/meta' },
  'pictures:write': { PICTURE_BUCKET },
  'media:read': { MEDIA_BUCKET },
  'media:write': { MEDIA_BUCKET },
  'media:erase': { MEDIA_BUCKET },
  'files:read': { FILES_BUCKET },
  'files:write': { FILES_BUCKET },
  'archive:read': { ARCHIVE_BUCKET },
  'archive:write': { ARCHIVE_BUCKET },
  'queue:inbound': { INBOUND_QUEUE_URL: queueUrl('inbound.fifo') },
  'queue:statuses': { STATUSES_QUEUE_URL: queueUrl('statuses') },
  'queue:outbound': { OUTBOUND_QUEUE_URL: queueUrl('outbound.fifo') },
  'queue:media': { MEDIA_QUEUE_URL: queueUrl('media') },
  'queue:notices': { NOTICES_QUEUE_URL: queueUrl('notices.fifo') },
  'queue:leads': { LEADS_QUEUE_URL: queueUrl('leads') },
  'queue:jobs': { JOBS_QUEUE_URL: queueUrl('jobs') },
  'queue:personJobs': { PERSON_JOBS_QUEUE_URL: queueUrl('personJobs') },
  'vault:tokens:read': { TOKEN_VAULT },
  'vault:tokens': { TOKEN_VAULT },
  'vault:apps:read': { APP_VAULT },
  'vault:apps': { APP_VAULT },
  'vault:pages:read': { PAGE_VAULT },
  'vault:pages': { PAGE_VAULT },
  'vault:sales': { SALES_VAULT },
  'guarded-https': { PRIVATE_HOSTS: '["127.0.0.1"]' },
  directory: { USER_POOL_ID: 'us-east-1_test' },
  'click-to-chat': { CLICK_TO_CHAT_URL: 'https://wa.me' },
  graph: { GRAPH_URL: NO_GRAPH },
  'schedule:expiry': {
    EXPIRY_SCHEDULE_GROUP: 'vidriera-test-expiry',
    EXPIRY_TARGET_ARN: 'arn:aws:lambda:us-east-1:000000000000:function:expire',
    EXPIRY_ROLE_ARN: 'arn:aws:iam::000000000000:role/expire',
    EXPIRY_DEAD_LETTER_ARN: 'arn:aws:sqs:us-east-1:000000000000:expire-dead',
  },
};
export const ownVariables = [...new Set(Object.values(environmentOf).flatMap((variables) => Object.keys(variables)))];

const vaultActions = ['Create', 'Delete', 'Restore']
  .map((verb) => `secretsmanager:${verb}Secret`)
  .concat('secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue');
const consumerActions = ['sqs:ChangeMessageVisibility'];
const tableRead = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];

/** What each word of `uses` allows. */
const allowedBy: Record<Use, readonly string[]> = {
  'table:read': tableRead,
  'table:write': [
    ...tableRead,
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
  // in which partitions, the door of the local cloud asks
  'table:sale-links': [
    ...tableRead,
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
  'secret:app': ['secretsmanager:GetSecretValue'],
  'secret:meta': ['secretsmanager:GetSecretValue'],
  'pictures:write': ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'],
  'media:read': ['s3:GetObject'],
  'media:write': ['s3:PutObject'],
  'media:erase': ['s3:DeleteObject'],
  'files:read': ['s3:GetObject', 's3:ListBucket'],
  'files:write': ['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:ListBucket'],
  'archive:read': ['s3:GetObject', 's3:ListBucket'],
  'archive:write': ['s3:PutObject'],
  'queue:inbound': ['sqs:SendMessage'],
  'queue:statuses': ['sqs:SendMessage'],
  'queue:outbound': ['sqs:SendMessage'],
  'queue:media': ['sqs:SendMessage'],
  'queue:notices': ['sqs:SendMessage'],
  'queue:leads': ['sqs:SendMessage'],
  'queue:jobs': ['sqs:SendMessage'],
  'queue:personJobs': ['sqs:SendMessage'],
  'vault:tokens:read': ['secretsmanager:GetSecretValue'],
  'vault:tokens': vaultActions,
  'vault:apps:read': ['secretsmanager:GetSecretValue'],
  'vault:apps': vaultActions,
  'vault:pages:read': ['secretsmanager:GetSecretValue'],
  'vault:pages': vaultActions,
  'vault:sales': vaultActions,
  'guarded-https': [],
  directory: ['Create', 'Delete', 'Disable', 'Enable', 'Get']
    .map((verb) => `cognito-idp:Admin${verb}User`)
    .concat('cognito-idp:AdminUserGlobalSignOut'),
  'click-to-chat': [],
  graph: [],
  'schedule:expiry': ['scheduler:CreateSchedule', 'iam:PassRole'],
};

const transactActions: Record<string, string> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
};

/** The permissions that a call needs. A command that is not listed needs one that nobody has. */
const actionsOf = (command: string, input: unknown): string[] => {
  if (command === 'TransactWriteCommand') {
    const { TransactItems } = input as { TransactItems: object[] };
    return TransactItems.flatMap((item) => Object.keys(item)).map((kind) => transactActions[kind] ?? `unknown:${kind}`);
  }
  const simple: Record<string, string[]> = {
    GetCommand: ['dynamodb:GetItem'],
    BatchGetCommand: ['dynamodb:BatchGetItem'],
    QueryCommand: ['dynamodb:Query'],
    PutCommand: ['dynamodb:PutItem'],
    UpdateCommand: ['dynamodb:UpdateItem'],
    DeleteCommand: ['dynamodb:DeleteItem'],
    CreateScheduleCommand: ['scheduler:CreateSchedule', 'iam:PassRole'],
  };
  return simple[command] ?? [`unknown:${command}`];
};

/** A permission that a function used, whether or not it has it. */
export interface UsedPermission {
  functionName: FunctionName;
  action: string;
}

/** Those of the permissions used that the manifest does not give. */
export const notAllowed = (used: readonly UsedPermission[]): UsedPermission[] =>
  used.filter(({ functionName, action }) => {
    const { on, uses }: FunctionEntry = manifest[functionName];
    const isConsumers = 'queue' in on && consumerActions.includes(action);
    return !isConsumers && !uses.some((use) => allowedBy[use].includes(action));
  });

const assertAllowed = (used: readonly UsedPermission[]): void => {
  const wrong = notAllowed(used);
  if (wrong.length > 0) throw new Error(`the manifest does not allow: ${JSON.stringify(wrong)}`);
};

const keyNames = [tableSchema, ...Object.values(tableSchema.indexes)];
const keySchema = ({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }) => [
  { AttributeName: partitionKey, KeyType: 'HASH' as const },
  { AttributeName: sortKey, KeyType: 'RANGE' as const },
];

const createTable = (client: DynamoDBClient) =>
  client.send(
    new CreateTableCommand({
      TableName: TABLE_NAME,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keyNames
        .flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey])
        .map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keySchema(tableSchema),
      GlobalSecondaryIndexes: Object.entries(tableSchema.indexes).map(([IndexName, names]) => ({
        IndexName,
        KeySchema: keySchema(names),
        Projection: { ProjectionType: 'ALL' },
      })),
    }),
  );

const BUCKETS = [PICTURE_BUCKET, MEDIA_BUCKET, FILES_BUCKET, ARCHIVE_BUCKET];

const bucketAction: Readonly<Record<string, string>> = { DELETE: 's3:DeleteObject', PUT: 's3:PutObject' };

const putFile = async (request: IncomingMessage): Promise<StoredObject> => {
  const content = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
  return { contentType: request.headers['content-type'] ?? '', bytes: content.length, content };
};

/** An object of a bucket; one that a test puts there needs no content. */
interface StoredObject {
  contentType: string;
  bytes: number;
  content?: Buffer;
}

/** The bytes that a Range header names, as S3 gives them; undefined without one. */
const rangeOf = (header: string | undefined, whole: Buffer) => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined) return undefined;
  const content = whole.subarray(Number(first), Number(last) + 1);
  const range = `bytes ${first}-${Number(first) + content.length - 1}/${whole.length}`;
  return { content, range, length: content.length, etag: `"${createHash('md5').update(whole).digest('hex')}"` };
};

/** Buckets that know GET, HEAD, PUT and DELETE, as S3 answers them. Keys are those of all of them together. */
const startBucket = async (onCall: (action: string) => void) => {
  const files = new Map<string, StoredObject>();
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '' } = request;
    const [bucket = '', ...rest] = decodeURIComponent(url.split('?')[0] ?? '')
      .slice(1)
      .split('/');
    if (!BUCKETS.includes(bucket)) throw new Error(`there is no bucket ${bucket}`);
    const key = rest.join('/');
    onCall(bucketAction[method] ?? 's3:GetObject');
    if (method === 'PUT') files.set(key, await putFile(request));
    if (method === 'DELETE') files.delete(key);
    const file = files.get(key);
    const part = method === 'GET' && file?.content ? rangeOf(request.headers.range, file.content) : undefined;
    if (part) {
      response
        .writeHead(part.length > 0 ? 206 : 416, { 'content-range': part.range, etag: part.etag })
        .end(part.content);
      return;
    }
    const status = method === 'DELETE' ? 204 : file ? 200 : 404;
    const headers = method === 'PUT' || !file ? {} : { 'content-type': file.contentType, 'content-length': file.bytes };
    response.writeHead(status, headers).end(method === 'GET' ? file?.content : undefined);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { files, close, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

const writePages = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'vidriera-lambda-'));
  mkdirSync(join(root, 'pages'));
  for (const name of ['shop', 'checkout']) writeFileSync(join(root, 'pages', `${name}.html`), stubPage(name));
  return root;
};

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const aContext = { awsRequestId: 'invocation-1', getRemainingTimeInMillis: () => 30_000 } as unknown as Context;

const stubEnvironment = (
  name: FunctionName,
  always: Record<string, string>,
  { services, graph }: { services: string; graph: string },
): void => {
  for (const variable of ownVariables) vi.stubEnv(variable, undefined);
  const { uses }: FunctionEntry = manifest[name];
  const own = uses.map((use) => environmentOf[use]);
  for (const [variable, value] of Object.entries(Object.assign({}, always, ...own) as Record<string, string>)) {
    vi.stubEnv(variable, value.replace(SERVICES, services).replace(NO_GRAPH, graph));
  }
};

const toAnswer = (result: unknown): Answer => {
  const {
    statusCode,
    headers = {},
    body = '',
  } = result as {
    statusCode: number;
    headers?: Record<string, string>;
    body?: string;
  };
  const isJson = headers['content-type']?.includes('json') ?? false;
  return { status: statusCode, headers, body, json: isJson ? JSON.parse(body) : {} };
};

/** The scheduler as we use it. */
const mockScheduler = () => {
  const scheduler = mockClient(SchedulerClient);
  scheduler.on(CreateScheduleCommand).resolves({ ScheduleArn: 'arn' });
  return scheduler;
};

/** Hears every command that an SDK client sends, and passes it on. */
const listen = (hear: (command: string, input: unknown) => void) => {
  const clients = [DynamoDBDocumentClient.prototype, SchedulerClient.prototype];
  return clients.map((prototype) => {
    const target = prototype as unknown as { send: (...args: unknown[]) => unknown };
    const { send } = target;
    return vi.spyOn(target, 'send').mockImplementation(function (this: unknown, ...args: unknown[]) {
      const [command] = args as [{ input: unknown }];
      hear(command.constructor.name, command.input);
      return send.apply(this, args);
    });
  });
};

/** The functions of the manifest, each with its own environment, on a DynamoDB of their own. */
export interface Lambdas {
  /** Calls a route as API Gateway would. Throws when a good answer is not what its contract says. */
  call: (name: RouteName, request?: TestRequest) => Promise<Answer>;
  /** Runs any function with an event. */
  run: (name: FunctionName, event?: unknown) => Promise<unknown>;
  /** Forgets the loaded functions, and with them what they keep in memory. */
  coldStart: () => void;
  /** The table, for the test's own use. */
  table: Table;
  documents: DynamoDBDocumentClient;
  tableName: string;
  /** Address of the DynamoDB. */
  endpoint: string;
  /** Every item, as one JSON text each, in order. */
  rows: () => Promise<string[]>;
  /** Log lines since the last `clear`. */
  logs: () => Record<string, unknown>[];
  logText: () => string;
  /** Names and inputs of SDK commands since the last `clear`. */
  commands: () => { functionName: FunctionName; command: string; input: unknown }[];
  /** Permissions used since the start. */
  used: UsedPermission[];
  clear: () => void;
  /** Scheduler, to look at and to make fail. */
  scheduler: ReturnType<typeof mockScheduler>;
  /** Objects of the buckets. */
  files: Map<string, StoredObject>;
  /** Queues and secrets that are reached without the SDK. */
  services: Omit<Awaited<ReturnType<typeof startServices>>, 'close' | 'endpoint'>;
  close: () => Promise<void>;
}

/** The same value with the members of every object in one order: DynamoDB keeps none. */
const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, inOrder(member)]));
};

const scanAll = async (documents: DynamoDBDocumentClient): Promise<string[]> => {
  const rows: string[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(
      new ScanCommand({ TableName: TABLE_NAME, ConsistentRead: true, ExclusiveStartKey }),
    );
    rows.push(...(page.Items ?? []).map((item) => JSON.stringify(inOrder(item))));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return rows.sort();
};

/** Starts a DynamoDB and makes the functions ready. One for each test file. `graphUrl`: where Meta's Graph API is. */
export const openLambdas = async ({ graphUrl = NO_GRAPH } = {}): Promise<Lambdas> => {
  const server = await startDynoxide({ onDeath: (error) => console.error(error) });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint: server.endpoint, credentials });
  await createTable(client);
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

  let current: FunctionName | undefined;
  const used: UsedPermission[] = [];
  const commands: ReturnType<Lambdas['commands']> = [];
  const use = (action: string) => {
    if (current !== undefined) used.push({ functionName: current, action });
  };
  const scheduler = mockScheduler();
  const spies = listen((command, input) => {
    if (current === undefined) return;
    commands.push({ functionName: current, command, input });
    for (const action of actionsOf(command, input)) use(action);
  });

  const bucket = await startBucket(use);
  const services = await startServices(use);
  services.secrets.set(APP_SECRET_ID, APP_SECRET);
  const root = writePages();
  const always = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: server.endpoint,
    AWS_ENDPOINT_URL_S3: bucket.endpoint,
    AWS_ENDPOINT_URL_SQS: services.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: services.endpoint,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: services.endpoint,
    LAMBDA_TASK_ROOT: root,
    LOG_LEVEL: 'INFO',
  };

  let printed = '';
  let allPrinted = '';
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });

  const loaded = new Map<FunctionName, Handler>();
  const load = async (name: FunctionName): Promise<Handler> => {
    const known = loaded.get(name);
    if (known) return known;
    stubEnvironment(name, always, { services: services.endpoint, graph: graphUrl });
    vi.resetModules();
    const file = fileURLToPath(new URL(`../../functions/${manifest[name].entry}.lambda.ts`, import.meta.url));
    const { handler } = (await import(file)) as { handler: Handler };
    loaded.set(name, handler);
    return handler;
  };

  const run = async (name: FunctionName, event: unknown = {}): Promise<unknown> => {
    const handler = await load(name);
    current = name;
    try {
      return await handler(event, aContext);
    } finally {
      current = undefined;
      assertAllowed(used);
    }
  };

  return {
    run,
    call: async (name, request) => {
      const { functionName, route } = servedRoutes[name];
      const answer = toAnswer(await run(functionName, anEvent(route, request)));
      assertAsAgreed(name, route, answer);
      return answer;
    },
    coldStart: () => loaded.clear(),
    table: openTable(documents, TABLE_NAME),
    documents,
    tableName: TABLE_NAME,
    endpoint: server.endpoint,
    rows: () => scanAll(documents),
    logText: () => printed,
    logs: () =>
      printed
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    commands: () => commands,
    used,
    clear: () => {
      allPrinted += printed;
      printed = '';
      commands.length = 0;
    },
    scheduler,
    files: bucket.files,
    services,
    close: async () => {
      for (const spy of [...spies, stdout, stderr]) spy.mockRestore();
      scheduler.restore();
      vi.unstubAllEnvs();
      client.destroy();
      await bucket.close();
      await services.close();
      rmSync(root, { recursive: true });
      await server.stop();
      assertCleanLines(allPrinted + printed, [APP_SECRET, 'Ana Buyer', 'Bearer ']);
    },
  };
};
