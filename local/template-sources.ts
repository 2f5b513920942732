import type { QueueDefinition } from './engines/sqs-settings.ts';
import type { ResourceModel } from './template.ts';

/** A function that reads the table's change stream. */
export interface StreamModel {
  functionName: string;
  streamArn: string;
  batchSize: number;
  reportsFailures: boolean;
  /** Tries after the first; without end when the template names no number. */
  retries: number;
  /** Where the whereabouts of changes go that were given up. */
  deadLetterArn?: string;
}

/** A function that reads a queue. */
export interface QueueSourceModel {
  functionName: string;
  queueArn: string;
  batchSize: number;
  windowSeconds: number;
  /** Undefined where the template sets no bound. */
  maxConcurrency?: number;
  reportsFailures: boolean;
}

type Properties = Record<string, unknown>;

const isQueueSource = ({ properties }: ResourceModel): boolean =>
  String(properties.EventSourceArn).startsWith('arn:aws:sqs:');

const reportsFailures = ({ FunctionResponseTypes }: Properties): boolean =>
  JSON.stringify(FunctionResponseTypes ?? []).includes('ReportBatchItemFailures');

const destinationOf = ({ DestinationConfig }: Properties): string | undefined =>
  (DestinationConfig as { OnFailure?: { Destination?: string } } | undefined)?.OnFailure?.Destination;

/** Finds the function that an event source mapping names, by name or ARN. */
type FindFunction = (nameOrArn: unknown) => string | undefined;

const functionOf = ({ logicalId, properties }: ResourceModel, find: FindFunction): string => {
  const functionName = find(properties.FunctionName);
  if (!functionName) throw new Error(`the event source ${logicalId} leads to no function of the manifest`);
  if (properties.FilterCriteria) throw new Error(`the event source ${logicalId} filters: unknown to the local cloud`);
  return functionName;
};

/** The mappings that read a stream. */
export const readStreams = (mappings: readonly ResourceModel[], find: FindFunction): StreamModel[] =>
  mappings
    .filter((mapping) => !isQueueSource(mapping))
    .map((mapping) => {
      const { properties } = mapping;
      const retries = Number(properties.MaximumRetryAttempts ?? -1);
      return {
        functionName: functionOf(mapping, find),
        streamArn: String(properties.EventSourceArn),
        batchSize: Number(properties.BatchSize ?? 100),
        reportsFailures: reportsFailures(properties),
        retries: retries < 0 ? Number.MAX_SAFE_INTEGER : retries,
        deadLetterArn: destinationOf(properties),
      };
    });

const inBounds = (logicalId: string, what: string, value: number, from: number, to: number): number => {
  if (value >= from && value <= to) return value;
  throw new Error(`the event source ${logicalId} has ${what} ${value}; Lambda takes ${from} to ${to}`);
};

/** Source: AWS Lambda API reference, CreateEventSourceMapping: BatchSize, MaximumBatchingWindowInSeconds, ScalingConfig. */
const readQueueSource = ({ logicalId, properties }: ResourceModel, functionName: string): QueueSourceModel => {
  const queueArn = String(properties.EventSourceArn);
  const isFifo = queueArn.endsWith('.fifo');
  const windowSeconds = Number(properties.MaximumBatchingWindowInSeconds ?? 0);
  const { MaximumConcurrency } = (properties.ScalingConfig ?? {}) as { MaximumConcurrency?: unknown };
  const largest = isFifo || windowSeconds === 0 ? 10 : 10_000;
  return {
    functionName,
    queueArn,
    batchSize: inBounds(logicalId, 'the batch size', Number(properties.BatchSize ?? 10), 1, largest),
    windowSeconds: inBounds(logicalId, 'a window of seconds', windowSeconds, 0, isFifo ? 0 : 300),
    ...(MaximumConcurrency !== undefined && {
      maxConcurrency: inBounds(logicalId, 'the concurrency', Number(MaximumConcurrency), 2, 1000),
    }),
    reportsFailures: reportsFailures(properties),
  };
};

/** The mappings that read a queue. Throws where Lambda would not take one. */
export const readQueueSources = (mappings: readonly ResourceModel[], find: FindFunction): QueueSourceModel[] =>
  mappings.filter(isQueueSource).map((mapping) => readQueueSource(mapping, functionOf(mapping, find)));

/** The queues. */
export const readQueues = (queues: readonly ResourceModel[]): QueueDefinition[] =>
  queues.map(({ ref, properties }) => ({ name: ref.split('/').at(-1) ?? '', properties }));

/** Nobody here comes without TLS: the line never leaves this machine. */
const asksForTls = (statement: Properties): boolean =>
  statement.Effect === 'Deny' &&
  JSON.stringify(statement.Condition) === JSON.stringify({ Bool: { 'aws:SecureTransport': 'false' } });

/** Throws for a queue's own policy that says more than that TLS is needed: nobody here would enforce it. */
export const checkQueuePolicies = (policies: readonly ResourceModel[]): void => {
  for (const { logicalId, properties } of policies) {
    const { Statement } = (properties.PolicyDocument ?? {}) as { Statement?: Properties | Properties[] };
    const foreign = [Statement ?? []].flat().find((statement) => !asksForTls(statement));
    if (!foreign) continue;
    throw new Error(`the queue policy ${logicalId} is not known to the local cloud: ${JSON.stringify(foreign)}`);
  }
};
