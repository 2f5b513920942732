import type { DynamoDBBatchResponse, DynamoDBRecord, SQSBatchResponse } from 'aws-lambda';
import { scheduleLetter, streamLetter } from './dead-letters.ts';
import type { DeadLetter, SchedulerPorts, ScheduleTarget } from './engines/scheduler-firing.ts';
import type { SqsEngine } from './engines/sqs.ts';
import type { Draft } from './engines/sqs-message.ts';
import type { FunctionsHost } from './functions-host.ts';
import { compilePolicies, type PolicyDocument } from './iam.ts';
import type { Services } from './services.ts';
import type { CloudModel, FunctionModel } from './template.ts';

type DeadLetterQueues = Pick<SqsEngine, 'deposit'>;

const SEND = 'sqs:SendMessage';

const functionOf = ({ functions }: CloudModel, wanted: string): FunctionModel => {
  const found = functions.find(({ name }) => name === wanted);
  if (!found) throw new Error(`there is no function ${wanted}`);
  return found;
};

const mayDo = (policies: readonly PolicyDocument[], action: string, resource: string): boolean =>
  compilePolicies(policies)({ action, resource }) === 'allowed';

/** Puts what was given up into its queue; says aloud what has none, or none that it may be put into. */
const bury = (
  sqs: DeadLetterQueues,
  queueArn: string | undefined,
  policies: readonly PolicyDocument[],
  draft: Draft,
  what: string,
): Promise<void> => {
  const isAllowed = queueArn !== undefined && mayDo(policies, SEND, queueArn);
  if (isAllowed) return sqs.deposit(queueArn, draft);
  console.error(`${what}; ${queueArn ? `its role may not send it to ${queueArn}` : 'it has no dead-letter queue'}`);
  return Promise.resolve();
};

/** Delivers the table's changes to the functions that follow them; the answer stops that. */
export const startStreams = (services: Services, host: FunctionsHost): (() => Promise<void>) => {
  const { model, dynamodb, sqs, tableName, clock } = services;
  const giveUp = async (functionName: string, queueArn: string | undefined, records: DynamoDBRecord[]) => {
    const { arn, policies } = functionOf(model, functionName);
    const what = `${functionName} gave up ${records.length} changes of the table`;
    await bury(sqs, queueArn, policies, streamLetter(records, arn, clock.now()), what);
  };
  const stops = model.streams.map(({ functionName, batchSize, reportsFailures, retries, deadLetterArn }) =>
    dynamodb.pollStream(
      async (Records) => {
        const answer = await host.invoke(functionName, { Records });
        return reportsFailures ? (answer as DynamoDBBatchResponse) : { batchItemFailures: [] };
      },
      {
        table: tableName,
        name: functionName,
        batchSize,
        retries,
        onGiveUp: (records) => {
          giveUp(functionName, deadLetterArn, records).catch((error: unknown) =>
            console.error(`a dead letter of ${functionName} was lost`, error),
          );
        },
      },
    ),
  );
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
};

const readingActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** Lambda makes no event source mapping that could not work. */
const assertReadable = ({ model, sqs }: Services, functionName: string, queueArn: string): void => {
  const { policies, timeoutSeconds } = functionOf(model, functionName);
  const { name, visibilitySeconds } = sqs.settingsOf(queueArn);
  const denied = readingActions.find((action) => !mayDo(policies, action, queueArn));
  if (denied) throw new Error(`the role of ${functionName} does not have permission to call ${denied} on ${name}`);
  if (visibilitySeconds >= timeoutSeconds) return;
  throw new Error(
    `the queue ${name} shows a message again after ${visibilitySeconds} s; ${functionName} may take ${timeoutSeconds} s`,
  );
};

/**
 * Hands the messages of queues to the functions that read them; the answer stops that. Throws for a function that may
 * not read its queue, or that may take longer than the queue waits for it.
 */
export const startQueues = (services: Services, host: FunctionsHost): (() => Promise<void>) => {
  const { model, sqs } = services;
  for (const { functionName, queueArn } of model.queueSources) assertReadable(services, functionName, queueArn);
  const stops = model.queueSources.map(({ functionName, queueArn, reportsFailures, ...limits }) =>
    sqs.pollQueue(
      async (event) => {
        const answer = await host.invoke(functionName, event);
        return reportsFailures ? ((answer ?? undefined) as SQSBatchResponse | undefined) : undefined;
      },
      { queue: queueArn, ...limits },
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

/**
 * What the scheduler calls: functions, each under the role that the schedule names, and the dead-letter queues for what
 * it gives up.
 */
export const schedulerPorts = (model: CloudModel, host: FunctionsHost, sqs: DeadLetterQueues): SchedulerPorts => {
  const decisions = new Map([...model.roles].map(([arn, policies]) => [arn, compilePolicies(policies)] as const));
  return {
    invoke: async (target) => host.invoke(nameByArn(model, target.Arn), inputOf(target)),
    authorize: (roleArn, access) => decisions.get(roleArn)?.(access) === 'allowed',
    deadLetter: (letter: DeadLetter) => {
      const { queueArn, target, context, errorMessage } = letter;
      const what = `${context.scheduleArn} gave up after ${context.attempt} tries: ${errorMessage}`;
      return bury(sqs, queueArn, model.roles.get(target.RoleArn) ?? [], scheduleLetter(letter), what);
    },
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
