import { createHmac, timingSafeEqual } from 'node:crypto';

/** The bytes of a body as they came: an API Gateway event carries them as text, or in base64. */
export const rawBody = (body: string | undefined, isBase64Encoded: boolean): Buffer =>
  Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');

/** The signature Meta would write over these bytes (Meta, "Webhooks: validate payloads"). */
export const sign = (raw: Uint8Array, appSecret: string): string =>
  `sha256=${createHmac('sha256', appSecret).update(raw).digest('hex')}`;

const sameText = (one: string, other: string): boolean => {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
};

/**
 * Whether the `X-Hub-Signature-256` header was made over exactly these bytes with one of the secrets: two while a
 * secret is rotated. The bytes are hashed as they came, since Meta signs its own escapes (`\u00f1`), which parsing and
 * writing again would lose. Every secret is tried, so that the time taken does not say which one matched.
 */
export const isSigned = (raw: Uint8Array, header: string | undefined, appSecrets: readonly string[]): boolean => {
  if (!/^sha256=[0-9a-f]{64}$/.test(header ?? '')) return false;
  return appSecrets.filter((secret) => secret !== '' && sameText(sign(raw, secret), header ?? '')).length > 0;
};

/** The challenge to answer Meta's handshake with, as plain text; undefined when the token is none of ours. */
export const answerChallenge = (
  query: Readonly<Record<string, string | undefined>>,
  verifyTokens: readonly string[],
): string | undefined => {
  const given = query['hub.verify_token'] ?? '';
  const isOurs = verifyTokens.filter((token) => token !== '' && sameText(token, given)).length > 0;
  return query['hub.mode'] === 'subscribe' && isOurs ? query['hub.challenge'] : undefined;
};
