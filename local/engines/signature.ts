import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AwsRequest } from './engine.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** What a signed request says about its signature, in the Authorization header or in a presigned URL. */
export interface SignatureClaim {
  accessKeyId: string;
  /** yyyymmdd, as in the credential scope. */
  day: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
  /** yyyymmddThhmmssZ */
  timestamp: string;
  /** Set for a presigned URL only. */
  expiresSeconds?: number;
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

const hexOf = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, hexOf);

/** Percent-decoded text; text that is no proper encoding stays as it is. */
export const decodeLeniently = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

type Scope = Pick<SignatureClaim, 'accessKeyId' | 'day' | 'region' | 'service'>;

const parseScope = (credential: string): Scope | undefined => {
  const [accessKeyId, day, region, service, end] = credential.split('/');
  if (!accessKeyId || !day || !region || !service || end !== 'aws4_request') return undefined;
  return { accessKeyId, day, region, service };
};

const fromHeader = (request: Pick<AwsRequest, 'headers'>): SignatureClaim | undefined => {
  const { authorization = '', 'x-amz-date': timestamp = '' } = request.headers;
  const field = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(authorization)?.[1] ?? '';
  const scope = parseScope(field('Credential'));
  if (!authorization.startsWith(ALGORITHM) || !scope) return undefined;
  return { ...scope, timestamp, signedHeaders: field('SignedHeaders').split(';'), signature: field('Signature') };
};

const fromQuery = ({ query }: Pick<AwsRequest, 'query'>): SignatureClaim | undefined => {
  const scope = parseScope(query.get('X-Amz-Credential') ?? '');
  if (query.get('X-Amz-Algorithm') !== ALGORITHM || !scope) return undefined;
  return {
    ...scope,
    timestamp: query.get('X-Amz-Date') ?? '',
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
    expiresSeconds: Number(query.get('X-Amz-Expires') ?? Number.NaN),
  };
};

/** The signature that a request claims to have; undefined where it claims none that can be read. */
export const readClaim = (request: Pick<AwsRequest, 'headers' | 'query'>): SignatureClaim | undefined =>
  request.headers['authorization'] ? fromHeader(request) : fromQuery(request);

/** S3 signs the path as it is; every other service tidies it and encodes it once more. */
const canonicalPath = (path: string, service: string): string => {
  if (service === 's3') return path.split('/').map(decodeLeniently).map(encode).join('/');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const tail = parts.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${parts.map(encode).join('/')}${tail}`;
};

const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? Number(x > y) - Number(x < y) : Number(a > b) - Number(a < b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

const payloadHash = (request: AwsRequest, claim: SignatureClaim): string => {
  const { 'x-amz-content-sha256': stated } = request.headers;
  if (claim.service !== 's3') return sha256(request.body);
  if (claim.expiresSeconds !== undefined) return request.query.get('X-Amz-Content-Sha256') ?? stated ?? UNSIGNED;
  const isWord = stated === UNSIGNED || stated?.startsWith('STREAMING-');
  return stated !== undefined && isWord ? stated : sha256(request.body);
};

const KEYS_KEPT = 500;
const signingKeys = new Map<string, Buffer>();

/** The key of one day, region and service: four hashes that are the same for every call of the day. */
const signingKey = ({ day, region, service }: SignatureClaim, secretAccessKey: string): Buffer => {
  const parts = [day, region, service, 'aws4_request'];
  const name = [secretAccessKey, ...parts].join('/');
  const kept = signingKeys.get(name);
  if (kept) return kept;
  if (signingKeys.size >= KEYS_KEPT) signingKeys.clear();
  const key = parts.reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  signingKeys.set(name, key);
  return key;
};

/** The signature that `secretAccessKey` gives to a request under these claims. */
function computeSignature(request: AwsRequest, claim: SignatureClaim, secretAccessKey: string): string {
  const headers = claim.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`,
  );
  const canonical = [
    request.method,
    canonicalPath(request.path, claim.service),
    canonicalQuery(request.query),
    headers.join(''),
    claim.signedHeaders.join(';'),
    payloadHash(request, claim),
  ].join('\n');
  const scope = `${claim.day}/${claim.region}/${claim.service}/aws4_request`;
  return hmac(
    signingKey(claim, secretAccessKey),
    [ALGORITHM, claim.timestamp, scope, sha256(canonical)].join('\n'),
  ).toString('hex');
}

/** True where the claimed signature is the one that this secret gives, over all that AWS requires to be signed. */
export function isSigned(request: AwsRequest, claim: SignatureClaim, secretAccessKey: string): boolean {
  if (!claim.signedHeaders.includes('host') || !claim.timestamp.startsWith(claim.day)) return false;
  const expected = Buffer.from(computeSignature(request, claim, secretAccessKey));
  const given = Buffer.from(claim.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** When a presigned URL ends to be good, in epoch ms; NaN where it does not say so properly. */
export const expiryOf = ({ timestamp, expiresSeconds = Number.NaN }: SignatureClaim): number => {
  const longest = 7 * 24 * 3600;
  if (!(expiresSeconds > 0 && expiresSeconds <= longest)) return Number.NaN;
  const iso = timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(iso) + expiresSeconds * 1000;
};

/** The headers that sign a POST of `body` to `host`, for a server that asks for a signature. */
export function signedPostHeaders(
  call: { host: string; region: string; service: string; headers: Record<string, string>; body: Buffer },
  key: { accessKeyId: string; secretAccessKey: string },
): Record<string, string> {
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const headers: Record<string, string> = { ...call.headers, host: call.host, 'x-amz-date': timestamp };
  const signedHeaders = Object.keys(headers).sort();
  const scope = {
    accessKeyId: key.accessKeyId,
    day: timestamp.slice(0, 8),
    region: call.region,
    service: call.service,
  };
  const claim = { ...scope, timestamp, signedHeaders, signature: '' };
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers, body: call.body };
  const signature = computeSignature(request, claim, key.secretAccessKey);
  const credential = `${key.accessKeyId}/${scope.day}/${scope.region}/${scope.service}/aws4_request`;
  const list = signedHeaders.join(';');
  return {
    ...headers,
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${list}, Signature=${signature}`,
  };
}
