import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';

const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };

/**
 * The other side may have closed a connection that lay idle, above all while Lambda had this function frozen; a request
 * into it would fail, and nobody could say whether it had arrived. So such a one is not used again.
 */
const IDLE_MS = 4000;
const freeSince = new WeakMap<Socket, number>();

const dropIdle = ({ freeSockets }: HttpAgent): void => {
  const latest = Date.now() - IDLE_MS;
  for (const socket of Object.values(freeSockets).flatMap((sockets) => sockets ?? [])) {
    if ((freeSince.get(socket) ?? 0) < latest) socket.destroy();
  }
};

/** An answer whose body was read to the end. */
export interface HttpsAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** What a call is made of. */
export interface HttpsCall {
  method?: string;
  headers?: Record<string, string>;
  /** Sent with its length; an empty one too. */
  body?: string | Buffer;
  /** For the whole call, from the connection to the last byte of the answer. */
  timeoutMs?: number;
  /** The longest answer that is read. */
  maxBytes?: number;
  /** Finds the address of the host; not asked where the host is an address itself. @default the system's resolver */
  lookup?: LookupFunction;
}

/** A call without a whole answer. */
export class HttpsError extends Error {
  override readonly name: string = 'HttpsError';
  /** Whether the request may have reached the other side; false only when there was no connection at all. */
  readonly sent: boolean;

  constructor(message: string, { sent, ...options }: ErrorOptions & { sent: boolean }) {
    super(message, options);
    this.sent = sent;
  }
}

/** The answer is longer than the caller takes. */
export class AnswerTooLarge extends HttpsError {
  override readonly name = 'AnswerTooLarge';

  constructor(maxBytes: number) {
    super(`the answer is longer than ${maxBytes} bytes`, { sent: true });
  }
}

/** Failures before there is a connection. Source: Node.js documentation, "Common system errors". */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

const toHttpsError = (cause: Error & { code?: string }, { host }: URL): HttpsError => {
  if (cause instanceof HttpsError) return cause;
  const sent = !neverConnected.has(cause.code ?? '');
  return new HttpsError(`the call to ${host} failed: ${cause.code ?? cause.message}`, { sent, cause });
};

const readAnswer = (answer: IncomingMessage, maxBytes: number, call: ClientRequest): Promise<HttpsAnswer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    // at its end, an answer over a kept connection has no socket any more
    const { socket } = answer;
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      reject(new AnswerTooLarge(maxBytes));
      call.destroy();
    });
    answer.on('error', reject);
    answer.on('aborted', () => reject(new Error('the answer broke off')));
    answer.on('end', () => {
      freeSince.set(socket, Date.now());
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
    });
  });

/**
 * One call over a kept connection. Not the global `fetch`: its first use costs a Lambda more than twenty milliseconds.
 * Follows no redirect; any status is an answer. Throws {@link HttpsError} when there is none within `timeoutMs`, and
 * {@link AnswerTooLarge} when it has more than `maxBytes`.
 */
export const callHttps = (
  url: URL,
  { method = 'GET', headers = {}, body, timeoutMs = 5000, maxBytes = Number.POSITIVE_INFINITY, lookup }: HttpsCall = {},
): Promise<HttpsAnswer> =>
  new Promise<HttpsAnswer>((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const agent = agents[secure ? 'https:' : 'http:'];
    dropIdle(agent);
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length }, agent, ...(lookup && { lookup }) };
    const call = (secure ? httpsRequest : httpRequest)(url, options, (answer) => {
      readAnswer(answer, maxBytes, call).then(resolve, reject);
    });
    const late = () => {
      reject(new HttpsError(`no answer from ${url.host} within ${timeoutMs} ms`, { sent: true }));
      call.destroy();
    };
    const timer = setTimeout(late, timeoutMs);
    call.on('close', () => clearTimeout(timer));
    call.on('error', reject);
    call.end(body);
  }).catch((error: Error) => {
    throw toHttpsError(error, url);
  });
