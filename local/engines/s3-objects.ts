import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { decodeAwsChunked } from './aws-chunked.ts';
import type { AwsRequest, AwsResponse } from './engine.ts';
import { AwsError } from './engine.ts';
import type { ObjectMeta, ObjectShelf } from './s3-shelf.ts';

const kept = /^(content-type|content-disposition|content-language|cache-control|expires|x-amz-meta-.+)$/;
const CRC32 = 'x-amz-checksum-crc32';

const digest = (algorithm: string, body: Buffer, encoding: 'hex' | 'base64') =>
  createHash(algorithm).update(body).digest(encoding);

const crc32Base64 = (body: Buffer): string => {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return sum.toString('base64');
};

/** What a checksum header must say of a body, for the algorithms that this machine can count. */
const checks: Record<string, (body: Buffer) => string> = {
  'content-md5': (body) => digest('md5', body, 'base64'),
  [CRC32]: crc32Base64,
  'x-amz-checksum-sha1': (body) => digest('sha1', body, 'base64'),
  'x-amz-checksum-sha256': (body) => digest('sha256', body, 'base64'),
};

const assertIntact = (body: Buffer, stated: Record<string, string>): void => {
  for (const [name, count] of Object.entries(checks)) {
    const value = stated[name];
    if (value !== undefined && value !== count(body)) {
      throw new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
    }
  }
};

const readBody = (request: AwsRequest): Buffer => {
  const { headers } = request;
  const isChunked = headers['x-amz-content-sha256']?.startsWith('STREAMING-');
  const { body, trailers } = isChunked ? decodeAwsChunked(request.body) : { body: request.body, trailers: {} };
  const length = headers['x-amz-decoded-content-length'];
  if (length !== undefined && Number(length) !== body.length) {
    throw new AwsError('IncompleteBody', 'You did not provide the number of bytes specified by the length headers.');
  }
  assertIntact(body, { ...Object.fromEntries(request.query), ...headers, ...trailers });
  return body;
};

const failedCondition = (): AwsError =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);

const noSuchKey = (key: string): AwsError => new AwsError('NoSuchKey', `The specified key does not exist: ${key}`, 404);

/** Throws where the caller wants no object to be there, or another one. */
const assertWriteCondition = ({ headers }: AwsRequest, key: string, there: ObjectMeta | undefined): void => {
  const { 'if-none-match': noneMatch, 'if-match': match } = headers;
  if (noneMatch === '*' && there) throw failedCondition();
  if (match === undefined) return;
  if (!there) throw noSuchKey(key);
  if (match !== there.etag) throw failedCondition();
};

/** How the bytes are encoded, but for the way they were sent. */
const encodingOf = ({ headers }: AwsRequest): Record<string, string> => {
  const encodings = (headers['content-encoding'] ?? '').split(',').map((one) => one.trim());
  const own = encodings.filter((one) => one !== '' && one !== 'aws-chunked').join(',');
  return own === '' ? {} : { 'content-encoding': own };
};

/** Puts an object; an If-None-Match: * has one winner. Throws BadDigest, IncompleteBody, PreconditionFailed. */
export async function putObject(
  shelf: ObjectShelf,
  request: AwsRequest,
  key: string,
  now: number,
): Promise<AwsResponse> {
  if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long');
  const body = readBody(request);
  const etag = `"${digest('md5', body, 'hex')}"`;
  const given = Object.entries(request.headers).filter(([name]) => kept.test(name));
  const headers = {
    'content-type': 'binary/octet-stream',
    ...Object.fromEntries(given),
    ...encodingOf(request),
  };
  await shelf.put(key, body, { etag, modified: now, headers }, (there) => assertWriteCondition(request, key, there));
  return { status: 200, headers: { etag, [CRC32]: crc32Base64(body) }, body: '' };
}

/** What a reader is told of an object. */
export const objectHeaders = (meta: ObjectMeta): Record<string, string> => ({
  ...meta.headers,
  etag: meta.etag,
  'last-modified': new Date(meta.modified).toUTCString(),
  'accept-ranges': 'bytes',
});

/** First and last byte of a Range header; undefined where there is none, or none that is understood. */
const readRange = (range: string | undefined, size: number): [first: number, last: number] | undefined => {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const first = from === '' ? Math.max(size - Number(to), 0) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (first <= last) return [first, last];
  throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
};

/** Headers that the reader wants in the place of the object's own, as a presigned link asks for a download. */
const wishedHeaders = ({ query }: AwsRequest): Record<string, string> =>
  Object.fromEntries(
    [...query]
      .map(([name, value]) => [/^response-(.+)$/.exec(name)?.[1] ?? '', value] as const)
      .filter(([name]) => kept.test(name) || name === 'content-encoding'),
  );

const isListed = (list: string, etag: string): boolean =>
  list.split(',').some((entry) => entry.trim() === '*' || entry.trim() === etag);

/** Reads an object or a range of it. Throws NoSuchKey, PreconditionFailed, InvalidRange. */
export async function getObject(shelf: ObjectShelf, request: AwsRequest, key: string): Promise<AwsResponse> {
  const found = await shelf.read(key);
  if (!found) throw noSuchKey(key);
  const { meta, body } = found;
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  if (match !== undefined && !isListed(match, meta.etag)) throw failedCondition();
  const headers = { ...objectHeaders(meta), ...wishedHeaders(request) };
  if (noneMatch !== undefined && isListed(noneMatch, meta.etag)) return { status: 304, headers, body: '' };
  const range = readRange(request.headers['range'], meta.size);
  if (!range) return { status: 200, headers: { ...headers, ...checksumFor(request, body) }, body };
  const [first, last] = range;
  const place = { 'content-range': `bytes ${first}-${last}/${meta.size}` };
  return { status: 206, headers: { ...headers, ...place }, body: body.subarray(first, last + 1) };
}

/** The SDK asks for a checksum and verifies it. */
const checksumFor = ({ headers }: AwsRequest, body: Buffer): Record<string, string> =>
  headers['x-amz-checksum-mode'] === 'ENABLED' ? { [CRC32]: crc32Base64(body) } : {};
