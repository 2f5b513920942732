import { describe, expect, it } from 'vitest';
import type { Counted } from '../../../functions/checkouts/record-event.ts';
import { conversationWrite, readConversation } from '../../../functions/conversations/conversation.store.ts';
import { type Conversation, conversationIdOf } from '../../../functions/conversations/conversation.ts';
import type { Change } from '../../../functions/relay/change.ts';
import { openOutbox, type Posting, type RelayQueue } from '../../../functions/relay/outbox.ts';
import { relayConversation } from '../../../functions/relay/relay-conversation.ts';
import { relayMessage } from '../../../functions/relay/relay-message.ts';
import { aCode, anId, aShop } from '../../support/builders.ts';
import { NOON } from '../../support/clock.ts';
import { failureOf, quickPatience } from '../../support/ports.ts';

const shop = aShop();
const conversationId = conversationIdOf('106540352242922', anId());

const given = () => {
  const posted: [RelayQueue, Posting][] = [];
  const recorded: Counted[] = [];
  const post = (queue: RelayQueue, posting: Posting) => void posted.push([queue, posting]);
  const record = async (counted: Counted) => {
    recorded.push(counted);
    return 'recorded' as const;
  };
  const ports = { post, timeline: { record }, patience: quickPatience(), findShop: async () => shop };
  return { ports, posted, recorded };
};

const aConversation = (change: Partial<Conversation>): Conversation => ({
  shopId: shop.shopId,
  conversationId,
  phoneNumberId: '106540352242922',
  contactId: conversationId.slice(-26),
  state: 'open',
  bot: 'on',
  unread: 1,
  lastMessageAt: NOON,
  recent: [],
  formerIds: [],
  version: 1,
  createdAt: NOON,
  updatedAt: NOON,
  ...change,
});

const aRow = (change: object = {}) => ({
  shopId: shop.shopId,
  conversationId,
  messageId: anId(),
  at: NOON,
  direction: 'outbound',
  origin: 'checkout',
  type: 'text',
  state: 'queued',
  rank: 0,
  createdAt: NOON,
  updatedAt: NOON,
  ...change,
});

describe('a new message', () => {
  it('that was committed goes to the queue of its conversation, once', async () => {
    const { ports, posted } = given();
    const row = aRow();
    const { messageId, at, shopId } = row;
    await relayMessage({ kind: 'message', after: row }, ports);
    await relayMessage({ kind: 'message', before: row, after: { ...row, state: 'sending', rank: 10 } }, ports);
    const body = { do: 'send', shopId, conversationId, at, messageId };
    expect(posted).toEqual([['outbound', { body, group: conversationId, dedupId: messageId }]]);
  });

  it('with a file has it fetched, whoever sent it; one without goes nowhere', async () => {
    const { ports, posted } = given();
    const inbound = aRow({ direction: 'inbound', state: 'received', rank: undefined });
    await relayMessage({ kind: 'message', after: inbound }, ports);
    expect(posted).toEqual([]);
    const media = { state: 'pending', metaId: '900100' };
    const echo = aRow({ state: 'sent', rank: 30, media });
    for (const row of [{ ...inbound, media }, echo]) await relayMessage({ kind: 'message', after: row }, ports);
    expect(posted.map(([queue, { group }]) => [queue, group])).toEqual([
      ['media', shop.shopId],
      ['media', shop.shopId],
    ]);
  });

  it('that gets its file later has it fetched then, once', async () => {
    const { ports, posted } = given();
    const before = aRow({ direction: 'inbound', state: 'received', rank: undefined, type: 'media_placeholder' });
    const after = { ...before, type: 'image', media: { state: 'pending', metaId: '900100' } };
    await relayMessage({ kind: 'message', before, after }, ports);
    await relayMessage({ kind: 'message', before: after, after: { ...after, readAt: NOON } }, ports);
    expect(posted.map(([queue]) => queue)).toEqual(['media']);
  });
});

describe('a message about a checkout', () => {
  const code = aCode();
  const kinds = ({ recorded }: ReturnType<typeof given>) => recorded.map(({ event }) => event.kind);

  it('tells the timeline each step that it has come, also those it skipped', async () => {
    const world = given();
    const queued = aRow({ checkoutCode: code });
    const sent = { ...queued, state: 'sent', rank: 30, sentAt: NOON };
    const read = { ...sent, state: 'read', rank: 50, readAt: '2026-11-21T12:05:00.000Z' };
    await relayMessage({ kind: 'message', after: queued }, world.ports);
    await relayMessage(
      { kind: 'message', before: queued, after: { ...queued, state: 'sending', rank: 10 } },
      world.ports,
    );
    expect(kinds(world)).toEqual([]);
    await relayMessage({ kind: 'message', before: queued, after: sent }, world.ports);
    await relayMessage({ kind: 'message', before: sent, after: read }, world.ports);
    expect(kinds(world)).toEqual(['sent', 'delivered', 'read']);
    expect(world.recorded.at(-1)).toMatchObject({
      code,
      event: { cause: queued.messageId, messageId: queued.messageId, conversationId, at: read.readAt },
    });
  });

  it('that failed says so once, and with which code', async () => {
    const world = given();
    const sent = aRow({ checkoutCode: code, state: 'sent', rank: 30 });
    const failed = { ...sent, state: 'failed', rank: 35, error: { code: 131047, title: 'Re-engagement message' } };
    await relayMessage({ kind: 'message', before: sent, after: failed }, world.ports);
    await relayMessage({ kind: 'message', before: failed, after: { ...failed, attempt: 2 } }, world.ports);
    expect(world.recorded.map(({ event }) => [event.kind, event.reason])).toEqual([['failed', '131047']]);
  });

  it('of any other kind writes on no timeline', async () => {
    const world = given();
    await relayMessage({ kind: 'message', after: aRow({ state: 'read', rank: 50 }) }, world.ports);
    const asked = aRow({ direction: 'inbound', state: 'received', checkoutCode: code });
    await relayMessage({ kind: 'message', after: asked }, world.ports);
    expect(world.recorded).toEqual([]);
  });
});

describe('a conversation', () => {
  it('that was read is told to Meta, once for each message read up to', () => {
    const { ports, posted } = given();
    // as the table stores it, and the stream tells it: what its key says is nowhere else
    const row = (change: Partial<Conversation> = {}) => conversationWrite(aConversation(change)).put;
    const [before, after] = [row(), row({ readUpTo: 'wamid.A' })];
    const relay = (change: Omit<Change, 'kind'>) =>
      relayConversation({ kind: 'conversation', ...change }, { ...ports, readConversation });
    relay({ before, after });
    relay({ before: after, after: row({ readUpTo: 'wamid.A', unread: 2 }) });
    relay({ before: after });
    const body = { do: 'read', shopId: shop.shopId, phoneNumberId: '106540352242922', metaId: 'wamid.A' };
    expect(posted).toEqual([['outbound', { body, group: conversationId, dedupId: expect.any(String) }]]);
  });
});

describe('the outbox', () => {
  const queuesOf = (fails?: RelayQueue) => {
    const sent: [RelayQueue, number][] = [];
    const queue = (name: RelayQueue) => ({
      send: async (messages: readonly Posting[]) => {
        if (name === fails) throw new Error('no queue');
        sent.push([name, messages.length]);
      },
    });
    return { sent, open: queue };
  };

  it('sends what has gathered, with one call for each queue, and nothing twice', async () => {
    const { sent, open } = queuesOf();
    const { post, flush } = openOutbox(open);
    for (const queue of ['outbound', 'notices', 'outbound'] as const) post(queue, { body: {}, group: 'g' });
    await flush();
    await flush();
    expect(sent).toEqual([
      ['outbound', 2],
      ['notices', 1],
    ]);
  });

  it('fails when a queue does, and leaves nothing behind for the next batch', async () => {
    const { sent, open } = queuesOf('media');
    const { post, flush } = openOutbox(open);
    post('media', { body: {}, group: 'g' });
    expect(String(await failureOf(flush()))).toContain('no queue');
    await flush();
    expect(sent).toEqual([]);
  });
});
