import type { AwsResponse } from './engine.ts';
import { AwsError } from './engine.ts';
import { jsonFailure } from './wire.ts';

/**
 * What the query protocol of old called an error where its name is another now; clients find it in a header.
 * Source: Smithy model of Amazon SQS, trait `aws.protocols#awsQueryError`.
 */
const queryCodes: Record<string, string> = {
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  PurgeQueueInProgress: 'AWS.SimpleQueueService.PurgeQueueInProgress',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
  AccessDeniedException: 'AccessDenied',
};

/** The older name of an error, which a batch answers for a single entry. */
export const queryCodeOf = (error: AwsError): string => queryCodes[error.code] ?? error.code;

/** A failure in SQS's JSON, with the older name beside it. */
export const sqsFailure = (error: AwsError): AwsResponse => {
  const answer = jsonFailure(error, 'application/x-amz-json-1.0');
  const fault = error.status >= 500 ? 'Receiver' : 'Sender';
  return { ...answer, headers: { ...answer.headers, 'x-amzn-query-error': `${queryCodeOf(error)};${fault}` } };
};

/** A parameter that cannot be as it is. */
export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValueException', message);

/** The same in the sentence that SQS has for it. */
export const invalidParameter = (name: string, value: unknown, reason: string): AwsError =>
  invalidValue(`Value ${String(value)} for parameter ${name} is invalid. Reason: ${reason}`);

export const missingParameter = (name: string): AwsError =>
  new AwsError('MissingRequiredParameterException', `The request must contain the parameter ${name}.`);

export const noQueue = (): AwsError => new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
