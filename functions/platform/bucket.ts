import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { readEnv, readOptionalEnv } from './env.ts';
import { callHttps } from './https.ts';

/** An object as `head` tells it. */
export interface StoredFile {
  bytes: number;
  contentType: string;
}

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

/**
 * A bucket through presigned addresses. The S3 client would add 170 KB to the function for three calls.
 * Source: Amazon S3 API reference, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
 */
export const openBucket = (bucket: string) => {
  const { AWS_REGION: region } = readEnv('AWS_REGION');

  const presign = async (
    method: string,
    key: string,
    {
      headers = {},
      now = new Date(),
      seconds = 60,
    }: { headers?: Record<string, string>; now?: Date; seconds?: number } = {},
  ): Promise<string> => {
    const url = addressOf(bucket, key, region);
    const signed = await signer(region).presign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port && { port: Number(url.port) }),
        path: url.pathname,
        query: {},
        headers: { host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
      },
      { expiresIn: seconds, signingDate: now, signableHeaders: new Set(['host', ...Object.keys(headers)]) },
    );
    url.search = new URLSearchParams(signed.query as Record<string, string>).toString();
    return url.href;
  };

  const call = async (method: 'HEAD' | 'DELETE', key: string) =>
    callHttps(new URL(await presign(method, key)), { method });

  return {
    /** An address that takes one PUT with exactly these headers until `seconds` from `now`. */
    presignPut: (key: string, headers: Record<string, string>, now: Date, seconds: number): Promise<string> =>
      presign('PUT', key, { headers, now, seconds }),

    /** What is stored under a key, or undefined. */
    head: async (key: string): Promise<StoredFile | undefined> => {
      const { status, headers } = await call('HEAD', key);
      if (status === 404) return undefined;
      if (status !== 200) throw new Error(`the bucket answered ${status} to HEAD`);
      return { bytes: Number(headers['content-length']), contentType: headers['content-type'] ?? '' };
    },

    /** Deletes what is stored under a key, if anything is. */
    remove: async (key: string): Promise<void> => {
      const { status } = await call('DELETE', key);
      if (status !== 204 && status !== 200) throw new Error(`the bucket answered ${status} to DELETE`);
    },
  };
};
