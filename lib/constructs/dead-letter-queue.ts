import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** What waits in a dead-letter queue, and who feels it. */
export interface DeadLetterQueueProps {
  /** Who is hurt while something waits here, as its alarm says it. */
  hurt: string;
}

/** Where work goes that failed for good; it keeps it for 14 days, and its alarm says so. */
export class DeadLetterQueue extends Queue {
  readonly hurt: string;

  constructor(scope: Construct, id: string, { hurt }: DeadLetterQueueProps) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.hurt = hurt;
    const reason =
      'this is a dead-letter queue itself: a schedule, a function or a stream sends here, and an alarm watches';
    acknowledge(this, { 'AwsSolutions-SQS3': reason, 'Serverless-SQSRedrivePolicy': reason });
  }
}
