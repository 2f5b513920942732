import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { type GivenChat, givenChat } from './given-chat.ts';

let lambdas: Lambdas;
let chat: GivenChat;
let shops = 0;

beforeAll(async () => {
  lambdas = await openLambdas();
});
beforeEach(async () => {
  shops += 1;
  chat = await givenChat(lambdas, `registro-${shops}`);
});
afterAll(() => lambdas.close());

interface Entry {
  subject: { kind: string; id: string };
  at: string;
  by: string;
  action: string;
  changes?: Record<string, unknown>;
}

const trail = async (query: Record<string, string> = {}): Promise<Entry[]> => {
  const { status, json } = await lambdas.call('listAudit', { as: chat.as('admin'), query });
  expect(status).toBe(200);
  return json['items'] as Entry[];
};

const admin = () => `user:${chat.as('admin').userId}`;
const seller = () => `user:${chat.as('seller').userId}`;

const workADay = async () => {
  const [product] = chat.products;
  const productId = product?.productId ?? '';
  await lambdas.call('updateShop', {
    as: chat.as('admin'),
    body: { holdMinutes: 90, whatsappNumber: '+5491112345678' },
  });
  await lambdas.call('updateProduct', { as: chat.as('seller'), params: { productId }, body: { price: 999 } });
  await chat.hear('hola');
  const [conversation] = await chat.inbox();
  const params = { conversationId: conversation?.conversationId ?? '' };
  await lambdas.call('takeOver', { as: chat.as('seller'), params });
  await lambdas.call('markRead', { as: chat.as('seller'), params });
  const number = { phoneNumberId: chat.connection.phoneNumberId };
  await lambdas.call('pauseConnection', { as: chat.as('admin'), params: number });
  return { productId, ...params, ...number };
};

describe('the audit trail', () => {
  it('tells admins who changed what, latest first', async () => {
    const { productId, conversationId, phoneNumberId } = await workADay();
    const { shopId } = chat.shop;
    const told = (await trail()).filter(({ by }) => by.startsWith('user:'));
    expect(told).toMatchObject([
      { subject: { kind: 'connection', id: phoneNumberId }, by: admin(), action: 'connection.paused' },
      { subject: { kind: 'conversation', id: conversationId }, by: seller(), action: 'conversation.assigned' },
      {
        subject: { kind: 'product', id: productId },
        by: seller(),
        action: 'product.changed',
        changes: { price: { from: 1500, to: 999 } },
      },
      {
        subject: { kind: 'shop', id: shopId },
        by: admin(),
        action: 'shop.changed',
        changes: { holdMinutes: { to: 90 }, whatsappNumber: {} },
      },
    ]);
    expect(JSON.stringify(told)).not.toMatch(/54911|shopId/);
  });

  it('is asked by thing, by user and by time, page by page', async () => {
    const { productId } = await workADay();
    expect((await trail({ kind: 'product', id: productId })).map(({ action }) => action)).toEqual([
      'product.changed',
      'product.created',
    ]);
    const [own, ...more] = await trail({ by: seller() });
    expect([own, ...more].map((entry) => entry?.action)).toEqual(['conversation.assigned', 'product.changed']);
    expect((await trail({ by: seller(), from: own?.at ?? '' })).map(({ action }) => action)).toEqual([
      'conversation.assigned',
    ]);
    const all = await trail();
    const first = await lambdas.call('listAudit', { as: chat.as('admin'), query: { limit: '3' } });
    const rest = await trail({ limit: '100', cursor: String(first.json['nextCursor']) });
    expect([...(first.json['items'] as Entry[]), ...rest]).toEqual(all);
  });

  it.each([
    ['a kind without an id', { kind: 'shop' }],
    ['an id without a kind', { id: 'x' }],
    ['a kind that is none', { kind: 'moon', id: 'x' }],
    ['a moment that is none', { from: 'yesterday' }],
    ['a page too large', { limit: '101' }],
    ['a cursor of its own making', { cursor: 'bm90IGEgY3Vyc29y' }],
  ])('is not asked with %s', async (_, query) => {
    const { status, json } = await lambdas.call('listAudit', { as: chat.as('admin'), query });
    expect([status, json['code']]).toEqual([400, 'request.invalid']);
  });
});
