import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AwsResponse } from './engine.ts';
import { AwsError } from './engine.ts';
import { signedPostHeaders } from './signature.ts';

const key = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The line to the server behind the engine. */
export interface Backend {
  /** Sends one call on, as it is, under our own key. Rejects where the server can't be reached. */
  send(target: string, body: Buffer, contentType?: string): Promise<AwsResponse>;
  /** One call of ours; rejects with an AwsError for what the server refuses. */
  call(target: string, input: object): Promise<Record<string, unknown>>;
  close(): void;
}

const collect = async (answer: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const toError = (answer: AwsResponse): AwsError => {
  const body = JSON.parse(String(answer.body)) as Record<string, unknown>;
  const code = String(body['__type']).split('#').at(-1) ?? 'InternalServerError';
  return new AwsError(code, String(body['message'] ?? body['Message'] ?? ''), answer.status, body);
};

const toAnswer = async (answer: IncomingMessage): Promise<AwsResponse> => {
  const contentType = answer.headers['content-type'] ?? 'application/x-amz-json-1.0';
  // only the type is kept: checksum, length and date are the door's to say
  return { status: answer.statusCode ?? 500, headers: { 'content-type': contentType }, body: await collect(answer) };
};

/** Opens keep-alive connections to a DynamoDB-compatible server. */
export function openBackend(endpoint: string, region: string): Backend {
  const { hostname, port, host } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });

  const send: Backend['send'] = (target, body, contentType = 'application/x-amz-json-1.0') =>
    new Promise((resolve, reject) => {
      const headers = signedPostHeaders(
        { host, region, service: 'dynamodb', headers: { 'content-type': contentType, 'x-amz-target': target }, body },
        key,
      );
      const outgoing = httpRequest({ agent, hostname, port, method: 'POST', path: '/', headers });
      outgoing.on('error', reject);
      outgoing.on('response', (answer) => {
        toAnswer(answer).then(resolve, reject);
      });
      outgoing.end(body);
    });

  const call: Backend['call'] = async (target, input) => {
    const answer = await send(target, Buffer.from(JSON.stringify(input)));
    if (answer.status !== 200) throw toError(answer);
    return JSON.parse(String(answer.body)) as Record<string, unknown>;
  };

  return { send, call, close: () => agent.destroy() };
}

export const TABLE_API = 'DynamoDB_20120810';
export const STREAMS_API = 'DynamoDBStreams_20120810';
