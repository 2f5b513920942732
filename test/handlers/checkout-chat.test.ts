import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatCode } from '#core/code.ts';
import { keys } from '#table/schema.ts';
import { actId } from '../../functions/checkouts/chat-act.ts';
import { timelineStore } from '../../functions/checkouts/timeline.store.ts';
import { defaultWhatsApp } from '../../functions/shops/whatsapp-settings.ts';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { aQueueEvent, failedIn } from '../support/queue-event.ts';
import { anOrder } from './given.ts';
import { type GivenChat, givenChat } from './given-chat.ts';

let lambdas: Lambdas;
let given: GivenChat;
let shops = 0;
let changes = 0;

beforeAll(async () => {
  lambdas = await openLambdas();
});
afterAll(() => lambdas.close());

beforeEach(async () => {
  shops += 1;
  given = await givenChat(lambdas, `charla-${shops}`);
  const { phoneNumberId } = given.connection;
  await given.settle({ whatsapp: { ...defaultWhatsApp, phoneNumberId, siteUrl: 'https://tienda.example' } });
  lambdas.coldStart();
  lambdas.services.sent.length = 0;
  lambdas.clear();
});

const PHONE = '+5491161234567';
const CUSTOMER = 'Ana Buyer';

const create = async (): Promise<string> => {
  const order = anOrder(given.shop, given.products[0] as never, { phone: PHONE, customerName: CUSTOMER });
  return String((await lambdas.call('createCheckout', { body: order })).json['code']);
};

const stored = async (code: string) => (await lambdas.table.get(keys.checkout(code), { consistent: true })) ?? {};

const asRecord = (after: Record<string, unknown>, before?: Record<string, unknown>): DynamoDBRecord => {
  changes += 1;
  const image = (item: Record<string, unknown>) => marshall(item, { removeUndefinedValues: true }) as never;
  return {
    eventID: `event-${changes}`,
    eventName: before ? 'MODIFY' : 'INSERT',
    dynamodb: {
      Keys: image({ pk: after['pk'], sk: after['sk'] }),
      SequenceNumber: String(changes),
      NewImage: image(after),
      ...(before && { OldImage: image(before) }),
    },
  };
};

const relay = (...Records: DynamoDBRecord[]) =>
  lambdas.run('relayChanges', { Records }) as Promise<DynamoDBBatchResponse>;

const notices = () => lambdas.services.sent.filter(({ queue }) => queue === 'notices.fifo');

/** Tells customers what waits for them on the queue. */
const tell = async (): Promise<string[]> => {
  const waiting = notices().map(({ body, group }) => ({ body, group: group ?? '' }));
  return failedIn(await lambdas.run('tellCustomers', aQueueEvent('notices.fifo', waiting)));
};

/** Every message of the shop to its customers, oldest first. */
const said = async () => {
  const rows = (await lambdas.rows()).map((row) => JSON.parse(row) as Record<string, unknown>);
  return rows
    .filter(({ shopId, direction }) => shopId === given.shop.shopId && direction === 'outbound')
    .sort((one, other) => (String(one['at']) < String(other['at']) ? -1 : 1));
};

const tap = (act: 'confirm' | 'cancel', code: string) => ({
  content: {
    type: 'interactive',
    interactive: { type: 'button_reply', button_reply: { id: actId(act, code), title: act } },
  },
});

describe('a new checkout', () => {
  it('is told to a customer who has just written, once, in one message with its link', async () => {
    await given.hear('Hola');
    const code = await create();
    expect(await relay(asRecord(await stored(code)))).toEqual({ batchItemFailures: [] });
    expect(notices()).toMatchObject([{ body: { code, occasion: 'created' } }]);
    for (const _ of [1, 2]) expect(await tell()).toEqual([]);
    const messages = await said();
    expect(messages).toMatchObject([{ type: 'interactive', checkoutCode: code, state: 'queued', origin: 'checkout' }]);
    expect(JSON.stringify(messages)).toContain(`https://tienda.example/c/${code}`);
  });

  it('is told to nobody who has not written, where there is no template; the timeline says why', async () => {
    const code = await create();
    await relay(asRecord(await stored(code)));
    await tell();
    expect(await said()).toEqual([]);
    const { json } = await lambdas.call('viewTimeline', { as: given.as('seller'), params: { code } });
    expect(json['items']).toMatchObject([{ kind: 'created' }, { kind: 'not-sent', reason: 'window-closed' }]);
  });

  it('goes on to the queues for all that its messages need, in one call each', async () => {
    await given.hear('Hola');
    const code = await create();
    await relay(asRecord(await stored(code)));
    await tell();
    const [message] = await said();
    lambdas.services.sent.length = 0;
    await relay(asRecord(message ?? {}), asRecord({ ...message, state: 'sent', rank: 30 }, message));
    const { conversationId, messageId } = message ?? {};
    expect(lambdas.services.sent).toMatchObject([
      { queue: 'outbound.fifo', group: conversationId, dedupId: messageId, body: { do: 'send', messageId } },
    ]);
    const events = await timelineStore(lambdas.table).events(code);
    expect(events.map(({ kind }) => kind)).toContain('sent');
  });

  it('comes again whole when a queue does not take what follows from it', async () => {
    const code = await create();
    const one = asRecord(await stored(code));
    lambdas.services.refusals.set('SendMessageBatch', { name: 'ServiceUnavailable', status: 503, times: 100 });
    expect(await relay(one)).toEqual({ batchItemFailures: [{ itemIdentifier: one.dynamodb?.SequenceNumber }] });
    lambdas.services.refusals.clear();
    expect(await relay(one)).toEqual({ batchItemFailures: [] });
    expect(notices()).toHaveLength(1);
  });
});

describe('a customer who writes with the code', () => {
  it('is tied to the checkout, answered, and confirms it with a tap; whatever comes twice counts once', async () => {
    const code = await create();
    for (const _ of [1, 2]) await given.hear(`Mi código es ${formatCode(code).toLowerCase()}`);
    const { tie } = await stored(code);
    expect(tie).toMatchObject({ phone: PHONE, phoneNumberId: given.connection.phoneNumberId });
    for (const _ of [1, 2]) await given.hear('Confirmar', tap('confirm', code));
    expect(await stored(code)).toMatchObject({ state: 'confirmed', endedBy: 'customer' });
    expect((await said()).map(({ type }) => type)).toEqual(['interactive', 'text']);
    const view = await lambdas.call('getCheckout', { as: given.as('seller'), params: { code } });
    const { contactId } = tie as { contactId: string };
    const conversationId = `${given.connection.phoneNumberId}-${contactId}`;
    expect(view.json).toMatchObject({ contactId, conversationId, verifiedPhone: PHONE, state: 'confirmed' });
    const answered = await given.messages.page(given.shop.shopId, [conversationId], { limit: 10 });
    const inbound = answered.items.filter(({ direction }) => direction === 'inbound');
    expect(inbound.every(({ answeredBy }) => answeredBy !== undefined)).toBe(true);
  });

  it('can’t act on a checkout of another person or another shop', async () => {
    const code = await create();
    await given.hear(code);
    await given.hear('Cancelar', { ...tap('cancel', code), waId: '5491169999999' });
    const other = await givenChat(lambdas, `otra-${shops}`);
    await other.hear('Confirmar', tap('confirm', code));
    await other.hear(code);
    expect(await stored(code)).toMatchObject({ state: 'active' });
    expect(await other.inbox()).toMatchObject([{ lastMessage: { direction: 'inbound' } }]);
  });
});

describe('a schedule of a checkout', () => {
  it('that calls it to mind puts a notice on the queue, and frees nothing', async () => {
    const code = await create();
    expect(await lambdas.run('expireCheckout', { code, occasion: 'reminder' })).toEqual({ outcome: 'reminding' });
    expect(notices()).toMatchObject([{ body: { code, occasion: 'reminder' } }]);
    expect(await stored(code)).toMatchObject({ state: 'active' });
    const again = { code, occasion: 'reminder', expiresAt: '2026-11-22T12:00:00.000Z' };
    await lambdas.run('expireCheckout', again);
    expect(notices()).toMatchObject([{ body: { code } }, { body: again }]);
    const dedupIds = lambdas.services.sent
      .filter(({ queue }) => queue === 'notices.fifo')
      .map(({ dedupId }) => dedupId);
    expect(new Set(dedupIds).size).toBe(dedupIds.length);
  });
});

describe('a page that is looked at', () => {
  it('is counted once, in the funnel of its shop; a link that is only fetched is not', async () => {
    const code = await create();
    await lambdas.call('showCheckout', { params: { code } });
    await lambdas.call('viewCheckout', { params: { code } });
    const funnel = async () => (await lambdas.call('viewFunnel', { as: given.as('seller') })).json['total'];
    expect(await funnel()).toMatchObject({ opened: 0 });
    for (const _ of [1, 2]) expect((await lambdas.call('openCheckout', { params: { code } })).status).toBe(204);
    await relay(asRecord(await stored(code)));
    expect(await funnel()).toMatchObject({ created: 1, opened: 1, confirmed: 0, revenue: [] });
    expect((await lambdas.call('openCheckout', { params: { code: 'K7QM2WTX9F3AZB6C' } })).status).toBe(404);
  });

  it('brings in what was sold', async () => {
    const code = await create();
    const before = await stored(code);
    await lambdas.call('sellCheckout', { as: given.as('seller'), params: { code } });
    const sold = asRecord(await stored(code), before);
    for (const _ of [1, 2]) await relay(sold);
    const { json } = await lambdas.call('viewFunnel', { as: given.as('seller') });
    expect(json['total']).toMatchObject({ confirmed: 1, revenue: [{ currency: 'ARS', amount: 1500 }] });
    const wrong = await lambdas.call('viewFunnel', { as: given.as('seller'), query: { from: 'yesterday' } });
    expect(wrong.status).toBe(400);
  });
});

describe('logs', () => {
  it('of what is told and answered carry no phone, name, code or text', async () => {
    await given.hear('Hola');
    const code = await create();
    await relay(asRecord(await stored(code)));
    await tell();
    await given.hear(code);
    await given.hear('Confirmar', tap('confirm', code));
    await lambdas.call('openCheckout', { params: { code } });
    const log = lambdas.logText();
    expect(log).toContain('"outcome":"queued"');
    for (const secret of [code, PHONE, PHONE.slice(1), CUSTOMER, 'te guardamos']) expect(log).not.toContain(secret);
  });
});
