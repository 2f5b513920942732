import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type FunctionEntry, type FunctionName, manifest, type Use } from '../functions/manifest.ts';
import { type BundledFunction, bundleFunctions, bundleSettings } from '../lib/bundle.ts';
import type { Finding } from './report.ts';

const ROUNDS = 25;
const MOST_BYTES = 400_000;
const mostBytes: Partial<Record<FunctionName, number>> = { webhook: 150_000 };
const MOST_RATIO = 1.4;
const projectDir = fileURLToPath(new URL('..', import.meta.url));

interface Clients {
  imports: string;
  value: string;
}

const table: Clients = {
  imports: `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';`,
  value: 'DynamoDBDocumentClient.from(new DynamoDBClient({})), BatchGetCommand, GetCommand, QueryCommand',
};

/** What we call by address, all but signed by ourselves: an S3 client would be the only thing in its place. */
const signed: Clients = { imports: `import { SignatureV4 } from '@smithy/signature-v4';`, value: 'SignatureV4' };

const secrets: Clients = {
  imports: `import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';`,
  value: 'new SecretsManagerClient({}), GetSecretValueCommand',
};

const queue: Clients = {
  imports: `import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';`,
  value: 'new SQSClient({}), SendMessageBatchCommand',
};

const scheduler: Clients = {
  imports: `import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';`,
  value: 'new SchedulerClient({}), CreateScheduleCommand',
};

const tableWriter: Clients = {
  imports: table.imports.replace('QueryCommand }', 'QueryCommand, TransactWriteCommand }'),
  value: `${table.value}, TransactWriteCommand`,
};

/**
 * What an empty handler with the same SDK clients would say: those of the services that the function calls. Queues and
 * secrets we call without their clients, which is why some functions start faster than an empty one with them.
 */
const clientsFor = (use: Use): Clients => {
  if (use === 'table:read') return table;
  if (use === 'table:write' || use === 'table:sale-links') return tableWriter;
  if (use === 'schedule:expiry') return scheduler;
  if (use.startsWith('queue:')) return queue;
  return /^(secret|vault):/.test(use) ? secrets : signed;
};

const emptyHandler = (uses: readonly Use[]): string => {
  const clients = [...new Set(uses.map(clientsFor))];
  const values = clients.map(({ value }) => value).join(', ');
  return `${clients.map(({ imports }) => imports).join('\n')}
export const clients = [${values}];
export const handler = async () => ({ statusCode: 204 });`;
};

const bundleEmpty = (uses: readonly Use[], outfile: string) =>
  build({
    ...bundleSettings,
    stdin: { contents: emptyHandler(uses), resolveDir: projectDir, loader: 'ts' },
    outfile,
    logLevel: 'error',
  });

/** Any value will do for what a function reads of its environment at load. */
const variables = [
  ...['TABLE_NAME', 'APP_SECRET_ID', 'PICTURE_BUCKET', 'ARCHIVE_BUCKET', 'MEDIA_BUCKET', 'META_SECRET_ID'],
  ...['TOKEN_VAULT', 'APP_VAULT', 'EXPIRY_SCHEDULE_GROUP', 'EXPIRY_TARGET_ARN', 'EXPIRY_ROLE_ARN'],
  ...['EXPIRY_DEAD_LETTER_ARN', 'INBOUND_QUEUE_URL', 'STATUSES_QUEUE_URL', 'OUTBOUND_QUEUE_URL', 'MEDIA_QUEUE_URL'],
  ...['NOTICES_QUEUE_URL', 'LEADS_QUEUE_URL', 'JOBS_QUEUE_URL', 'PERSON_JOBS_QUEUE_URL', 'FILES_BUCKET'],
  ...['PAGE_VAULT', 'SALES_VAULT', 'USER_POOL_ID', 'GRAPH_URL', 'CLICK_TO_CHAT_URL'],
];

const environment = (directory: string) => ({
  PATH: process.env['PATH'],
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  LAMBDA_TASK_ROOT: directory,
  ...Object.fromEntries(variables.map((name) => [name, 'https://bench.example/'])),
  PRIVATE_HOSTS: '[]',
});

const load =
  'const s=process.cpuUsage();require(process.argv[1]);const u=process.cpuUsage(s);console.log((u.user+u.system)/1000)';

/** Milliseconds that a fresh process takes to load a bundle. */
const loadTime = (script: string, directory: string): number =>
  Number(execFileSync('node', ['-e', load, script], { env: environment(directory), encoding: 'utf8' }));

/** The fastest load of each script over many rounds of all of them: whatever else the machine does can only add. */
const fastestLoads = (scripts: readonly { script: string; directory: string }[]): number[] => {
  const fastest = scripts.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { script, directory }] of scripts.entries()) {
      fastest[index] = Math.min(fastest[index] ?? 0, loadTime(script, directory));
    }
  }
  return fastest;
};

/** Size of each function's script, and its init against that of an empty handler with the same SDK clients. */
export const benchColdStart = async (): Promise<Finding[]> => {
  const bundles = Object.entries(await bundleFunctions()) as [FunctionName, BundledFunction][];
  const scratch = mkdtempSync(join(tmpdir(), 'vidriera-bench-'));
  const emptyOf = (name: FunctionName) => ({ script: join(scratch, `${name}.js`), directory: scratch });
  await Promise.all(bundles.map(([name]) => bundleEmpty((manifest[name] as FunctionEntry).uses, emptyOf(name).script)));
  const scripts = bundles.flatMap(([name, { directory }]) => [
    { script: join(directory, 'index.js'), directory },
    emptyOf(name),
  ]);
  const loads = fastestLoads(scripts);
  rmSync(scratch, { recursive: true, force: true });
  return bundles.flatMap(([name, { bytes }], index): Finding[] => {
    const ratio = (loads[2 * index] ?? 0) / (loads[2 * index + 1] ?? 0);
    return [
      { name: `${name}: bundle`, value: bytes, unit: 'bytes', budget: { atMost: mostBytes[name] ?? MOST_BYTES } },
      { name: `${name}: init against an empty handler`, value: ratio, unit: '×', budget: { atMost: MOST_RATIO } },
    ];
  });
};
