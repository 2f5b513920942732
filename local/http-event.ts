import type { IncomingMessage, ServerResponse } from 'node:http';

/** Source: API Gateway developer guide, "Quotas for configuring and running an HTTP API": payload size. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** A request as the HTTP API received it. */
export interface ReceivedRequest {
  method: string;
  /** Path as it was sent, still encoded. */
  path: string;
  query: string;
  /** Lower-cased names; repeated headers joined by commas. */
  headers: Record<string, string>;
  cookies: string[];
  body: Buffer;
  sourceIp: string;
  protocol: string;
}

/** Claims of a verified token. */
export type Claims = Readonly<Record<string, unknown>>;

/** What is known of a request once a route is found for it. */
export interface Matched {
  routeKey: string;
  pathParameters: Record<string, string>;
  claims?: Claims;
  requestId: string;
  at: Date;
  accountId: string;
  apiId: string;
}

/** A body larger than the HTTP API takes. */
export class BodyTooLarge extends Error {}

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new BodyTooLarge('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** Reads a request whole. Throws `BodyTooLarge`. */
export const receive = async (request: IncomingMessage): Promise<ReceivedRequest> => {
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  const { cookie, ...distinct } = request.headersDistinct;
  const headers = Object.entries(distinct).map(([name, values = []]) => [name, values.join(',')] as const);
  return {
    method: request.method ?? 'GET',
    path,
    query: query.join('?'),
    headers: Object.fromEntries(headers),
    cookies: (cookie ?? []).flatMap((line) => line.split(/; */)).filter(Boolean),
    body: await readBody(request),
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    protocol: `HTTP/${request.httpVersion}`,
  };
};

const queryParameters = (query: string): Record<string, string> | undefined => {
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    joined[name] = joined[name] === undefined ? value : `${joined[name]},${value}`;
  }
  return query === '' ? undefined : joined;
};

/** Bodies of these types come as text, any other in Base64. */
const isText = (contentType = ''): boolean =>
  contentType === '' || /^(text\/|application\/([\w.-]+\+)?(json|xml)\b|application\/javascript\b)/i.test(contentType);

const bodyMembers = ({ body, headers }: ReceivedRequest) => {
  if (body.length === 0) return { isBase64Encoded: false };
  const text = isText(headers['content-type']);
  return { body: body.toString(text ? 'utf8' : 'base64'), isBase64Encoded: !text };
};

const claimText = (value: unknown): string => (Array.isArray(value) ? `[${value.join(' ')}]` : String(value));

const authorizerOf = (claims: Claims | undefined) => {
  if (!claims) return {};
  const entries = Object.entries(claims).map(([name, value]) => [name, claimText(value)]);
  return { authorizer: { jwt: { claims: Object.fromEntries(entries), scopes: null } } };
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The time as API Gateway writes it: `12/Mar/2026:19:03:58 +0000`. */
const commonLogTime = (at: Date): string => {
  const [date = '', time = ''] = at.toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
};

const requestContext = (request: ReceivedRequest, matched: Matched) => ({
  accountId: matched.accountId,
  apiId: matched.apiId,
  ...authorizerOf(matched.claims),
  domainName: request.headers.host ?? 'localhost',
  domainPrefix: (request.headers.host ?? 'localhost').split('.')[0],
  http: {
    method: request.method,
    path: request.path,
    protocol: request.protocol,
    sourceIp: request.sourceIp,
    userAgent: request.headers['user-agent'] ?? '',
  },
  requestId: matched.requestId,
  routeKey: matched.routeKey,
  stage: '$default',
  time: commonLogTime(matched.at),
  timeEpoch: matched.at.getTime(),
});

/**
 * The event that a function gets for a request, payload format 2.0.
 * Source: API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs".
 */
export const toEvent = (request: ReceivedRequest, matched: Matched) => {
  const queryStringParameters = queryParameters(request.query);
  const hasParameters = Object.keys(matched.pathParameters).length > 0;
  return {
    version: '2.0',
    routeKey: matched.routeKey,
    rawPath: request.path,
    rawQueryString: request.query,
    ...(request.cookies.length > 0 && { cookies: request.cookies }),
    headers: request.headers,
    ...(queryStringParameters && { queryStringParameters }),
    requestContext: requestContext(request, matched),
    ...(hasParameters && { pathParameters: matched.pathParameters }),
    ...bodyMembers(request),
  };
};

/** What goes back to the caller. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

/** An answer that API Gateway gives by itself. */
export const gatewayAnswer = (status: number, message: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message })),
});

interface StructuredResult {
  statusCode: number;
  headers?: Record<string, string | number | boolean>;
  cookies?: string[];
  body?: string;
  isBase64Encoded?: boolean;
}

const structured = (result: unknown): StructuredResult => {
  if (typeof result === 'object' && result !== null && 'statusCode' in result) return result as StructuredResult;
  const body = typeof result === 'string' ? result : JSON.stringify(result);
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
};

/** The answer that API Gateway makes of a function's result, payload format 2.0. */
export const toAnswer = (result: unknown): HttpAnswer => {
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded } = structured(result);
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  return {
    status: statusCode,
    headers: {
      ...(body !== '' && { 'content-type': 'text/plain;charset=utf-8' }),
      ...Object.fromEntries(named),
      ...(cookies.length > 0 && { 'set-cookie': cookies }),
    },
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
};

/** Sends an answer. */
export const sendAnswer = (response: ServerResponse, { status, headers, body }: HttpAnswer): void => {
  const length = status === 204 || status === 304 ? {} : { 'content-length': String(body.length) };
  response.writeHead(status, { ...headers, ...length });
  response.end(body);
};
