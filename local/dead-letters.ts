import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import type { DeadLetter } from './engines/scheduler-firing.ts';
import type { Draft, MessageAttribute } from './engines/sqs-message.ts';

/** Names no more of an error than a message attribute should hold. */
const LONGEST_TEXT = 1000;

const attributesOf = (values: Record<string, string>): Record<string, MessageAttribute> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { DataType: 'String', StringValue: value.slice(0, LONGEST_TEXT) || '-' },
    ]),
  );

/**
 * A call that the scheduler gave up, as it puts it into a dead-letter queue.
 * Source: EventBridge Scheduler user guide, "Configuring a dead-letter queue for EventBridge Scheduler".
 */
export const scheduleLetter = ({ target, context, errorCode, errorMessage }: DeadLetter): Draft => ({
  body: target.Input || '{}',
  attributes: attributesOf({
    ERROR_CODE: errorCode,
    ERROR_MESSAGE: errorMessage,
    EXECUTION_ID: context.executionId,
    IS_PAYLOAD_TRUNCATED: 'false',
    RETRY_ATTEMPTS: String(context.attempt - 1),
    SCHEDULED_TIME: context.scheduledTime,
    SCHEDULE_ARN: context.scheduleArn,
    TARGET_ARN: target.Arn,
  }),
});

const arrivalOf = (record: DynamoDBRecord | undefined): string =>
  new Date((record?.dynamodb?.ApproximateCreationDateTime ?? 0) * 1000).toISOString();

/**
 * Changes of a table that a function could not handle, as Lambda tells of them: where they are in the stream, not what
 * they are. Source: AWS Lambda developer guide, "Capturing discarded batches for a DynamoDB event source".
 */
export const streamLetter = (records: readonly DynamoDBRecord[], functionArn: string, now: number): Draft => {
  const [first, last] = [records.at(0), records.at(-1)];
  return {
    body: JSON.stringify({
      requestContext: { requestId: randomUUID(), functionArn, condition: 'RetryAttemptsExhausted' },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: new Date(now).toISOString(),
      DDBStreamBatchInfo: {
        shardId: 'local',
        startSequenceNumber: first?.dynamodb?.SequenceNumber,
        endSequenceNumber: last?.dynamodb?.SequenceNumber,
        approximateArrivalOfFirstRecord: arrivalOf(first),
        approximateArrivalOfLastRecord: arrivalOf(last),
        batchSize: records.length,
        streamArn: first?.eventSourceARN,
      },
    }),
  };
};
