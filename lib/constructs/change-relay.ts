import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ServiceFunction } from './service-function.ts';
import type { SingleTable } from './single-table.ts';

/** Which function follows which table, and how. */
export interface ChangeRelayProps {
  table: SingleTable;
  target: ServiceFunction;
  batchSize: number;
  windowSeconds: number;
  /** Where the whereabouts of changes go that could not be handled. */
  deadLetterQueue: DeadLetterQueue;
}

/**
 * Hands the changes of the table to a function, from the first change on. The function answers with the change it
 * failed at, so nothing is split; a change that fails for an hour is put aside, for it holds up all behind it.
 */
export class ChangeRelay extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { table, target, batchSize, windowSeconds, deadLetterQueue }: ChangeRelayProps,
  ) {
    super(scope, id);
    table.bindStream(target);
    target.allow({ actions: ['sqs:SendMessage'], resources: [deadLetterQueue.queueArn] });
    const mapping = new CfnEventSourceMapping(this, 'Mapping', {
      batchSize,
      bisectBatchOnFunctionError: false,
      destinationConfig: { onFailure: { destination: deadLetterQueue.queueArn } },
      eventSourceArn: table.streamArn,
      functionName: target.lambda.functionName,
      functionResponseTypes: ['ReportBatchItemFailures'],
      maximumBatchingWindowInSeconds: windowSeconds,
      maximumRecordAgeInSeconds: 3600,
      maximumRetryAttempts: 100,
      startingPosition: 'TRIM_HORIZON',
    });
    mapping.node.addDependency(target.role);
  }
}
