import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { FunctionError } from '../../local/function-worker.ts';
import { createHttpApi, type HttpApiOptions } from '../../local/http-api.ts';
import { sendAnswer } from '../../local/http-event.ts';
import { createRouteTable } from '../../local/http-routes.ts';
import { createTokenCheck } from '../../local/token-check.ts';

const servers: Server[] = [];
const NOW = Date.parse('2026-03-12T19:03:58Z');
const issuer = 'http://127.0.0.1/oidc';
const authorizer = { issuer, audience: ['console'] };

const keyPair = await generateKeyPair('RS256');
const publicKeys = { keys: [{ ...(await exportJWK(keyPair.publicKey)), kid: 'one', alg: 'RS256' }] };

const serve = async (options: Partial<HttpApiOptions> = {}) => {
  const events: Record<string, unknown>[] = [];
  const api = createHttpApi({
    routes: [
      { routeKey: 'ANY /api/things/{thingId}', functionName: 'things' },
      { routeKey: 'GET /admin/things', functionName: 'things', authorizer },
    ],
    invoke: async (_, event) => {
      events.push(event as Record<string, unknown>);
      return { statusCode: 201, headers: { 'X-Made': 1 }, cookies: ['a=1', 'b=2'], body: '{"ok":true}' };
    },
    checkToken: createTokenCheck(publicKeys, () => NOW),
    now: () => NOW,
    accountId: '000000000000',
    ...options,
  });
  const server = createServer(async (request, response) => sendAnswer(response, await api(request)));
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { events, host, call: (path: string, init?: RequestInit) => fetch(`http://${host}${path}`, init) };
};

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('an event of the HTTP API', () => {
  it('has the form of payload format 2.0', async () => {
    const { call, events, host } = await serve();
    await call('/api/things/a%20b%2Fc?tag=1&tag=2&q=%C3%B1+x', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Mixed': 'Yes', cookie: 'a=1; b=2', 'user-agent': 'test' },
      body: '{"name":"ñ"}',
    });
    expect(events[0]).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /api/things/{thingId}',
      rawPath: '/api/things/a%20b%2Fc',
      rawQueryString: 'tag=1&tag=2&q=%C3%B1+x',
      cookies: ['a=1', 'b=2'],
      headers: { 'x-mixed': 'Yes', 'x-forwarded-host': host, 'x-forwarded-proto': 'http' },
      queryStringParameters: { tag: '1,2', q: 'ñ x' },
      pathParameters: { thingId: 'a b/c' },
      requestContext: {
        accountId: '000000000000',
        http: {
          method: 'POST',
          path: '/api/things/a%20b%2Fc',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        routeKey: 'ANY /api/things/{thingId}',
        stage: '$default',
        time: '12/Mar/2026:19:03:58 +0000',
        timeEpoch: NOW,
      },
      body: '{"name":"ñ"}',
      isBase64Encoded: false,
    });
    expect(events[0]?.headers).not.toHaveProperty('cookie');
  });

  it('leaves out what the request has not, and carries bytes in Base64', async () => {
    const { call, events } = await serve();
    await call('/api/things/1');
    await call('/api/things/1', {
      method: 'PUT',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array([255, 0]),
    });
    for (const member of ['queryStringParameters', 'cookies', 'body']) expect(events[0]).not.toHaveProperty(member);
    expect(events[1]).toMatchObject({ body: '/wA=', isBase64Encoded: true });
  });

  it('does not believe a viewer who names another host', async () => {
    const { call, events, host } = await serve();
    await call('/api/things/1', { headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' } });
    expect(events[0]?.headers).toMatchObject({ 'x-forwarded-host': host, 'x-forwarded-proto': 'http' });
  });
});

describe('an answer of the HTTP API', () => {
  it('carries status, headers, cookies and body', async () => {
    const { call } = await serve();
    const answer = await call('/api/things/1');
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-made')).toBe('1');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.json()).toEqual({ ok: true });
  });

  it('is 200 with JSON for a result without a status, and decodes Base64', async () => {
    const results: unknown[] = [{ plain: 1 }, { statusCode: 200, body: '/wA=', isBase64Encoded: true }];
    const { call } = await serve({ invoke: async () => results.shift() });
    const [plain, bytes] = [await call('/api/things/1'), await call('/api/things/1')];
    expect([plain.headers.get('content-type'), await plain.json()]).toEqual(['application/json', { plain: 1 }]);
    expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([255, 0]);
  });

  it.each([
    ['no route fits', {}, '/api/nothing', undefined, 404, 'Not Found'],
    [
      'the body is too large',
      {},
      '/api/things/1',
      { method: 'POST', body: new Uint8Array(10 * 1024 * 1024 + 1) },
      413,
      'Request Entity Too Large',
    ],
    [
      'the function takes too long',
      { timeoutMs: 20, invoke: () => new Promise(() => undefined) },
      '/api/things/1',
      undefined,
      503,
      'Service Unavailable',
    ],
    [
      'the function fails',
      { invoke: () => Promise.reject(new FunctionError('things', { errorType: 'Error', errorMessage: 'secret' })) },
      '/api/things/1',
      undefined,
      500,
      'Internal Server Error',
    ],
  ] as [string, Partial<HttpApiOptions>, string, RequestInit | undefined, number, string][])(
    'is its own when %s',
    async (_, options, path, init, status, message) => {
      const { call } = await serve(options);
      const answer = await call(path, init);
      expect([answer.status, await answer.json()]).toEqual([status, { message }]);
    },
  );
});

describe('the JWT authorizer', () => {
  const token = (claims: JWTPayload, key = keyPair.privateKey) =>
    new SignJWT({ iss: issuer, client_id: 'console', exp: NOW / 1000 + 60, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(key);
  const withToken = async (value: string) => {
    const { call, events } = await serve();
    const answer = await call('/admin/things', { headers: { authorization: value } });
    return { status: answer.status, message: await answer.json(), events };
  };

  it('lets a good token in and hands its claims on as text', async () => {
    const good = await token({ sub: 'u1', aud: undefined, groups: ['a', 'b'], level: 3 });
    const { status, events } = await withToken(`Bearer ${good}`);
    expect(status).toBe(201);
    expect(events[0]).toMatchObject({
      requestContext: {
        authorizer: { jwt: { claims: { sub: 'u1', client_id: 'console', groups: '[a b]', level: '3' }, scopes: null } },
      },
    });
  });

  it.each([
    ['there is no token', async () => ''],
    ['it is no token', async () => 'Bearer nonsense'],
    ['it has expired by the clock of the cloud', async () => `Bearer ${await token({ exp: NOW / 1000 - 60 })}`],
    ['it never expires', async () => `Bearer ${await token({ exp: undefined })}`],
    ['another issuer gave it', async () => `Bearer ${await token({ iss: 'http://other/oidc' })}`],
    ['it is for another client', async () => `Bearer ${await token({ client_id: 'other' })}`],
    ['it is for another audience', async () => `Bearer ${await token({ aud: 'other' })}`],
    ['another key signed it', async () => `Bearer ${await token({}, (await generateKeyPair('RS256')).privateKey)}`],
    [
      'it is not signed',
      async () => `Bearer ${btoa('{"alg":"none"}')}.${btoa(`{"iss":"${issuer}","client_id":"console","exp":${NOW}}`)}.`,
    ],
  ])('refuses when %s', async (_, make) => {
    const { status, message, events } = await withToken(await make());
    expect([status, message, events]).toEqual([401, { message: 'Unauthorized' }, []]);
  });
});

describe('the route table', () => {
  const table = createRouteTable(
    [
      '$default',
      'GET /{proxy+}',
      'ANY /pets/{id}',
      'GET /pets/{id}',
      'GET /pets/dog',
      'GET /pets/dog/{proxy+}',
      'GET /pets/{id}/toys',
    ].map((routeKey) => ({ routeKey })),
  );
  it.each([
    ['GET', '/pets/dog', 'GET /pets/dog', {}],
    ['POST', '/pets/dog', 'ANY /pets/{id}', { id: 'dog' }],
    ['GET', '/pets/7', 'GET /pets/{id}', { id: '7' }],
    ['GET', '/pets/dog/toys', 'GET /pets/dog/{proxy+}', { proxy: 'toys' }],
    ['GET', '/pets/cat/toys', 'GET /pets/{id}/toys', { id: 'cat' }],
    ['GET', '/pets/cat/toys/1', 'GET /{proxy+}', { proxy: 'pets/cat/toys/1' }],
    ['DELETE', '/other', '$default', { proxy: 'other' }],
  ])('gives %s %s to %s', (method, path, routeKey, pathParameters) => {
    expect(table(method, path)).toEqual({ route: { routeKey }, pathParameters });
  });

  it('knows neither a trailing slash nor an empty variable', () => {
    const small = createRouteTable([{ routeKey: 'GET /pets/{id}' }]);
    for (const path of ['/pets/', '/pets', '/pets/1/', '/pets//']) expect(small('GET', path)).toBeUndefined();
  });
});
