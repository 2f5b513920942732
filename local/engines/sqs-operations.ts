import type { Clock } from '../clock.ts';
import { AwsError } from './engine.ts';
import type { Alarm } from './scheduler-alarm.ts';
import { queryCodeOf } from './sqs-errors.ts';
import {
  assertBatchSize,
  attributeFilter,
  type Entry,
  hidingSeconds,
  type Input,
  readDraft,
  readEntries,
  requiredText,
  systemFilter,
  textOf,
  wholeNumber,
} from './sqs-input.ts';
import { type Accepted, type Draft, type Message, md5, md5OfAttributes, systemAttributesOf } from './sqs-message.ts';
import type { Moves } from './sqs-moves.ts';
import type { Queue, Twist } from './sqs-queue.ts';
import { settingsAsAttributes } from './sqs-settings.ts';
import type { QueueShelf } from './sqs-shelf.ts';
import { receiveWithin } from './sqs-waiting.ts';

/** What an operation works on besides its input. */
export interface Surroundings {
  shelf: QueueShelf;
  moves: Moves;
  clock: Clock;
  alarm: Alarm;
  /** Ends long polls. */
  closing: AbortSignal;
}

/** What a call brings. */
export interface Call {
  input: Input;
  /** `http://host/account/`, to which a queue's name is added. */
  urlBase: string;
  twist?: Twist;
  /** Accepts only every other entry of a batch. */
  failsPartly?: boolean;
}

export type Operation = (call: Call) => Promise<object>;

const PURGE_REST_MS = 60_000;

const receiptOf = ({ body, attributes, traceHeader }: Draft, { messageId, sequence }: Accepted) => ({
  MessageId: messageId,
  MD5OfMessageBody: md5(body),
  MD5OfMessageAttributes: md5OfAttributes(attributes),
  MD5OfMessageSystemAttributes:
    traceHeader && md5OfAttributes({ AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } }),
  SequenceNumber: sequence,
});

const wireMessage = (message: Message, input: Input) => {
  const wantsSystem = systemFilter(input);
  const wants = attributeFilter(input);
  const pick = <Value>(all: Record<string, Value>, isWanted: (name: string) => boolean) => {
    const picked = Object.entries(all).filter(([name]) => isWanted(name));
    return picked.length === 0 ? undefined : Object.fromEntries(picked);
  };
  const MessageAttributes = pick(message.attributes ?? {}, wants);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: pick(systemAttributesOf(message), wantsSystem),
    MessageAttributes,
    MD5OfMessageAttributes: md5OfAttributes(MessageAttributes),
  };
};

/** Does each entry, and tells apart which could be done. */
const eachEntry = <Done>(entries: readonly Entry[], act: (entry: Entry) => Done) => {
  const done: { id: string; result: Done }[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      done.push({ id: entry.id, result: act(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const SenderFault = error.status < 500;
      Failed.push({ Id: entry.id, SenderFault, Code: queryCodeOf(error), Message: error.message });
    }
  }
  return { done, Failed };
};

/** The fault that loses some entries of a batch. */
const assertAccepted = (call: Call, entries: readonly Entry[], entry: Entry): void => {
  if (!call.failsPartly || entries.indexOf(entry) % 2 === 1) return;
  throw new AwsError('InternalError', 'We encountered an internal error. Please try again.', 500);
};

const createSenders = ({ shelf }: Surroundings): Record<string, Operation> => {
  const queueOf = ({ input }: Call): Queue => shelf.find(requiredText(input, 'QueueUrl'));
  return {
    async SendMessage(call) {
      const queue = queueOf(call);
      const draft = readDraft(queue.settings, call.input);
      const [accepted] = queue.put([draft], call.twist);
      await queue.kept();
      return accepted ? receiptOf(draft, accepted) : {};
    },
    async SendMessageBatch(call) {
      const queue = queueOf(call);
      const entries = readEntries(call.input);
      assertBatchSize(entries);
      const { done, Failed } = eachEntry(entries, (entry) => {
        assertAccepted(call, entries, entry);
        return readDraft(queue.settings, entry.input);
      });
      const accepted = queue.put(
        done.map(({ result }) => result),
        call.twist,
      );
      await queue.kept();
      const Successful = done.flatMap(({ id, result }, place) => {
        const one = accepted[place];
        return one ? [{ Id: id, ...receiptOf(result, one) }] : [];
      });
      return { Successful, Failed };
    },
  };
};

const createReceivers = (surroundings: Surroundings): Record<string, Operation> => {
  const { shelf } = surroundings;
  const queueOf = ({ input }: Call): Queue => shelf.find(requiredText(input, 'QueueUrl'));
  const remove = (queue: Queue, input: Input) => queue.remove(requiredText(input, 'ReceiptHandle'));
  const hide = (queue: Queue, input: Input) =>
    queue.hide(requiredText(input, 'ReceiptHandle'), hidingSeconds(input) ?? 0);
  const one =
    (act: typeof remove): Operation =>
    async (call) => {
      const queue = queueOf(call);
      act(queue, call.input);
      await queue.kept();
      return {};
    };
  const batch =
    (act: typeof remove): Operation =>
    async (call) => {
      const queue = queueOf(call);
      const { done, Failed } = eachEntry(readEntries(call.input), ({ input }) => act(queue, input));
      await queue.kept();
      return { Successful: done.map(({ id }) => ({ Id: id })), Failed };
    };
  return {
    async ReceiveMessage(call) {
      const { input } = call;
      const queue = queueOf(call);
      const limit = wholeNumber(input, 'MaxNumberOfMessages', [1, 10]) ?? 1;
      const seconds = wholeNumber(input, 'WaitTimeSeconds', [0, 20]) ?? queue.settings.waitSeconds;
      const take = () => queue.take(limit, hidingSeconds(input));
      const messages = await receiveWithin(queue, take, seconds, surroundings);
      await queue.kept();
      return messages.length === 0 ? {} : { Messages: messages.map((message) => wireMessage(message, input)) };
    },
    DeleteMessage: one(remove),
    DeleteMessageBatch: batch(remove),
    ChangeMessageVisibility: one(hide),
    ChangeMessageVisibilityBatch: batch(hide),
  };
};

const createClerks = ({ shelf, moves, clock }: Surroundings): Record<string, Operation> => {
  const purgedAt = new Map<Queue, number>();
  const attributesOf = (queue: Queue): Record<string, string> => {
    const { ready, hidden, taken } = queue.counts();
    return {
      ...settingsAsAttributes(queue.settings),
      ApproximateNumberOfMessages: String(ready),
      ApproximateNumberOfMessagesDelayed: String(hidden),
      ApproximateNumberOfMessagesNotVisible: String(taken),
    };
  };
  return {
    GetQueueUrl: async ({ input, urlBase }) => ({
      QueueUrl: `${urlBase}${shelf.find(requiredText(input, 'QueueName')).settings.name}`,
    }),
    async GetQueueAttributes({ input }) {
      const queue = shelf.find(requiredText(input, 'QueueUrl'));
      const isWanted = systemFilter(input);
      return { Attributes: Object.fromEntries(Object.entries(attributesOf(queue)).filter(([name]) => isWanted(name))) };
    },
    async ListQueues({ input, urlBase }) {
      const prefix = textOf(input, 'QueueNamePrefix') ?? '';
      const names = shelf.all().map(({ settings }) => settings.name);
      const fitting = names.filter((name) => name.startsWith(prefix)).sort();
      return { QueueUrls: fitting.map((name) => `${urlBase}${name}`) };
    },
    async PurgeQueue({ input }) {
      const queue = shelf.find(requiredText(input, 'QueueUrl'));
      if (clock.now() - (purgedAt.get(queue) ?? Number.NEGATIVE_INFINITY) < PURGE_REST_MS) {
        const text = `Only one PurgeQueue operation on ${queue.settings.name} is allowed every 60 seconds.`;
        throw new AwsError('PurgeQueueInProgress', text, 403);
      }
      purgedAt.set(queue, clock.now());
      queue.purge();
      await queue.kept();
      return {};
    },
    StartMessageMoveTask: async ({ input }) => ({
      TaskHandle: await moves.start(requiredText(input, 'SourceArn'), textOf(input, 'DestinationArn')),
    }),
    ListMessageMoveTasks: async ({ input }) => ({
      Results: moves.list(requiredText(input, 'SourceArn'), wholeNumber(input, 'MaxResults', [1, 10]) ?? 1),
    }),
  };
};

/** Every operation of SQS that is played here, by its name. */
export const createOperations = (surroundings: Surroundings): Record<string, Operation> => ({
  ...createSenders(surroundings),
  ...createReceivers(surroundings),
  ...createClerks(surroundings),
});
