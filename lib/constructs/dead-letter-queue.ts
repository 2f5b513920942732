import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** The queue whose messages a dead-letter queue takes. */
export interface DeadLetterSource {
  arn: string;
  fifo: boolean;
}

/** What waits in a dead-letter queue, and who feels it. */
export interface DeadLetterQueueProps {
  /** Who is hurt while something waits here, as its alarm says it. */
  hurt: string;
  /** @default - CloudFormation makes one up */
  queueName?: string;
  /**
   * The only queue that may put messages aside here.
   * @default - none: a schedule, a function or a stream sends here
   */
  source?: DeadLetterSource;
  /** @default - it goes with its stack */
  removalPolicy?: RemovalPolicy;
}

const asSourceSays = (scope: Construct, id: string, { arn, fifo }: DeadLetterSource) => ({
  ...(fifo && { fifo }),
  redriveAllowPolicy: {
    redrivePermission: RedrivePermission.BY_QUEUE,
    sourceQueues: [Queue.fromQueueArn(scope, `${id}Source`, arn)],
  },
});

/** Where work goes that failed for good; it keeps it for 14 days, and its alarm says so. */
export class DeadLetterQueue extends Queue {
  readonly hurt: string;

  constructor(scope: Construct, id: string, { hurt, queueName, source, removalPolicy }: DeadLetterQueueProps) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      ...(queueName !== undefined && { queueName }),
      ...(removalPolicy !== undefined && { removalPolicy }),
      ...(source && asSourceSays(scope, id, source)),
    });
    this.hurt = hurt;
    const sender = source ? 'its source' : 'a schedule, a function or a stream';
    const reason = `this is a dead-letter queue itself: ${sender} sends here, and an alarm watches`;
    acknowledge(this, { 'AwsSolutions-SQS3': reason, 'Serverless-SQSRedrivePolicy': reason });
  }
}
