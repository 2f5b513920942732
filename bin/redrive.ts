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

type Move = ListMessageMoveTasksResultEntry;

/** The moves of late, the latest first. Only one that runs has a handle. */
const latestMoves = async (sqs: SQSClient, arn: string): Promise<Move[]> => {
  const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn, MaxResults: 10 }));
  return Results;
};

const isRunning = ({ Status }: Move): boolean => Status === 'RUNNING';

/** Tells a move that has ended from others: by then it has no handle any more. */
const startOf = ({ StartedTimestamp }: Move): number => StartedTimestamp ?? 0;

/** A move that was begun is listed within moments. */
const MOST_LOOKS_FOR_IT = 30;

/**
 * Begins a move, and waits until it is listed: till then the latest one is one of before. Undefined when that does not
 * happen within a minute.
 */
const begin = async (sqs: SQSClient, arn: string, before: readonly Move[]): Promise<Move | undefined> => {
  const latest = Math.max(0, ...before.map(startOf));
  const { TaskHandle } = await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn }));
  for (let looks = 0; looks < MOST_LOOKS_FOR_IT; looks += 1) {
    const moves = await latestMoves(sqs, arn);
    const own = moves.find((move) => isRunning(move) && move.TaskHandle === TaskHandle);
    const found = own ?? moves.find((move) => startOf(move) > latest);
    if (found !== undefined) return found;
    await setTimeout(LOOK_MS);
  }
  return undefined;
};

/** Waits for a move to end, and says each time how far it is. */
const watch = async (sqs: SQSClient, arn: string, begun: Move, io: Io): Promise<Move | undefined> => {
  for (let move: Move | undefined = begun; ; ) {
    const { ApproximateNumberOfMessagesMoved: moved = 0, ApproximateNumberOfMessagesToMove: all } = move ?? {};
    io.print(`moved ${moved}${all === undefined ? '' : ` of ${all}`}`);
    if (move === undefined || !isRunning(move)) return move;
    await setTimeout(LOOK_MS);
    move = (await latestMoves(sqs, arn)).find((one) => startOf(one) === startOf(begun));
  }
};

const redrive = async (sqs: SQSClient, name: QueueName, { arn, waiting }: DeadLetters, io: Io): Promise<number> => {
  const before = await latestMoves(sqs, arn);
  const underWay = before.find(isRunning);
  if (underWay === undefined && waiting === 0) {
    io.print(`nothing was put aside from ${name}`);
    return 0;
  }
  io.print(underWay ? `${name}: a move is under way` : `${name}: ${waiting} put aside`);
  const begun = underWay ?? (await begin(sqs, arn, before));
  if (begun === undefined) throw new CommandError('the move was begun, but is not listed: run this again to watch it');
  const move = await watch(sqs, arn, begun, io);
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
