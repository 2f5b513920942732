import { createHash, createHmac, randomBytes } from 'node:crypto';
import { decodeTime, ulid } from 'ulid';
import { CODE_ALPHABET, CODE_LENGTH } from './code.ts';

/** Random bytes as a parameter, so that tests can make them predictable. */
export type RandomBytes = (size: number) => Uint8Array;

const CODE_BYTES = (CODE_LENGTH * 5) / 8;

/** A new sortable id (ULID, 26 characters) for a thing that began at `now`. */
export const newId = (now: Date): string => ulid(now.getTime());

/** The moment an id was made for, ISO 8601 in milliseconds; undefined for what nobody made. */
export const timeOfId = (id: string): string | undefined =>
  // a first character beyond 7 is beyond the 48 bits of the time
  /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id) ? new Date(decodeTime(id)).toISOString() : undefined;

const toBase32 = (bytes: Uint8Array): string => {
  let bits = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let left = CODE_LENGTH; left > 0; left -= 1) {
    text = CODE_ALPHABET.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  return text;
};

/** A random checkout code: 80 bits, sixteen base-32 characters. */
export const newCode = (random: RandomBytes = randomBytes): string => toBase32(random(CODE_BYTES));

/**
 * The checkout code of a request that carries an idempotency key: always the same for the same shop and key,
 * and not to be guessed by anyone who lacks the secret.
 */
export const codeFor = (secret: string, shopId: string, idempotencyKey: string): string =>
  toBase32(
    createHmac('sha256', secret).update(`checkout-code\n${shopId}\n${idempotencyKey}`).digest().subarray(0, CODE_BYTES),
  );

/** A keyed digest for a value that must be findable but not readable (a phone number in a key). 128 bits, hex. */
export const keyedDigest = (secret: string, purpose: string, value: string): string =>
  createHmac('sha256', secret).update(`${purpose}\n${value}`).digest('hex').slice(0, 32);

/** A digest of a request's content: tells a repeat from another request under the same idempotency key. */
export const contentDigest = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);

/** A shard number in `0..count-1` that depends only on the id. */
export const shardOf = (id: string, count: number): number =>
  createHash('sha256').update(id).digest().readUInt32BE(0) % count;
