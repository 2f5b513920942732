import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectionStore } from '../../functions/connections/connection.store.ts';
import type { Message } from '../../functions/conversations/message.ts';
import { outboundStore } from '../../functions/conversations/outbound.store.ts';
import { queueMessage } from '../../functions/conversations/queue-message.ts';
import { type OutboundContent, readContent } from '../../functions/whatsapp/outbound-content.ts';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { quickPatience } from '../support/ports.ts';
import { aQueueEvent, failedIn } from '../support/queue-event.ts';
import { type GivenChat, givenChat } from './given-chat.ts';

const TOKEN = 'EAAtoken-of-this-number';

interface Asked {
  path: string;
  token: string | undefined;
  type: string | undefined;
  body: Buffer;
}

let lambdas: Lambdas;
let chat: GivenChat;
let meta: Server;
let shops = 0;
let wamids = 0;
const asked: Asked[] = [];
/** What Meta answers next; she takes whatever else comes. `silence`: she hangs up. */
const answers: ({ status: number; body: unknown } | 'silence')[] = [];

const bodyOf = async (request: IncomingMessage) =>
  Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));

beforeAll(async () => {
  meta = createServer(async (request, response) => {
    const { authorization: token, 'content-type': type } = request.headers;
    asked.push({ path: request.url ?? '', token, type, body: await bodyOf(request) });
    const answer = answers.shift();
    if (answer === 'silence') {
      request.socket.destroy();
      return;
    }
    wamids += 1;
    const taken = request.url?.endsWith('/media') ? { id: '987' } : { messages: [{ id: `wamid.OUT${wamids}` }] };
    const { status, body } = answer ?? { status: 200, body: taken };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    meta.listen(0, '127.0.0.1', resolve);
  });
  lambdas = await openLambdas({ graphUrl: `http://127.0.0.1:${(meta.address() as AddressInfo).port}` });
});

beforeEach(async () => {
  shops += 1;
  chat = await givenChat(lambdas, `salida-${shops}`);
  lambdas.services.secrets.set(
    `vidriera-test/tokens/${chat.connection.phoneNumberId}`,
    JSON.stringify({ token: TOKEN }),
  );
  await chat.hear('hola');
  asked.length = 0;
  answers.length = 0;
  lambdas.services.sent.length = 0;
  lambdas.services.broughtBack.length = 0;
  lambdas.clear();
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(async () => {
  await lambdas.close();
  meta.closeAllConnections();
  meta.close();
});

const queue = async (content: OutboundContent): Promise<Message> => {
  const [conversation] = await chat.inbox();
  const contact = conversation && (await chat.contacts.find(chat.shop.shopId, conversation.contactId, true));
  if (!conversation || !contact) throw new Error('no conversation');
  const { connection, conversations } = chat;
  const { shopId } = connection;
  return queueMessage(
    { shopId, connection, contact, conversation, content, by: 'user:ana', origin: 'seller' },
    { outbound: outboundStore(lambdas.table), conversations, patience: quickPatience(() => new Date()) },
  );
};
const say = (body: string) => queue(readContent({ type: 'text', text: { body } }));
const taskOf = ({ shopId, conversationId, at, messageId }: Message) => ({
  body: { do: 'send', shopId, conversationId, at, messageId },
  group: conversationId,
});
const deliver = async (...messages: Message[]) =>
  failedIn(await lambdas.run('sendMessages', aQueueEvent('outbound.fifo', messages.map(taskOf))));
const row = (message: Message) => chat.messages.find(message.shopId, message);
const refusal = (code: number) => ({ status: 400, body: { error: { message: 'no', type: 'OAuthException', code } } });

describe('send-messages', () => {
  it('sends in order, with the number’s token, and says nothing of it in the log', async () => {
    const messages = [await say('uno secreto'), await say('dos secreto'), await say('tres secreto')];
    expect(await deliver(...messages)).toEqual([]);
    expect(asked.map(({ body }) => (JSON.parse(String(body)) as { text: { body: string } }).text.body)).toEqual([
      'uno secreto',
      'dos secreto',
      'tres secreto',
    ]);
    expect(new Set(asked.map(({ path, token }) => `${path} ${token}`))).toEqual(
      new Set([`/v24.0/${chat.connection.phoneNumberId}/messages Bearer ${TOKEN}`]),
    );
    for (const message of messages)
      expect(await row(message)).toMatchObject({ state: 'sent', metaId: expect.stringMatching(/^wamid/) });
    for (const secret of [TOKEN, 'secreto', '5491161234567']) expect(lambdas.logText()).not.toContain(secret);
  });

  it('holds up the conversation behind one that waits', async () => {
    const [first, second] = [await say('uno'), await say('dos')];
    answers.push(refusal(131056));
    expect(await deliver(first, second)).toEqual(['m0', 'm1']);
    expect(asked).toHaveLength(1);
    expect(lambdas.services.broughtBack.map(({ seconds }) => seconds)).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);
    expect(lambdas.services.broughtBack[0]?.seconds).toBeLessThanOrEqual(2);
    expect(await deliver(first, second)).toEqual([]);
    expect(await row(second)).toMatchObject({ state: 'sent', attempt: 1 });
    expect(await row(first)).toMatchObject({ state: 'sent', attempt: 2 });
  });

  it('parks what Meta may have taken, and never sends it again', async () => {
    const message = await say('uno');
    answers.push('silence');
    expect(await deliver(message)).toEqual([]);
    expect(await row(message)).toMatchObject({ state: 'unknown' });
    expect(await deliver(message)).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('stops the connection whose token Meta refuses, unless it was changed meanwhile', async () => {
    const [first, second] = [await say('uno'), await say('dos')];
    expect(await deliver(await say('cero'))).toEqual([]);
    answers.push(refusal(190));
    lambdas.services.secrets.set(
      `vidriera-test/tokens/${chat.connection.phoneNumberId}`,
      JSON.stringify({ token: 'EAAnew' }),
    );
    expect(await deliver(first)).toEqual([]);
    expect(asked.at(-1)?.token).toBe('Bearer EAAnew');
    expect(await row(first)).toMatchObject({ state: 'sent' });
    answers.push(refusal(190));
    await deliver(second);
    const { shopId, phoneNumberId } = chat.connection;
    expect(await connectionStore(lambdas.table).find(shopId, phoneNumberId)).toMatchObject({ state: 'reauth' });
    expect(await row(second)).toMatchObject({ state: 'failed', error: { code: 190 } });
    expect(lambdas.logs()).toContainEqual(
      expect.objectContaining({ message: 'a connection was stopped', code: 190, phoneNumberId }),
    );
  });

  it('uploads a file of the shop before it sends it', async () => {
    const key = `uploads/${chat.shop.shopId}/01JD0000000000000000000000.jpg`;
    const content = Buffer.from('ffd8ffe0', 'hex');
    lambdas.files.set(key, { contentType: 'image/jpeg', bytes: content.length, content });
    const message = await queue(readContent({ type: 'image', image: { media_key: key, caption: 'Esta' } }));
    expect(await deliver(message)).toEqual([]);
    expect(asked.map(({ path }) => path.split('/').at(-1))).toEqual(['media', 'messages']);
    expect(asked[0]?.type).toMatch(/^multipart\/form-data; boundary=/);
    expect(asked[0]?.body.includes(content)).toBe(true);
    expect(JSON.parse(String(asked[1]?.body))).toMatchObject({ image: { id: '987', caption: 'Esta' } });
    expect(await row(message)).toMatchObject({ state: 'sent', media: { key, metaId: '987' } });
  });

  it('tells Meta that the shop has read, some times, and then lets it be', async () => {
    const { shopId, phoneNumberId } = chat.connection;
    const read = (receiveCount: number) =>
      lambdas.run(
        'sendMessages',
        aQueueEvent('outbound.fifo', [
          { body: { do: 'read', shopId, phoneNumberId, metaId: 'wamid.IN' }, group: 'x', receiveCount },
        ]),
      );
    expect(failedIn(await read(1))).toEqual([]);
    expect(JSON.parse(String(asked[0]?.body))).toEqual({
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: 'wamid.IN',
    });
    answers.push({ status: 503, body: {} }, refusal(2), { status: 503, body: {} }, refusal(100));
    expect(failedIn(await read(1))).toEqual(['m0']);
    expect(failedIn(await read(2))).toEqual(['m0']);
    expect(failedIn(await read(3))).toEqual([]);
    expect(failedIn(await read(1))).toEqual([]);
    expect(lambdas.logText()).toContain('a customer was not told that the shop has read');
  });

  it('has a task that nobody understands put aside', async () => {
    const event = aQueueEvent('outbound.fifo', [
      { body: { do: 'dance' }, group: 'x' },
      { ...taskOf(await say('uno')), group: 'x' },
    ]);
    expect(failedIn(await lambdas.run('sendMessages', event))).toEqual(['m0']);
    expect(asked).toHaveLength(1);
  });
});

describe('sweep-messages', () => {
  it('finds what was forgotten and what was abandoned', async () => {
    const [forgotten, abandoned] = [await say('uno'), await say('dos')];
    const store = outboundStore(lambdas.table);
    await store.claim(abandoned, { claimedUntil: new Date(Date.now() + 60_000).toISOString() });
    expect(await lambdas.run('sweepMessages')).toMatchObject({ queued: 0, parked: 0 });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 });
    expect(await lambdas.run('sweepMessages')).toMatchObject({ queued: 1, parked: 1, failed: 0 });
    const { dedupId, ...sent } = lambdas.services.sent.at(-1) ?? {};
    expect(sent).toEqual({ queue: 'outbound.fifo', ...taskOf(forgotten) });
    expect(dedupId).toMatch(new RegExp(`^${forgotten.messageId}-\\d+$`));
    expect(await row(abandoned)).toMatchObject({ state: 'unknown' });
    expect(lambdas.logs()).toContainEqual(expect.objectContaining({ UnknownMessages: 1 }));
    expect(await deliver(forgotten)).toEqual([]);
    expect(await row(forgotten)).toMatchObject({ state: 'sent' });
  });
});
