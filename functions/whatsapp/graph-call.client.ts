import { createHmac, randomBytes } from 'node:crypto';
import { callHttps } from '#platform/https.ts';
import type { Upload } from './graph-answer.ts';
import { GraphError } from './graph-error.ts';
import { parseLossless } from './lossless.ts';
import { type Fields, fieldsOf, numberOf, textOf } from './wire.ts';

/** An HTTP call, as `callHttps` makes it: an error of its own tells by `sent: false` that nothing left this machine. */
export type Call = (
  url: URL,
  options: {
    method?: string;
    headers?: Record<string, string>;
    timeoutMs?: number;
    body?: string | Buffer;
    maxBytes?: number;
  },
) => Promise<{ status: number; body: Buffer }>;

export interface GraphOptions {
  /** Where the Graph API is: `https://graph.facebook.com`, or the simulator. */
  graphUrl: string;
  /** Like `v24.0`. */
  version: string;
  /** The app's secret: proves with every call that the token is in the app's own hands. */
  appSecret?: string | undefined;
  call?: Call;
}

/** One request: to a path below the version, with a token. */
export interface GraphRequest {
  token: string;
  method?: 'GET' | 'POST' | 'DELETE';
  query?: Readonly<Record<string, string>>;
  json?: object;
  file?: Upload;
  timeoutMs?: number;
}

export type CallGraph = (path: string, request: GraphRequest) => Promise<Fields>;

const TIMEOUT_MS = 8000;

const jsonOf = (body: Buffer): Fields => {
  try {
    return fieldsOf(parseLossless(body.toString()));
  } catch {
    return {};
  }
};

/**
 * The error of an answer. One with a code of Meta's is a clear no. Without one, a failure of the server's, or an answer
 * that can't be read, may hide that the work was done.
 */
const errorOf = (status: number, body: Fields): GraphError => {
  const error = fieldsOf(body['error']);
  const code = numberOf(error['code']);
  if (code === undefined)
    return new GraphError({ httpStatus: status, mayHaveArrived: status >= 500 || status === 408 });
  return new GraphError({
    code,
    subcode: numberOf(error['error_subcode']),
    title: textOf(error['message']) ?? '',
    details: textOf(fieldsOf(error['error_data'])['details']),
    httpStatus: status,
    transient: error['is_transient'] === true,
    mayHaveArrived: false,
  });
};

/** The failure of a call without an answer. */
export const unanswered = (error: unknown): GraphError =>
  new GraphError({ mayHaveArrived: (error as { sent?: unknown } | undefined)?.sent !== false }, error);

const multipart = ({ body, contentType, fileName }: Upload) => {
  const boundary = `vidriera-${randomBytes(16).toString('hex')}`;
  const field = (name: string, value: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const head = `${field('messaging_product', 'whatsapp')}${field('type', contentType)}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${fileName}"\r\ncontent-type: ${contentType}\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([Buffer.from(head), body, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
};

const bodyOf = ({ json, file }: GraphRequest): { contentType: string; body: string | Buffer } | undefined => {
  if (file) return multipart(file);
  return json && { contentType: 'application/json', body: JSON.stringify(json) };
};

/** Source: Meta for Developers, "Securing Graph API Calls". */
const proofOf = (token: string, appSecret: string | undefined): Record<string, string> =>
  appSecret === undefined ? {} : { appsecret_proof: createHmac('sha256', appSecret).update(token).digest('hex') };

/**
 * Calls one version of the Graph API and gives the answer's JSON. The caller's own token travels in a header only; two
 * calls carry more in the query, as Meta wants them: `debug_token` the token it asks about, the exchange of a code the
 * secret of the app. So the address of a call is in no error, and is never to be in a log.
 * Throws {@link GraphError}, which tells whether the call may have done its work all the same.
 */
export const graphCaller =
  ({ graphUrl, version, appSecret, call = callHttps }: GraphOptions): CallGraph =>
  async (path, request) => {
    const url = new URL(`${graphUrl.replace(/\/$/, '')}/${version}/${path}`);
    const query = { ...request.query, ...proofOf(request.token, appSecret) };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const content = bodyOf(request);
    const headers = {
      authorization: `Bearer ${request.token}`,
      ...(content && { 'content-type': content.contentType }),
    };
    const options = { method: request.method ?? 'GET', headers, timeoutMs: request.timeoutMs ?? TIMEOUT_MS };
    const { status, body } = await call(url, { ...options, ...(content && { body: content.body }) }).catch(
      (error: unknown) => {
        throw unanswered(error);
      },
    );
    const answer = jsonOf(body);
    if (status < 200 || status >= 300 || answer['error'] !== undefined) throw errorOf(status, answer);
    return answer;
  };
