import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { keyedDigest } from '#core/ids.ts';

/** The secret of a form at a version: made from the deployment's own, and stored nowhere. */
export const formSecret = (appSecret: string, formKey: string, version: number): string =>
  keyedDigest(appSecret, 'lead-form', `${formKey}\n${version}`);

/** What whoever sends a form signs: the moment, a dot, and the very bytes of the body. */
export const signForm = (secret: string, timestamp: string, body: Uint8Array): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;

const isSameText = (one: string, other: string): boolean => {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
};

/** Whether the signature was made with one of these secrets; all are tried, so that the time taken tells nothing. */
export const isFormSigned = (
  signature: string,
  { timestamp, body }: { timestamp: string; body: Uint8Array },
  secrets: readonly string[],
): boolean => secrets.filter((secret) => isSameText(signForm(secret, timestamp, body), signature)).length > 0;

/** The same for what was signed once, however often it is sent. */
export const signedDigest = (formKey: string, timestamp: string, body: Uint8Array): string =>
  createHash('sha256').update(`${formKey}\n${timestamp}\n`).update(body).digest('base64url').slice(0, 22);
