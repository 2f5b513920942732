import { Duration, Stack } from 'aws-cdk-lib';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type QueueEntry, type QueueName, queueNames, queues } from '../../functions/manifest.ts';
import type { StageConfig } from '../stages.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ServiceFunction } from './service-function.ts';

/** Which queue of the manifest it is, and of which stage. */
export interface WorkQueueProps {
  name: QueueName;
  stage: StageConfig;
}

/** As many groups at once as there are, each in its order, and a repetition is known within its group. */
const highThroughput = {
  fifo: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
} as const;

/** A queue between two functions, with the queue beside it where messages go that failed for good. */
export class WorkQueue extends Construct {
  readonly name: QueueName;
  readonly entry: QueueEntry;
  readonly queue: Queue;
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, { name, stage }: WorkQueueProps) {
    super(scope, id);
    this.name = name;
    this.entry = queues[name];
    const { fifo, visibilitySeconds, maxReceives, hurt } = this.entry;
    const names = queueNames(`vidriera-${stage.stage}`, name);
    const { removalPolicy } = stage;
    // by its name, for each of the two queues names the other
    const arn = Stack.of(this).formatArn({ service: 'sqs', resource: names.queue });
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      ...{ hurt, removalPolicy, source: { arn, fifo } },
      queueName: names.deadLetters,
    });
    this.queue = new Queue(this, 'Queue', {
      ...(fifo && highThroughput),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: maxReceives },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      queueName: names.queue,
      removalPolicy,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: Duration.seconds(visibilitySeconds),
    });
  }

  /** Lets the function send to the queue and tells it where it is. */
  bind(fn: ServiceFunction): void {
    const variable = this.name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    fn.tell(`${variable}_QUEUE_URL`, this.queue.queueUrl);
    fn.allow({ actions: ['sqs:SendMessage'], resources: [this.queue.queueArn] });
  }

  /** Lets the function take messages from the queue, and say when one comes again. */
  bindConsumer(fn: ServiceFunction): void {
    fn.allow({
      actions: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      resources: [this.queue.queueArn],
    });
  }
}
