import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FunctionError } from './function-worker.ts';
import {
  BodyTooLarge,
  type Claims,
  gatewayAnswer,
  type HttpAnswer,
  type ReceivedRequest,
  receive,
  toAnswer,
  toEvent,
} from './http-event.ts';
import { createRouteTable, type RouteMatch } from './http-routes.ts';
import type { RouteModel } from './template.ts';
import type { TokenCheck } from './token-check.ts';

/** What the HTTP API is made of. */
export interface HttpApiOptions {
  routes: readonly RouteModel[];
  invoke: (functionName: string, event: unknown) => Promise<unknown>;
  checkToken: TokenCheck;
  now: () => number;
  accountId: string;
  /** Longest wait for a function. @default 30000 */
  timeoutMs?: number;
}

/** Source: API Gateway developer guide, "Quotas for configuring and running an HTTP API": integration time-out. */
const INTEGRATION_TIMEOUT_MS = 30_000;

const unauthorized: HttpAnswer = {
  ...gatewayAnswer(401, 'Unauthorized'),
  headers: { 'content-type': 'application/json', 'www-authenticate': 'Bearer' },
};

const TIMED_OUT = Symbol('timed out');

const withinTime = async (promise: Promise<unknown>, timeoutMs: number): Promise<unknown> => {
  const { promise: expired, resolve } = Promise.withResolvers<typeof TIMED_OUT>();
  const timer = setTimeout(() => resolve(TIMED_OUT), timeoutMs);
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
};

/** What CloudFront adds to the request on its way: the viewer's host and scheme, over whatever the viewer claims. */
const throughDistribution = (request: ReceivedRequest): ReceivedRequest => ({
  ...request,
  headers: {
    ...request.headers,
    'x-forwarded-host': request.headers.host ?? '',
    'x-forwarded-proto': 'http',
    'x-forwarded-for': request.sourceIp,
  },
});

const receivedOrTooLarge = async (request: IncomingMessage): Promise<ReceivedRequest | undefined> => {
  try {
    return throughDistribution(await receive(request));
  } catch (error) {
    if (error instanceof BodyTooLarge) return undefined;
    throw error;
  }
};

/** Answers requests as CloudFront and an HTTP API of API Gateway in front of the functions do. */
export const createHttpApi = (options: HttpApiOptions) => {
  const { routes, invoke, checkToken, now, accountId, timeoutMs = INTEGRATION_TIMEOUT_MS } = options;
  const find = createRouteTable(routes);

  const call = async (request: ReceivedRequest, match: RouteMatch<RouteModel>, claims?: Claims) => {
    const { route, pathParameters } = match;
    const event = toEvent(request, {
      routeKey: route.routeKey,
      pathParameters,
      claims,
      requestId: randomUUID(),
      at: new Date(now()),
      accountId,
      apiId: 'local',
    });
    const calling = invoke(route.functionName, event);
    calling.catch(() => undefined);
    const result = await withinTime(calling, timeoutMs);
    return result === TIMED_OUT ? gatewayAnswer(503, 'Service Unavailable') : toAnswer(result);
  };

  const authorized = async (request: ReceivedRequest, match: RouteMatch<RouteModel>): Promise<HttpAnswer> => {
    const { authorizer } = match.route;
    if (!authorizer) return call(request, match);
    const claims = await checkToken(request.headers.authorization, authorizer);
    return claims ? call(request, match, claims) : unauthorized;
  };

  return async (incoming: IncomingMessage): Promise<HttpAnswer> => {
    const request = await receivedOrTooLarge(incoming);
    if (!request) return gatewayAnswer(413, 'Request Entity Too Large');
    const match = find(request.method, request.path);
    if (!match) return gatewayAnswer(404, 'Not Found');
    return authorized(request, match).catch((error: unknown) => {
      if (error instanceof FunctionError) return gatewayAnswer(500, 'Internal Server Error');
      throw error;
    });
  };
};

export type HttpApi = ReturnType<typeof createHttpApi>;
