import { createHash } from 'node:crypto';
import type { Build } from './build.ts';
import type { Clock } from './clock.ts';
import { type DynamodbEngine, startDynamodb } from './engines/dynamodb.ts';
import type { TableDefinition } from './engines/dynamodb-table.ts';
import { AwsError, type Engine } from './engines/engine.ts';
import { type S3Engine, startS3 } from './engines/s3.ts';
import type { CorsRule } from './engines/s3-cors.ts';
import { type SchedulerEngine, startScheduler } from './engines/scheduler.ts';
import type { SchedulerPorts } from './engines/scheduler-firing.ts';
import { startSecretsManager } from './engines/secrets-manager.ts';
import { type SqsEngine, startSqs } from './engines/sqs.ts';
import type { Place } from './identities.ts';
import { generateSecretValue } from './secret-value.ts';
import { type CloudModel, type ResourceModel, readSecrets, readTemplates } from './template.ts';

/** The services of AWS that the local cloud plays, with what the templates put into them. */
export interface Services {
  model: CloudModel;
  tableName: string;
  dynamodb: DynamodbEngine;
  s3: S3Engine;
  sqs: SqsEngine;
  clock: Clock;
  engines: Engine[];
  /** Starts the scheduler, last of all: what is overdue fires at once. */
  startSchedules: (ports: SchedulerPorts) => Promise<SchedulerEngine>;
}

/** Where the services keep their data, and by which time they live. */
export interface ServicesOptions {
  build: Build;
  place: Place;
  clock: Clock;
  dataDirectory?: string;
  dynamodbEndpoint?: string;
}

const corsOf = ({ properties }: ResourceModel): CorsRule[] =>
  (properties.CorsConfiguration as { CorsRules?: CorsRule[] } | undefined)?.CorsRules ?? [];

const startVault = async ({ build, place, clock, dataDirectory: dir }: ServicesOptions) => {
  const engine = await startSecretsManager({ ...place, clock, dir });
  const arns = new Map<string, string>();
  for (const { name, value, generate = {} } of readSecrets(build.templates, place)) {
    arns.set(name, await engine.ensureSecret(name, value ?? generateSecretValue(generate)));
  }
  return { engine, arns };
};

const call = (engine: Engine, method: string, path: string, body: object) =>
  engine.handle({
    method,
    path,
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
  });

/**
 * Brings a schedule of the template into the scheduler, as a deployment would. The token stands for the content, so
 * that an unchanged schedule keeps its rhythm over restarts.
 */
const deploySchedule = async (scheduler: SchedulerEngine, schedule: CloudModel['schedules'][number]): Promise<void> => {
  const path = `/schedules/${encodeURIComponent(schedule.name)}`;
  const { Name: _, ...properties } = schedule.properties;
  const ClientToken = createHash('sha256').update(JSON.stringify(properties)).digest('hex');
  const body = { ...properties, ClientToken };
  await call(scheduler, 'POST', path, body).catch((error: unknown) => {
    if (!(error instanceof AwsError) || error.code !== 'ConflictException') throw error;
    return call(scheduler, 'PUT', path, body);
  });
};

const theTable = (model: CloudModel): ResourceModel => {
  const [table, ...others] = model.tables;
  if (!table || others.length > 0) throw new Error(`the templates have ${model.tables.length} tables, not one`);
  return table;
};

const startTable = async (dynamodb: DynamodbEngine, { ref, properties }: ResourceModel): Promise<void> => {
  await dynamodb.createTable({ ...properties, TableName: ref } as unknown as TableDefinition);
};

const startStores = async (options: ServicesOptions, dynamodb: DynamodbEngine): Promise<Services> => {
  const { build, place, clock, dataDirectory: dir } = options;
  const common = { region: place.region, accountId: place.accountId, clock, dir };
  const vault = await startVault(options);
  const located = { ...place, secretArns: vault.arns };
  const model = readTemplates(build.templates, located, (logicalId) => build.functionNames[logicalId]);
  const table = theTable(model);
  const buckets = model.buckets.map((bucket) => ({ name: bucket.ref, cors: corsOf(bucket) }));
  const { queues } = model;
  const [s3, sqs] = await Promise.all([
    startS3({ ...common, buckets }),
    startSqs({ ...common, queues }),
    startTable(dynamodb, table),
  ]);
  const startSchedules = async (ports: SchedulerPorts): Promise<SchedulerEngine> => {
    const scheduler = await startScheduler({ ...common, ...ports, groups: model.scheduleGroups });
    for (const schedule of model.schedules) await deploySchedule(scheduler, schedule);
    return scheduler;
  };
  const engines = [dynamodb, vault.engine, s3, sqs];
  return { model, tableName: table.ref, dynamodb, s3, sqs, clock, engines, startSchedules };
};

/** Starts the engines and makes in them what the templates describe. */
export const startServices = async (options: ServicesOptions): Promise<Services> => {
  const { place, clock, dataDirectory: dir, dynamodbEndpoint: endpoint } = options;
  const dynamodb = await startDynamodb({ region: place.region, accountId: place.accountId, clock, dir, endpoint });
  try {
    return await startStores(options, dynamodb);
  } catch (error) {
    await dynamodb.close();
    throw error;
  }
};
