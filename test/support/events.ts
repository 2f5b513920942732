import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import type { Caller } from '#core/actor.ts';
import type { Route, Routes } from '#core/contract.ts';
import { type FunctionName, manifest } from '../../functions/manifest.ts';

type RoutesOf<Name extends FunctionName> = (typeof manifest)[Name]['on'] extends { http: infer Contract }
  ? keyof Contract & string
  : never;

/** Every route of the manifest, by name. */
export type RouteName = { [Name in FunctionName]: RoutesOf<Name> }[FunctionName];

/** A route, and the function that serves it. */
export interface ServedRoute {
  functionName: FunctionName;
  route: Route;
}

const served = Object.entries(manifest).flatMap(([functionName, { on }]) =>
  'http' in on
    ? Object.entries<Route>(on.http as Routes).map(
        ([name, route]) => [name as RouteName, { functionName: functionName as FunctionName, route }] as const,
      )
    : [],
);

/** All routes of the manifest. */
export const servedRoutes = Object.fromEntries(served) as Record<RouteName, ServedRoute>;
export const routeNames = Object.keys(servedRoutes) as RouteName[];

/** The claims of an access token of this user. */
export const claimsOf = ({ userId, shopId, role }: Caller): Record<string, string> => ({
  sub: userId,
  shop_id: shopId,
  role,
  token_use: 'access',
});

/** What a test says about a request; the rest is as API Gateway would have it. */
export interface TestRequest {
  params?: Record<string, string>;
  query?: Record<string, string | undefined>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  text?: string;
  base64?: boolean;
  headers?: Record<string, string>;
  as?: Caller;
  /** Claims as they stand, instead of those of `as`. */
  claims?: Record<string, unknown>;
  method?: string;
}

const bodyOf = ({ body, text, base64 }: TestRequest): string | undefined => {
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  return base64 && sent !== undefined ? Buffer.from(sent).toString('base64') : sent;
};

const fillPath = (path: string, params: Record<string, string>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? name));

const given = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));

const contextOf = (route: Route, request: TestRequest, rawPath: string) => {
  const claims = request.claims ?? (request.as && claimsOf(request.as));
  const method = request.method ?? route.method;
  return {
    accountId: '000000000000',
    apiId: 'test',
    ...(claims && { authorizer: { principalId: '', integrationLatency: 0, jwt: { claims, scopes: [] } } }),
    domainName: 'test.execute-api.us-east-1.amazonaws.com',
    domainPrefix: 'test',
    http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.7', userAgent: 'test' },
    requestId: 'request-1',
    routeKey: `${method} ${route.path}`,
    stage: '$default',
    time: '21/Nov/2026:12:00:00 +0000',
    timeEpoch: Date.now(),
  };
};

/** An API Gateway event (HTTP API, payload 2.0) for a route. */
export const anEvent = (route: Route, request: TestRequest = {}): APIGatewayProxyEventV2WithJWTAuthorizer => {
  const { params = {} } = request;
  const query = request.query && given(request.query);
  const rawPath = fillPath(route.path, params);
  const body = bodyOf(request);
  return {
    version: '2.0',
    routeKey: `${request.method ?? route.method} ${route.path}`,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: {
      host: 'test.execute-api.us-east-1.amazonaws.com',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'tienda.example',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(query && { queryStringParameters: query }),
    requestContext: contextOf(route, request, rawPath) as APIGatewayProxyEventV2WithJWTAuthorizer['requestContext'],
    ...(Object.keys(params).length > 0 && { pathParameters: params }),
    ...(body !== undefined && { body }),
    isBase64Encoded: request.base64 ?? false,
  };
};
