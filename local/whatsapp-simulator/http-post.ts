import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** What came back; without a status where nothing did. */
export interface Outcome {
  status?: number;
  body: string;
  failure?: string;
}

const MOST_BYTES = 64 * 1024;

/** Calls an address and reads the beginning of its answer. Never rejects: what went wrong is in the outcome. */
export const callAddress = (
  url: string,
  options: RequestOptions,
  body?: Buffer,
  timeoutMs = 10_000,
): Promise<Outcome> =>
  new Promise((resolve) => {
    const fail = (error: unknown) => resolve({ body: '', failure: (error as Error).message });
    try {
      const send = url.startsWith('https:') ? httpsRequest : httpRequest;
      const signal = AbortSignal.timeout(timeoutMs);
      const call = send(url, { ...options, signal }, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          if (bytes < MOST_BYTES) chunks.push(chunk);
          bytes += chunk.length;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString('utf8') }),
        );
        response.on('error', fail);
      });
      call.on('error', fail);
      call.end(body);
    } catch (error) {
      fail(error);
    }
  });
