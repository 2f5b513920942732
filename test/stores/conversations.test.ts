import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keys } from '#table/schema.ts';
import { auditStore } from '../../functions/audit/audit.store.ts';
import { auditEntry } from '../../functions/audit/audit-change.ts';
import type { Conversation } from '../../functions/conversations/conversation.ts';
import { callbackDataOf, type Message, messageIdOf } from '../../functions/conversations/message.ts';
import { type ReceiveStatusPorts, receiveStatus } from '../../functions/conversations/receive-status.ts';
import { newConversation } from '../../functions/conversations/take-in.ts';
import { anId } from '../support/builders.ts';
import { MINUTE, NOON, SECOND } from '../support/clock.ts';
import { Crash, firstAttempts } from '../support/faults.ts';
import { failureOf } from '../support/ports.ts';
import { openStoredInbox, type StoredInbox } from '../support/stored-inbox.ts';
import { startTables, type TestTable } from '../support/table.ts';
import { aContact, aMessageEvent, anEventOf, secondsOf } from '../support/whatsapp-events.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let inbox: StoredInbox;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  inbox = await openStoredInbox(world);
});

const at = (minutes: number) => new Date(new Date(NOON).getTime() + minutes * MINUTE).toISOString();
const ana = { waId: '5491161234567', userId: 'AR.1000200030004000', name: 'María Fernanda González' };
const WAMID = 'wamid.HBgNNTQ5MTE2MTIzNDU2NxUCABIYFjNFQjBDMDlDMTU4RTQ3QjY3RjYyAA==';
const text = (number: number, from: object = ana) =>
  aMessageEvent(inbox.connection, {
    from,
    at: at(number),
    metaId: `${WAMID}${String(number).padStart(3, '0')}`,
    content: {
      type: 'text',
      text: { body: `Hola, ¿tenés el jarrón azul en stock? Lo quisiera para el viernes ${number}` },
    },
  });

const onlyConversation = async (): Promise<Conversation> => {
  const { items } = await inbox.conversations.list({ shopId: inbox.shop.shopId }, { limit: 10 });
  const [conversation] = items;
  if (!conversation || items.length > 1) throw new Error(`${items.length} conversations`);
  return conversation;
};

/** The size that DynamoDB counts: names and values of all attributes, in UTF-8. */
const sizeOf = (value: unknown): number => {
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(Math.abs(value)).length / 2) + 1;
  const parts = Array.isArray(value) ? value : Object.entries(value as object).flat();
  return parts.reduce<number>((sum, part) => sum + sizeOf(part), 0) + (Array.isArray(value) ? 3 + value.length : 0);
};

describe('what would not fit into a row', () => {
  it.each([
    ['a card of half a megabyte', { type: 'contacts', contacts: [{ vcard: 'V'.repeat(450_000) }] }],
    ['a text just below the bound, in two bytes each', { type: 'text', text: { body: 'ñ'.repeat(149_000) } }],
    ['a file with an endless name', { type: 'document', document: { id: '1', filename: 'x'.repeat(200_000) } }],
    ['a type with an endless name', { type: 'x'.repeat(200_000) }],
  ])('is stored all the same: %s', async (_, content) => {
    const event = aMessageEvent(inbox.connection, { from: ana, at: NOON, metaId: WAMID, content });
    expect(await inbox.receive(event)).toBe('received');
    expect(await inbox.receive(event)).toBe('repeated');
    const { conversationId, unread } = await onlyConversation();
    expect(unread).toBe(1);
    const page = await inbox.messages.page(inbox.shop.shopId, [conversationId], { limit: 10 });
    expect(page.items).toHaveLength(1);
  });

  it('is stored once when Meta tells no moment, and never takes the place of what the shop sent', async () => {
    const { shopId } = inbox.shop;
    const undated = (receivedAt: string) => {
      const event = aMessageEvent(inbox.connection, { from: ana, metaId: WAMID, receivedAt });
      return { ...event, payload: { ...(event.payload as object), timestamp: 'x' } };
    };
    expect(await inbox.receive(undated(at(1)))).toBe('received');
    expect(await inbox.receive(undated(at(2)))).toBe('repeated');
    const own = await inbox.messages.placeByMetaId(shopId, WAMID);
    const { conversationId } = await onlyConversation();
    const message = await inbox.messages.find(shopId, { conversationId, at: at(1), messageId: messageIdOf(WAMID) });
    if (!message) throw new Error('no message');
    expect(await inbox.messages.putFindable({ ...message, at: at(3) }, new Date(NOON))).toBe(false);
    expect(await inbox.messages.placeByMetaId(shopId, WAMID)).toEqual(own);
  });
});

describe('the cost of a message', () => {
  it('is at most six write units for a text in an open conversation', async () => {
    for (let number = 0; number < 20; number += 1) await inbox.receive(text(number));
    const units = await world.unitsOf(() => inbox.receive(text(21)));
    expect(units.write).toBeLessThanOrEqual(6);
    expect(units.read).toBeLessThanOrEqual(4);
  });

  it('is nothing when it comes again', async () => {
    await inbox.receive(text(1));
    expect((await world.unitsOf(() => inbox.receive(text(1)))).write).toBe(0);
  });

  it('keeps conversation and row below one unit, even with a long preview and an assignee', async () => {
    inbox.clock.advance(60 * MINUTE);
    for (let number = 0; number < 20; number += 1) await inbox.receive(text(number));
    const conversation = await onlyConversation();
    const assignedTo = '9c5e7a52-40d1-70b6-3f0e-1f0f6f2e9a11';
    await inbox.conversations.save({ ...conversation, assignedTo, readUpTo: WAMID, version: conversation.version + 1 });
    const rows = (await world.rows()).filter(({ pk }) => pk.includes('#CONVERSATION#'));
    expect(rows.length).toBe(21);
    expect(Math.max(...rows.map(sizeOf))).toBeLessThanOrEqual(1024);
  });
});

describe('a crash', () => {
  it.each(['crash-before', 'crash-after'] as const)('at any write (%s) is mended by the next try', async (fault) => {
    for (const operation of ['TransactWriteItems', 'PutItem', 'BatchGetItem']) {
      for (let nth = 0; nth < 3; nth += 1) {
        world = await server.openTestTable();
        inbox = await openStoredInbox(world);
        await inbox.receive(text(0));
        const event = text(1, nth % 2 ? ana : { waId: '5491169999999' });
        let seen = -1;
        world.faults.plan((attempt) => {
          if (attempt.operation === operation) seen += 1;
          return attempt.operation === operation && seen === nth ? fault : undefined;
        });
        await inbox.receive(event).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
        world.faults.stop();
        await inbox.receive(event);
        await inbox.receive(event);
        const { items } = await inbox.conversations.list({ shopId: inbox.shop.shopId }, { limit: 10 });
        expect(items.reduce((sum, { unread }) => sum + unread, 0)).toBe(2);
        const rows = (await world.rows()).filter(({ sk }) => sk.startsWith('MESSAGE#'));
        expect(rows).toHaveLength(2);
      }
    }
  });

  it('after the conversation was saved does not count the message twice', async () => {
    await inbox.receive(text(0));
    world.faults.plan(firstAttempts('PutItem', 'crash-after'));
    expect(await failureOf(inbox.receive(text(1)))).toBeInstanceOf(Crash);
    world.faults.stop();
    expect((await onlyConversation()).unread).toBe(2);
    expect(await inbox.receive(text(1))).toBe('received');
    expect((await onlyConversation()).unread).toBe(2);
  });
});

describe('messages that come at once', () => {
  it('are all taken in, into one conversation', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, number) => inbox.receive(text(number))));
    expect(await onlyConversation()).toMatchObject({ unread: 12, lastMessageAt: at(11), version: 12 });
  });

  it('are once there though each is delivered three times', async () => {
    const events = Array.from({ length: 6 }, (_, number) => text(number));
    await Promise.all([...events, ...events, ...events].map((event) => inbox.receive(event)));
    expect((await onlyConversation()).unread).toBe(6);
    expect((await world.rows()).filter(({ sk }) => sk.startsWith('MESSAGE#'))).toHaveLength(6);
  });
});

describe('a page of messages', () => {
  it('goes through all of them once, newest first, those of one second together in the order of arrival', async () => {
    for (let number = 0; number < 25; number += 1) {
      inbox.clock.advance(SECOND);
      const event = text(Math.floor(number / 5));
      await inbox.receive({ ...event, payload: { ...(event.payload as object), id: `wamid.${number}` } });
    }
    const { conversationId } = await onlyConversation();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await inbox.messages.page(inbox.shop.shopId, [conversationId], {
        limit: 4,
        ...(cursor && { cursor }),
      });
      seen.push(...page.items.map(({ metaId }) => String(metaId)));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, number) => `wamid.${24 - number}`));
  });

  it('takes no cursor of another conversation', async () => {
    for (let number = 0; number < 25; number += 1) await inbox.receive(text(number));
    const { conversationId } = await onlyConversation();
    const { nextCursor = '' } = await inbox.messages.page(inbox.shop.shopId, [conversationId], { limit: 2 });
    const other = inbox.messages.page(inbox.shop.shopId, ['900-other'], { limit: 2, cursor: nextCursor });
    expect(await failureOf(other)).toMatchObject({ code: 'request.invalid' });
  });
});

describe('the inbox', () => {
  const people = (count: number) =>
    Array.from({ length: count }, (_, number) => ({ waId: `54911600000${String(number).padStart(2, '0')}` }));
  const pages = async (view: object, limit: number) => {
    const seen: Conversation[] = [];
    let cursor: string | undefined;
    do {
      const page = await inbox.conversations.list(
        { shopId: inbox.shop.shopId, ...view },
        { limit, ...(cursor && { cursor }) },
      );
      expect(page.items.length).toBeLessThanOrEqual(limit);
      seen.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return seen;
  };

  it('shows all states in one list, latest message first, page by page', async () => {
    for (const [number, from] of people(11).entries()) await inbox.receive(text(number, from));
    const all = await pages({}, 20);
    expect(all.map(({ lastMessageAt }) => lastMessageAt)).toEqual(Array.from({ length: 11 }, (_, n) => at(10 - n)));
    for (const [number, conversation] of all.entries()) {
      const state = (['open', 'pending', 'closed'] as const)[number % 3] ?? 'open';
      await inbox.conversations.save({ ...conversation, state, version: conversation.version + 1 });
    }
    const ids = all.map(({ conversationId }) => conversationId);
    for (const limit of [1, 2, 3, 5, 11]) {
      expect((await pages({}, limit)).map(({ conversationId }) => conversationId)).toEqual(ids);
    }
    expect(await pages({ state: 'closed' }, 2)).toHaveLength(3);
  });

  it('shows whose they are', async () => {
    for (const [number, from] of people(5).entries()) await inbox.receive(text(number, from));
    const [first, second] = await pages({}, 10);
    for (const conversation of [first, second]) {
      if (conversation) await inbox.conversations.save({ ...conversation, assignedTo: 'user-1', version: 2 });
    }
    expect(await pages({ of: ['user-1'] }, 1)).toHaveLength(2);
    expect(await pages({ of: ['unassigned'] }, 2)).toHaveLength(3);
    expect(await pages({ of: ['user-2'] }, 2)).toEqual([]);
  });

  it('shows in one list what is one’s own and nobody’s, and reads no more than a page of each', async () => {
    for (const [number, from] of people(12).entries()) await inbox.receive(text(number, from));
    const all = await pages({}, 20);
    const owners = ['user-1', undefined, 'user-2'];
    for (const [number, conversation] of all.entries()) {
      const assignedTo = owners[number % 3];
      const next = { ...conversation, ...(assignedTo && { assignedTo }), version: 2 };
      if (assignedTo) await inbox.conversations.save(next);
    }
    const of = ['user-1', 'unassigned'];
    const expected = all.filter((_, number) => number % 3 !== 2).map(({ conversationId }) => conversationId);
    for (const limit of [1, 2, 3, 5, 12]) {
      expect((await pages({ of }, limit)).map(({ conversationId }) => conversationId)).toEqual(expected);
    }
    expect(await pages({ of: [] }, 2)).toEqual([]);
    const cost = (limit: number) =>
      world.unitsOf(() => inbox.conversations.list({ shopId: inbox.shop.shopId, of, state: 'open' }, { limit }));
    // two ranges, each of limit + 2 rows of at most a kilobyte, in units of four kilobytes, half price
    expect((await cost(2)).read).toBeLessThanOrEqual(2);
  });

  it('reads little more of all its ranges together than what it shows', async () => {
    const { shopId } = inbox.shop;
    const { phoneNumberId } = inbox.connection;
    const owners = ['user-1', undefined];
    for (const state of ['open', 'pending', 'closed'] as const) {
      for (const [index, sellerId] of owners.entries()) {
        const some = Array.from({ length: 15 }, async (_, number) => {
          const contact = { ...aContact({ shopId }), contactId: anId() };
          await inbox.contacts.saveAll([{ contact, claims: [], releases: [] }]);
          const fresh = newConversation(
            { shopId, phoneNumberId, contactId: contact.contactId, sellerId },
            at(number * 2 + index),
            new Date(NOON),
          );
          await inbox.conversations.save({ ...fresh, state, version: 1 });
        });
        await Promise.all(some);
      }
    }
    const of = ['user-1', 'unassigned'];
    const all = await pages({ of }, 100);
    expect(all).toHaveLength(90);
    expect(await pages({ of }, 7)).toEqual(all);
    // six ranges, each of a sixth of the page and once more of it where they are uneven
    const { read } = await world.unitsOf(() => inbox.conversations.list({ shopId, of }, { limit: 24 }));
    expect(read).toBeLessThanOrEqual(6);
  });

  it('opens no list with the cursor of another', async () => {
    for (const [number, from] of people(4).entries()) await inbox.receive(text(number, from));
    const { shopId } = inbox.shop;
    const { nextCursor: cursor } = await inbox.conversations.list({ shopId, of: ['unassigned'] }, { limit: 1 });
    const other = inbox.conversations.list({ shopId }, { limit: 1, ...(cursor && { cursor }) });
    expect(await failureOf(other)).toMatchObject({ code: 'request.invalid' });
  });

  it('saves a conversation with its entries in the audit trail, or neither', async () => {
    await inbox.receive(text(1));
    const conversation = await onlyConversation();
    const { shopId, conversationId } = conversation;
    const subject = { kind: 'conversation', id: conversationId } as const;
    const entry = auditEntry({ shopId, subject, by: 'user:ana', action: 'conversation.assigned' }, new Date(NOON));
    const next = { ...conversation, assignedTo: 'ana', version: conversation.version + 1 };
    const trail = async () =>
      (await auditStore(world.table, () => new Date(NOON)).list({ shopId }, { limit: 10 })).items;
    expect(await inbox.conversations.save({ ...next, version: next.version + 1 }, [entry])).toBe(false);
    expect(await trail()).toEqual([]);
    expect(await inbox.conversations.save(next, [entry])).toBe(true);
    expect(await trail()).toEqual([entry]);
    expect(await onlyConversation()).toMatchObject({ assignedTo: 'ana' });
  });
});

describe('a status', () => {
  const stopped: unknown[] = [];
  const ports = (): ReceiveStatusPorts => ({
    ...inbox,
    ...inbox.ports(),
    messages: inbox.messages,
    stopConnection: async (...call) => stopped.push(call),
  });
  const outbound = async (change: Partial<Message> = {}): Promise<Message> => {
    await inbox.receive(text(0));
    const { conversationId, shopId } = await onlyConversation();
    const message: Message = {
      shopId,
      conversationId,
      messageId: anId(),
      at: at(1),
      direction: 'outbound',
      origin: 'seller',
      type: 'text',
      state: 'sending',
      rank: 10,
      content: { type: 'text', text: { body: 'Sí' } },
      createdAt: at(1),
      updatedAt: at(1),
      ...change,
    };
    await inbox.messages.put(message);
    return message;
  };
  const status = (message: Message | undefined, state: string, more: object = {}) =>
    anEventOf(inbox.connection, {
      kind: 'status',
      payload: {
        id: 'wamid.OUT',
        status: state,
        timestamp: secondsOf(at(2)),
        recipient_id: ana.waId,
        ...(message && { biz_opaque_callback_data: callbackDataOf(message) }),
        ...more,
      },
    });
  const tell = (event: ReturnType<typeof status>, lastTry = false) => receiveStatus(event, { lastTry }, ports());
  const stored = (message: Message) => inbox.messages.find(message.shopId, message);

  it('is one write and no read', async () => {
    const message = await outbound();
    const units = await world.unitsOf(() => tell(status(message, 'sent')));
    expect(units).toEqual({ read: 0, write: 1 });
    expect(await stored(message)).toMatchObject({ state: 'sent', rank: 30, metaId: 'wamid.OUT', sentAt: at(2) });
  });

  it('never moves a message back, in whatever order they come and however often', async () => {
    const message = await outbound();
    const order = ['delivered', 'sent', 'read', 'sent', 'failed', 'delivered', 'read'];
    for (const state of order) await tell(status(message, state));
    expect(await stored(message)).toMatchObject({ state: 'read', rank: 50, deliveredAt: at(2), readAt: at(2) });
    expect((await stored(message))?.failedAt).toBeUndefined();
  });

  it('settles a message that Meta may have taken', async () => {
    const message = await outbound({ state: 'unknown', rank: 20, claimedUntil: at(5) });
    const key = keys.message(message.shopId, message);
    await world.table.update(key, { set: { gsi3pk: 'OUTBOUND#00', gsi3sk: 'x' } });
    await tell(status(message, 'delivered'));
    const row = (await world.rows()).find(({ sk }) => sk === key.sk);
    expect(row).toMatchObject({ state: 'delivered' });
    expect(row).not.toHaveProperty('gsi3pk');
    expect(row).not.toHaveProperty('claimedUntil');
  });

  it('keeps the price whichever status tells it', async () => {
    const message = await outbound();
    await tell(status(message, 'delivered'));
    const pricing = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'marketing' };
    expect(await tell(status(message, 'sent', { pricing }))).toBe('behind');
    expect(await stored(message)).toMatchObject({
      state: 'delivered',
      pricing: { type: 'regular', category: 'marketing' },
    });
  });

  it('without our callback data is found by Meta’s id', async () => {
    const message = await outbound({ metaId: 'wamid.OUT', rank: 30, state: 'sent' });
    expect(await tell(status(undefined, 'read'))).toBe('early');
    const { conversationId, messageId } = message;
    const lookup = { ...keys.messageByMetaId(message.shopId, 'wamid.OUT'), conversationId, at: message.at, messageId };
    await world.table.put(lookup);
    expect(await tell(status(undefined, 'read'))).toBe('advanced');
    expect(await stored(message)).toMatchObject({ state: 'read' });
  });

  it('that finds no row is early, and in the end kept raw', async () => {
    await outbound();
    expect(await tell(status(undefined, 'read'))).toBe('early');
    expect(await tell(status(undefined, 'read'), true)).toBe('kept');
    const kept = await inbox.events.list(inbox.shop.shopId, { limit: 5 });
    expect(kept.items).toMatchObject([{ kind: 'status', raw: expect.stringContaining('wamid.OUT') }]);
    expect(await tell(status(undefined, 'deleted'))).toBe('kept');
  });

  it('of a message that was erased is dropped at last: it names the phone of who wanted to be forgotten', async () => {
    const message = await outbound();
    await world.table.delete(keys.message(message.shopId, message));
    expect(await tell(status(message, 'read'))).toBe('early');
    expect(await tell(status(message, 'read'), true)).toBe('gone');
    const left = (await world.rows()).filter(({ pk }) => pk.includes(message.shopId) && pk.includes('ACCOUNT-EVENTS'));
    expect(left).toEqual([]);
  });

  it('is not believed for a message of another number', async () => {
    const message = await outbound();
    const forged = { ...message, conversationId: `900000000009999-${messageIdOf('x')}` };
    expect(await tell(status(forged, 'read'))).toBe('early');
    expect(await stored(message)).toMatchObject({ state: 'sending' });
  });

  it.each([
    [131050, { marketing: { state: 'revoked', at: at(2), source: 'refusal' } }],
    [131026, { undeliverableAt: at(2) }],
    [131053, { marketing: { state: 'unknown' } }],
  ])('that failed with %d is kept with its error, and noted on the contact', async (code, expected) => {
    const message = await outbound();
    const errors = [{ code, title: 'No', error_data: { details: 'why' } }];
    await tell(status(message, 'failed', { errors }));
    await tell(status(message, 'failed', { errors }));
    expect(await stored(message)).toMatchObject({ state: 'failed', error: { code, title: 'No', details: 'why' } });
    const { contactId } = await onlyConversation();
    expect(await inbox.contacts.find(inbox.shop.shopId, contactId)).toMatchObject(expected);
  });

  it('that failed for want of payment stops the connection, as of the moment it failed', async () => {
    stopped.length = 0;
    await tell(status(await outbound(), 'failed', { errors: [{ code: 131042, title: 'Payment' }] }));
    expect(stopped).toMatchObject([
      [
        { phoneNumberId: inbox.connection.phoneNumberId },
        'restricted',
        'meta.131042',
        new Date(at(2)),
        expect.any(Date),
      ],
    ]);
  });
});
