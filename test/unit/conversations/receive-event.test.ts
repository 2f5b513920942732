import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../functions/connections/connection.ts';
import { type Message, messageIdOf } from '../../../functions/conversations/message.ts';
import { type EventOutcome, receiveEvent } from '../../../functions/conversations/receive-event.ts';
import { takeEvent } from '../../../functions/conversations/take-event.ts';
import type { WebhookEvent } from '../../../functions/whatsapp/webhook-event.ts';
import { anId, aShop } from '../../support/builders.ts';
import { HOUR, MINUTE, NOON } from '../../support/clock.ts';
import { memoryInbox } from '../../support/memory-inbox.ts';
import { failureOf } from '../../support/ports.ts';
import { aConnection, aMessageEvent, anEventOf, secondsOf } from '../../support/whatsapp-events.ts';

const ana = { waId: '5491161234567', userId: 'AR.1000200030004000', name: 'Ana' };
const at = (milliseconds: number) => new Date(new Date(NOON).getTime() + milliseconds).toISOString();

const open = (change: Partial<Connection> = {}) => {
  const shop = aShop();
  const connection = aConnection({ shopId: shop.shopId, ...change });
  const connections = [connection];
  const inbox = memoryInbox(connections, shop);
  const receive = (event: WebhookEvent, lastTry = false): Promise<EventOutcome> =>
    receiveEvent(event, { lastTry }, inbox.ports);
  const say = (content: object, { when = NOON, metaId }: { when?: string; metaId?: string } = {}) => {
    const id = metaId ?? `wamid.${JSON.stringify(content)}${when}`;
    return receive(aMessageEvent(connection, { from: ana, content, at: when, metaId: id }));
  };
  const write = (body: string, when = NOON) => say({ type: 'text', text: { body } }, { when, metaId: `wamid.${body}` });
  const conversation = () => {
    const [only, ...more] = inbox.conversations();
    if (!only || more.length > 0) throw new Error('not one conversation');
    return only;
  };
  const named = (metaId: string) => inbox.messages().find((message) => message.metaId === metaId);
  return { shop, connection, connections, inbox, receive, say, write, conversation, named };
};

describe('a text of a customer', () => {
  it('opens a conversation, with its contact and its row', async () => {
    const { write, conversation, inbox, connection } = open();
    expect(await write('Hola')).toBe('received');
    const [contact] = inbox.contacts();
    expect(contact).toMatchObject({ phone: '+5491161234567', profileName: 'Ana' });
    expect(conversation()).toMatchObject({
      conversationId: `${connection.phoneNumberId}-${contact?.contactId}`,
      state: 'open',
      bot: 'on',
      unread: 1,
      lastMessageAt: NOON,
      lastMessage: { direction: 'inbound', type: 'text', preview: 'Hola' },
      lastInboundMetaId: 'wamid.Hola',
      windowEndsAt: at(24 * HOUR),
    });
    expect(inbox.messages()).toEqual([
      expect.objectContaining({
        messageId: messageIdOf('wamid.Hola'),
        at: NOON,
        direction: 'inbound',
        origin: 'customer',
        type: 'text',
        state: 'received',
        metaId: 'wamid.Hola',
        processedAt: expect.any(String),
      }),
    ]);
  });

  it('changes nothing when it comes again, even long after', async () => {
    const { write, inbox, conversation } = open();
    for (let number = 0; number < 40; number += 1) await write(`m${number}`, at(number * MINUTE));
    const before = [inbox.messages(), inbox.conversations(), inbox.contacts()];
    inbox.written();
    for (let number = 0; number < 40; number += 1)
      expect(await write(`m${number}`, at(number * MINUTE))).toBe('repeated');
    expect(inbox.written()).toEqual([]);
    expect([inbox.messages(), inbox.conversations(), inbox.contacts()]).toEqual(before);
    expect(conversation().unread).toBe(40);
  });

  it('is two writes in a conversation that is open', async () => {
    const { write, inbox } = open();
    await write('one');
    inbox.written();
    await write('two', at(MINUTE));
    expect(inbox.written()).toEqual(['saveConversation', 'put']);
  });

  it('opens a closed conversation again', async () => {
    const { write, conversation, inbox } = open();
    await write('one');
    await inbox.ports.conversations.save({ ...conversation(), state: 'closed', unread: 0, version: 2 });
    await write('two', at(MINUTE));
    expect(conversation()).toMatchObject({ state: 'open', unread: 1 });
  });

  it('that comes late is unread, but moves neither the window nor the preview back', async () => {
    const { write, conversation, inbox } = open();
    await write('new', at(HOUR));
    await write('old', NOON);
    expect(conversation()).toMatchObject({
      unread: 2,
      lastMessageAt: at(HOUR),
      lastMessage: { preview: 'new' },
      lastInboundMetaId: 'wamid.new',
      windowEndsAt: at(25 * HOUR),
    });
    expect(inbox.messages().map(({ metaId }) => metaId)).toEqual(['wamid.old', 'wamid.new']);
  });

  it('of an unknown type is kept raw and counts as any other', async () => {
    const { say, inbox, conversation } = open();
    await say({ type: 'hologram', hologram: { id: 7 } });
    expect(inbox.messages()).toMatchObject([{ type: 'hologram', raw: expect.stringContaining('"hologram":{"id":7}') }]);
    expect(conversation()).toMatchObject({ unread: 1, windowEndsAt: at(24 * HOUR) });
  });

  it('with a file tells what is to be fetched', async () => {
    const { say, inbox } = open();
    await say({ type: 'document', document: { id: '111222333', mime_type: 'application/pdf', filename: 'lista.pdf' } });
    expect(inbox.messages()[0]?.media).toEqual({
      state: 'pending',
      metaId: '111222333',
      mimeType: 'application/pdf',
      fileName: 'lista.pdf',
    });
  });
});

describe('what is said about another message', () => {
  it.each([
    [{ type: 'reaction', reaction: { message_id: 'wamid.one', emoji: '👍' } }, { reaction: '👍' }],
    [{ type: 'reaction', reaction: { message_id: 'wamid.one' } }, { reaction: '' }],
    [{ type: 'revoke', revoke: { original_message_id: 'wamid.one' } }, { revokedAt: at(MINUTE) }],
    [
      { type: 'edit', edit: { original_message_id: 'wamid.one', message: { type: 'text', text: { body: 'uno' } } } },
      { edited: '{"type":"text","text":{"body":"uno"}}', editedAt: at(MINUTE) },
    ],
  ])('is put on it, and calls for nobody: %j', async (content, mark) => {
    const { write, say, named, conversation, inbox } = open();
    await write('one');
    const before = conversation();
    expect(await say(content, { when: at(MINUTE) })).toBe('received');
    expect(named('wamid.one')).toMatchObject(mark);
    expect(conversation()).toMatchObject({ unread: 1, lastMessage: before.lastMessage, state: 'open' });
    expect(inbox.messages()).toHaveLength(2);
  });

  it('does not open the window, but a reaction does: the customer did something', async () => {
    const { write, say, conversation } = open();
    await write('one');
    const first = conversation().windowEndsAt;
    await say({ type: 'revoke', revoke: { original_message_id: 'wamid.one' } }, { when: at(HOUR) });
    const system = { type: 'system', system: { type: 'customer_identity_changed', body: 'x' } };
    await say(system, { when: at(HOUR) });
    expect(conversation().windowEndsAt).toBe(first);
    await say({ type: 'reaction', reaction: { message_id: 'wamid.one', emoji: '👍' } }, { when: at(HOUR) });
    expect(conversation().windowEndsAt).toBe(at(25 * HOUR));
  });

  it('gives way to what was said later, whatever comes first', async () => {
    const { write, say, named } = open();
    await write('one');
    const react = (emoji: string, when: string) =>
      say({ type: 'reaction', reaction: { message_id: 'wamid.one', emoji } }, { when });
    await react('❤️', at(2 * MINUTE));
    await react('👍', at(MINUTE));
    expect(named('wamid.one')?.reaction).toBe('❤️');
  });
});

describe('answers', () => {
  it('are made once the conversation is saved, and noted on the row', async () => {
    const { write, inbox, named } = open();
    let seen: unknown;
    inbox.ports.respond = async ({ conversation, contact, message, shop, connection }) => {
      seen = { unread: conversation.unread, contact: contact.profileName, message, shop, connection };
      expect(inbox.conversations()).toHaveLength(1);
      expect(inbox.messages()).toHaveLength(0);
      return { answeredBy: '01JD000000000000000000000A' };
    };
    await write('Hola');
    expect(seen).toMatchObject({ unread: 1, contact: 'Ana', message: { type: 'text', text: 'Hola' } });
    expect(named('wamid.Hola')?.answeredBy).toBe('01JD000000000000000000000A');
  });

  it('that fail are tried again, and in the end leave the message with its error', async () => {
    const { write, inbox, receive, connection, conversation } = open();
    await write('one');
    inbox.ports.respond = async () => {
      throw new Error('no');
    };
    const event = aMessageEvent(connection, { from: ana, metaId: 'wamid.two', at: at(MINUTE) });
    expect(await failureOf(receive(event))).toBeInstanceOf(Error);
    expect(await failureOf(receive(event))).toBeInstanceOf(Error);
    expect(inbox.messages()).toHaveLength(1);
    expect(await receive(event, true)).toBe('received');
    expect(inbox.messages()[1]).toMatchObject({ error: { code: -100, title: 'answer-failed' } });
    expect(conversation().unread).toBe(2);
  });

  it('are given up in the end, but never what a message says that must not be lost', async () => {
    const { inbox, receive, connection } = open();
    inbox.ports.respond = async () => {
      throw new Error('no');
    };
    inbox.ports.hear = async () => {
      throw new Error('the table is away');
    };
    const event = aMessageEvent(connection, { from: ana, metaId: 'wamid.baja' });
    expect(await failureOf(receive(event, true))).toMatchObject({ message: 'the table is away' });
    expect(inbox.messages()).toEqual([]);
    const heard: unknown[] = [];
    inbox.ports.hear = async ({ contact, message }) => {
      heard.push([contact.phone, message.type]);
    };
    expect(await receive(event, true)).toBe('received');
    expect(await receive(event, true)).toBe('repeated');
    expect(heard).toEqual([['+5491161234567', 'text']]);
  });

  it('are tried at the last try too, for it may be the first that is real', async () => {
    const { inbox, receive, connection, named } = open();
    let tries = 0;
    inbox.ports.respond = async () => {
      tries += 1;
      if (tries < 3) throw new Error('busy');
      return { answeredBy: '01JD000000000000000000000A' };
    };
    await receive(aMessageEvent(connection, { from: ana, metaId: 'wamid.late' }), true);
    expect(named('wamid.late')).toMatchObject({ answeredBy: '01JD000000000000000000000A' });
    expect(named('wamid.late')?.error).toBeUndefined();
  });

  it('are left to the agent that has the chat, while we stand by', async () => {
    const { inbox, receive, connection, conversation } = open();
    inbox.ports.respond = async () => {
      throw new Error('not asked');
    };
    let heard = 0;
    inbox.ports.hear = async () => {
      heard += 1;
    };
    expect(await receive({ ...aMessageEvent(connection, { from: ana }), field: 'standby' })).toBe('received');
    expect([conversation().unread, heard]).toEqual([1, 1]);
  });

  it('are not asked for to reactions, echoes and history', async () => {
    const { say, inbox, receive, connection } = open();
    inbox.ports.respond = async () => {
      throw new Error('not asked');
    };
    await say({ type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } });
    await receive(echo(connection));
  });
});

const echo = (connection: Connection, body = 'Ya te mando', when = at(MINUTE)) =>
  anEventOf(connection, {
    kind: 'echo',
    field: 'smb_message_echoes',
    payload: {
      from: connection.displayNumber.slice(1),
      to: ana.waId,
      to_user_id: ana.userId,
      id: `wamid.echo-${body}`,
      timestamp: secondsOf(when),
      type: 'text',
      text: { body },
    },
  });

describe('the owner who answers from the phone app', () => {
  it('is seen in the chat, and silences the bot', async () => {
    const { write, receive, connection, conversation, named, inbox } = open();
    await write('one');
    expect(await receive(echo(connection))).toBe('received');
    expect(conversation()).toMatchObject({
      bot: 'off',
      unread: 0,
      lastMessage: { direction: 'outbound', preview: 'Ya te mando' },
      windowEndsAt: at(24 * HOUR),
    });
    expect(named('wamid.echo-Ya te mando')).toMatchObject({
      direction: 'outbound',
      origin: 'phone-app',
      state: 'sent',
    });
    expect(await inbox.ports.messages.placeByMetaId('', 'wamid.echo-Ya te mando')).toBeDefined();
    const before = inbox.conversations();
    expect(await receive(echo(connection))).toBe('repeated');
    expect(inbox.conversations()).toEqual(before);
  });
});

describe('what the shop sent itself', () => {
  it.each(['echo', 'history'] as const)('keeps its own row when it comes back as %s', async (kind) => {
    const { write, receive, connection, inbox, conversation } = open({ coexistence: true });
    await write('one');
    const { conversationId, shopId } = conversation();
    const own: Message = {
      ...{ shopId, conversationId, messageId: anId(), metaId: 'wamid.echo-own', at: at(MINUTE + 400) },
      ...{ direction: 'outbound', origin: 'seller', type: 'text', state: 'delivered', rank: 40 },
      ...{ content: { type: 'text', text: { body: 'own' } }, createdAt: NOON, updatedAt: NOON },
    };
    await inbox.ports.messages.putFindable(own, new Date(NOON));
    const before = inbox.conversations();
    expect(await receive({ ...echo(connection, 'own'), kind, thread: { id: ana.waId } })).toBe('repeated');
    expect(inbox.messages()).toHaveLength(2);
    expect(inbox.conversations()).toEqual(before);
    const file = echo(connection, 'own');
    const payload = { ...(file.payload as object), type: 'image', image: { id: '24230790383178626' } };
    expect(await receive({ ...file, kind, payload, thread: { id: ana.waId } })).toBe('repeated');
    expect(inbox.messages().find(({ metaId }) => metaId === 'wamid.echo-own')).toEqual(own);
    expect(await inbox.ports.messages.placeByMetaId(shopId, 'wamid.echo-own')).toMatchObject({
      messageId: own.messageId,
    });
  });
});

describe('a message without a moment', () => {
  it('is stored once, whenever it is delivered again', async () => {
    const { connection, receive, inbox } = open();
    const undated = (receivedAt: string) =>
      anEventOf(connection, {
        contact: { wa_id: ana.waId },
        payload: { from: ana.waId, id: 'wamid.undated', timestamp: 'soon', type: 'text', text: { body: 'x' } },
        receivedAt,
      });
    expect(await receive(undated(NOON))).toBe('received');
    for (let hour = 1; hour < 12; hour += 1) {
      await receive(aMessageEvent(connection, { from: ana, at: at(hour * HOUR) }));
      expect(await receive(undated(at(hour * HOUR)))).toBe('repeated');
    }
    expect(inbox.messages().filter(({ metaId }) => metaId === 'wamid.undated')).toMatchObject([{ at: NOON }]);
  });
});

describe('a message too large for a row', () => {
  it('is there with its type, and where the whole of it is kept', async () => {
    const { say, inbox, conversation } = open();
    const vcard = 'V'.repeat(450_000);
    await say({ type: 'contacts', contacts: [{ name: { formatted_name: 'Beto' }, vcard }] }, { metaId: 'wamid.v' });
    const [row] = inbox.messages();
    expect(row).toMatchObject({ type: 'contacts', tooLarge: { archiveKey: 'webhooks/2026/11/21/body.json' } });
    expect(row?.tooLarge?.bytes).toBeGreaterThan(450_000);
    expect(JSON.stringify(row).length).toBeLessThan(2000);
    expect(conversation()).toMatchObject({ unread: 1, lastMessage: { preview: '👤 Beto' } });
  });

  it('is no edit that would make another row too large', async () => {
    const { write, say, named } = open();
    await write('one');
    const message = { type: 'text', text: { body: 'x'.repeat(100_000) } };
    await say({ type: 'edit', edit: { original_message_id: 'wamid.one', message } }, { when: at(MINUTE) });
    expect(named('wamid.one')?.edited).toBeUndefined();
  });

  it('is an account event whose body is in the archive', async () => {
    const { receive, connection, inbox } = open();
    const event = anEventOf(connection, { kind: 'account', field: 'moon_phase', payload: { x: 'x'.repeat(400_000) } });
    expect(await receive(event)).toBe('received');
    expect(await receive(event)).toBe('repeated');
    expect(await receive({ ...event, payload: { x: 'y'.repeat(400_000) } })).toBe('received');
    expect(inbox.accountEvents()).toHaveLength(2);
    expect(inbox.accountEvents()[0]).toMatchObject({ raw: 'null', tooLarge: { archiveKey: event.archiveKey } });
  });
});

describe('the history of a number', () => {
  it('is there to be read, and calls for nobody', async () => {
    const { receive, connection, conversation, inbox } = open({ coexistence: true });
    const item = (id: string, from: string, minutes: number) =>
      anEventOf(connection, {
        kind: 'history',
        field: 'history',
        thread: { id: ana.waId },
        payload: { from, id, timestamp: secondsOf(at(minutes * MINUTE)), type: 'text', text: { body: id } },
      });
    const ours = connection.displayNumber.slice(1);
    const items = [item('h3', ana.waId, 3), item('h1', ana.waId, 1), item('h2', ours, 2)];
    for (const one of [...items, ...items]) await receive(one);
    expect(inbox.messages().map(({ metaId, direction, origin }) => [metaId, direction, origin])).toEqual([
      ['h1', 'inbound', 'history'],
      ['h2', 'outbound', 'history'],
      ['h3', 'inbound', 'history'],
    ]);
    expect(conversation()).toMatchObject({
      state: 'closed',
      unread: 0,
      bot: 'on',
      lastMessage: { preview: 'h3' },
      windowEndsAt: at(24 * HOUR + 3 * MINUTE),
    });
  });
});

describe('a file of a history', () => {
  it('comes after its message, once, and is fetched from then on', async () => {
    const { receive, connection, inbox } = open({ coexistence: true });
    const item = (payload: object) =>
      anEventOf(connection, {
        kind: 'history',
        field: 'history',
        thread: { id: ana.waId },
        payload: { from: ana.waId, id: 'h1', timestamp: secondsOf(at(MINUTE)), ...payload },
      });
    await receive(item({ type: 'media_placeholder' }));
    expect(inbox.messages()).toMatchObject([{ type: 'media_placeholder' }]);
    const file = item({
      type: 'image',
      image: { id: '24230790383178626', mime_type: 'image/jpeg', caption: 'Jarrón' },
    });
    expect(await receive(file)).toBe('received');
    expect(await receive(file)).toBe('repeated');
    expect(inbox.messages()).toMatchObject([
      { type: 'image', media: { state: 'pending', metaId: '24230790383178626', mimeType: 'image/jpeg' } },
    ]);
    expect(inbox.messages()[0]?.raw).toContain('Jarrón');
  });

  it('finds its message where it was stored before a merge', async () => {
    const { receive, connection, inbox } = open({ coexistence: true });
    const item = (payload: object, change: object = {}) =>
      anEventOf(connection, {
        kind: 'history',
        field: 'history',
        payload: { id: 'h1', timestamp: secondsOf(at(MINUTE)), from_user_id: ana.userId, ...payload },
        ...change,
      });
    await receive(aMessageEvent(connection, { from: { waId: ana.waId }, at: NOON }));
    await receive(item({ type: 'media_placeholder' }));
    await receive(aMessageEvent(connection, { from: ana, at: at(2 * MINUTE) }));
    expect(await receive(item({ type: 'image', image: { id: '24230790383178626' } }))).toBe('received');
    expect(inbox.messages().find(({ metaId }) => metaId === 'h1')?.media).toMatchObject({ state: 'pending' });
  });
});

describe('a person who gets another number', () => {
  it('goes on in the same conversation', async () => {
    const { write, receive, connection, inbox, conversation } = open();
    await write('one');
    const change = {
      type: 'user_changed_number',
      wa_id: '5491167777777',
      user_id: 'AR.NEW',
      previous_user_id: ana.userId,
    };
    const event = aMessageEvent(connection, {
      from: { waId: ana.waId },
      at: at(MINUTE),
      content: { type: 'system', system: { ...change, body: 'Ana changed' } },
    });
    expect(await receive(event)).toBe('received');
    expect(await receive(event)).toBe('repeated');
    const next = { waId: '5491167777777', userId: 'AR.NEW', name: 'Ana' };
    await receive(aMessageEvent(connection, { from: next, at: at(2 * MINUTE) }));
    expect(conversation().unread).toBe(2);
    expect(inbox.contacts()).toMatchObject([{ phone: '+5491167777777', userIds: [{ userId: 'AR.NEW' }] }]);
    expect(inbox.messages()).toHaveLength(3);
  });
});

describe('two contacts that turn out to be one', () => {
  it('have one conversation on a number that was away at that moment', async () => {
    const { connection, connections, receive, inbox } = open();
    const seen = (from: object, minute: number, metaId: string) =>
      aMessageEvent(connection, { from, at: at(minute * MINUTE), metaId });
    const [byPhone, byId] = [seen({ waId: ana.waId }, 0, 'wamid.p'), seen({ userId: ana.userId }, 1, 'wamid.i')];
    await receive(byPhone);
    await receive(byId);
    const other = aConnection({ shopId: connection.shopId });
    connections.splice(0, 1, other);
    await receive(aMessageEvent(other, { from: ana, at: at(2 * MINUTE) }));
    connections.push(connection);
    expect(await receive(byId)).toBe('repeated');
    await receive(seen(ana, 3, 'wamid.b'));
    const own = inbox.conversations().filter(({ phoneNumberId }) => phoneNumberId === connection.phoneNumberId);
    const current = own.filter(({ mergedInto }) => !mergedInto);
    expect(current).toMatchObject([{ unread: 3, lastMessageAt: at(3 * MINUTE) }]);
    expect(current[0]?.formerIds).toEqual(
      own.filter(({ mergedInto }) => mergedInto).map(({ conversationId }) => conversationId),
    );
    for (const event of [byPhone, byId]) expect(await receive(event)).toBe('repeated');
  });
});

describe('preferences and the address book', () => {
  const preference = (connection: Connection, value: string, minutes: number) =>
    anEventOf(connection, {
      kind: 'preference',
      field: 'user_preferences',
      payload: {
        wa_id: ana.waId,
        user_id: ana.userId,
        category: 'marketing_messages',
        value,
        timestamp: Number(secondsOf(at(minutes * MINUTE))),
      },
    });

  it('change the consent, the latest word counts', async () => {
    const { receive, connection, inbox } = open();
    await receive(preference(connection, 'stop', 5));
    expect(inbox.contacts()[0]?.marketing).toEqual({ state: 'revoked', at: at(5 * MINUTE), source: 'preference' });
    await receive(preference(connection, 'resume', 1));
    expect(inbox.contacts()[0]?.marketing.state).toBe('revoked');
    await receive(preference(connection, 'resume', 9));
    expect(inbox.contacts()[0]?.marketing.state).toBe('granted');
  });

  it('about other messages than marketing are kept as they are told', async () => {
    const { receive, connection, inbox } = open();
    const event = preference(connection, 'stop', 5);
    await receive({ ...event, payload: { ...(event.payload as object), category: 'calls' } });
    expect(inbox.contacts()).toEqual([]);
    expect(inbox.consents()).toEqual([]);
    expect(inbox.accountEvents()).toHaveLength(1);
  });

  it('name those whom we know, and nobody else', async () => {
    const { receive, connection, inbox, write } = open();
    const sync = (phone: string, name: string) =>
      anEventOf(connection, {
        kind: 'contact-sync',
        field: 'smb_app_state_sync',
        payload: { type: 'contact', contact: { full_name: name, phone_number: phone }, action: 'add' },
      });
    await write('one');
    await receive(sync(ana.waId, 'Ana de la feria'));
    await receive(sync('5491160000000', 'Mamá'));
    expect(inbox.contacts()).toMatchObject([{ name: 'Ana de la feria', profileName: 'Ana' }]);
  });
});

describe('a number that has moved to another app a moment ago', () => {
  it('is heard by what it is now', async () => {
    const { receive, connection, connections, inbox } = open();
    inbox.ports.connections.findByNumber = async () => connection;
    connections.splice(0, 1, { ...connection, app: 'own', webhookKey: 'k9s8d7f6' });
    const event = (metaId: string) => ({ ...aMessageEvent(connection, { from: ana, metaId }), app: 'k9s8d7f6' });
    expect(await receive(event('wamid.new'))).toBe('received');
    const account = { ...event('x'), kind: 'account', field: 'account_alerts', payload: { x: 1 } } as const;
    expect(await receive(account)).toBe('received');
    expect(inbox.messages()).toHaveLength(1);
  });

  it('may be so in a moment: what a stranger signed waits for some tries, and leaves only what the archive has', async () => {
    const { connection, inbox } = open();
    const event = { ...aMessageEvent(connection, { from: ana }), app: 'k9s8d7f6' };
    const reported: object[] = [];
    const ports = {
      ...inbox.ports,
      report: (facts: object) => void reported.push(facts),
      isArchived: async () => true,
    };
    expect(await takeEvent(event, 1, ports)).toBe('later');
    expect(await takeEvent(event, 3, ports)).toBe('done');
    expect(reported).toMatchObject([{ outcome: 'foreign' }]);
    const lost = takeEvent(event, 3, { ...ports, isArchived: async () => false });
    expect(await failureOf(lost)).toBeInstanceOf(Error);
    expect(reported).toHaveLength(1);
  });
});

describe('what is for nobody, or not for a conversation', () => {
  it.each([
    ['a number that we do not know', { phoneNumberId: '999999999999999' }, 'nobody'],
    ['an app that is not the number’s', { app: 'k9s8d7f6' }, 'foreign'],
  ])('%s', async (_, change, outcome) => {
    const { receive, connection, inbox } = open();
    const event = { ...aMessageEvent(connection, { from: ana }), ...change };
    expect(await receive(event)).toBe(outcome);
    expect([inbox.contacts(), inbox.conversations(), inbox.messages()]).toEqual([[], [], []]);
  });

  it.each([
    ['a message of nobody', { payload: { id: 'wamid.x', type: 'text', text: { body: 'x' } } }],
    [
      'a message to a group',
      { payload: { id: 'wamid.x', from: ana.waId, group_id: 'G1', type: 'text', text: { body: 'x' } } },
    ],
    [
      'a template that was rejected',
      { kind: 'account', field: 'message_template_status_update', payload: { event: 'REJECTED' } },
    ],
    ['an error of the account', { kind: 'error', payload: { code: 131000 } }],
    ['a field that we do not know', { kind: 'account', field: 'moon_phase', payload: { phase: 'full' } }],
  ] as const)('%s is kept raw for the shop, once', async (_, change) => {
    const { receive, connection, inbox, shop } = open();
    const event = anEventOf(connection, change);
    expect(await receive(event)).toBe('received');
    expect(await receive(event)).toBe('repeated');
    expect(inbox.accountEvents()).toEqual([
      expect.objectContaining({ shopId: shop.shopId, raw: JSON.stringify(change.payload), field: event.field }),
    ]);
    expect(inbox.conversations()).toEqual([]);
  });

  it.each([
    ['account_update', { event: 'ACCOUNT_DELETED' }, { state: 'disabled', stateReason: 'meta.account-deleted' }],
    ['account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } }, { state: 'disabled' }],
    [
      'account_update',
      { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'SCHEDULE_FOR_DISABLE' } },
      { state: 'active' },
    ],
    [
      'account_update',
      {
        event: 'ACCOUNT_RESTRICTION',
        restriction_info: [{ restriction_type: 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING' }],
      },
      { state: 'restricted', stateReason: 'meta.restricted-customer-initiated-messaging' },
    ],
    [
      'account_update',
      {
        event: 'ACCOUNT_RESTRICTION',
        restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: 1_763_700_000 }],
      },
      {
        state: 'active',
        check: {
          findings: [
            {
              ...{ check: 'health', verdict: 'warning', code: 'limited' },
              detail: 'RESTRICTED_BIZ_INITIATED_MESSAGING until 2025-11-21T04:40:00.000Z',
            },
          ],
        },
      },
    ],
    ['account_update', { event: 'PARTNER_REMOVED' }, { state: 'reauth' }],
    [
      'business_capability_update',
      { max_daily_conversations_per_business: 2000 },
      { limits: { messagesPerSecond: 80, messagingTier: 'TIER_2K' } },
    ],
    [
      'phone_number_quality_update',
      {
        display_phone_number: '54 9 11 3000-0001',
        event: 'THROUGHPUT_UPGRADE',
        max_daily_conversations_per_business: 'TIER_UNLIMITED',
      },
      { limits: { messagesPerSecond: 1000, messagingTier: 'TIER_UNLIMITED' } },
    ],
    ['phone_number_quality_update', { display_phone_number: '5491139999999', event: 'FLAGGED' }, { version: 1 }],
    ['phone_number_quality_update', { display_phone_number: '5491130000001', event: 'FLAGGED' }, { quality: 'RED' }],
    [
      'phone_number_name_update',
      { decision: 'APPROVED', requested_verified_name: 'Vidriera' },
      { verifiedName: 'Vidriera' },
    ],
    ['phone_number_name_update', { decision: 'REJECTED', requested_verified_name: 'Meta' }, { version: 1 }],
  ])('%s %j brings the connection up to date', async (field, payload, expected) => {
    const { receive, connection, connections } = open();
    const { phoneNumberId: _, ...event } = anEventOf(connection, { kind: 'account', field, payload });
    expect(await receive(event)).toBe('received');
    expect(connections[0]).toMatchObject(expected);
    const after = structuredClone(connections);
    expect(await receive(event)).toBe('repeated');
    expect(connections).toEqual(after);
  });

  it('holds as of the latest moment, whichever event comes last', async () => {
    const { receive, connection, connections } = open();
    const tell = (field: string, payload: object, minute: number) =>
      receive(anEventOf(connection, { kind: 'account', field, payload, time: at(minute * MINUTE) }));
    const number = { display_phone_number: connection.displayNumber };
    await tell('phone_number_quality_update', { ...number, event: 'UNFLAGGED' }, 5);
    await tell('phone_number_quality_update', { ...number, event: 'FLAGGED' }, 2);
    expect(connections[0]?.quality).toBe('GREEN');
    await tell('account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'REINSTATE' } }, 5);
    await tell('account_update', { event: 'PARTNER_ADDED' }, 7);
    await tell('account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } }, 2);
    expect(connections[0]?.state).toBe('active');
    await tell('account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } }, 6);
    expect(connections[0]?.state).toBe('disabled');
  });

  it('leaves alone what the shop paused itself, and lifts only what Meta had stopped', async () => {
    const { receive, connection, connections } = open({ state: 'paused' });
    const update = (event: string, more = {}) =>
      receive(anEventOf(connection, { kind: 'account', field: 'account_update', payload: { event, ...more } }));
    await update('ACCOUNT_RESTRICTION');
    expect(connections[0]?.state).toBe('paused');
    connections[0] = { ...connection, state: 'restricted', stateReason: 'meta.x' };
    await update('DISABLED_UPDATE', { ban_info: { waba_ban_state: 'REINSTATE' } });
    expect(connections[0]?.state).toBe('active');
  });
});
