import type { Access, AwsRequest } from './engine.ts';
import { queueNameOf } from './sqs-shelf.ts';
import { readJson } from './wire.ts';

const moveAccess = (source: string, destination: unknown): Access[] => [
  ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((name) => ({
    action: `sqs:${name}`,
    resource: source,
  })),
  ...(typeof destination === 'string' ? [{ action: 'sqs:SendMessage', resource: destination }] : []),
];

/**
 * The permissions that a call needs: an action of the service on the queue's ARN; a batch needs that of its single form.
 * Source: Service authorization reference, "Actions, resources, and condition keys for Amazon SQS".
 */
export const sqsAccess = (request: AwsRequest, arnOf: (name: string) => string): Access[] => {
  const { operation = '' } = request;
  const input = readJson(request);
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  const source = String(input['SourceArn'] ?? '');
  if (operation === 'ListQueues') return [{ action, resource: arnOf('*') }];
  if (operation === 'StartMessageMoveTask') return moveAccess(source, input['DestinationArn']);
  if (operation === 'ListMessageMoveTasks') return [{ action, resource: source }];
  const name = operation === 'GetQueueUrl' ? input['QueueName'] : input['QueueUrl'];
  return [{ action, resource: arnOf(queueNameOf(String(name ?? ''))) }];
};
