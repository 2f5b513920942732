import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The signature that Meta writes over these bytes. Source: Meta, "Webhooks: validate payloads". */
export const sign = (raw: Uint8Array, appSecret: string): string =>
  `sha256=${createHmac('sha256', appSecret).update(raw).digest('hex')}`;

const isSameText = (one: string, other: string): boolean => {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
};

const NOT_ASCII = /[\u0080-\uffff]/g;

/** The body as Meta's own escapes would write it; undefined when it is that already. */
const escaped = (raw: Buffer): Buffer | undefined => {
  const text = raw.toString('utf8');
  const ascii = text.replace(NOT_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return ascii === text ? undefined : Buffer.from(ascii, 'latin1');
};

const isSignedWithOne = (raw: Uint8Array, header: string, appSecrets: readonly string[]): boolean =>
  // every secret is tried, so that the time taken does not say which one matched
  appSecrets.filter((secret) => secret !== '' && isSameText(sign(raw, secret), header)).length > 0;

/** Whether an `X-Hub-Signature-256` header has the form of one; nobody but Meta and forgers sends such. */
export const isSignature = (header: string | undefined): header is string =>
  header !== undefined && /^sha256=[0-9a-f]{64}$/.test(header);

/**
 * Whether the `X-Hub-Signature-256` header was made over exactly these bytes with one of the secrets: two while a
 * secret is rotated; never without one. The bytes are hashed as they came, for parsing and writing again would lose
 * Meta's escapes. Meta signs the escaped form (`\u00f1`), so a body that something on its way has unescaped is taken too.
 */
export const isSigned = (raw: Buffer, header: string | undefined, appSecrets: readonly string[]): boolean => {
  if (!isSignature(header)) return false;
  if (isSignedWithOne(raw, header, appSecrets)) return true;
  const ascii = escaped(raw);
  return ascii !== undefined && isSignedWithOne(ascii, header, appSecrets);
};

/**
 * What to answer Meta's handshake with, as plain text; undefined when the token is none of ours.
 * Source: Meta, "Webhooks: verification requests".
 */
export const answerChallenge = (
  query: Readonly<Record<string, string | undefined>>,
  verifyTokens: readonly string[],
): string | undefined => {
  const given = query['hub.verify_token'] ?? '';
  const isOurs = verifyTokens.filter((token) => token !== '' && isSameText(token, given)).length > 0;
  return isOurs && query['hub.mode'] === 'subscribe' ? query['hub.challenge'] : undefined;
};
