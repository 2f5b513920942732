/** A request that may come again under the same idempotency key: whose, what, and with which content. */
export interface RepeatableRequest {
  shopId: string;
  operation: string;
  idempotencyKey: string;
  content: unknown;
}

/** The request as one that may come again, when it has a key. */
export const repeatable = (
  shopId: string,
  operation: string,
  idempotencyKey: string | undefined,
  content: unknown,
): RepeatableRequest | undefined => (idempotencyKey ? { shopId, operation, idempotencyKey, content } : undefined);
