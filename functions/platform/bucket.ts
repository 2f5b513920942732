import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { readEnv, readOptionalEnv } from './env.ts';
import { callHttps } from './https.ts';

/** An object as `head` tells it. */
export interface StoredFile {
  bytes: number;
  contentType: string;
}

/** Some bytes of an object, and what the whole of it is. */
export interface FilePart {
  body: Buffer;
  /** Of the whole object. */
  bytes: number;
  /** Changes with the object's content. */
  etag: string;
}

/** How a file is stored. */
interface FileType {
  contentType: string;
  contentEncoding?: string;
}

/** A call may take so long, and more for what it carries. */
const CALL_MS = 5000;
const SLOWEST_BYTES_PER_MS = 2000;
const LARGEST_FILE = 100 * 1024 * 1024;

const addressOf = (bucket: string, key: string, region: string): URL => {
  const endpoint = readOptionalEnv('AWS_ENDPOINT_URL_S3') ?? readOptionalEnv('AWS_ENDPOINT_URL');
  const path = key.split('/').map(encodeURIComponent).join('/');
  return new URL(endpoint ? `${endpoint}/${bucket}/${path}` : `https://${bucket}.s3.${region}.amazonaws.com/${path}`);
};

const signer = (region: string) => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = readEnv('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY');
  const sessionToken = readOptionalEnv('AWS_SESSION_TOKEN');
  return new SignatureV4({
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(sessionToken && { sessionToken }),
    },
    region,
    service: 's3',
    sha256: Hash.bind(null, 'sha256'),
    uriEscapePath: false,
    applyChecksum: false,
  });
};

interface PresignOptions {
  headers?: Record<string, string>;
  query?: Record<string, string>;
  now?: Date;
  seconds?: number;
}

/** Makes addresses that carry their own signature. */
const presigner = (bucket: string) => {
  const { AWS_REGION: region } = readEnv('AWS_REGION');
  return async (
    method: string,
    key: string,
    { headers = {}, query = {}, now = new Date(), seconds = 60 }: PresignOptions = {},
  ): Promise<string> => {
    const url = addressOf(bucket, key, region);
    const signed = await signer(region).presign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port && { port: Number(url.port) }),
        path: url.pathname,
        query,
        headers: { host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
      },
      { expiresIn: seconds, signingDate: now, signableHeaders: new Set(['host', ...Object.keys(headers)]) },
    );
    // a plus is a space in forms only: S3 signs %20
    url.search = new URLSearchParams(signed.query as Record<string, string>).toString().replaceAll('+', '%20');
    return url.href;
  };
};

type Presign = ReturnType<typeof presigner>;

const bucketFiles = (presign: Presign) => {
  const call = async (method: 'GET' | 'HEAD' | 'DELETE', key: string, timeoutMs = CALL_MS) =>
    callHttps(new URL(await presign(method, key)), { method, timeoutMs });

  return {
    /** Stores bytes under a key, over whatever is there. `contentEncoding`: how they are compressed. */
    put: async (key: string, body: Buffer | string, { contentType, contentEncoding }: FileType): Promise<void> => {
      const headers = { 'content-type': contentType, ...(contentEncoding && { 'content-encoding': contentEncoding }) };
      const url = new URL(await presign('PUT', key, { headers }));
      const timeoutMs = CALL_MS + Buffer.byteLength(body) / SLOWEST_BYTES_PER_MS;
      const { status } = await callHttps(url, { method: 'PUT', headers, body, timeoutMs });
      if (status !== 200) throw new Error(`the bucket answered ${status} to PUT`);
    },

    /** The bytes under a key as they are stored, or undefined. */
    get: async (key: string): Promise<Buffer | undefined> => {
      const { status, body } = await call('GET', key, CALL_MS + LARGEST_FILE / SLOWEST_BYTES_PER_MS);
      if (status === 404) return undefined;
      if (status !== 200) throw new Error(`the bucket answered ${status} to GET`);
      return body;
    },

    /**
     * At most `length` bytes from the byte `from` on, or undefined when there is nothing under the key. None from its end.
     * Source: Amazon S3 API reference, "GetObject", Range.
     */
    getRange: async (key: string, from: number, length: number): Promise<FilePart | undefined> => {
      const headers = { range: `bytes=${from}-${from + length - 1}` };
      const timeoutMs = CALL_MS + length / SLOWEST_BYTES_PER_MS;
      const answer = await callHttps(new URL(await presign('GET', key)), { headers, timeoutMs });
      if (answer.status === 404) return undefined;
      if (answer.status === 416) return { body: Buffer.alloc(0), bytes: from, etag: '' };
      if (answer.status !== 206) throw new Error(`the bucket answered ${answer.status} to GET of a range`);
      const [, total] = /\/(\d+)$/.exec(answer.headers['content-range'] ?? '') ?? [];
      return { body: answer.body, bytes: Number(total), etag: answer.headers.etag ?? '' };
    },

    /** What is stored under a key, or undefined. */
    head: async (key: string): Promise<StoredFile | undefined> => {
      const { status, headers } = await call('HEAD', key);
      if (status === 404) return undefined;
      if (status !== 200) throw new Error(`the bucket answered ${status} to HEAD`);
      return { bytes: Number(headers['content-length']), contentType: headers['content-type'] ?? '' };
    },

    /**
     * The first key that begins with `prefix` and comes after the key `after`, or the first of all; undefined behind the
     * last. For keys of letters, digits, `/`, `-` and `.` only. Source: Amazon S3 API reference, "ListObjectsV2".
     */
    firstKey: async (prefix: string, after?: string): Promise<string | undefined> => {
      const query = { 'list-type': '2', 'max-keys': '1', prefix, ...(after && { 'start-after': after }) };
      const { status, body } = await callHttps(new URL(await presign('GET', '', { query })), { timeoutMs: CALL_MS });
      if (status !== 200) throw new Error(`the bucket answered ${status} to a listing`);
      return /<Key>([^<]+)<\/Key>/.exec(body.toString('utf8'))?.[1];
    },

    /** Deletes what is stored under a key, if anything is. */
    remove: async (key: string): Promise<void> => {
      const { status } = await call('DELETE', key);
      if (status !== 204 && status !== 200) throw new Error(`the bucket answered ${status} to DELETE`);
    },
  };
};

/**
 * A bucket through presigned addresses. The S3 client would add 170 KB to the function for a few calls.
 * Source: Amazon S3 API reference, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
 */
export const openBucket = (bucket: string) => {
  const presign = presigner(bucket);
  return {
    ...bucketFiles(presign),

    /** An address that takes one PUT with exactly these headers until `seconds` from `now`. */
    presignPut: (key: string, headers: Record<string, string>, now: Date, seconds: number): Promise<string> =>
      presign('PUT', key, { headers, now, seconds }),

    /**
     * An address that gives a file until `seconds` from `now`. `disposition`: the header by which a browser saves it
     * under a name, instead of showing it.
     */
    presignGet: (
      key: string,
      { seconds, now, disposition }: { seconds: number; now: Date; disposition?: string },
    ): Promise<string> =>
      presign('GET', key, {
        now,
        seconds,
        ...(disposition && { query: { 'response-content-disposition': disposition } }),
      }),
  };
};

export type Bucket = ReturnType<typeof openBucket>;
