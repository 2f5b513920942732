import { type AwsService, callAws } from './aws-call.ts';

/** A message to send. `group`: order within it; on a standard queue, fairness among groups. */
export interface QueueMessage {
  body: object;
  group?: string | undefined;
  dedupId?: string | undefined;
  /** Up to 900; on a standard queue only. */
  delaySeconds?: number | undefined;
}

interface Entry {
  Id: string;
  MessageBody: string;
  MessageGroupId?: string;
  MessageDeduplicationId?: string;
  DelaySeconds?: number;
}

/** The service, as its calls name it. */
export const SQS: AwsService = { name: 'sqs', target: 'AmazonSQS', version: '1.0' };

/** Source: Amazon SQS developer guide, "Message quotas". */
const MOST_ENTRIES = 10;
const MOST_BYTES = 1024 * 1024;

/** How many batches are on their way at once. */
const AT_ONCE = 8;
const ATTEMPTS = 3;

/** SQS refuses these two characters for ever; inside JSON they may be written as escapes. */
const toBody = (body: object): string =>
  JSON.stringify(body).replace(/[\ufffe\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);

/** How many bytes a message takes on the queue. */
export const bytesOnQueue = (body: object): number => Buffer.byteLength(toBody(body));

/** A message as SQS takes it. */
export const toEntry = (
  { body, group, dedupId, delaySeconds }: QueueMessage,
  isFifo: boolean,
  index: number,
): Entry => ({
  Id: String(index),
  MessageBody: toBody(body),
  ...(group !== undefined && { MessageGroupId: group }),
  ...(isFifo && dedupId !== undefined && { MessageDeduplicationId: dedupId }),
  ...(!isFifo && delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
});

/** Entries in as few calls as SQS allows. */
export const toBatches = (entries: readonly Entry[]): Entry[][] => {
  const batches: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.MessageBody);
    const last = batches.at(-1);
    if (last && last.length < MOST_ENTRIES && bytes + size <= MOST_BYTES) {
      last.push(entry);
      bytes += size;
    } else {
      batches.push([entry]);
      bytes = size;
    }
  }
  return batches;
};

/**
 * The first of every group, then the second of every group, and so on. Entries of a batch are taken or refused one by
 * one, so no batch may hold two of one group: the first could be refused and come behind the second.
 */
const toRounds = (entries: readonly Entry[]): Entry[][] => {
  const rounds: Entry[][] = [];
  for (const group of Map.groupBy(entries, ({ MessageGroupId }) => MessageGroupId).values()) {
    for (const [turn, entry] of group.entries()) {
      const round = rounds[turn];
      if (round) round.push(entry);
      else rounds.push([entry]);
    }
  }
  return rounds;
};

const sendBatch = async (queueUrl: string, batch: readonly Entry[]): Promise<void> => {
  let left = batch;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const answer = await callAws(SQS, 'SendMessageBatch', new URL(queueUrl), { QueueUrl: queueUrl, Entries: left });
    const { Failed = [] } = answer as { Failed?: { Id: string; Code: string; SenderFault: boolean }[] };
    const failed = new Map(Failed.map((failure) => [failure.Id, failure]));
    left = left.filter(({ Id }) => failed.has(Id));
    const [first] = failed.values();
    if (first && (attempt >= ATTEMPTS || first.SenderFault)) {
      throw new Error(`the queue did not take ${left.length} messages: ${first.Code}`);
    }
  }
};

const sendRound = async (queueUrl: string, entries: readonly Entry[]): Promise<void> => {
  const waiting = toBatches(entries);
  const worker = async () => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) await sendBatch(queueUrl, batch);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
};

/**
 * A queue to send to, without the SDK: see {@link callAws}. `send` returns when every message has been accepted, in as
 * few calls as may be, and throws otherwise; some may have been accepted then, but none before those of its group that
 * were given before it.
 */
export const openLightQueue = (queueUrl: string) => ({
  send: async (messages: readonly QueueMessage[]): Promise<void> => {
    const isFifo = queueUrl.endsWith('.fifo');
    const entries = messages.map((message, index) => toEntry(message, isFifo, index));
    for (const round of isFifo ? toRounds(entries) : [entries]) await sendRound(queueUrl, round);
  },
});
