import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Give up on one call after this long; the SDK tries again by itself within the function's own time-out. */
const timeouts = { connectionTimeout: 1000, requestTimeout: 1200, throwOnRequestTimeout: true };

/** Settings that every SDK client of ours shares. */
export const clientDefaults = { maxAttempts: 3, requestHandler: timeouts } as const;

/** For work that nobody waits for: a call of a hundred writes to a busy table may take its time. */
export const patientDefaults = {
  ...clientDefaults,
  maxAttempts: 5,
  requestHandler: { ...timeouts, requestTimeout: 15_000 },
} as const;

/** A document client for DynamoDB: plain objects in, plain objects out, absent fields dropped. */
export const documentClient = (
  defaults: typeof clientDefaults | typeof patientDefaults = clientDefaults,
): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(defaults), { marshallOptions: { removeUndefinedValues: true } });
