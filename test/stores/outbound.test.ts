import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keys } from '#table/schema.ts';
import { connectionStore } from '../../functions/connections/connection.store.ts';
import type { Connection } from '../../functions/connections/connection.ts';
import { changeConsent } from '../../functions/contacts/change-consent.ts';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import type { Contact } from '../../functions/contacts/contact.ts';
import { conversationStore } from '../../functions/conversations/conversation.store.ts';
import type { Conversation } from '../../functions/conversations/conversation.ts';
import { messageStore } from '../../functions/conversations/message.store.ts';
import { type Message, ranks } from '../../functions/conversations/message.ts';
import { type OutboundStore, outboundStore } from '../../functions/conversations/outbound.store.ts';
import { type MessageToQueue, queueMessage } from '../../functions/conversations/queue-message.ts';
import { type SendPorts, sendMessage } from '../../functions/conversations/send-message.ts';
import { newConversation } from '../../functions/conversations/take-in.ts';
import type { Accepted } from '../../functions/whatsapp/graph-answer.ts';
import { GraphError } from '../../functions/whatsapp/graph-error.ts';
import { readContent } from '../../functions/whatsapp/outbound-content.ts';
import { openPace } from '../../functions/whatsapp/outbound-pace.ts';
import { anId } from '../support/builders.ts';
import { HOUR, MINUTE, type MovedClock, movedClock, NOON, SECOND } from '../support/clock.ts';
import { Crash, firstAttempts, randomFaults } from '../support/faults.ts';
import { failureOf, quickPatience } from '../support/ports.ts';
import { startTables, type TestTable } from '../support/table.ts';
import { aConnection, aContact } from '../support/whatsapp-events.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let store: OutboundStore;
let clock: MovedClock;
let connection: Connection;
let contact: Contact;
let conversation: Conversation;

const secret = async () => 'a secret for tests only';

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  store = outboundStore(world.table);
  clock = movedClock();
  connection = aConnection();
  const { shopId, phoneNumberId } = connection;
  contact = aContact({ shopId });
  conversation = {
    ...newConversation({ shopId, phoneNumberId, contactId: contact.contactId }, '2026-11-21T11:00:00.000Z', clock()),
    state: 'open',
    windowEndsAt: new Date(clock().getTime() + 24 * HOUR).toISOString(),
    version: 1,
  };
  await connectionStore(world.table).claim(connection, undefined);
  await contactStore(world.table, secret).save(contact);
  await conversationStore(world.table).save(conversation);
});

const current = async (): Promise<Conversation> =>
  (await conversationStore(world.table).find(connection.shopId, conversation.conversationId)) ?? conversation;

const queue = async (body = 'Hola', more: Partial<MessageToQueue> = {}): Promise<Message> => {
  const request: MessageToQueue = {
    shopId: connection.shopId,
    ...{ connection, contact },
    conversation: await current(),
    content: readContent({ type: 'text', text: { body } }),
    by: 'user:ana',
    origin: 'seller',
    ...more,
  };
  const conversations = conversationStore(world.table);
  return queueMessage(request, { outbound: store, conversations, patience: quickPatience(clock) });
};

const stored = async (message: Message) =>
  (await world.table.get(keys.message(message.shopId, message), { consistent: true })) ?? {};
const row = async (message: Message): Promise<Message> => {
  const found = await messageStore(world.table).find(message.shopId, message);
  if (!found) throw new Error('no such row');
  return found;
};
const inAMinute = () => new Date(clock().getTime() + MINUTE).toISOString();
const claimed = async (message: Message): Promise<Message> => {
  const taken = await store.claim(message, { claimedUntil: inAMinute() });
  if (!taken) throw new Error('it was not to be had');
  return taken;
};

describe('a commit', () => {
  it('writes the row, its place among those to be sent, and the conversation', async () => {
    const message = await queue();
    expect(await row(message)).toEqual(message);
    expect(await stored(message)).toMatchObject({
      gsi3pk: expect.stringMatching(/^OUTBOUND#\d\d$/),
      gsi3sk: `2026-11-21T12:01:00.000Z#${message.messageId}`,
    });
    expect(await current()).toMatchObject({ version: 2, lastMessage: { preview: 'Hola' } });
  });

  it('is one, whatever the client or the writer repeats', async () => {
    const messageId = anId();
    world.faults.plan(firstAttempts('TransactWriteItems', 'timeout-after'));
    const message = await queue('Hola', { messageId });
    world.faults.stop();
    clock.advance(HOUR);
    expect(await queue('Hola', { messageId })).toEqual(message);
    const [one, other] = await Promise.all([queue('Otra', { messageId }), queue('Otra', { messageId })]);
    expect([one, other]).toEqual([message, message]);
    expect((await world.rows()).filter(({ sk }) => sk.startsWith('MESSAGE#'))).toHaveLength(1);
  });

  it('is one when many ask for it at once', async () => {
    const messageId = anId();
    const messages = await Promise.all(Array.from({ length: 6 }, () => queue('Hola', { messageId })));
    expect(new Set(messages.map(({ at }) => at)).size).toBe(1);
    expect((await world.rows()).filter(({ sk }) => sk.startsWith('MESSAGE#'))).toHaveLength(1);
    expect((await current()).version).toBe(2);
  });

  it('is all or nothing when the writer dies, and is made good when it comes again', async () => {
    const messageId = anId();
    for (const fault of ['crash-before', 'crash-after'] as const) {
      world.faults.plan(firstAttempts('TransactWriteItems', fault));
      expect(
        await failureOf(queue('Hola', { messageId: fault === 'crash-before' ? anId() : messageId })),
      ).toBeInstanceOf(Crash);
      world.faults.stop();
    }
    await queue('Hola', { messageId });
    expect((await world.rows()).filter(({ sk }) => sk.startsWith('MESSAGE#'))).toHaveLength(1);
  });

  it('opens no conversation with a contact that has been merged into another meanwhile', async () => {
    const merged = aContact({ shopId: connection.shopId, mergedInto: contact.contactId });
    await contactStore(world.table, secret).save(merged);
    const { shopId, phoneNumberId } = connection;
    const fresh = newConversation({ shopId, phoneNumberId, contactId: merged.contactId }, NOON, clock());
    const more = { contact: merged, conversation: { ...fresh, windowEndsAt: inAMinute() } };
    const template = readContent({ type: 'template', template: { name: 'tu_reserva', language: { code: 'es' } } });
    expect(await failureOf(queue('Hola', { ...more, content: template }))).toMatchObject({ code: 'change.conflict' });
    expect(
      (await world.rows()).filter(({ pk }) => pk.includes(merged.contactId) && pk.includes('CONVERSATION')),
    ).toEqual([]);
  });

  it('loses none of two different messages at once', async () => {
    await Promise.all([queue('uno'), queue('dos'), queue('tres')]);
    const rows = (await world.rows()).filter(({ sk }) => sk.startsWith('MESSAGE#'));
    expect(new Set(rows.map(({ sk }) => sk)).size).toBe(3);
    expect((await current()).version).toBe(4);
  });
});

describe('a claim', () => {
  it('is one of many', async () => {
    const message = await queue();
    const claims = await Promise.all(
      Array.from({ length: 8 }, () => store.claim(message, { claimedUntil: inAMinute() })),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await row(message)).toMatchObject({ state: 'sending', rank: 10, attempt: 1, claimedUntil: inAMinute() });
  });

  it('is known as one’s own when the client repeated it', async () => {
    const message = await queue();
    world.faults.plan(firstAttempts('UpdateItem', 'timeout-after'));
    expect(await store.claim(message, { claimedUntil: inAMinute() })).toMatchObject({ attempt: 1 });
    world.faults.stop();
    expect(await store.claim(message, { claimedUntil: inAMinute() })).toBeUndefined();
  });

  it('can be given back, and taken again with one attempt more', async () => {
    const message = await queue();
    const taken = await claimed(message);
    const dueAt = new Date(clock().getTime() + 5 * MINUTE).toISOString();
    expect(await store.putBack(taken, dueAt, clock())).toBe(true);
    expect(await stored(message)).toMatchObject({
      state: 'queued',
      rank: 0,
      attempt: 1,
      gsi3sk: `${dueAt}#${message.messageId}`,
    });
    expect(await stored(message)).not.toHaveProperty('claimedUntil');
    expect(await store.claim(message, { claimedUntil: inAMinute() })).toBeUndefined();
    expect(await claimed(await row(message))).toMatchObject({ attempt: 2 });
    expect(await store.putBack(taken, dueAt, clock())).toBe(false);
  });

  it('counts an attempt that ended before it', async () => {
    const message = await queue();
    await store.putBack(message, inAMinute(), clock());
    expect(await row(message)).toMatchObject({ state: 'queued', attempt: 1 });
  });
});

describe('a settlement', () => {
  it('takes the row off the list, and lets Meta’s id find it', async () => {
    const message = await queue();
    const taken = await claimed(message);
    clock.advance(SECOND);
    expect(await store.settle(taken, { state: 'sent', metaId: 'wamid.1', held: true }, clock())).toBe(true);
    const item = await stored(message);
    expect(item).toMatchObject({
      state: 'sent',
      rank: 30,
      metaId: 'wamid.1',
      held: true,
      sentAt: '2026-11-21T12:00:01.000Z',
    });
    for (const gone of ['gsi3pk', 'gsi3sk', 'claimedUntil', 'claim']) expect(item).not.toHaveProperty(gone);
    const { conversationId, at, messageId } = message;
    expect(await messageStore(world.table).placeByMetaId(message.shopId, 'wamid.1')).toEqual({
      conversationId,
      at,
      messageId,
    });
  });

  it('never lowers what a status said before it', async () => {
    const message = await queue();
    const taken = await claimed(message);
    const set = { metaId: 'wamid.1', deliveredAt: clock().toISOString() };
    await messageStore(world.table).advance(message.shopId, message, {
      state: 'delivered',
      rank: ranks.delivered,
      set,
    });
    expect(await store.settle(taken, { state: 'sent', metaId: 'wamid.1', held: false }, clock())).toBe(false);
    expect(await store.settle(taken, { state: 'unknown' }, clock())).toBe(false);
    expect(await store.settle(taken, { state: 'failed', error: { code: 1, title: 'x' } }, clock())).toBe(false);
    expect(await store.putBack(taken, inAMinute(), clock())).toBe(false);
    expect(await row(message)).toMatchObject({ state: 'delivered', rank: 40, metaId: 'wamid.1' });
    expect(await stored(message)).not.toHaveProperty('gsi3pk');
  });

  it('as unknown or failed is only for the claim that it was', async () => {
    const message = await queue();
    const first = await claimed(message);
    await store.putBack(first, inAMinute(), clock());
    clock.advance(SECOND);
    const second = await claimed(await row(message));
    expect(await store.settle(first, { state: 'unknown' }, clock())).toBe(false);
    expect(await row(message)).toMatchObject({ state: 'sending', attempt: 2 });
    expect(await store.settle(second, { state: 'unknown' }, clock())).toBe(true);
    expect(await row(message)).toMatchObject({ state: 'unknown', rank: 20 });
    expect(await store.settle(second, { state: 'sent', metaId: 'wamid.1', held: false }, clock())).toBe(true);
    expect(await row(message)).toMatchObject({ state: 'sent', metaId: 'wamid.1' });
  });

  it('of a failure keeps its code', async () => {
    const message = await queue();
    const error = { code: 131047, title: 'Re-engagement message', details: 'too late' };
    await store.settle(await claimed(message), { state: 'failed', error }, clock());
    expect(await row(message)).toMatchObject({ state: 'failed', rank: 35, error, failedAt: clock().toISOString() });
  });
});

describe('what is to be sent', () => {
  it('comes with its connection and its contact, after a merge too', async () => {
    const message = await queue();
    expect(await store.load(message.shopId, message)).toEqual({ message, connection, contact });
    const survivor = aContact({ shopId: connection.shopId });
    await contactStore(world.table, secret).save(survivor);
    await contactStore(world.table, secret).save({ ...contact, mergedInto: survivor.contactId, version: 2 });
    expect((await store.load(message.shopId, message))?.contact).toEqual(survivor);
    const last = aContact({ shopId: connection.shopId });
    await contactStore(world.table, secret).save(last);
    await contactStore(world.table, secret).save({ ...survivor, mergedInto: last.contactId, version: 2 });
    expect((await store.load(message.shopId, message))?.contact).toEqual(last);
    expect(await store.load(message.shopId, { ...message, messageId: anId() })).toBeUndefined();
    expect(await store.load(anId(), message)).toBeUndefined();
    expect(await store.load(message.shopId, { ...message, conversationId: 'nonsense' })).toBeUndefined();
  });

  it('is due when its time has come, of all shards, until it is settled', async () => {
    const messages: Message[] = [];
    for (let number = 0; number < 20; number += 1) messages.push(await queue(`número ${number}`));
    const due = async () => new Set((await store.due(clock(), 25)).map(({ messageId }) => messageId));
    expect(await due()).toEqual(new Set());
    clock.advance(2 * MINUTE);
    expect(await due()).toEqual(new Set(messages.map(({ messageId }) => messageId)));
    const [first, second, third] = messages as [Message, Message, Message];
    await store.settle(await claimed(first), { state: 'sent', metaId: 'wamid.1', held: false }, clock());
    await claimed(second);
    await store.postpone(third, inAMinute());
    const left = await due();
    expect(left.size).toBe(17);
    for (const { messageId } of [first, second, third]) expect(left.has(messageId)).toBe(false);
    clock.advance(2 * MINUTE);
    expect((await due()).size).toBe(19);
  });

  it('that nobody can read fails and hides no other', async () => {
    const [broken, sound] = [await queue('rota'), await queue('sana')];
    await world.tamper({ ...(await stored(broken)), direction: 'sideways' } as never);
    clock.advance(2 * MINUTE);
    expect((await store.due(clock(), 25)).map(({ messageId }) => messageId)).toEqual([sound.messageId]);
    expect(await store.failUnreadable(clock(), 25)).toBe(1);
    expect(await stored(broken)).toMatchObject({ state: 'failed', rank: ranks.failed, error: { title: 'broken' } });
    expect(await stored(broken)).not.toHaveProperty('gsi3pk');
    expect(await stored(sound)).toHaveProperty('gsi3pk');
    expect(await store.failUnreadable(clock(), 25)).toBe(0);
  });

  it('leaves the list when a status came first', async () => {
    const message = await queue();
    await world.tamper({ ...(await stored(message)), state: 'delivered', rank: 40 } as never);
    await store.unlist(message);
    expect(await stored(message)).not.toHaveProperty('gsi3pk');
    const other = await queue();
    await store.unlist(other);
    expect(await stored(other)).toHaveProperty('gsi3pk');
  });
});

const portsWith = (send: (body: object) => Promise<Accepted>): SendPorts => ({
  outbound: store,
  connections: connectionStore(world.table),
  contacts: contactStore(world.table, secret),
  openLine: async () => ({ send, upload: async () => undefined }),
  pace: openPace(() => 0),
  patience: quickPatience(clock),
  report: () => undefined,
});

describe('sending on a real table', () => {
  it('never calls Meta for marketing that was refused up to the very claim, whatever the table does', async () => {
    const content = readContent({ type: 'template', template: { name: 'ofertas', language: { code: 'es' } } });
    const contacts = contactStore(world.table, secret);
    for (let seed = 1; seed <= 12; seed += 1) {
      const message = await queue('Oferta', { content });
      let calls = 0;
      const ports = portsWith(async () => {
        calls += 1;
        return { metaId: `wamid.oferta.${seed}`, held: false };
      });
      const word = { shopId: connection.shopId, contactId: contact.contactId, source: 'keyword', by: 'customer' };
      const say = (state: 'granted' | 'revoked', minutes: number) => {
        const at = new Date(clock().getTime() + seed * HOUR + minutes * 60_000).toISOString();
        return changeConsent({ ...word, state, at, channel: 'whatsapp' }, { contacts, patience: quickPatience(clock) });
      };
      const { claim } = ports.outbound;
      ports.outbound = {
        ...ports.outbound,
        claim: async (row, how) => {
          if (seed % 3 === 0) await say('revoked', 1);
          const taken = await claim(row, how);
          if (seed % 3 === 1) await say('revoked', 1);
          return taken;
        },
      };
      if (seed % 3 === 2) await say('revoked', 1);
      world.faults.plan(randomFaults(seed, { throttle: 0.1, 'timeout-after': 0.2 }));
      await sendMessage(message, ports);
      await sendMessage(message, ports);
      world.faults.stop();
      expect(calls, String(seed)).toBe(seed % 3 === 1 ? 1 : 0);
      const { state, error } = await row(message);
      expect([state, error?.code]).toEqual(seed % 3 === 1 ? ['sent', undefined] : ['failed', -7]);
      await say('granted', 2);
    }
  });

  it('costs a row two writes beside its commit', async () => {
    const message = await queue();
    const ports = portsWith(async () => ({
      metaId: 'wamid.HBgNNTQ5MTE2MTIzNDU2NxUCABIYFjNFQjBDMDlDMTU4',
      held: false,
    }));
    const units = await world.unitsOf(() => sendMessage(message, ports));
    // claim: row, and its move in the index (2); settlement: row and its leaving the index; the look-up
    expect(units.write).toBeLessThanOrEqual(6);
    expect(units.read).toBeLessThanOrEqual(3);
  });

  it('stops the connection for real, and the next message with it', async () => {
    const [first, second] = [await queue('uno'), await queue('dos')];
    const ports = portsWith(async () => {
      throw new GraphError({ code: 190, title: 'expired', httpStatus: 401, mayHaveArrived: false });
    });
    expect(await sendMessage(first, ports)).toEqual({ did: 'failed' });
    expect(await connectionStore(world.table).find(connection.shopId, connection.phoneNumberId)).toMatchObject({
      state: 'reauth',
      stateReason: 'meta.190',
    });
    expect(await sendMessage(second, ports)).toEqual({ did: 'failed' });
    expect((await row(second)).error?.code).toBe(-1);
  });

  it('notes on the contact what Meta says of the person', async () => {
    const optOut = portsWith(async () => {
      throw new GraphError({ code: 131050, httpStatus: 400, mayHaveArrived: false });
    });
    await sendMessage(await queue(), optOut);
    const found = await contactStore(world.table, secret).find(connection.shopId, contact.contactId, true);
    expect(found?.marketing).toMatchObject({ state: 'revoked', source: 'refusal' });
  });

  it('calls Meta once however the table fails and whoever else comes', async () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const message = await queue(`semilla ${seed}`);
      let calls = 0;
      const ports = portsWith(async () => {
        calls += 1;
        return { metaId: `wamid.${seed}`, held: false };
      });
      world.faults.plan(
        randomFaults(seed, {
          throttle: 0.15,
          'timeout-before': 0.1,
          'timeout-after': 0.15,
          'crash-before': 0.05,
          'crash-after': 0.1,
        }),
      );
      await Promise.allSettled([sendMessage(message, ports), sendMessage(message, ports)]);
      world.faults.stop();
      clock.advance(2 * MINUTE);
      await sendMessage(message, ports);
      const { state } = await row(message);
      expect(calls).toBeLessThanOrEqual(1);
      expect(state === 'sent' ? calls : 1).toBe(1);
      expect(['sent', 'unknown']).toContain(state);
      expect(await stored(message)).not.toHaveProperty('gsi3pk');
    }
  });
});
