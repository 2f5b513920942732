import type { DynamoDBBatchResponse } from 'aws-lambda';
import type { SchedulerPorts, ScheduleTarget } from './engines/scheduler-firing.ts';
import type { FunctionsHost } from './functions-host.ts';
import { compilePolicies } from './iam.ts';
import type { Services } from './services.ts';
import type { CloudModel } from './template.ts';

/** Delivers the table's changes to the functions that follow them; the answer stops that. */
export const startStreams = ({ model, dynamodb, tableName }: Services, host: FunctionsHost): (() => Promise<void>) => {
  const stops = model.streams.map(({ functionName, batchSize, reportsFailures, retries }) =>
    dynamodb.pollStream(
      async (Records) => {
        const answer = await host.invoke(functionName, { Records });
        return reportsFailures ? (answer as DynamoDBBatchResponse) : { batchItemFailures: [] };
      },
      { table: tableName, name: functionName, batchSize, retries },
    ),
  );
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
};

const inputOf = ({ Input }: Pick<ScheduleTarget, 'Input'>): unknown => (Input ? JSON.parse(Input) : {});

const nameByArn = ({ functions }: CloudModel, arn: unknown): string => {
  const found = functions.find((one) => one.arn === arn);
  if (!found) throw new Error(`a schedule calls ${arn}, which is no function of the local cloud`);
  return found.name;
};

/** What the scheduler calls: functions, each under the role that the schedule names. */
export const schedulerPorts = (model: CloudModel, host: FunctionsHost): SchedulerPorts => {
  const decisions = new Map([...model.roles].map(([arn, policies]) => [arn, compilePolicies(policies)] as const));
  return {
    invoke: async (target) => host.invoke(nameByArn(model, target.Arn), inputOf(target)),
    authorize: (roleArn, access) => decisions.get(roleArn)?.(access) === 'allowed',
  };
};

/** The event that a function's recurring schedule gives it; an empty one for any other function. */
export const usualEventOf = (model: CloudModel, functionName: string): unknown => {
  const targets = model.schedules.map(({ properties }) => properties.Target as ScheduleTarget);
  const arn = model.functions.find(({ name }) => name === functionName)?.arn;
  return inputOf(targets.find((target) => target.Arn === arn) ?? {});
};

/** The functions that a recurring schedule calls. */
export const scheduledFunctions = (model: CloudModel): string[] =>
  model.schedules.map(({ properties }) => nameByArn(model, (properties.Target as ScheduleTarget).Arn));
