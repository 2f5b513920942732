import { createHash } from 'node:crypto';
import { AwsError } from './engine.ts';
import { invalidParameter, invalidValue, missingParameter } from './sqs-errors.ts';
import { bytesOf, type Draft, type MessageAttribute } from './sqs-message.ts';
import { LARGEST_MESSAGE, type QueueSettings } from './sqs-settings.ts';

export type Input = Record<string, unknown>;

/** One entry of a batch, not yet looked into. */
export interface Entry {
  id: string;
  input: Input;
}

const BATCH_LIMIT = 10;
const LONGEST_HIDING = 43_200;

/** The sign set of a body. Source: Amazon SQS API reference, SendMessage. */
const body = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
/** Alphanumeric and punctuation. */
const id = /^[\x21-\x7e]{1,128}$/;
const dataType = /^(String|Number|Binary)(\..+)?$/;

export const textOf = (input: Input, field: string): string | undefined => {
  const value = input[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** A field that must be there. Throws MissingParameter. */
export const requiredText = (input: Input, field: string): string => {
  const value = textOf(input, field);
  if (value === undefined) throw missingParameter(field);
  return value;
};

/** A whole number within bounds, or the preset. Throws InvalidParameterValue. */
export const wholeNumber = (input: Input, field: string, bounds: readonly [number, number]): number | undefined => {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  const [from, to] = bounds;
  if (Number.isInteger(value) && Number(value) >= from && Number(value) <= to) return Number(value);
  throw invalidParameter(field, value, `Must be between ${from} and ${to}, if provided.`);
};

/** Seconds for which a message is to be hidden. */
export const hidingSeconds = (input: Input): number | undefined =>
  wholeNumber(input, 'VisibilityTimeout', [0, LONGEST_HIDING]);

const readAttribute = ([name, given]: [string, MessageAttribute]): [string, MessageAttribute] => {
  const { DataType, StringValue, BinaryValue } = given;
  if (!/^(?!aws\.|amazon\.|\.)[\w.-]{1,256}$/i.test(name)) throw invalidValue(`Invalid attribute name: ${name}`);
  if (!dataType.test(DataType ?? '')) {
    throw invalidValue(`The message attribute '${name}' must contain a supported data type.`);
  }
  const value = DataType.startsWith('Binary') ? BinaryValue : StringValue;
  if (value) return [name, { DataType, StringValue, BinaryValue }];
  throw invalidValue(`The message attribute '${name}' must contain a non-empty value of its type '${DataType}'.`);
};

const readAttributes = (input: Input): Record<string, MessageAttribute> | undefined => {
  const given = Object.entries((input['MessageAttributes'] ?? {}) as Record<string, MessageAttribute>);
  if (given.length > 10) throw invalidValue('Number of message attributes [10] exceeds the allowed maximum.');
  return given.length === 0 ? undefined : Object.fromEntries(given.map(readAttribute));
};

const readId = (input: Input, field: string): string | undefined => {
  const value = textOf(input, field);
  if (value === undefined || id.test(value)) return value;
  throw invalidParameter(field, value, 'can only include alphanumeric and punctuation characters. 1 to 128 in length.');
};

const dedupIdOf = (settings: QueueSettings, input: Input, text: string): string | undefined => {
  const given = readId(input, 'MessageDeduplicationId');
  if (!settings.isFifo && given !== undefined) {
    throw invalidParameter(
      'MessageDeduplicationId',
      given,
      'The request includes a parameter that is not valid for this queue type.',
    );
  }
  if (!settings.isFifo || given !== undefined) return given;
  if (settings.dedupsByContent) return createHash('sha256').update(text).digest('hex');
  throw invalidValue(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
};

const delayOf = (settings: QueueSettings, input: Input): number | undefined => {
  const seconds = wholeNumber(input, 'DelaySeconds', [0, 900]);
  if (!settings.isFifo || !seconds) return settings.isFifo ? undefined : seconds;
  throw invalidParameter(
    'DelaySeconds',
    seconds,
    'The request include parameter that is not valid for this queue type.',
  );
};

const groupOf = (settings: QueueSettings, input: Input): string | undefined => {
  const group = readId(input, 'MessageGroupId');
  if (settings.isFifo && group === undefined) throw missingParameter('MessageGroupId');
  return group;
};

const readBody = (input: Input): string => {
  const text = requiredText(input, 'MessageBody');
  if (body.test(text)) return text;
  throw new AwsError(
    'InvalidMessageContents',
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
  );
};

/** Reads a message to be sent. Throws what SQS answers to one that cannot be accepted by this queue. */
export const readDraft = (settings: QueueSettings, input: Input): Draft => {
  const text = readBody(input);
  const system = (input['MessageSystemAttributes'] ?? {}) as Record<string, MessageAttribute>;
  const draft: Draft = {
    body: text,
    attributes: readAttributes(input),
    traceHeader: system['AWSTraceHeader']?.StringValue,
    group: groupOf(settings, input),
    dedupId: dedupIdOf(settings, input, text),
    delaySeconds: delayOf(settings, input),
  };
  if (bytesOf(draft) <= settings.maxBytes) return draft;
  throw invalidValue(
    `One or more parameters are invalid. Reason: Message must be shorter than ${settings.maxBytes} bytes.`,
  );
};

const sizeOf = ({ input }: Entry): number =>
  bytesOf({
    body: textOf(input, 'MessageBody') ?? '',
    attributes: input['MessageAttributes'] as Record<string, MessageAttribute> | undefined,
  });

/** The entries of a batch. Throws what concerns all of it; what concerns one of them is found out later. */
export const readEntries = (input: Input): Entry[] => {
  const given = Array.isArray(input['Entries']) ? (input['Entries'] as Input[]) : [];
  const entries = given.map((entry) => ({ id: textOf(entry, 'Id') ?? '', input: entry }));
  if (entries.length === 0)
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > BATCH_LIMIT) {
    const text = `Maximum number of entries per request are ${BATCH_LIMIT}. You have sent ${entries.length}.`;
    throw new AwsError('TooManyEntriesInBatchRequest', text);
  }
  if (entries.some((entry) => !/^[\w-]{1,80}$/.test(entry.id))) {
    const text =
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.';
    throw new AwsError('InvalidBatchEntryId', text);
  }
  if (new Set(entries.map((entry) => entry.id)).size < entries.length) {
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
  return entries;
};

/** Throws BatchRequestTooLong where the messages together are more than one may be alone. */
export const assertBatchSize = (entries: readonly Entry[]): void => {
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (bytes <= LARGEST_MESSAGE) return;
  const text = `Batch requests cannot be longer than ${LARGEST_MESSAGE} bytes. You have sent ${bytes} bytes.`;
  throw new AwsError('BatchRequestTooLong', text);
};

const listOf = (input: Input, field: string): string[] => {
  const value = input[field];
  return Array.isArray(value) ? value.map(String) : [];
};

/** Whether a receiver wants a system attribute. */
export const systemFilter = (input: Input): ((name: string) => boolean) => {
  const wanted = [...listOf(input, 'AttributeNames'), ...listOf(input, 'MessageSystemAttributeNames')];
  return (name) => wanted.includes('All') || wanted.includes(name);
};

/** Whether a receiver wants an attribute of the sender's. */
export const attributeFilter = (input: Input): ((name: string) => boolean) => {
  const wanted = listOf(input, 'MessageAttributeNames');
  const prefixes = wanted.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -1));
  return (name) =>
    wanted.includes('All') ||
    wanted.includes('.*') ||
    wanted.includes(name) ||
    prefixes.some((prefix) => name.startsWith(prefix));
};
