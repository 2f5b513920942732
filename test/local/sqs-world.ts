import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Clock, createClock } from '../../local/clock.ts';
import { startSqs } from '../../local/engines/sqs.ts';
import type { QueueDefinition } from '../../local/engines/sqs-settings.ts';
import type { PolicyDocument } from '../../local/iam.ts';
import { accountId, aPrincipal, openCloud, place } from './local-cloud.ts';

export const arnOf = (name: string) => `arn:aws:sqs:${place.region}:${accountId}:${name}`;

const redrive = (name: string, maxReceiveCount = 2) => ({ deadLetterTargetArn: arnOf(name), maxReceiveCount });

/** A queue of each kind, each with its dead-letter queue. */
const queues: QueueDefinition[] = [
  { name: 'work', properties: { RedrivePolicy: redrive('work-dead'), VisibilityTimeout: 60 } },
  { name: 'work-dead', properties: { MessageRetentionPeriod: 1_209_600 } },
  {
    name: 'order.fifo',
    properties: { FifoQueue: true, RedrivePolicy: redrive('order-dead.fifo'), VisibilityTimeout: 60 },
  },
  { name: 'order-dead.fifo', properties: { FifoQueue: true } },
  { name: 'content.fifo', properties: { FifoQueue: true, ContentBasedDeduplication: true } },
];

/** SQS behind a door, with the real client in front of it. */
export const openSqs = async ({
  clock = createClock(),
  dir,
  policies = [],
}: {
  clock?: Clock;
  dir?: string;
  policies?: PolicyDocument[];
} = {}) => {
  const engine = await startSqs({ ...place, clock, dir, queues });
  const limited = aPrincipal('limited', policies);
  const cloud = await openCloud([engine], clock, [limited]);
  const sqs = new SQSClient(cloud.as());
  const urlOf = (name: string) => `${cloud.endpoint}/${accountId}/${name}`;
  const send = (queue: string, body: string, more: object = {}) =>
    sqs.send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody: body, ...more }));
  const receive = async (queue: string, more: object = {}) => {
    const input = { QueueUrl: urlOf(queue), MaxNumberOfMessages: 10, ...more };
    return (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
  };
  return {
    clock,
    engine,
    cloud,
    sqs,
    limited: new SQSClient(cloud.as(limited)),
    urlOf,
    send,
    receive,
    bodies: async (queue: string, more: object = {}) => (await receive(queue, more)).map(({ Body }) => Body),
  };
};

export type World = Awaited<ReturnType<typeof openSqs>>;
