import { addMinutes, toEpochSeconds } from '#core/clock.ts';
import { AppError } from '#core/errors.ts';
import { contentDigest } from '#core/ids.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import { type Key, keys } from '#table/schema.ts';
import { missing } from './expression.ts';
import type { Table, Write } from './table.ts';

const KEPT_MINUTES = 48 * 60;

const keyOf = ({ shopId, operation, idempotencyKey }: RepeatableRequest): Key =>
  keys.idempotency(shopId, operation, contentDigest(idempotencyKey));

/** The write that remembers a request, to go into its own transaction: it fails when the key has been used. */
export const rememberRequest = (request: RepeatableRequest, resultId: string, now: Date): Write => ({
  put: {
    ...keyOf(request),
    requestDigest: contentDigest(request.content),
    resultId,
    ttl: toEpochSeconds(addMinutes(now, KEPT_MINUTES)),
  },
  if: [missing],
});

/** Forgets a request that did not come to its end, so that the same one does it again. */
export const forgetRequest = (table: Table, request: RepeatableRequest): Promise<void> => table.delete(keyOf(request));

/**
 * What the same request led to the first time, or undefined when it is new.
 * Throws `idempotency.key-reused` when the key came with other content.
 */
export const findRepeat = async (table: Table, request: RepeatableRequest): Promise<string | undefined> => {
  const item = await table.get(keyOf(request), { consistent: true });
  if (item === undefined) return undefined;
  if (item.requestDigest !== contentDigest(request.content)) {
    throw new AppError('idempotency.key-reused', 'this Idempotency-Key was used for another request');
  }
  return String(item.resultId);
};
