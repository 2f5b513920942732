import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { aQueueEvent, failedIn } from '../support/queue-event.ts';
import { type GivenChat, givenChat } from './given-chat.ts';

const JPEG = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), Buffer.alloc(2000, 7)]);
const MEDIA_ID = '1234567890';

let lambdas: Lambdas;
let chat: GivenChat;
let meta: Server;
let graphUrl: string;
let shops = 0;
/** What Meta answers to the download, and which tokens it has seen. */
let download: { status: number; body: Buffer };
let address: string | undefined;
let refused: string | undefined;
const tokens: (string | undefined)[] = [];

beforeAll(async () => {
  meta = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    if (request.headers.authorization === `Bearer ${refused}`) {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"code":190}}');
      return;
    }
    if (request.url?.startsWith('/file')) {
      response.writeHead(download.status).end(download.body);
      return;
    }
    const sha256 = createHash('sha256').update(JPEG).digest('hex');
    const info = {
      url: address ?? `${graphUrl}/file`,
      mime_type: 'image/jpeg',
      sha256,
      file_size: JPEG.length,
      id: MEDIA_ID,
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(info));
  });
  await new Promise<void>((resolve) => {
    meta.listen(0, '127.0.0.1', resolve);
  });
  graphUrl = `http://127.0.0.1:${(meta.address() as AddressInfo).port}`;
  lambdas = await openLambdas({ graphUrl });
});
beforeEach(async () => {
  shops += 1;
  chat = await givenChat(lambdas, `fotos-${shops}`);
  lambdas.services.secrets.set(
    `vidriera-test/tokens/${chat.connection.phoneNumberId}`,
    JSON.stringify({ token: 'EAAtoken' }),
  );
  await chat.hear('foto', {
    content: { type: 'image', image: { id: MEDIA_ID, mime_type: 'image/jpeg', sha256: 'x' } },
  });
  download = { status: 200, body: JPEG };
  address = undefined;
  refused = undefined;
  tokens.length = 0;
  lambdas.clear();
});
afterAll(async () => {
  await lambdas.close();
  meta.closeAllConnections();
  meta.close();
});

const message = async () => {
  const [conversation] = await chat.inbox();
  const page = await chat.messages.page(chat.shop.shopId, [conversation?.conversationId ?? ''], { limit: 1 });
  const [found] = page.items;
  if (!found) throw new Error('no message');
  return found;
};
const run = async (receiveCount = 1) => {
  const { shopId, conversationId, at, messageId } = await message();
  const body = { shopId, conversationId, at, messageId };
  return failedIn(await lambdas.run('fetchMedia', aQueueEvent('media', [{ body, receiveCount }])));
};

describe('fetch-media', () => {
  it('brings the file home with the token of the number, once', async () => {
    expect(await run()).toEqual([]);
    const { media } = await message();
    expect(media).toMatchObject({ state: 'stored', mimeType: 'image/jpeg', bytes: JPEG.length });
    expect(lambdas.files.get(media?.key ?? '')).toMatchObject({ contentType: 'image/jpeg' });
    expect(new Set(tokens)).toEqual(new Set(['Bearer EAAtoken']));
    tokens.length = 0;
    expect(await run()).toEqual([]);
    expect(tokens).toEqual([]);
    expect(lambdas.logText()).not.toContain('EAAtoken');
  });

  it('reads a token anew that Meta refuses: it may have been changed a moment ago', async () => {
    await run();
    await chat.hear('otra', {
      content: { type: 'image', image: { id: MEDIA_ID, mime_type: 'image/jpeg' } },
      minutes: 0,
    });
    lambdas.services.secrets.set(
      `vidriera-test/tokens/${chat.connection.phoneNumberId}`,
      JSON.stringify({ token: 'EAAnew' }),
    );
    refused = 'EAAtoken';
    expect(await run()).toEqual([]);
    expect((await message()).media).toMatchObject({ state: 'stored' });
  });

  it('never gives the token to a host that is not Meta’s', async () => {
    address = 'https://evil.example/file';
    expect(await run()).toEqual(['m0']);
    expect(tokens).toHaveLength(1);
  });

  it('tries again later, and longer each time, when Meta fails; in the end it says so', async () => {
    download = { status: 503, body: Buffer.from('no') };
    expect(await run(1)).toEqual(['m0']);
    expect(lambdas.services.broughtBack.at(-1)).toMatchObject({ seconds: 30 });
    await run(3);
    expect(lambdas.services.broughtBack.at(-1)).toMatchObject({ seconds: 600 });
    expect(await run(20)).toEqual([]);
    expect((await message()).media).toMatchObject({ state: 'failed', problem: 'unreachable' });
  });

  it('keeps nothing that is not what Meta said', async () => {
    download = { status: 200, body: Buffer.from('<html></html>') };
    expect(await run()).toEqual([]);
    expect((await message()).media).toMatchObject({ state: 'failed', problem: 'digest' });
    expect([...lambdas.files.keys()].filter((key) => key.includes(chat.shop.shopId))).toEqual([]);
  });
});
