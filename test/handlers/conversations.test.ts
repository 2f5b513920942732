import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectionStore } from '../../functions/connections/connection.store.ts';
import { type Answer, type Lambdas, openLambdas } from '../support/lambdas.ts';
import { anEventOf, secondsOf } from '../support/whatsapp-events.ts';
import { type GivenChat, givenChat, minutesAgo } from './given-chat.ts';

let lambdas: Lambdas;
let chat: GivenChat;
let shops = 0;

beforeAll(async () => {
  lambdas = await openLambdas();
});
beforeEach(async () => {
  shops += 1;
  chat = await givenChat(lambdas, `bandeja-${shops}`);
});
afterAll(() => lambdas.close());

type Json = Record<string, unknown>;
const as = () => chat.as('seller');
const itemsOf = ({ json }: Answer) => json['items'] as Json[];
const conversationId = async () => (await chat.inbox())[0]?.conversationId ?? '';
const params = async () => ({ conversationId: await conversationId() });
const list = (query: Record<string, string> = {}) => lambdas.call('listConversations', { as: as(), query });
const messages = async (query: Record<string, string> = {}) =>
  itemsOf(await lambdas.call('listMessages', { as: as(), params: await params(), query }));
const text = (body: string) => ({ content: { type: 'text', text: { body } } });
const KEY = 'a-key-of-sixteen-characters';
const write = async (body: object, headers: Record<string, string> = {}) =>
  lambdas.call('writeMessage', { as: as(), params: await params(), body, headers });
const template = { type: 'template', template: { name: 'hello_world', language: { code: 'es_AR' } } };

describe('the inbox', () => {
  it('lists conversations with their contact, latest first', async () => {
    await chat.hear('uno', { waId: '5491161234567', minutes: 9 });
    await chat.hear('dos', { waId: '5491169999999', minutes: 2 });
    const { status, json } = await list();
    expect(status).toBe(200);
    expect(json['items']).toMatchObject([
      {
        contact: { phone: '+5491169999999', name: `${chat.shop.slug} customer`, marketing: { state: 'unknown' } },
        state: 'open',
        bot: 'on',
        unread: 1,
        lastMessage: { direction: 'inbound', type: 'text', preview: 'dos' },
        windowOpen: true,
        phoneNumberId: chat.connection.phoneNumberId,
      },
      { contact: { phone: '+5491161234567' } },
    ]);
    expect(JSON.stringify(json)).not.toMatch(/version|recent|formerIds|shopId/);
  });

  it('pages, by view and by state', async () => {
    for (const number of [1, 2, 3])
      await chat.hear(`m${number}`, { waId: `549116000000${number}`, minutes: 10 - number });
    const [first] = itemsOf(await list());
    const own = { conversationId: String(first?.['conversationId']) };
    await lambdas.call('assignConversation', { as: as(), params: own, body: { userId: `${chat.shop.slug}-seller` } });
    expect(itemsOf(await list({ view: 'mine' }))).toHaveLength(1);
    expect(itemsOf(await list({ view: 'unassigned' }))).toHaveLength(2);
    await lambdas.call('closeConversation', { as: as(), params: own });
    expect(itemsOf(await list({ state: 'closed' }))).toMatchObject([own]);
    expect(itemsOf(await list({ state: 'open' }))).toHaveLength(2);
    const page = await list({ limit: '2' });
    const rest = await list({ limit: '2', cursor: String(page.json['nextCursor']) });
    expect([...itemsOf(page), ...itemsOf(rest)]).toHaveLength(3);
    expect((await list({ view: 'mine', cursor: String(page.json['nextCursor']) })).status).toBe(400);
  });

  it('shows a conversation and its contact', async () => {
    await chat.hear('hola');
    const { json } = await lambdas.call('getConversation', { as: as(), params: await params() });
    const { contactId } = json['contact'] as Json;
    const contact = await lambdas.call('getContact', { as: as(), params: { contactId: String(contactId) } });
    expect(contact.json).toMatchObject({ contactId, phone: '+5491161234567', marketing: { state: 'unknown' } });
    const nobody = { conversationId: `${chat.connection.phoneNumberId}-${'0'.repeat(26)}` };
    expect((await lambdas.call('getConversation', { as: as(), params: nobody })).status).toBe(404);
  });
});

describe('messages', () => {
  it('are shown newest first, with what was said about them', async () => {
    await chat.hear('primero', { minutes: 5 });
    await chat.hear('reaccion', {
      minutes: 3,
      content: { type: 'reaction', reaction: { message_id: `wamid.${chat.shop.slug}.primero`, emoji: '👍' } },
    });
    await chat.hear('ultimo', { minutes: 1 });
    expect(await messages()).toMatchObject([
      { body: 'ultimo', direction: 'inbound', state: 'received', processed: true, answered: false },
      { type: 'reaction', content: { emoji: '👍' } },
      { body: 'primero', reaction: '👍', from: '+5491161234567', to: '+5491130000001' },
    ]);
    expect(await messages({ limit: '1' })).toMatchObject([{ body: 'ultimo' }]);
  });

  it('show a reaction that came before its message', async () => {
    const about = `wamid.${chat.shop.slug}.tarde`;
    await chat.hear('antes', {
      minutes: 1,
      content: { type: 'reaction', reaction: { message_id: about, emoji: '❤️' } },
    });
    await chat.hear('tarde', { minutes: 2 });
    expect(await messages()).toMatchObject([{ type: 'reaction' }, { body: 'tarde', reaction: '❤️' }]);
  });

  it('tell when the owner answered from the phone', async () => {
    await chat.hear('hola', { minutes: 3 });
    const echo = { from: '5491130000001', to: '5491161234567', id: 'wamid.e', timestamp: secondsOf(minutesAgo(1)) };
    const payload = { ...echo, type: 'text', text: { body: 'desde el teléfono' } };
    await chat.receive(anEventOf(chat.connection, { kind: 'echo', field: 'smb_message_echoes', payload }));
    expect(await messages()).toMatchObject([
      { body: 'desde el teléfono', direction: 'outbound', origin: 'phone-app', state: 'sent' },
      { body: 'hola' },
    ]);
    expect(itemsOf(await list())).toMatchObject([{ bot: 'off', unread: 0 }]);
  });
});

describe('writing', () => {
  it('commits the message, once for each key', async () => {
    await chat.hear('hola');
    const first = await write(
      { ...text('Sí, hay'), repliesTo: `wamid.${chat.shop.slug}.hola` },
      { 'idempotency-key': KEY },
    );
    expect(first.status).toBe(201);
    expect(first.json).toMatchObject({
      direction: 'outbound',
      origin: 'seller',
      by: `user:${chat.shop.slug}-seller`,
      state: 'queued',
      body: 'Sí, hay',
      repliesTo: `wamid.${chat.shop.slug}.hola`,
    });
    const again = await write(
      { ...text('Sí, hay'), repliesTo: `wamid.${chat.shop.slug}.hola` },
      { 'idempotency-key': KEY },
    );
    expect(again.json).toEqual(first.json);
    expect((await write(text('otra cosa'), { 'idempotency-key': KEY })).status).toBe(422);
    expect(await messages()).toHaveLength(2);
    await write(text('sin clave'));
    await write(text('sin clave'));
    expect(await messages()).toHaveLength(4);
  });

  it('needs a template once the window is closed', async () => {
    await chat.hear('hola', { minutes: 25 * 60 });
    const refused = await write(text('tarde'));
    expect([refused.status, refused.json['code']]).toEqual([409, 'conversation.window-closed']);
    expect((await write({ content: template })).status).toBe(201);
  });

  it('is refused while the connection is stopped, and for content that is none', async () => {
    await chat.hear('hola');
    expect((await write({ content: { type: 'text', text: { body: '' } } })).status).toBe(400);
    expect((await write({ content: { type: 'image', image: { media_key: 'media/other/x.png' } } })).status).toBe(400);
    await connectionStore(lambdas.table).stop(chat.connection, 'reauth', 'x', new Date());
    expect((await write(text('no'))).json['code']).toBe('connection.stopped');
  });

  it('first is for templates, to a phone in any international spelling', async () => {
    const start = (body: object, headers = {}) => lambdas.call('startConversation', { as: as(), body, headers });
    const body = { phoneNumberId: chat.connection.phoneNumberId, phone: '+54 9 11 2345-6789', content: template };
    const { status, json } = await start(body, { 'idempotency-key': KEY });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      conversation: { contact: { phone: '+5491123456789' }, state: 'pending', unread: 0, windowOpen: false },
      message: { type: 'template', state: 'queued', body: 'hello_world' },
    });
    await start(body, { 'idempotency-key': KEY });
    expect(await messages()).toHaveLength(1);
    expect((await start({ ...body, content: text('hola').content })).status).toBe(400);
    expect((await start({ ...body, phone: '011 15-2345-6789' })).status).toBe(400);
    expect((await start({ ...body, phoneNumberId: '999999999999999' })).status).toBe(404);
    await chat.hear('hola', { waId: '541123456789' });
    expect(await chat.inbox()).toHaveLength(1);
  });

  it('goes once under one key, also when the conversation goes on in another meanwhile', async () => {
    await chat.hear('hola', { waId: '5491169999999', minutes: 1 });
    await chat.hear('hola', { waId: '5491161234567', minutes: 5 });
    const [survivor, former] = await chat.inbox();
    if (!survivor || !former) throw new Error('no two conversations');
    const which = { conversationId: former.conversationId };
    const send = () =>
      lambdas.call('writeMessage', {
        ...{ as: as(), params: which, body: text('Sí') },
        headers: { 'idempotency-key': KEY },
      });
    const first = await send();
    const failed = { conversationId: former.conversationId, messageId: String(first.json['messageId']) };
    const at = String(first.json['at']);
    await chat.messages.advance(chat.shop.shopId, { ...failed, at }, { state: 'failed', rank: 35, set: {} });
    const retry = () => lambdas.call('retryMessage', { as: as(), params: failed, query: { at } });
    const again = await retry();
    const left = await chat.conversations.find(chat.shop.shopId, former.conversationId);
    if (!left) throw new Error('no conversation');
    const merged = { ...left, mergedInto: survivor.conversationId, version: left.version + 1 };
    expect(await chat.conversations.save(merged)).toBe(true);
    const goesOn = { ...survivor, formerIds: [former.conversationId], version: survivor.version + 1 };
    expect(await chat.conversations.save(goesOn)).toBe(true);
    expect((await send()).json['messageId']).toBe(first.json['messageId']);
    expect((await retry()).json['messageId']).toBe(again.json['messageId']);
  });

  it('first goes once under one key, also when the contact was merged meanwhile', async () => {
    const body = { phoneNumberId: chat.connection.phoneNumberId, phone: '+54 9 11 2345-6789', content: template };
    const start = () => lambdas.call('startConversation', { as: as(), body, headers: { 'idempotency-key': KEY } });
    const first = (await start()).json['message'] as Json;
    const [conversation] = await chat.inbox();
    const { shopId } = chat.shop;
    const contact = await chat.contacts.find(shopId, conversation?.contactId ?? '');
    await chat.hear('hola', { waId: '5491169999999' });
    const survivor = (await chat.inbox()).find(({ contactId }) => contactId !== contact?.contactId);
    if (!contact || !survivor) throw new Error('no two contacts');
    await chat.contacts.save({ ...contact, mergedInto: survivor.contactId, version: contact.version + 1 });
    const second = (await start()).json['message'] as Json;
    expect(second['messageId']).toBe(first['messageId']);
  });

  it('again is for what has failed', async () => {
    await chat.hear('hola');
    const { json } = await write(text('Sí'));
    const which = { ...(await params()), messageId: String(json['messageId']) };
    const query = { at: String(json['at']) };
    const retry = () => lambdas.call('retryMessage', { as: as(), params: which, query });
    expect((await retry()).json['code']).toBe('message.not-failed');
    await chat.messages.advance(
      chat.shop.shopId,
      { ...which, at: query.at },
      {
        state: 'failed',
        rank: 35,
        set: { error: { code: 131047, title: 'Re-engagement message' } },
      },
    );
    expect((await messages())[0]).toMatchObject({
      state: 'failed',
      error: { code: 131047, explanation: expect.any(String) },
    });
    const first = await retry();
    expect([first.status, first.json['state'], first.json['body']]).toEqual([201, 'queued', 'Sí']);
    expect((await retry()).json).toEqual(first.json);
    expect(await messages()).toHaveLength(3);
  });
});

describe('files', () => {
  const ask = (body: object) => lambdas.call('requestMediaUpload', { as: as(), body });

  it('are uploaded first, then sent by their key', async () => {
    await chat.hear('hola');
    const { status, json } = await ask({ contentType: 'image/png', bytes: 1234 });
    expect([status, json['method']]).toEqual([201, 'PUT']);
    const mediaKey = String(json['mediaKey']);
    const send = () => write({ content: { type: 'image', image: { media_key: mediaKey, caption: 'El azul' } } });
    expect((await send()).status).toBe(400);
    lambdas.files.set(mediaKey, { contentType: 'image/png', bytes: 1234 });
    expect((await send()).json).toMatchObject({ type: 'image', body: 'El azul' });
    expect((await ask({ contentType: 'image/png', bytes: 50_000_000 })).status).toBe(400);
    expect((await ask({ contentType: 'text/html', bytes: 10 })).status).toBe(400);
  });

  it('of customers are given out to be saved, once they are here', async () => {
    const document = { id: '123456789', mime_type: 'application/pdf', filename: 'lista "nueva".pdf' };
    await chat.hear('lista', { content: { type: 'document', document } });
    const [message] = await messages();
    expect(message).toMatchObject({ media: { state: 'pending', fileName: document.filename } });
    const which = { ...(await params()), messageId: String(message?.['messageId']) };
    const link = () => lambdas.call('linkToMedia', { as: as(), params: which, query: { at: String(message?.['at']) } });
    expect((await link()).json['code']).toBe('media.not-stored');
    const media = { state: 'stored', key: `media/${chat.shop.shopId}/x.pdf`, fileName: document.filename } as const;
    await chat.messages.saveMedia(chat.shop.shopId, { ...which, at: String(message?.['at']) }, media, new Date());
    const { status, json } = await link();
    expect(status).toBe(200);
    const url = new URL(String(json['url']));
    expect(url.pathname).toContain('x.pdf');
    expect(url.searchParams.get('response-content-disposition')).toBe(
      "attachment; filename*=UTF-8''lista%20_nueva_.pdf",
    );
  });
});

describe('what sellers do', () => {
  it.each([
    ['markRead', {}, { unread: 0 }],
    ['closeConversation', {}, { state: 'closed' }],
    ['reopenConversation', {}, { state: 'open' }],
    ['takeOver', {}, { bot: 'off', assignedTo: expect.stringContaining('-seller') }],
    ['giveBack', {}, { bot: 'on' }],
  ] as const)('%s', async (name, body, expected) => {
    await chat.hear('hola');
    const { status, json } = await lambdas.call(name, { as: as(), params: await params(), body });
    expect(status).toBe(200);
    expect(json).toMatchObject(expected);
    expect((await chat.inbox())[0]).toMatchObject(expected);
  });

  it('leaves unread what came after what they saw', async () => {
    await chat.hear('uno', { minutes: 3 });
    const seen = (await chat.inbox())[0]?.lastInboundMetaId ?? '';
    await chat.hear('dos', { minutes: 2 });
    const read = async (upTo: string) =>
      (await lambdas.call('markRead', { as: as(), params: await params(), query: { upTo } })).json;
    expect(await read(seen)).toMatchObject({ unread: 2 });
    expect((await chat.inbox())[0]?.readUpTo).toBeUndefined();
    const { lastInboundMetaId } = await read(seen);
    expect(await read(String(lastInboundMetaId))).toMatchObject({ unread: 0 });
  });

  it('write on a contact its name and language, and end a review', async () => {
    await chat.hear('hola');
    const [conversation] = await chat.inbox();
    const { shopId } = chat.shop;
    const contactId = conversation?.contactId ?? '';
    const contact = await chat.contacts.find(shopId, contactId);
    if (!contact) throw new Error('no contact');
    await chat.contacts.save({ ...contact, review: 'identity', version: contact.version + 1 });
    const patch = (body: object) => lambdas.call('updateContact', { as: as(), params: { contactId }, body });
    expect((await patch({ name: 'Ana de la feria', language: 'pt', review: null })).json).toMatchObject({
      name: 'Ana de la feria',
      language: 'pt',
    });
    expect(await chat.contacts.find(shopId, contactId)).not.toHaveProperty('review');
    const { status, json } = await patch({ language: null });
    expect([status, json['name'], json['language']]).toEqual([200, 'Ana de la feria', undefined]);
    expect((await patch({ review: 'identity' })).status).toBe(400);
    expect((await patch({ phone: '+5491160000000' })).status).toBe(400);
  });

  it('gives conversations to users of the shop only, and takes them away', async () => {
    await chat.hear('hola');
    const give = async (userId: string | null) =>
      lambdas.call('assignConversation', { as: chat.as('admin'), params: await params(), body: { userId } });
    expect((await give('somebody-else')).status).toBe(400);
    expect((await give(`${chat.shop.slug}-admin`)).json['assignedTo']).toBe(`${chat.shop.slug}-admin`);
    expect((await give(null)).json['assignedTo']).toBeUndefined();
  });
});

describe('what Meta tells of an account', () => {
  it('is seen by admins, latest first', async () => {
    const tell = (field: string, payload: object, minutes: number) =>
      chat.receive(anEventOf(chat.connection, { kind: 'account', field, payload, time: minutesAgo(minutes) }));
    await tell('account_review_update', { decision: 'APPROVED' }, 5);
    await tell('moon_phase', { phase: 'x'.repeat(30_000) }, 2);
    const { json } = await lambdas.call('listAccountEvents', { as: chat.as('admin') });
    expect(json['items']).toMatchObject([
      { field: 'moon_phase', news: { type: 'other' } },
      { field: 'account_review_update', news: { type: 'review' }, payload: { decision: 'APPROVED' } },
    ]);
    expect((json['items'] as object[])[0]).not.toHaveProperty('payload');
    expect((await lambdas.call('listAccountEvents', { as: chat.as('seller') })).status).toBe(403);
  });
});

it('tells no name, number or text in its log', async () => {
  lambdas.clear();
  await chat.hear('algo muy privado', { waId: '5491160000088' });
  await write(text('otra cosa privada'));
  await list();
  await messages();
  for (const word of ['privad', '60000088', `${chat.shop.slug} customer`])
    expect(lambdas.logText()).not.toContain(word);
});
