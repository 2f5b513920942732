import { createHash } from 'node:crypto';

/** A message attribute as it is on the wire; binary values in base64. */
export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

/** What a sender gives. */
export interface Draft {
  body: string;
  attributes?: Record<string, MessageAttribute>;
  traceHeader?: string;
  /** MessageGroupId: the order of a FIFO queue, the fairness of a standard one. */
  group?: string;
  /** What tells a repeated message of a FIFO queue, given or made of the body. */
  dedupId?: string;
  /** @default the queue's */
  delaySeconds?: number;
}

/**
 * A message as a queue keeps it. Waiting: `ready`, or `hidden` by its delay. With a receiver: `taken`, until it is
 * deleted or `visibleAt` has come.
 */
export interface Message extends Omit<Draft, 'delaySeconds'> {
  /** Its id, but for a second copy of the same message. */
  key: string;
  messageId: string;
  sequence?: string;
  /** Epoch ms, as all times here. */
  sentAt: number;
  state: 'hidden' | 'ready' | 'taken';
  visibleAt: number;
  receives: number;
  firstReceivedAt?: number;
  /** The receipt handle of its latest delivery. */
  receipt?: string;
  /** The queue that gave it up. */
  sourceArn?: string;
}

/** What a sender is told. */
export interface Accepted {
  messageId: string;
  sequence?: string;
}

export const md5 = (content: string): string => createHash('md5').update(content).digest('hex');

const withLength = (content: Buffer | string): Buffer[] => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
};

const TEXT = Buffer.from([1]);
const BINARY = Buffer.from([2]);

const digestible = ([name, { DataType, StringValue, BinaryValue }]: [string, MessageAttribute]): Buffer[] => {
  const [kind, value] =
    BinaryValue === undefined ? [TEXT, StringValue ?? ''] : [BINARY, Buffer.from(BinaryValue, 'base64')];
  return [...withLength(name), ...withLength(DataType), kind, ...withLength(value)];
};

/**
 * The digest with which a sender checks that its attributes arrived; undefined for none.
 * Source: Amazon SQS developer guide, "Calculating the MD5 message digest for message attributes".
 */
export const md5OfAttributes = (attributes: Record<string, MessageAttribute> | undefined): string | undefined => {
  const entries = Object.entries(attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return undefined;
  return createHash('md5')
    .update(Buffer.concat(entries.flatMap(digestible)))
    .digest('hex');
};

/** What counts against the limit of a message: its body, and the names, types and values of its attributes. */
export const bytesOf = ({ body, attributes = {} }: Pick<Draft, 'body' | 'attributes'>): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue) + Buffer.byteLength(BinaryValue, 'base64'),
    Buffer.byteLength(body),
  );

/** A receipt handle: which delivery of which message of which queue. */
export const receiptFor = (queue: string, key: string, nonce: string): string =>
  Buffer.from(`${queue} ${key} ${nonce}`).toString('base64url');

/** The message of a receipt handle; undefined for one that this queue never gave. */
export const keyOfReceipt = (queue: string, receipt: string): string | undefined => {
  const [name, key, nonce] = Buffer.from(receipt, 'base64url').toString('utf8').split(' ');
  return name === queue && nonce !== undefined ? key : undefined;
};

/** What a receiver may ask about a message. Source: Amazon SQS API reference, ReceiveMessage. */
export const systemAttributesOf = (message: Message): Record<string, string> => {
  const given = {
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? ''),
    SentTimestamp: String(message.sentAt),
    SenderId: 'local',
    AWSTraceHeader: message.traceHeader,
    MessageGroupId: message.group,
    MessageDeduplicationId: message.dedupId,
    SequenceNumber: message.sequence,
    DeadLetterQueueSourceArn: message.sourceArn,
  };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined));
};
