import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { ServiceFunction } from './service-function.ts';
import type { WorkQueue } from './work-queue.ts';

/** Which function works off which queue, and how. */
export interface QueueConsumerProps {
  queue: WorkQueue;
  target: ServiceFunction;
  batchSize: number;
  /** @default - none: a batch is whatever is there */
  windowSeconds?: number;
  /** How many batches are worked on at once; 2 at least. */
  maxConcurrency: number;
}

/** What Lambda asks for: a message must not come again while its first batch, and what Lambda retries, is at work. */
const TIMES_TIMEOUT = 6;

/** Hands the messages of a queue to a function, which answers those that failed: only they come again. */
export class QueueConsumer extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { queue, target, batchSize, windowSeconds, maxConcurrency }: QueueConsumerProps,
  ) {
    super(scope, id);
    const timeoutSeconds = target.lambda.timeout?.toSeconds() ?? 3;
    if (queue.entry.visibilitySeconds < TIMES_TIMEOUT * timeoutSeconds) {
      throw new Error(`the queue ${queue.name} must hide messages for ${TIMES_TIMEOUT} × ${timeoutSeconds} s`);
    }
    queue.bindConsumer(target);
    const mapping = new CfnEventSourceMapping(this, 'Mapping', {
      batchSize,
      eventSourceArn: queue.queue.queueArn,
      functionName: target.lambda.functionName,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: maxConcurrency },
      ...(windowSeconds !== undefined && { maximumBatchingWindowInSeconds: windowSeconds }),
    });
    mapping.node.addDependency(target.role);
    acknowledge(mapping, {
      'Serverless-LambdaEventSourceMappingDestination':
        'a queue has no destination for failures but its dead-letter queue, which has an alarm',
    });
  }
}
