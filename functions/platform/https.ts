import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };

/** An answer whose body was read to the end. */
export interface HttpsAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/**
 * One call over a kept connection. Not the global `fetch`: its first use costs a Lambda more than twenty milliseconds.
 * Throws on a broken connection and after `timeoutMs`; any status is an answer.
 */
export const callHttps = (
  url: URL,
  {
    method = 'GET',
    headers = {},
    timeoutMs = 5000,
  }: { method?: string; headers?: Record<string, string>; timeoutMs?: number } = {},
): Promise<HttpsAnswer> =>
  new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const agent = secure ? agents['https:'] : agents['http:'];
    const call = (secure ? httpsRequest : httpRequest)(
      url,
      { method, headers, agent, timeout: timeoutMs },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    call.on('timeout', () => call.destroy(new Error(`no answer from ${url.host} within ${timeoutMs} ms`)));
    call.on('error', reject);
    call.end();
  });
