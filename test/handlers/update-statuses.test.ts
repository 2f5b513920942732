import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callbackDataOf, type Message } from '../../functions/conversations/message.ts';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { aQueueEvent, failedIn } from '../support/queue-event.ts';
import { anEventOf, secondsOf } from '../support/whatsapp-events.ts';
import { type GivenChat, givenChat, minutesAgo } from './given-chat.ts';

let lambdas: Lambdas;
let chat: GivenChat;
let message: Message;
let shops = 0;

beforeAll(async () => {
  lambdas = await openLambdas();
});
beforeEach(async () => {
  shops += 1;
  chat = await givenChat(lambdas, `estados-${shops}`);
  await chat.hear('hola');
  const [conversation] = await chat.inbox();
  message = {
    shopId: chat.shop.shopId,
    conversationId: conversation?.conversationId ?? '',
    messageId: `${shops}`.padStart(26, '0'),
    at: minutesAgo(0),
    direction: 'outbound',
    origin: 'seller',
    type: 'text',
    state: 'sending',
    rank: 10,
    content: { type: 'text', text: { body: 'Sí' } },
    createdAt: minutesAgo(0),
    updatedAt: minutesAgo(0),
  };
  await chat.messages.put(message);
  const content = Buffer.from('{}');
  lambdas.files.set('webhooks/2026/11/21/body.json', { contentType: 'application/gzip', bytes: 2, content });
  lambdas.clear();
});
afterAll(() => lambdas.close());

const status = (state: string, more: object = {}) =>
  anEventOf(chat.connection, {
    kind: 'status',
    payload: {
      id: 'wamid.OUT',
      status: state,
      timestamp: secondsOf(minutesAgo(0)),
      biz_opaque_callback_data: callbackDataOf(message),
      ...more,
    },
  });
const run = async (bodies: object[], receiveCount = 1) =>
  failedIn(
    await lambdas.run(
      'updateStatuses',
      aQueueEvent(
        'statuses',
        bodies.map((body) => ({ body, receiveCount })),
      ),
    ),
  );
const stored = () => chat.messages.find(message.shopId, message);

describe('update-statuses', () => {
  it('notes statuses in any order, each with one write once the connection is known', async () => {
    expect(await run([status('read'), status('sent'), status('delivered')])).toEqual([]);
    expect(await stored()).toMatchObject({ state: 'read', rank: 50 });
    lambdas.clear();
    await run([status('played')]);
    expect(lambdas.commands().map(({ command }) => command)).toEqual(['UpdateCommand']);
  });

  it('acts upon failures that concern the person or the number', async () => {
    await run([status('failed', { errors: [{ code: 131042, title: 'Payment' }] })]);
    expect(await stored()).toMatchObject({ state: 'failed', error: { code: 131042 } });
    expect(
      (await lambdas.rows()).some((row) => row.includes('"state":"restricted"') && row.includes(chat.shop.shopId)),
    ).toBe(true);
  });

  it('asks for a status again that finds no row, and in the end keeps it aside', async () => {
    const early = status('sent', { biz_opaque_callback_data: undefined, id: 'wamid.NOBODY' });
    expect(await run([early, status('sent')])).toEqual(['m0']);
    expect(lambdas.services.broughtBack.at(-1)).toMatchObject({ seconds: 3 });
    expect(await run([early], 5)).toEqual([]);
    expect(
      (await lambdas.rows()).filter((row) => row.includes('ACCOUNT-EVENTS') && row.includes('wamid.NOBODY')),
    ).toHaveLength(1);
    expect(Object.assign({}, ...lambdas.logs()) as object).toMatchObject({ UnaddressedStatuses: 1 });
  });
});
