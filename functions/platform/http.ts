import middy from '@middy/core';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { type Caller, roles } from '#core/actor.ts';
import type { HtmlPage, LazySchema, Route, RouteHandlers, RouteInput, Routes } from '#core/contract.ts';
import { AppError, invalidField, notFound } from '#core/errors.ts';
import { logger } from './logger.ts';
import { invalidRequest, toProblem } from './problem.ts';

type Event = APIGatewayProxyEventV2WithJWTAuthorizer;
type Answer = APIGatewayProxyStructuredResultV2;

const MAX_BODY_BYTES = 64 * 1024;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{16,128}$/;

z.config(en());

const parsed = (schema: LazySchema | undefined, value: unknown, root: 'body' | 'query' | 'params'): unknown => {
  if (schema === undefined) return undefined;
  const result = schema().safeParse(value);
  if (!result.success) throw invalidRequest(result.error.issues, root);
  return result.data;
};

const bodyBytes = ({ body = '', isBase64Encoded }: Event): Buffer =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');

const jsonBody = (event: Event): unknown => {
  const bytes = bodyBytes(event);
  if (bytes.length > MAX_BODY_BYTES) {
    throw new AppError('request.too-large', `the body has ${bytes.length} bytes; at most ${MAX_BODY_BYTES} are taken`);
  }
  const contentType = event.headers['content-type'] ?? '';
  if (bytes.length === 0 && contentType === '') return {};
  if (!/^application\/([\w.-]+\+)?json\b/i.test(contentType)) {
    throw new AppError(
      'request.wrong-content-type',
      `the body is ${contentType || 'of no declared type'}, not application/json`,
    );
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new AppError('request.malformed', 'the body is not valid JSON', { cause });
  }
};

const callerOf = (route: Route, event: Event): Caller | undefined => {
  if (route.access === 'public') return undefined;
  const claims: Record<string, unknown> = event.requestContext.authorizer?.jwt.claims ?? {};
  const { sub, shop_id: shopId, role: claimed, token_use: use } = claims;
  const role = roles.find((one) => one === claimed);
  if (use !== 'access' || typeof sub !== 'string' || typeof shopId !== 'string' || role === undefined) {
    throw new AppError('request.unauthenticated', 'the token is not an access token of a user of a shop');
  }
  if (!route.access.includes(role)) throw new AppError('request.forbidden', `the role ${role} may not do that`);
  return { userId: sub, shopId, role };
};

const idempotencyKeyOf = (route: Route, event: Event): string | undefined => {
  const key = event.headers['idempotency-key'];
  if (!route.idempotent || key === undefined) return undefined;
  if (!IDEMPOTENCY_KEY.test(key)) {
    throw invalidField('Idempotency-Key', 'invalid', 'Idempotency-Key must be 16 to 128 visible ASCII characters');
  }
  return key;
};

/** The site as the caller sees it. CloudFront passes the viewer's host on; API Gateway replaces `host` with its own. */
const siteUrlOf = ({ headers, requestContext }: Event): string =>
  `${headers['x-forwarded-proto'] ?? 'https'}://${headers['x-forwarded-host'] ?? requestContext.domainName}`;

const inputOf = (route: Route, event: Event): RouteInput<Route> => ({
  caller: callerOf(route, event) as RouteInput<Route>['caller'],
  params: parsed(route.params, event.pathParameters ?? {}, 'params') as RouteInput<Route>['params'],
  query: parsed(route.query, event.queryStringParameters ?? {}, 'query') as RouteInput<Route>['query'],
  body: (route.body && parsed(route.body, jsonBody(event), 'body')) as RouteInput<Route>['body'],
  idempotencyKey: idempotencyKeyOf(route, event),
  siteUrl: siteUrlOf(event),
});

const cacheControl = ({ cacheSeconds }: Route): string =>
  cacheSeconds === undefined ? 'no-store' : `public, max-age=0, s-maxage=${cacheSeconds}`;

const toAnswer = (route: Route, result: unknown): Answer => {
  const headers = { 'cache-control': cacheControl(route) };
  if (route.answer.html) {
    const { html, status = route.answer.status } = result as HtmlPage;
    return { statusCode: status, headers: { ...headers, 'content-type': 'text/html; charset=utf-8' }, body: html };
  }
  if (result === undefined) return { statusCode: route.answer.status, headers };
  const body = JSON.stringify(result);
  return { statusCode: route.answer.status, headers: { ...headers, 'content-type': 'application/json' }, body };
};

const problemAnswer = (error: unknown): Answer => {
  const problem = toProblem(error);
  const retryable = error instanceof AppError && error.retryable;
  return {
    statusCode: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryable && { 'retry-after': '1' }),
    },
    body: JSON.stringify(problem),
  };
};

/** One log line for each request: the route, never its path, for the path may carry a checkout code. */
const requestLog = () => {
  let startedAt = 0;
  return {
    before: ({ context }: { context: Context }) => {
      startedAt = performance.now();
      logger.startRequest({ requestId: context.awsRequestId });
    },
    after: ({ event, response }: { event: Event; response: Answer | null }) => {
      const milliseconds = Math.round(performance.now() - startedAt);
      logger.info('request', { route: event.routeKey, status: response?.statusCode, milliseconds });
    },
  };
};

const problems = () => ({
  onError: (request: { event: Event; error: Error | null; response: Answer | null | undefined }) => {
    const { error } = request;
    const known = error instanceof AppError && error.status < 500;
    if (known) logger.info('refused', { route: request.event.routeKey, code: error.code, status: error.status });
    else logger.error('request failed', { route: request.event.routeKey, error });
    request.response = problemAnswer(error);
  },
});

/**
 * The handler of a domain's Lambda: finds the route that API Gateway matched, checks role and input against the
 * contract, runs the route's function and answers with JSON, a page, or a problem document.
 */
export const httpApi = <const Contract extends Routes>(contract: Contract, handlers: RouteHandlers<Contract>) => {
  const byRouteKey = new Map(
    Object.entries<Route>(contract).map(([name, route]) => [`${route.method} ${route.path}`, { name, route }]),
  );
  const dispatch = async (event: Event): Promise<Answer> => {
    const matched = byRouteKey.get(event.routeKey.replace(/^HEAD /, 'GET '));
    if (matched === undefined) throw notFound();
    const handle = handlers[matched.name] as (input: RouteInput<Route>) => Promise<unknown>;
    return toAnswer(matched.route, await handle(inputOf(matched.route, event)));
  };
  return middy<Event, Answer>(dispatch).use(requestLog()).use(problems());
};
