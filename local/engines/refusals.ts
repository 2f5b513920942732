import type { AwsRequest, DeliveryFault, Refusal } from './engine.ts';
import { AwsError } from './engine.ts';
import { readJson } from './wire.ts';

/** A failure that the door plays on demand, in the place of the service's answer. */
export type FaultKind =
  | 'throttle'
  | 'transaction-conflict'
  | 'timeout-before'
  | 'timeout-after-commit'
  | 'internal-error';

const texts: Record<Refusal, string> = {
  'unknown-key': 'The security token included in the request is invalid.',
  'bad-signature': 'The request signature we calculated does not match the signature you provided.',
  expired: 'Request has expired',
  'no-signature': 'Request is missing Authentication Token',
};

const jsonCodes: Record<Refusal, string> = {
  'unknown-key': 'UnrecognizedClientException',
  'bad-signature': 'InvalidSignatureException',
  expired: 'InvalidSignatureException',
  'no-signature': 'MissingAuthenticationTokenException',
};

const s3Codes: Record<Refusal, string> = {
  'unknown-key': 'InvalidAccessKeyId',
  'bad-signature': 'SignatureDoesNotMatch',
  expired: 'AccessDenied',
  'no-signature': 'AccessDenied',
};

/** What a service answers to a caller whom it does not recognize. */
export function refusalError(service: string, refusal: Refusal, text = texts[refusal]): AwsError {
  if (service === 's3') return new AwsError(s3Codes[refusal], text, 403);
  return new AwsError(jsonCodes[refusal], text, service === 'scheduler' ? 403 : 400);
}

const deliveryFaults: readonly string[] = [
  'duplicate-delivery',
  'late-delivery',
  'reordered-delivery',
  'partial-failure',
] satisfies DeliveryFault['kind'][];

/** Whether the service itself plays the fault. */
export const isDeliveryFault = (kind: FaultKind | DeliveryFault['kind']): kind is DeliveryFault['kind'] =>
  deliveryFaults.includes(kind);

const throttles: Record<string, [code: string, status: number]> = {
  dynamodb: ['ProvisionedThroughputExceededException', 400],
  scheduler: ['ThrottlingException', 429],
  s3: ['SlowDown', 503],
  sqs: ['RequestThrottled', 403],
};

const throttle = (service: string): AwsError => {
  const [code, status] = throttles[service] ?? ['ThrottlingException', 400];
  return new AwsError(code, 'Rate exceeded', status);
};

const conflict = (request: AwsRequest): AwsError => {
  if (!request.operation?.startsWith('Transact')) {
    return new AwsError('TransactionConflictException', 'Transaction is ongoing for the item');
  }
  const { TransactItems: items } = readJson(request);
  const others = (Array.isArray(items) ? items.slice(1) : []).map(() => ({ Code: 'None' }));
  const reasons = [{ Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }, ...others];
  const codes = reasons.map((reason) => reason.Code).join(', ');
  const text = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  // DynamoDB spells this one field with a capital; the SDK reads the text from either
  return new AwsError('TransactionCanceledException', text, 400, { Message: text, CancellationReasons: reasons });
};

/** The answer that a fault gives instead of the service's own. */
export function faultError(kind: FaultKind, service: string, request: AwsRequest): AwsError {
  if (kind === 'throttle') return throttle(service);
  if (kind === 'transaction-conflict') return conflict(request);
  const code = service === 's3' ? 'InternalError' : 'InternalServerError';
  return new AwsError(code, 'We encountered an internal error. Please try again.', 500);
}
