import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  AddressRefused,
  callGuarded,
  type GuardedCall,
  isPublicAddress,
  readHosts,
  refusalOf,
} from '#platform/guarded-https.ts';
import { callHttps, HttpsError } from '#platform/https.ts';
import { failureOf } from '../../support/ports.ts';

const plainConnect = Socket.prototype.connect;
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const serve = async (listener: RequestListener): Promise<number> => {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

const limits: GuardedCall = { timeoutMs: 1000, maxBytes: 1000, privateHosts: [] };
const leadsTo = (...addresses: string[]): GuardedCall => ({
  ...limits,
  resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
});

describe('an address', () => {
  it.each([
    '8.8.8.8',
    '200.45.191.35',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.0.1',
    '172.32.0.1',
    '2600:1f18::1',
    '2a00:1450:4003:80f::200e',
  ])('of the public internet is %s', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ['this machine', '127.0.0.1'],
    ['this machine too', '127.255.1.1'],
    ['nowhere', '0.0.0.0'],
    ['private', '10.1.2.3'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['shared by a provider', '100.64.0.1'],
    ['of the metadata of a machine', '169.254.169.254'],
    ['of the credentials of a container', '169.254.170.2'],
    ['for documents', '203.0.113.9'],
    ['for tests of speed', '198.18.0.1'],
    ['of many', '224.0.0.1'],
    ['of all', '255.255.255.255'],
    ['this machine by IPv6', '::1'],
    ['nowhere by IPv6', '::'],
    ['IPv4 within IPv6', '::ffff:127.0.0.1'],
    ['IPv4 within IPv6, in hexadecimal', '::ffff:7f00:1'],
    ['translated IPv4', '64:ff9b::a9fe:a9fe'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:4136:e378::1'],
    ['local to a link', 'fe80::1'],
    ['local to a site', 'fc00::1'],
    ['of the metadata by IPv6', 'fd00:ec2::254'],
    ['for documents by IPv6', '2001:db8::1'],
    ['of many by IPv6', 'ff02::1'],
    ['none', 'localhost'],
    ['none', ''],
  ])('is not called when it is %s: %s', (_, address) => expect(isPublicAddress(address)).toBe(false));
});

describe('what somebody names', () => {
  it.each([
    'http://erp.example/',
    'ftp://erp.example/',
    'https://user@erp.example/',
    'https://:secret@erp.example/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://017700000001/',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://169.254.169.254/latest/meta-data/',
  ])('is refused when it is %s', async (address) => {
    const url = new URL(address);
    expect(refusalOf(url, [])).toEqual(expect.any(String));
    const failure = await failureOf(callGuarded(url, limits));
    expect(failure).toBeInstanceOf(AddressRefused);
    expect(failure).toMatchObject({ sent: false });
  });

  it('may be of the public internet by https, or of a host that the stage knows', () => {
    expect(refusalOf(new URL('https://erp.example:8443/sales?phone=1'), [])).toBeUndefined();
    expect(refusalOf(new URL('http://127.0.0.1:9999/sales'), ['127.0.0.1'])).toBeUndefined();
    expect(refusalOf(new URL('http://127.0.0.2:9999/sales'), ['127.0.0.1'])).toEqual(expect.any(String));
    expect(refusalOf(new URL('file://127.0.0.1/etc/passwd'), ['127.0.0.1'])).toEqual(expect.any(String));
    expect(readHosts('["127.0.0.1"]')).toEqual(['127.0.0.1']);
  });
});

describe('a name', () => {
  const url = new URL('https://erp.example/sales');

  it.each([['10.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['2600:1f18::1', '::1']])(
    'is refused that leads to %s',
    async (...addresses) => {
      const failure = await failureOf(callGuarded(url, leadsTo(...addresses)));
      expect(failure).toBeInstanceOf(AddressRefused);
      expect((failure as Error).message).toBe('erp.example is not of the public internet');
    },
  );

  it('that leads nowhere fails without having been called', async () => {
    const nobody = { ...limits, resolve: () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })) };
    expect(await failureOf(callGuarded(url, nobody))).toMatchObject({
      sent: false,
      message: 'erp.example has no address: ENOTFOUND',
    });
    expect(await failureOf(callGuarded(url, leadsTo()))).toBeInstanceOf(HttpsError);
  });

  it('that nobody resolves in time is given up', async () => {
    const never = { ...limits, timeoutMs: 20, resolve: () => new Promise<never>(() => undefined) };
    expect(await failureOf(callGuarded(url, never))).toMatchObject({ message: expect.stringContaining('20 ms') });
  });

  it('is called at the address that was judged, though the system’s resolver says another', async () => {
    // whoever called it by its name would come to this server, and to no other
    const port = await serve((_, response) => void response.end('rebound'));
    let connections = 0;
    server?.on('connection', () => {
      connections += 1;
    });
    const asked: string[] = [];
    const called: string[] = [];
    const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...given) {
      this.on('connectionAttempt', (address) => called.push(address));
      return plainConnect.apply(this, given);
    });
    const resolve = async (host: string) => {
      asked.push(host);
      return [{ address: asked.length === 1 ? '8.8.8.8' : '127.0.0.1', family: 4 }];
    };
    try {
      const rebinding = new URL(`https://localhost:${port}/sales`);
      const failure = await failureOf(callGuarded(rebinding, { ...limits, timeoutMs: 150, resolve }));
      expect(failure).toBeInstanceOf(HttpsError);
    } finally {
      connect.mockRestore();
    }
    expect(asked).toEqual(['localhost']);
    expect([...new Set(called)]).toEqual(['8.8.8.8']);
    expect(connections).toBe(0);
  });

  it('goes where its lookup says, for one address and for all', async () => {
    const port = await serve((_, response) => void response.end('here'));
    for (const family of [4, undefined]) {
      const answer = await callHttps(new URL(`http://erp-${family}.example:${port}/`), {
        lookup: (_, { all }, found) => {
          if (all) found(null, [{ address: '127.0.0.1', family: 4 }]);
          else found(null, '127.0.0.1', 4);
        },
      });
      expect(answer.body.toString()).toBe('here');
    }
  });
});

describe('a call', () => {
  it('follows no redirect', async () => {
    let calls = 0;
    const port = await serve((_, response) => {
      calls += 1;
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    });
    const answer = await callGuarded(new URL(`http://127.0.0.1:${port}/`), { ...limits, privateHosts: ['127.0.0.1'] });
    expect([answer.status, calls]).toEqual([302, 1]);
  });

  it('keeps to its limits of size and time', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/long') response.end('x'.repeat(1001));
    });
    const here = { ...limits, timeoutMs: 50, privateHosts: ['127.0.0.1'] };
    expect(await failureOf(callGuarded(new URL(`http://127.0.0.1:${port}/long`), here))).toMatchObject({
      name: 'AnswerTooLarge',
    });
    expect(await failureOf(callGuarded(new URL(`http://127.0.0.1:${port}/slow`), here))).toBeInstanceOf(HttpsError);
  });
});
