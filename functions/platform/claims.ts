import { createHash } from 'node:crypto';
import type { Bucket } from './bucket.ts';
import { bytesOnQueue, type QueueMessage } from './light-queue.ts';

/** Stands on a queue for a message that is too big for it. */
interface Claim {
  claim: string;
}

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

/** No schema: the function that takes webhooks would have to load the library for this alone. */
const isClaim = (body: unknown): body is Claim => {
  const { claim, ...rest }: { claim?: unknown } = Object(body);
  return typeof claim === 'string' && claim.startsWith('claims/') && Object.keys(rest).length === 0;
};

/**
 * The message itself, whether it came or its claim. Throws when what was put aside is gone, which happens after 30 days.
 */
export const resolveClaim = async (body: unknown, archive: Pick<Bucket, 'get'>): Promise<unknown> => {
  if (!isClaim(body)) return body;
  const found = await archive.get(body.claim);
  if (found === undefined) throw new Error('what was put aside for a queue is not there any more');
  return JSON.parse(found.toString('utf8'));
};
