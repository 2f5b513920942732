import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AnswerTooLarge, callHttps, HttpsError } from '#platform/https.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const serve = async (listener: RequestListener): Promise<URL> => {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path`);
};

const failureOf = async (call: Promise<unknown>): Promise<HttpsError> => {
  const failure = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof HttpsError) return failure;
  throw new Error(`not a failure of ours: ${failure}`);
};

describe('a call', () => {
  it('sends its body with its length, and gives status, headers and bytes', async () => {
    const url = await serve(async (request, response) => {
      const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
      response.writeHead(201, { 'x-length': request.headers['content-length'] }).end(`${request.method} ${body}`);
    });
    const answer = await callHttps(url, { method: 'POST', body: 'año' });
    expect([answer.status, answer.headers['x-length'], answer.body.toString()]).toEqual([201, '4', 'POST año']);
  });

  it('reads an answer that is as long as it may be, and breaks off one that is longer', async () => {
    const url = await serve((_, response) => void response.end('x'.repeat(1000)));
    expect((await callHttps(url, { maxBytes: 1000 })).body).toHaveLength(1000);
    const failure = await failureOf(callHttps(url, { maxBytes: 999 }));
    expect(failure).toBeInstanceOf(AnswerTooLarge);
    expect([failure.name, failure.sent]).toEqual(['AnswerTooLarge', true]);
  });

  it('that met nobody was not sent', async () => {
    const url = await serve(() => undefined);
    server?.close();
    const failure = await failureOf(callHttps(url));
    expect([failure.sent, failure.message]).toEqual([false, `the call to ${url.host} failed: ECONNREFUSED`]);
    expect((await failureOf(callHttps(new URL('http://nobody.invalid')))).sent).toBe(false);
  });

  it('that was cut off, or whose answer was, may have been sent', async () => {
    const cut = await serve((request) => request.socket.destroy());
    expect((await failureOf(callHttps(cut, { method: 'POST', body: '{}' }))).sent).toBe(true);
    const halved = await serve((request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('half');
      setTimeout(() => request.socket.destroy(), 5);
    });
    expect((await failureOf(callHttps(halved))).sent).toBe(true);
  });

  it('ends after its time, however slowly an answer drips', async () => {
    const url = await serve((_, response) => {
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
    });
    const failure = await failureOf(callHttps(url, { timeoutMs: 60 }));
    expect([failure.sent, failure.message]).toEqual([true, `no answer from ${url.host} within 60 ms`]);
  });

  it('uses a connection again, but none that has lain idle', async () => {
    const sockets = new Set<unknown>();
    const url = await serve((request, response) => {
      sockets.add(request.socket);
      response.end('x');
    });
    await callHttps(url);
    await callHttps(url);
    expect(sockets.size).toBe(1);
    const { now } = Date;
    Date.now = () => now() + 5000;
    try {
      await callHttps(url);
    } finally {
      Date.now = now;
    }
    expect(sockets.size).toBe(2);
  });
});
