import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Shop } from '../../functions/shops/shop.ts';
import type { User } from '../../functions/shops/user.ts';
import { createClock } from '../../local/clock.ts';
import { createControl } from '../../local/control.ts';
import { openDataFolder } from '../../local/data-folder.ts';
import { createEdgeHeaders } from '../../local/edge.ts';
import { createFront, type FrontOptions } from '../../local/front.ts';
import { FunctionError } from '../../local/function-worker.ts';
import { homePage } from '../../local/home-page.ts';
import { withLock } from '../../local/lock.ts';
import { type Port, takePort } from '../../local/port.ts';
import { createSimulatorPage, createSite } from '../../local/site.ts';

const user = {
  userId: 'u1',
  shopId: 's1',
  role: 'seller',
  name: '<Ana>',
  email: 'ana@example.com',
  createdAt: '',
} as User;
let directory: string;
const ports: Port[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vidriera-front-'));
});
afterEach(async () => {
  await Promise.all(ports.splice(0).map((port) => port.close()));
  rmSync(directory, { recursive: true });
});

const take = async (wanted = 0) => {
  const port = await takePort(wanted);
  ports.push(port);
  return port;
};

const json = { 'content-type': 'application/json' };

const open = async (change: Partial<FrontOptions> = {}) => {
  const clock = createClock();
  const faults: unknown[] = [];
  const port = await take();
  mkdirSync(join(directory, 'assets'));
  writeFileSync(join(directory, 'assets/app-1.js'), 'go()');
  writeFileSync(join(directory, 'docs.html'), '<h1>docs</h1>');
  writeFileSync(join(directory, 'secret.html'), 'no');
  mkdirSync(join(directory, 'phones/assets'), { recursive: true });
  writeFileSync(join(directory, 'phones/simulator.html'), '<h1>phones</h1>');
  writeFileSync(join(directory, 'phones/assets/phones-1.js'), 'ring()');
  const control = createControl({
    clock,
    door: { inject: (fault) => faults.push(fault), clearFaults: () => faults.splice(0) },
    host: {
      has: (name) => name === 'sweep' || name === 'broken',
      names: () => ['sweep', 'broken'],
      kill: async (name) => name === 'sweep',
      invoke: async (name, event) => {
        if (name === 'broken') throw new FunctionError('broken', { errorType: 'TypeError', errorMessage: 'oh' });
        return { event };
      },
    },
    directory: { pick: async (slug, role) => (slug === 'demo' && role !== 'admin' ? user : undefined) },
    issueToken: async ({ userId }) => `token-of-${userId}`,
    usualEvent: () => ({ usual: true }),
    advance: async (ms) => clock.advance(ms),
    queues: () => ({ inbound: { ready: 1, hidden: 0, taken: 2 } }),
    health: () => ({ pid: process.pid }),
  });
  const behaviour = { ResponseHeadersPolicyId: 'pages' };
  port.open(
    createFront({
      door: {
        isAwsRequest: ({ headers }) => headers.authorization === 'AWS',
        handle: async (_, answer) => void answer.end('engine'),
      },
      api: async ({ url }) => ({
        status: 200,
        headers: { 'x-frame-options': 'SAMEORIGIN' },
        body: Buffer.from(`api ${url}`),
      }),
      site: createSite({
        pages: directory,
        config: { stage: 'local' },
        readPicture: async (key) =>
          key === 'a/1.png' ? { body: Buffer.from('png'), contentType: 'image/png' } : undefined,
      }),
      simulatorPage: createSimulatorPage(join(directory, 'phones')),
      whatsapp: {
        graph: async (_, answer) => void answer.end('graph'),
        control: async (_, answer) => void answer.end('meta today'),
      },
      identity: { handle: async (_, answer) => void answer.end('identity') },
      control,
      home: async (language) => `home ${language}`,
      edgeHeaders: createEdgeHeaders({
        distributions: [
          {
            stack: 'web',
            logicalId: 'Site',
            ref: 'site',
            properties: {
              DistributionConfig: {
                CacheBehaviors: [{ PathPattern: 'docs*', ...behaviour }],
                DefaultCacheBehavior: {},
              },
            },
          },
        ],
        responseHeaders: [
          {
            stack: 'web',
            logicalId: 'Pages',
            ref: 'pages',
            properties: {
              ResponseHeadersPolicyConfig: {
                SecurityHeadersConfig: {
                  ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'self'", Override: true },
                  StrictTransportSecurity: { AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Override: true },
                },
                CustomHeadersConfig: { Items: [{ Header: 'Cache-Control', Value: 'no-store', Override: false }] },
              },
            },
          },
        ],
      }),
      ...change,
    }),
  );
  const call = (path: string, init?: RequestInit) => fetch(port.url + path, init);
  const post = (path: string, body: unknown, headers: Record<string, string> = json) =>
    call(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { port, clock, faults, call, post };
};

/** The status of a request that no client has tidied up. */
const rawStatus = ({ port }: Port, path: string, host = `127.0.0.1:${port}`): Promise<number | undefined> =>
  new Promise((done, fail) => {
    const asking = request({ host: '127.0.0.1', port, path, headers: { host } }, (answer) =>
      done(answer.resume().statusCode),
    );
    asking.on('error', fail).end();
  });

describe('the one port', () => {
  it('answers as Meta to this machine only', async () => {
    const { port, call } = await open();
    expect(await (await call('/graph/v24.0/1/messages', { method: 'POST' })).text()).toBe('graph');
    expect(await (await call('/simulator/api/state')).text()).toBe('meta today');
    expect(await (await call('/simulator')).text()).toContain('phones');
    expect(await rawStatus(port, '/graph/v24.0/1', 'elsewhere.example')).toBe(421);
    expect(await rawStatus(port, '/simulator/api/state', 'elsewhere.example')).toBe(421);
  });

  it('ends a function in the middle of its work when asked to', async () => {
    const { post } = await open();
    expect(await (await post('/local/kill/sweep', {})).json()).toEqual({ killed: true });
    expect(await (await post('/local/kill/broken', {})).json()).toEqual({ killed: false });
    expect((await post('/local/kill/nothing', {})).status).toBe(404);
  });

  it('leads a link that opens a chat to a phone on which the text waits', async () => {
    const { call } = await open();
    const answer = await call('/simulator/chat/5491155550123?text=Hola%20%C3%B1', { redirect: 'manual' });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('/simulator?to=5491155550123&text=Hola+%C3%B1');
  });

  it('serves the page with the phones, and no file outside of its folder', async () => {
    const { call, port } = await open();
    expect(await (await call('/simulator')).text()).toBe('<h1>phones</h1>');
    expect(await (await call('/simulator/?to=1')).text()).toBe('<h1>phones</h1>');
    const script = await call('/simulator/assets/phones-1.js');
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(await script.text()).toBe('ring()');
    expect((await call('/simulator/nothing.js')).status).toBe(404);
    expect(await rawStatus(port, '/simulator/../secret.html')).toBe(404);
    expect(await rawStatus(port, '/simulator/%2e%2e/secret.html')).toBe(404);
    expect(await rawStatus(port, '/simulator', 'evil.example')).toBe(421);
  });

  it('sends each request where it belongs', async () => {
    const { call } = await open();
    const text = async (path: string, init?: RequestInit) => (await call(path, init)).text();
    expect(await text('/anything', { headers: { authorization: 'AWS' } })).toBe('engine');
    expect(await text('/api/shop?shop=demo')).toBe('api /api/shop?shop=demo');
    expect(await text('/s/demo')).toBe('api /s/demo');
    expect(await text('/oidc/auth')).toBe('identity');
    expect(await text('/', { headers: { 'accept-language': 'en-GB' } })).toBe('home en');
    expect(await text('/docs')).toBe('<h1>docs</h1>');
    expect(await text('/media/a/1.png')).toBe('png');
    expect(await text('/config.json')).toBe('{"stage":"local"}');
  });

  it('serves files with their type, and assets for ever', async () => {
    const { call } = await open();
    const asset = await call('/assets/app-1.js');
    expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const again = await call('/assets/app-1.js', { headers: { 'if-none-match': asset.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    expect((await call('/assets/app-1.js', { method: 'POST' })).status).toBe(405);
  });

  it.each([
    '/assets/..%2fsecret.html',
    '/assets/%2e%2e/secret.html',
    '/assets/absent.js',
    '/media/absent',
    '/assets/%ff',
  ])('gives nothing away at %s', async (path) => {
    const { port } = await open();
    expect(await rawStatus(port, path)).toBe(404);
  });

  it('adds the headers that the distribution adds for the path, over or under those of the origin', async () => {
    const { call } = await open();
    const docs = await call('/docs');
    expect(docs.headers.get('content-security-policy')).toBe("default-src 'self'");
    expect(docs.headers.get('strict-transport-security')).toBe('max-age=60; includeSubDomains');
    expect(docs.headers.get('cache-control')).not.toBe('no-store');
    expect((await call('/api/shop')).headers.has('content-security-policy')).toBe(false);
  });

  it('answers 500 when a part fails, and lives on', async () => {
    const said = vi.spyOn(console, 'error').mockReturnValue();
    const { call } = await open({ home: () => Promise.reject(new Error('home is broken')) });
    expect((await call('/')).status).toBe(500);
    expect(said).toHaveBeenCalledWith('GET / failed', expect.any(Error));
    said.mockRestore();
    expect((await call('/docs')).status).toBe(200);
  });

  it('acts on itself only under a name of this machine', async () => {
    const { port } = await open();
    for (const path of ['/local/health', '/oidc/auth', '/']) {
      expect(await rawStatus(port, path, 'rebound.example')).toBe(421);
      expect(await rawStatus(port, path, `localhost:${port.port}`)).toBe(200);
    }
    expect(await rawStatus(port, '/api/shop', 'tunnel.example')).toBe(200);
  });

  it('lets requests wait that come before it is open', async () => {
    const port = await take();
    const waiting = fetch(port.url);
    port.open(async (_, answer) => void answer.end('at last'));
    expect(await (await waiting).text()).toBe('at last');
  });

  it('says which port is taken and how to choose another', async () => {
    const { port } = await take();
    await expect(takePort(port)).rejects.toThrow(
      `the port ${port} is taken; choose another: npm start -- --port ${port + 1}`,
    );
  });
});

describe('the control', () => {
  it('tells and moves the clock, forward only', async () => {
    const { call, post } = await open();
    expect(await (await post('/local/clock', { advanceSeconds: 3600 })).json()).toMatchObject({ aheadSeconds: 3600 });
    expect(await (await call('/local/clock')).json()).toMatchObject({ aheadSeconds: 3600 });
    for (const advanceSeconds of [-1, 'much', undefined, 1e12]) {
      expect((await post('/local/clock', { advanceSeconds })).status).toBe(400);
    }
  });

  it('tells what waits in the queues', async () => {
    const { call } = await open();
    expect(await (await call('/local/queues')).json()).toEqual({ inbound: { ready: 1, hidden: 0, taken: 2 } });
  });

  it('injects and clears faults', async () => {
    const { faults, post, call } = await open();
    expect((await post('/local/faults', { service: 'dynamodb', kind: 'throttle' })).status).toBe(204);
    expect(faults).toEqual([{ service: 'dynamodb', kind: 'throttle', times: 1 }]);
    await call('/local/faults', { method: 'DELETE', headers: json });
    expect(faults).toEqual([]);
  });

  it('runs a function with its usual event or another, and reports its failure', async () => {
    const { post } = await open();
    expect(await (await post('/local/invoke/sweep', {})).json()).toEqual({ result: { event: { usual: true } } });
    expect(await (await post('/local/invoke/sweep', { a: 1 })).json()).toEqual({ result: { event: { a: 1 } } });
    expect(await (await post('/local/invoke/broken', {})).json()).toEqual({
      error: { type: 'TypeError', message: 'broken: oh' },
    });
    expect((await post('/local/invoke/absent', {})).status).toBe(404);
  });

  it('gives a token to a user of the shop, or says that there is none', async () => {
    const { post } = await open();
    expect(await (await post('/local/token', { shop: 'demo', role: 'seller' })).json()).toMatchObject({
      token: 'token-of-u1',
    });
    const refused = await post('/local/token', { shop: 'demo', role: 'admin' });
    expect([refused.status, await refused.json()]).toEqual([
      404,
      { message: 'the shop demo has no such user (admin)' },
    ]);
  });

  it('takes no change from a form of another site, and no nonsense', async () => {
    const { post, call, clock } = await open();
    const before = clock.now();
    expect((await post('/local/clock', { advanceSeconds: 9999 }, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await call('/local/clock', { method: 'POST', headers: json, body: '{' })).status).toBe(400);
    expect((await call('/local/nothing')).status).toBe(404);
    expect(clock.now() - before).toBeLessThan(9000);
  });
});

describe('the home page', () => {
  const shop = { shopId: 's1', slug: 'demo', name: 'Rare & Magic' } as Shop;

  it.each(['es', 'en'] as const)('lists shops, users and jobs safely (%s)', (language) => {
    const page = homePage({
      language,
      shops: [shop],
      users: [user],
      jobs: ['sweep'],
      now: new Date(0),
      aheadSeconds: 3660,
    });
    for (const part of [
      'href="/s/demo"',
      'Rare &amp; Magic',
      '&lt;Ana&gt;',
      'invoke/sweep',
      'href="/docs"',
      '1 h 1 min',
    ]) {
      expect(page).toContain(part);
    }
    expect(page).toContain(`<html lang="${language}">`);
  });
});

describe('the data folder', () => {
  it('remembers, and empties only what is a local cloud’s', async () => {
    const folder = await openDataFolder(join(directory, 'data'));
    folder.remember({ clockOffsetMs: 5 });
    const again = await openDataFolder(join(directory, 'data'));
    expect(again.state()).toEqual({ clockOffsetMs: 5 });
    again.empty();
    expect((await openDataFolder(join(directory, 'data'))).state()).toEqual({});
    const other = await openDataFolder(directory);
    expect(() => other.empty()).toThrow('holds files that are not a local cloud’s'.replace('’', "'"));
  });

  it('is refused while another local cloud runs on it, and not when that one has died', async () => {
    const { port } = await open({});
    const running = { pid: process.ppid, port: port.port, url: port.url };
    writeFileSync(join(directory, 'cloud.json'), JSON.stringify(running));
    await expect(openDataFolder(directory)).resolves.toBeDefined();
    const other = await take();
    other.open(async (_, answer) => void answer.end(JSON.stringify({ pid: process.ppid })));
    writeFileSync(join(directory, 'cloud.json'), JSON.stringify({ ...running, url: other.url }));
    await expect(openDataFolder(directory)).rejects.toThrow(`already runs on ${directory}, at ${other.url}`);
  });
});

describe('the lock', () => {
  it('lets one in at a time, and takes over from the dead', async () => {
    const path = join(directory, 'lock');
    writeFileSync(path, '999999999');
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((done) => setTimeout(done, 10));
      inside -= 1;
    };
    await Promise.all([withLock(path, work), withLock(path, work), withLock(path, work)]);
    expect(most).toBe(1);
  });
});
