import { setTimeout } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  type ListMessageMoveTasksResultEntry,
  QueueDoesNotExist,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { clientDefaults } from '#platform/clients.ts';
import { type QueueName, queueNames, queues } from '../functions/manifest.ts';
import {
  CommandError,
  commonOptions,
  commonUsage,
  type Io,
  openTarget,
  readArguments,
  runCommand,
  type Target,
  terminal,
} from './operator.ts';

const names = Object.keys(queues) as QueueName[];

const usage = `npm run redrive -- --queue <name> [options]

  --queue <name>           ${names.join(', ')}
${commonUsage}

Gives what was put aside back to its queue, where it is tried again. Mend the cause first: what fails again comes back.
To run it twice does no harm; while one run is under way, another one only watches it.`;

const options = { ...commonOptions, queue: { type: 'string' } } as const;

interface DeadLetters {
  arn: string;
  waiting: number;
}

/** How often a move is looked at. */
const LOOK_MS = 2000;

const isQueueName = (name: string | undefined): name is QueueName => names.some((known) => known === name);

const findDeadLetters = async (sqs: SQSClient, { deployment }: Target, name: QueueName): Promise<DeadLetters> => {
  const QueueName = queueNames(deployment, name).deadLetters;
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const wanted = new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'],
    });
    const { Attributes = {} } = await sqs.send(wanted);
    return { arn: Attributes['QueueArn'] ?? '', waiting: Number(Attributes['ApproximateNumberOfMessages']) };
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist)) throw error;
    throw new CommandError(`there is no queue ${QueueName} in this account and region: deploy the stage first`);
  }
};

const latestMove = async (sqs: SQSClient, arn: string): Promise<ListMessageMoveTasksResultEntry | undefined> => {
  const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn, MaxResults: 1 }));
  return Results[0];
};

/** Waits for a move to end, and says each time how far it is. */
const watch = async (sqs: SQSClient, arn: string, io: Io): Promise<ListMessageMoveTasksResultEntry | undefined> => {
  for (;;) {
    const move = await latestMove(sqs, arn);
    const { ApproximateNumberOfMessagesMoved: moved = 0, ApproximateNumberOfMessagesToMove: all } = move ?? {};
    io.print(`moved ${moved}${all === undefined ? '' : ` of ${all}`}`);
    if (move?.Status !== 'RUNNING') return move;
    await setTimeout(LOOK_MS);
  }
};

const redrive = async (sqs: SQSClient, name: QueueName, { arn, waiting }: DeadLetters, io: Io): Promise<number> => {
  const isMoving = (await latestMove(sqs, arn))?.Status === 'RUNNING';
  if (!isMoving && waiting === 0) {
    io.print(`nothing was put aside from ${name}`);
    return 0;
  }
  io.print(isMoving ? `${name}: a move is under way` : `${name}: ${waiting} put aside`);
  if (!isMoving) await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn }));
  const move = await watch(sqs, arn, io);
  if (move?.Status === 'COMPLETED') return 0;
  io.complain(`the move ended as ${move?.Status}${move?.FailureReason ? `: ${move.FailureReason}` : ''}`);
  return 1;
};

/** `npm run redrive`: gives the dead letters of a queue back to it. Gives the exit code: 1 when the move failed. */
export const redriveCommand = (args: string[], io: Io): Promise<number> =>
  runCommand(io, async () => {
    const { values, positionals } = readArguments(args, options);
    if (values.help) {
      io.print(usage);
      return 0;
    }
    const { queue } = values;
    if (positionals.length > 0 || !isQueueName(queue)) throw new CommandError(usage);
    const target = openTarget(values);
    const sqs = new SQSClient({ ...clientDefaults, ...target.config });
    return redrive(sqs, queue, await findDeadLetters(sqs, target, queue), io);
  });

if (import.meta.main) process.exitCode = await redriveCommand(process.argv.slice(2), terminal);
