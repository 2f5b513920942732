import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { aQueueEvent, failedIn } from '../support/queue-event.ts';
import { aMessageEvent, anEventOf } from '../support/whatsapp-events.ts';
import { type GivenChat, givenChat, minutesAgo } from './given-chat.ts';

let lambdas: Lambdas;
let chat: GivenChat;
let shops = 0;

beforeAll(async () => {
  lambdas = await openLambdas();
});
beforeEach(async () => {
  shops += 1;
  chat = await givenChat(lambdas, `charla-${shops}`);
  const content = Buffer.from('{}');
  lambdas.files.set('webhooks/2026/11/21/body.json', { contentType: 'application/gzip', bytes: 2, content });
  lambdas.clear();
});
afterAll(() => lambdas.close());

const ana = { waId: '5491161234567', userId: 'AR.1000200030004000', name: 'Ana Secreta' };
const text = (body: string, from: object = ana) =>
  aMessageEvent(chat.connection, {
    from,
    metaId: `wamid.${shops}.${body}`,
    at: minutesAgo(1),
    content: { type: 'text', text: { body } },
  });
const metrics = () => Object.assign({}, ...lambdas.logs().filter((line) => '_aws' in line)) as Record<string, unknown>;

describe('receive-events', () => {
  it('takes in a batch, and the same batch again changes nothing', async () => {
    const events = [text('uno'), text('dos'), text('tres', { waId: '5491169999999' })];
    expect(await chat.receive(...events)).toEqual([]);
    const rows = await lambdas.rows();
    expect(await chat.receive(...events)).toEqual([]);
    expect(await lambdas.rows()).toEqual(rows);
    expect((await chat.inbox()).map(({ unread }) => unread).sort()).toEqual([1, 2]);
  });

  it('never lets a bad event take its neighbours down', async () => {
    const messages = [
      { body: text('uno'), group: 'a' },
      { body: '{ this is no JSON', group: 'a' },
      { body: { kind: 'message' }, group: 'b' },
      { body: text('dos'), group: 'a' },
    ];
    const answer = await lambdas.run('receiveEvents', aQueueEvent('inbound.fifo', messages));
    expect(failedIn(answer).sort()).toEqual(['m1', 'm2']);
    expect((await chat.inbox())[0]).toMatchObject({ unread: 2 });
    expect(metrics()['UnreadableMessages']).toBe(1);
  });

  it('reads what was put aside for being too big', async () => {
    const content = Buffer.from(JSON.stringify(text('largo')));
    lambdas.files.set('claims/abc.json', { contentType: 'application/json', bytes: content.length, content });
    const event = aQueueEvent('inbound.fifo', [{ body: { claim: 'claims/abc.json' }, group: 'a' }]);
    expect(failedIn(await lambdas.run('receiveEvents', event))).toEqual([]);
    expect((await chat.inbox())[0]?.lastMessage?.preview).toBe('largo');
  });

  it('waits a little for a number that is not known yet, then leaves the event to the archive', async () => {
    const event = { ...text('x'), phoneNumberId: '999999999999999' };
    const run = async (receiveCount: number, body: object = event) =>
      failedIn(await lambdas.run('receiveEvents', aQueueEvent('inbound.fifo', [{ body, group: 'a', receiveCount }])));
    expect(await run(1)).toEqual(['m0']);
    expect(await run(3)).toEqual([]);
    expect(metrics()['UnaddressedEvents']).toBe(1);
    const { archiveKey: _, ...kept } = event;
    expect(await run(3, kept)).toEqual(['m0']);
    expect(await run(3, { ...event, archiveKey: 'webhooks/2026/11/21/never-written.json' })).toEqual(['m0']);
    expect(await chat.inbox()).toEqual([]);
  });

  it('changes nothing for an event that another app signed', async () => {
    const body = { ...text('x'), app: 'k1' };
    const foreign = aQueueEvent('inbound.fifo', [{ body, group: 'a', receiveCount: 3 }]);
    expect(failedIn(await lambdas.run('receiveEvents', foreign))).toEqual([]);
    expect(await chat.inbox()).toEqual([]);
    expect(metrics()['UnaddressedEvents']).toBe(1);
  });

  it('keeps account events for the shop', async () => {
    const event = anEventOf(chat.connection, {
      kind: 'account',
      field: 'account_update',
      payload: { event: 'ACCOUNT_DELETED' },
    });
    await chat.receive(event);
    const row = JSON.parse(
      (await lambdas.rows()).find((one) => one.includes(`${chat.shop.shopId}"`) && one.includes('CONNECTION#')) ?? '{}',
    );
    expect(row).toMatchObject({ state: 'disabled' });
  });

  it('tells no name, number or text in its log', async () => {
    await chat.receive(text('un secreto'), text('otro', { waId: '5491160000077', name: 'Beto' }));
    await lambdas.run(
      'receiveEvents',
      aQueueEvent('inbound.fifo', [{ body: { kind: 'message', payload: 'Ana Secreta' } }]),
    );
    for (const word of ['Ana Secreta', 'secreto', '61234567', '60000077', 'Beto', 'AR.1000']) {
      expect(lambdas.logText()).not.toContain(word);
    }
  });
});
