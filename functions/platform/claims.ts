import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Bucket } from './bucket.ts';
import { bytesOnQueue, type QueueMessage } from './light-queue.ts';

/** Stands on a queue for a message that is too big for it. */
const Claim = lazy(() => z.strictObject({ claim: z.string().check(z.startsWith('claims/')) }));
type Claim = z.infer<Lazy<typeof Claim>>;

/** SQS takes 1 MiB, which its own attributes count to. Source: Amazon SQS developer guide, "Message quotas". */
const MOST_BYTES = 1_000_000;

/** Puts a message aside that is too big for a queue. The same message has the same claim, however often it comes. */
export const putAside = async <Body extends object>(
  body: Body,
  archive: Pick<Bucket, 'put'>,
): Promise<Body | Claim> => {
  if (bytesOnQueue(body) <= MOST_BYTES) return body;
  const text = JSON.stringify(body);
  const claim = `claims/${createHash('sha256').update(text).digest('hex')}.json`;
  await archive.put(claim, text, { contentType: 'application/json' });
  return { claim };
};

/** A queue that takes messages of any size: what is too big for it is put aside. */
export const withClaims = (
  queue: { send: (messages: readonly QueueMessage[]) => Promise<void> },
  archive: Pick<Bucket, 'put'>,
) => ({
  send: async (messages: readonly QueueMessage[]): Promise<void> =>
    queue.send(
      await Promise.all(messages.map(async (message) => ({ ...message, body: await putAside(message.body, archive) }))),
    ),
});

/**
 * The message itself, whether it came or its claim. Throws when what was put aside is gone, which happens after 14 days.
 */
export const resolveClaim = async (body: unknown, archive: Pick<Bucket, 'get'>): Promise<unknown> => {
  const { data } = Claim().safeParse(body);
  if (data === undefined) return body;
  const found = await archive.get(data.claim);
  if (found === undefined) throw new Error('what was put aside for a queue is not there any more');
  return JSON.parse(found.toString('utf8'));
};
