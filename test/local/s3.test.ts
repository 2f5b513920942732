import { createHash } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBucket } from '#platform/bucket.ts';
import { createClock } from '../../local/clock.ts';
import { decodeAwsChunked } from '../../local/engines/aws-chunked.ts';
import { type S3Engine, startS3 } from '../../local/engines/s3.ts';
import { admin, aFolder, aPrincipal, type Cloud, failureOf, openCloud, place } from './local-cloud.ts';

const Bucket = 'pictures';
const cors = {
  AllowedOrigins: ['https://*.example.com', 'http://127.0.0.1:3000'],
  AllowedMethods: ['PUT', 'GET'],
  AllowedHeaders: ['content-type', 'x-amz-*'],
  MaxAge: 600,
};
const uploader = aPrincipal('uploader', [
  { Statement: { Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/shops/1/*` } },
]);

const clock = createClock();
let folder: Awaited<ReturnType<typeof aFolder>>;
let engine: S3Engine;
let cloud: Cloud;
let s3: S3Client;

const buckets = [{ name: Bucket, cors: [cors] }, { name: 'pages' }];
beforeAll(async () => {
  folder = await aFolder();
  engine = await startS3({ clock, buckets, dir: folder.path });
  cloud = await openCloud([engine], clock, [uploader]);
  s3 = new S3Client(cloud.as());
});
afterAll(async () => {
  await cloud.close();
  await folder.remove();
});

const put = (Key: string, Body: string | Buffer | Readable, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const read = async (Key: string, more: object = {}) => {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, text: await answer.Body?.transformToString() };
};

it('gives a function the first key behind another, and none that it has not', async () => {
  const { endpoint, region, credentials } = cloud.as();
  vi.stubEnv('AWS_ENDPOINT_URL_S3', String(endpoint));
  vi.stubEnv('AWS_REGION', String(region));
  const { accessKeyId, secretAccessKey } = credentials as { accessKeyId: string; secretAccessKey: string };
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
  const bucket = openBucket(Bucket);
  for (const key of ['jobs/A/list-1.json', 'jobs/A/1', 'jobs/A/worker-9/errors-1.csv', 'jobs/AB/1'])
    await put(key, key);
  const found: string[] = [];
  for (let key = await bucket.firstKey('jobs/A/'); key; key = await bucket.firstKey('jobs/A/', key)) found.push(key);
  expect(found).toEqual(['jobs/A/1', 'jobs/A/list-1.json', 'jobs/A/worker-9/errors-1.csv']);
  expect(await bucket.firstKey('jobs/C/')).toBeUndefined();
  vi.unstubAllEnvs();
});

describe('objects', () => {
  it('come back with the bytes and the headers that they were given', async () => {
    await put('a.txt', 'héllo', {
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'public, max-age=31536000, immutable',
      Metadata: { shop: '1' },
    });
    const found = await read('a.txt');
    expect(found).toMatchObject({
      text: 'héllo',
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'public, max-age=31536000, immutable',
      ContentLength: 6,
      Metadata: { shop: '1' },
      ETag: `"${createHash('md5').update('héllo').digest('hex')}"`,
    });
    expect(Math.abs((found.LastModified?.getTime() ?? 0) - clock.now())).toBeLessThan(3000);
  });

  it('keep how their bytes are encoded, but not how they were sent', async () => {
    const stream = Readable.from([Buffer.from('zipped')]);
    await put('a.json.gz', stream, { ContentLength: 6, ContentEncoding: 'gzip' });
    expect(await read('a.json.gz')).toMatchObject({ text: 'zipped', ContentEncoding: 'gzip' });
    await put('plain', Readable.from([Buffer.from('x')]), { ContentLength: 1 });
    expect((await read('plain')).ContentEncoding).toBeUndefined();
  });

  it('come with other headers for a reader who wishes so', async () => {
    await put('photo.jpg', 'x', { ContentType: 'image/jpeg' });
    const wishes = { ResponseContentDisposition: 'attachment; filename="p.jpg"', ResponseContentType: 'image/png' };
    expect(await read('photo.jpg', wishes)).toMatchObject({
      ContentDisposition: 'attachment; filename="p.jpg"',
      ContentType: 'image/png',
    });
  });

  it('keep binary bytes as they are', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    await put('bytes', bytes);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'bytes' }));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? [])).toEqual(bytes);
  });

  it.each([
    'con espacios y ñandú.jpg',
    '🕯️/vela.png',
    'a+b&c=d?e#f%20.txt',
    "it's (1) * !.txt",
    '../../../etc/passwd',
    'a//b/',
    'x'.repeat(1024),
  ])('may be called %s', async (Key) => {
    await put(Key, Key);
    expect((await read(Key)).text).toBe(Key);
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    expect((await failureOf(read(Key))).name).toBe('NoSuchKey');
  });

  it('are kept without the framing of a streamed body', async () => {
    const stream = Readable.from([Buffer.from('first '), Buffer.from('second')]);
    await put('streamed', stream, { ContentLength: 12 });
    expect((await read('streamed')).text).toBe('first second');
  });

  it('are seen without being sent', async () => {
    await put('seen', 'abc');
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'seen' }));
    expect(head).toMatchObject({ ContentLength: 3, ContentType: 'application/octet-stream' });
    expect((await failureOf(s3.send(new HeadObjectCommand({ Bucket, Key: 'unseen' })))).name).toBe('NotFound');
  });

  it.each([
    ['bytes=0-1', '01', 'bytes 0-1/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
  ])('give the part %s', async (Range, text, ContentRange) => {
    await put('digits', '0123456789');
    expect(await read('digits', { Range })).toMatchObject({ text, ContentRange, $metadata: { httpStatusCode: 206 } });
  });

  it('refuse a part that they do not have', async () => {
    await put('digits', '0123456789');
    const failure = await failureOf(read('digits', { Range: 'bytes=10-' }));
    expect(failure).toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } });
  });

  it('are not sent again to whoever has them', async () => {
    const { ETag } = await put('cached', 'x');
    const failure = await failureOf(read('cached', { IfNoneMatch: ETag }));
    expect(failure).toMatchObject({ $metadata: { httpStatusCode: 304 } });
  });

  it('are made once where nobody may be there before, however many try', async () => {
    const tries = Array.from({ length: 8 }, (_, index) => put('once', `writer ${index}`, { IfNoneMatch: '*' }));
    const outcomes = await Promise.allSettled(tries);
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failures).toHaveLength(7);
    expect(failures[0]?.reason).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
  });

  it('are refused where a checksum tells that bytes were lost', async () => {
    expect((await failureOf(put('bad', 'x', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }))).name).toBe('BadDigest');
  });

  it('can be deleted twice', async () => {
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'never-there' }));
  });

  it('need a bucket that is there', async () => {
    const failure = await failureOf(s3.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'a' })));
    expect(failure).toMatchObject({ name: 'NoSuchBucket', $metadata: { httpStatusCode: 404 } });
  });

  it('can be read by the page server', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'pages', Key: 'index.html', Body: '<p>', ContentType: 'text/html' }));
    expect(await engine.read('pages', 'index.html')).toMatchObject({
      body: Buffer.from('<p>'),
      headers: { 'content-type': 'text/html', etag: expect.stringMatching(/^"[0-9a-f]{32}"$/) },
    });
    expect(await engine.read('pages', 'none')).toBeUndefined();
  });
});

describe('lists', () => {
  const list = (more: object) => s3.send(new ListObjectsV2Command({ Bucket, ...more }));
  beforeAll(async () => {
    for (const key of ['l/b/2.png', 'l/a <&> ñ.png', 'l/b/1.png', 'l/c.png']) await put(key, 'x');
  });

  it('give keys in order, whatever is in them', async () => {
    const { Contents, KeyCount, IsTruncated } = await list({ Prefix: 'l/' });
    expect(Contents?.map((row) => row.Key)).toEqual(['l/a <&> ñ.png', 'l/b/1.png', 'l/b/2.png', 'l/c.png']);
    expect([KeyCount, IsTruncated]).toEqual([4, false]);
  });

  it('fold what shares a prefix', async () => {
    const { Contents, CommonPrefixes } = await list({ Prefix: 'l/', Delimiter: '/' });
    expect(CommonPrefixes?.map((row) => row.Prefix)).toEqual(['l/b/']);
    expect(Contents?.map((row) => row.Key)).toEqual(['l/a <&> ñ.png', 'l/c.png']);
  });

  it('go on where a page ended', async () => {
    const keys: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ Prefix: 'l/', MaxKeys: 1, ContinuationToken });
      keys.push(...(page.Contents ?? []).map((row) => row.Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(keys).toHaveLength(4);
  });
});

class Sha256 {
  private readonly hash;
  constructor(secret?: string | Uint8Array) {
    this.hash = secret === undefined ? createHash('sha256') : undefined;
    this.secret = secret;
  }
  private readonly secret;
  private readonly parts: Uint8Array[] = [];
  update(data: string | Uint8Array) {
    this.parts.push(typeof data === 'string' ? Buffer.from(data) : data);
  }
  async digest() {
    const { createHmac } = await import('node:crypto');
    const hash = this.hash ?? createHmac('sha256', this.secret as string);
    for (const part of this.parts) hash.update(part);
    return new Uint8Array(hash.digest());
  }
  reset() {}
}

/** A URL that lets a browser put one picture of this type and length. */
const presign = async (key: string, headers: Record<string, string>, principal = admin, expiresIn = 300) => {
  const signer = new SignatureV4({
    service: 's3',
    region: place.region,
    credentials: principal,
    sha256: Sha256 as never,
    uriEscapePath: false,
    applyChecksum: false,
  });
  const { hostname, port, host } = new URL(cloud.endpoint);
  const path = `/${Bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const unsigned = {
    method: 'PUT',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path,
    query: {},
    headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
  };
  const { query } = await signer.presign(unsigned, {
    expiresIn,
    signingDate: new Date(clock.now()),
    hoistableHeaders: new Set(['x-amz-content-sha256']),
    unhoistableHeaders: new Set(Object.keys(headers)),
  });
  return `${cloud.endpoint}${path}?${new URLSearchParams(query as Record<string, string>).toString().replaceAll('+', '%20')}`;
};

const upload = async (url: string, body: string, headers: Record<string, string>) => {
  const answer = await fetch(url, { method: 'PUT', body, headers });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
};
const png = { 'content-type': 'image/png' };

describe('presigned uploads', () => {
  it('put what was agreed on', async () => {
    const url = await presign('shops/1/ñ vela.png', { ...png, 'content-length': '4' }, uploader);
    expect((await upload(url, 'abcd', png)).status).toBe(200);
    expect(await read('shops/1/ñ vela.png')).toMatchObject({ text: 'abcd', ContentType: 'image/png' });
  });

  it.each([
    ['another type', 'abcd', { 'content-type': 'text/html' }],
    ['another length', 'abcde', png],
  ])('refuse %s', async (_, body, headers) => {
    const url = await presign('shops/1/a.png', { ...png, 'content-length': '4' });
    expect(await upload(url, body, headers)).toMatchObject({
      status: 403,
      text: expect.stringContaining('SignatureDoesNotMatch'),
    });
  });

  it('refuse another key, and another method', async () => {
    const url = await presign('shops/1/a.png', png);
    expect((await upload(url.replace('a.png', 'b.png'), 'x', png)).status).toBe(403);
    expect((await fetch(url)).status).toBe(403);
  });

  it('refuse a signer who may not', async () => {
    const url = await presign('shops/2/a.png', png, uploader);
    expect(await upload(url, 'x', png)).toMatchObject({ status: 403, text: expect.stringContaining('s3:PutObject') });
  });

  it('end when their time is over', async () => {
    const url = await presign('shops/1/late.png', png, admin, 60);
    clock.advance(59_000);
    expect((await upload(url, 'x', png)).status).toBe(200);
    clock.advance(2000);
    expect(await upload(url, 'x', png)).toMatchObject({
      status: 403,
      text: expect.stringContaining('Request has expired'),
    });
  });

  it('refuse a longer time than was signed', async () => {
    const url = await presign('shops/1/a.png', png, admin, 60);
    expect((await upload(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'), 'x', png)).status).toBe(403);
  });
});

describe('browsers of another origin', () => {
  /** `fetch` would not send an Origin of our choice. */
  const ask = (url: string, method: string, headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; headers: Record<string, unknown> }>((resolve, reject) => {
      const question = httpRequest(url, { method, headers }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode, headers: answer.headers });
      });
      question.on('error', reject);
      question.end();
    });
  const preflight = (origin: string, method: string, wanted = 'content-type') =>
    presign('shops/1/a.png', png).then((url) =>
      ask(url, 'OPTIONS', {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': wanted,
      }),
    );

  it('may upload where a rule lets them', async () => {
    expect(await preflight('https://shop.example.com', 'PUT', 'content-type, x-amz-meta-shop')).toMatchObject({
      status: 200,
      headers: {
        'access-control-allow-origin': 'https://shop.example.com',
        'access-control-allow-methods': 'PUT, GET',
        'access-control-allow-headers': 'content-type, x-amz-meta-shop',
        'access-control-max-age': '600',
      },
    });
  });

  it.each([
    ['another origin', 'https://evil.example', 'PUT', 'content-type'],
    ['another method', 'https://shop.example.com', 'DELETE', 'content-type'],
    ['another header', 'https://shop.example.com', 'PUT', 'authorization'],
  ])('may not with %s', async (_, origin, method, wanted) => {
    const answer = await preflight(origin, method, wanted);
    expect(answer.status).toBe(403);
    expect(
      answer.headers['access-control-allow-methods'] && answer.headers['access-control-allow-headers'],
    ).toBeUndefined();
  });

  it('can read the answer, a refusal too', async () => {
    const url = await presign('shops/1/a.png', png);
    const answer = await ask(url, 'PUT', { origin: 'http://127.0.0.1:3000', 'content-type': 'text/html' });
    expect(answer).toMatchObject({ status: 403, headers: { 'access-control-allow-origin': 'http://127.0.0.1:3000' } });
  });
});

describe('chunked bodies', () => {
  it.each([
    [
      'unsigned chunks with a trailer',
      '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n',
      'hello',
      { 'x-amz-checksum-crc32': 'NhCmhg==' },
    ],
    [
      'signed chunks',
      '5;chunk-signature=ab\r\nhello\r\n1;chunk-signature=cd\r\n!\r\n0;chunk-signature=ef\r\n\r\n',
      'hello!',
      {},
    ],
    ['nothing', '0\r\n\r\n', '', {}],
    ['line ends inside', '4\r\n\r\n\r\n\r\n0\r\n\r\n', '\r\n\r\n', {}],
  ])('are decoded: %s', (_, framed, text, trailers) => {
    const { body, trailers: found } = decodeAwsChunked(Buffer.from(framed));
    expect([body.toString(), found]).toEqual([text, trailers]);
  });

  it.each(['', 'hello', '5\r\nhel', '5\r\nhelloX\r\n0\r\n\r\n', '5\r\nhello\r\n'])(
    'are refused when broken: %j',
    (framed) => {
      expect(() => decodeAwsChunked(Buffer.from(framed))).toThrow('chunked');
    },
  );
});

describe('a restart', () => {
  it('finds the objects again, and leaves no bytes of overwritten ones', async () => {
    const own = await aFolder();
    const run = async () => {
      const local = await startS3({ clock, buckets, dir: own.path });
      const there = await openCloud([local], clock);
      return { local, there, client: new S3Client(there.as()) };
    };
    const first = await run();
    for (const Body of ['1', '2', '3']) await first.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body }));
    await first.client.send(new PutObjectCommand({ Bucket, Key: 'gone', Body: 'x' }));
    await first.client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
    await first.there.close();
    expect(await readdir(join(own.path, 's3', Bucket))).toHaveLength(2);
    const second = await run();
    expect((await second.local.read(Bucket, 'k'))?.body.toString()).toBe('3');
    await second.there.close();
    await own.remove();
  });

  it('refuses a bucket whose name would leave the folder', async () => {
    await mkdir(folder.path, { recursive: true });
    await expect(startS3({ clock, buckets: [{ name: '../up' }], dir: folder.path })).rejects.toThrow(
      'no name for a bucket',
    );
  });
});
