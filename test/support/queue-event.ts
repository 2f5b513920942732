import type { SQSBatchResponse } from 'aws-lambda';

/** One message as a queue gives it: its body, and what the queue knows of it. */
export interface QueuedMessage {
  body: unknown;
  group?: string;
  receiveCount?: number;
}

/** What Lambda is given for a batch of a queue. Each message is named `m0`, `m1` and so on. */
export const aQueueEvent = (queue: string, messages: readonly QueuedMessage[]) => ({
  Records: messages.map(({ body, group, receiveCount = 1 }, index) => ({
    messageId: `m${index}`,
    receiptHandle: `r${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: '0',
      SenderId: 'x',
      ApproximateFirstReceiveTimestamp: '0',
      ...(group && { MessageGroupId: group }),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
    awsRegion: 'us-east-1',
  })),
});

/** The names of the messages that failed. */
export const failedIn = (answer: unknown): string[] =>
  (answer as SQSBatchResponse).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
