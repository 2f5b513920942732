import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CustomerMessage, SimulatorEvent } from '../../local/whatsapp-simulator/simulator-api.ts';
import { aFolder } from './local-cloud.ts';
import { first, numberId, openStand, png, type Stand, second } from './whatsapp-simulator-stand.ts';

let stand: Stand;
beforeEach(async () => {
  stand = await openStand();
});
afterEach(() => stand.close());

const told = async () => {
  await stand.pass(1000);
  return stand.receiver.messages().at(-1);
};
const own = { sender: '5491155550171', business: '5491155550123' };

/** The last message of the business, after it was delivered. */
const sent = async (message: object): Promise<string> => {
  const { json } = await stand.send(message);
  await stand.pass(1000);
  return json.messages[0].id;
};

describe('what a customer sends', () => {
  it.each<[string, CustomerMessage, object]>([
    ['a text', { type: 'text', body: 'hola' }, { text: { body: 'hola' } }],
    [
      'a place',
      { type: 'location', latitude: -34.6, longitude: -58.4, name: 'Obelisco' },
      { location: { latitude: -34.6, longitude: -58.4, name: 'Obelisco' } },
    ],
    [
      'a contact',
      { type: 'contacts', contacts: [{ name: 'Eva Luna', phones: ['+54911'] }] },
      {
        contacts: [
          {
            name: { formatted_name: 'Eva Luna', first_name: 'Eva', last_name: 'Luna' },
            phones: [{ phone: '+54911', wa_id: '54911' }],
            origin: 'other',
          },
        ],
      },
    ],
    [
      'an order',
      { type: 'order', catalogId: '1', items: [{ productId: 'p', quantity: 2, price: 10.5, currency: 'ARS' }] },
      {
        order: {
          catalog_id: '1',
          product_items: [{ product_retailer_id: 'p', quantity: 2, item_price: 10.5, currency: 'ARS' }],
        },
      },
    ],
    [
      'what is not supported',
      { type: 'unsupported', what: 'poll' },
      { errors: [{ code: 131051 }], unsupported: { type: 'poll' } },
    ],
    ['a welcome request', { type: 'request_welcome' }, {}],
    ['a forwarded text', { type: 'text', body: 'x', forwarded: 'often' }, { context: { frequently_forwarded: true } }],
    [
      'a question about a product',
      { type: 'text', body: '¿Hay?', referredProduct: { catalogId: '1', productId: 'p' } },
      { context: { from: own.business, referred_product: { catalog_id: '1', product_retailer_id: 'p' } } },
    ],
    [
      'a first message from an advertisement',
      {
        type: 'text',
        body: 'x',
        referral: { sourceUrl: 'https://fb.me/a', sourceId: '7', sourceType: 'ad', clickId: 'c' },
      },
      { referral: { source_url: 'https://fb.me/a', source_id: '7', source_type: 'ad', ctwa_clid: 'c' } },
    ],
  ])('tells %s', async (_, act, members) => {
    const message = await stand.act(act);
    expect(await told()).toMatchObject({ id: message.messageId, from: own.sender, type: act.type, ...members });
    expect((await stand.chat()).windowEndsAt).toBeDefined();
  });

  it('tells a type that does not exist yet', async () => {
    await stand.act({ type: 'unknown', name: 'hologram', payload: { hologram: { depth: 3 } } });
    expect(await told()).toMatchObject({ type: 'hologram', hologram: { depth: 3 } });
  });

  it.each(['image', 'video', 'audio', 'document', 'sticker'] as const)('tells media: %s', async (type) => {
    const { mediaId } = await stand.upload(png, 'image/png', 'pequeña.png');
    await stand.act({
      type,
      mediaId,
      ...(type === 'image' && { caption: 'mirá' }),
      ...(type === 'audio' && { voice: true }),
    });
    const message = await told();
    expect(message[type]).toMatchObject({
      id: mediaId,
      mime_type: 'image/png',
      sha256: expect.stringMatching(/=$/),
      url: expect.stringContaining('/graph/whatsapp_business/attachments/'),
    });
    if (type === 'document') expect(message.document.filename).toBe('pequeña.png');
    if (type === 'audio') expect(message.audio.voice).toBe(true);
    const page = await fetch(`${stand.url}/simulator/api/media/${mediaId}`);
    expect(new Uint8Array(await page.arrayBuffer())).toEqual(png);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('tells a reaction, and that it was taken back', async () => {
    const { messageId } = await stand.act({ type: 'text', body: 'hola' });
    await stand.act({ type: 'reaction', messageId, emoji: '❤️' });
    expect((await told()).reaction).toEqual({ message_id: messageId, emoji: '❤️' });
    await stand.act({ type: 'reaction', messageId, emoji: '' });
    expect((await told()).reaction).toEqual({ message_id: messageId });
    expect((await stand.chat()).messages).toMatchObject([{ reactions: [] }]);
  });

  it('tells a tap on a button with its id, and quotes the message', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    const messageId = await sent({
      type: 'interactive',
      interactive: {
        type: 'button',
        body: { text: '¿?' },
        action: {
          buttons: [
            { type: 'reply', reply: { id: 'yes:1', title: 'Sí' } },
            { type: 'reply', reply: { id: 'no:1', title: 'No' } },
          ],
        },
      },
    });
    await stand.act({ type: 'tap', messageId, index: 1 });
    expect(await told()).toMatchObject({
      type: 'interactive',
      context: { from: own.business, id: messageId },
      interactive: { type: 'button_reply', button_reply: { id: 'no:1', title: 'No' } },
    });
    const wrong = await stand.control('POST', `chats/ana/${numberId}/messages`, { type: 'tap', messageId, index: 2 });
    expect(wrong.status).toBe(409);
  });

  it('tells the row of a list', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    const rows = [
      { id: 'r1', title: 'Uno', description: 'el primero' },
      { id: 'r2', title: 'Dos' },
    ];
    const messageId = await sent({
      type: 'interactive',
      interactive: { type: 'list', body: { text: '¿?' }, action: { button: 'Ver', sections: [{ rows }] } },
    });
    await stand.act({ type: 'choose', messageId, rowId: 'r1' });
    expect((await told()).interactive).toEqual({ type: 'list_reply', list_reply: rows[0] });
  });

  it('tells the quick reply of a template with its payload, or its label', async () => {
    const parameters = [
      { type: 'text', text: 'Ana' },
      { type: 'text', text: 'Rara' },
    ];
    const components = [
      { type: 'body', parameters },
      { type: 'button', sub_type: 'url', index: '2', parameters: [{ type: 'text', text: 'AB12' }] },
      {
        type: 'button',
        sub_type: 'quick_reply',
        index: '0',
        parameters: [{ type: 'payload', payload: 'confirm:AB12' }],
      },
    ];
    const messageId = await sent({
      type: 'template',
      template: { name: 'tu_reserva', language: { code: 'es' }, components },
    });
    await stand.act({ type: 'tap', messageId, index: 0 });
    expect(await told()).toMatchObject({
      type: 'button',
      button: { payload: 'confirm:AB12', text: 'Confirmar' },
      context: { id: messageId },
    });
    await stand.act({ type: 'tap', messageId, index: 1 });
    expect((await told()).button).toEqual({ payload: 'Cancelar', text: 'Cancelar' });
  });

  it('shares the number when asked for it', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    const action = { name: 'request_contact_info' };
    const messageId = await sent({
      type: 'interactive',
      interactive: { type: 'request_contact_info', body: { text: '¿Tu número?' }, action },
    });
    await stand.act({ type: 'tap', messageId, index: 0 });
    expect(await told()).toMatchObject({
      type: 'contacts',
      contacts: [{ origin: 'contact_request', phones: [{ phone: `+${own.sender}`, wa_id: own.sender }] }],
    });
  });

  it('tells an answer to a message', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    const messageId = await sent({ text: { body: 'buenas' } });
    await stand.act({ type: 'text', body: 'sí', repliesTo: messageId });
    expect((await told()).context).toEqual({ from: own.business, id: messageId });
  });

  it('edits within 15 minutes, revokes within two days', async () => {
    const { messageId } = await stand.act({ type: 'text', body: 'hla' });
    const act = (change: object) => stand.control('POST', `chats/ana/${numberId}/messages`, { messageId, ...change });
    await act({ type: 'edit', body: 'hola' });
    expect(await told()).toMatchObject({
      type: 'edit',
      edit: { original_message_id: messageId, message: { type: 'text', text: { body: 'hola' } } },
    });
    expect((await stand.chat()).messages).toMatchObject([{ messageId, edited: true, content: { body: 'hola' } }]);
    await stand.pass(15 * 60_000);
    expect((await act({ type: 'edit', body: 'x' })).status).toBe(409);
    await act({ type: 'revoke' });
    expect(await told()).toMatchObject({ type: 'revoke', revoke: { original_message_id: messageId } });
    await stand.pass(2 * 86_400_000);
    expect((await act({ type: 'revoke' })).status).toBe(409);
  });

  it('calls, and that opens the 24 hours', async () => {
    await stand.act({ type: 'call', seconds: 30 });
    await stand.pass(0);
    expect(stand.receiver.changes('calls')[0].calls).toMatchObject([{ from: own.sender, event: 'connect' }]);
    expect((await stand.send({ text: { body: 'hola' } })).status).toBe(200);
    await stand.pass(1000);
    expect((await stand.chat()).messages.at(-1).tick).toBe('delivered');
  });

  it('moves to another number, with new ids, and every business is told', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    await stand.control('POST', `chats/ana/${second.numberId}/messages`, { type: 'text', body: 'hola' });
    const moved = await stand.control('POST', 'phones/ana/number', { phone: '+54 9 11 5555-0999' });
    expect(moved.json).toMatchObject({ phone: '+5491155550999' });
    const system = await told();
    expect(system).toMatchObject({
      type: 'system',
      from: own.sender,
      system: {
        type: 'user_changed_number',
        wa_id: '5491155550999',
        previous_user_id: 'AR.1000200030004001',
        user_id: moved.json.userIds['2000000000000001'],
      },
    });
    const changes = stand.receiver.changes('messages').filter(({ messages }) => messages[0].type === 'system');
    expect(changes.map(({ metadata }) => metadata.phone_number_id).toSorted()).toEqual([
      first.numberId,
      second.numberId,
    ]);
    expect(changes.every(({ contacts }) => contacts === undefined)).toBe(true);
    expect((await stand.send({ text: { body: 'x' } })).json.contacts[0].wa_id).toBe(own.sender);
    expect((await stand.control('POST', 'phones/bruno/number', { phone: '+5491155550999' })).status).toBe(409);
  });

  it('plays a voice message', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    const messageId = await sent({ type: 'audio', audio: { link: 'https://tienda.example/a.ogg', voice: true } });
    await stand.control('POST', `chats/ana/${numberId}/read`);
    await stand.control('POST', `chats/ana/${numberId}/played`, { messageId });
    await stand.pass(0);
    expect(stand.receiver.statuses().map(({ status }) => status)).toEqual(['sent', 'delivered', 'read', 'played']);
  });
});

describe('telephones', () => {
  it('come and go', async () => {
    const made = await stand.control('POST', 'phones', { name: 'Eva', phone: '+54 9 11 5555-0199' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      name: 'Eva',
      phone: '+5491155550199',
      online: true,
      userIds: { '2000000000000001': expect.stringMatching(/^AR\.\d+$/) },
    });
    const { phoneId } = made.json;
    await stand.act({ type: 'text', body: 'hola' }, phoneId);
    expect((await stand.control('DELETE', `phones/${phoneId}`)).status).toBe(204);
    expect(await stand.chat(phoneId)).toBeUndefined();
    expect(
      (await stand.control('POST', `chats/${phoneId}/${numberId}/messages`, { type: 'text', body: 'x' })).status,
    ).toBe(404);
  });

  it.each([
    ['no name', { phone: '+5491155550199' }],
    ['neither phone nor username', { name: 'Eva' }],
    ['a number that is none', { name: 'Eva', phone: '12' }],
    ['a number that somebody has', { name: 'Eva', phone: '+541155550171' }],
    ['a country that is none', { name: 'Eva', username: 'eva', country: 'ARG' }],
  ])('are not made with %s', async (_, phone) => {
    expect((await stand.control('POST', 'phones', phone)).status).toBeGreaterThanOrEqual(400);
  });

  it('cannot do what no telephone can', async () => {
    const act = async (body: object) => (await stand.control('POST', `chats/ana/${numberId}/messages`, body)).status;
    expect(await act({ type: 'nonsense' })).toBe(400);
    expect(await act({ type: 'toString' })).toBe(400);
    expect(await act({ type: 'text' })).toBe(400);
    expect(await act({ type: 'image', mediaId: '1' })).toBe(404);
    expect(await act({ type: 'reaction', messageId: 'wamid.x', emoji: '👍' })).toBe(404);
  });

  it('needs the JSON type for a change, so that no other site can make one', async () => {
    const answer = await fetch(`${stand.url}/simulator/api/phones`, {
      method: 'POST',
      body: '{"name":"x","phone":"+5491155550199"}',
    });
    expect(answer.status).toBe(415);
    const upload = await fetch(`${stand.url}/simulator/api/uploads`, { method: 'POST', body: png });
    expect(upload.status).toBe(415);
  });
});

describe('the stream of events', () => {
  /** Reads events until one fits. */
  const readUntil = async (
    after: number,
    fits: (event: SimulatorEvent) => boolean,
  ): Promise<{ id: number; event: SimulatorEvent }[]> => {
    const abort = new AbortController();
    const answer = await fetch(`${stand.url}/simulator/api/events?after=${after}`, { signal: abort.signal });
    const seen: { id: number; event: SimulatorEvent }[] = [];
    let rest = '';
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const parts = (rest + chunk).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const [, id, data] = /^id: (\d+)\ndata: (.*)$/s.exec(part) ?? [];
        if (data) seen.push({ id: Number(id), event: JSON.parse(data) });
      }
      if (seen.some(({ event }) => fits(event))) break;
    }
    abort.abort();
    return seen;
  };

  it('tells what happens from where the listener left off', async () => {
    const { sequence } = (await stand.control('GET', 'state')).json;
    const message = await stand.act({ type: 'text', body: 'hola' });
    const isDelivered = (event: SimulatorEvent) => event.kind === 'message' && event.message.tick === 'delivered';
    const seen = await readUntil(sequence, isDelivered);
    expect(seen.map(({ event }) => event.kind)).toContain('traffic');
    expect(seen[0]).toMatchObject({
      id: sequence + 1,
      event: { kind: 'message', message: { messageId: message.messageId, tick: 'sent' } },
    });
    const [middle] = seen;
    const later = await readUntil(middle?.id ?? 0, isDelivered);
    expect(later).toEqual(seen.slice(1));
  });

  it('asks a listener to load all again who was away too long, or listened to another run', async () => {
    const { sequence } = (await stand.control('GET', 'state')).json;
    const isReload = (event: SimulatorEvent) => event.kind === 'reload';
    expect((await readUntil(1, isReload))[0]?.event).toEqual({ kind: 'reload' });
    expect((await readUntil(sequence + 1000, isReload))[0]?.event).toEqual({ kind: 'reload' });
  });
});

describe('the world', () => {
  it('takes more businesses, each with ids of its own for the same customers', async () => {
    const accounts = [{ accountId: '31', businessId: '21', name: 'Otra', subscribedApps: ['11'] }];
    const numbers = [
      { numberId: '41', accountId: '31', displayNumber: '+5491155550777', verifiedName: 'Otra', coexistence: true },
    ];
    const apps = [{ appId: '11', appSecret: 's', callbackUrl: `${stand.receiver.url}/other` }];
    const tokens = [{ token: 'other', appId: '11', accountIds: ['31'] }];
    expect((await stand.control('POST', 'world', { apps, accounts, numbers, tokens })).status).toBe(200);
    await stand.control('POST', 'chats/ana/41/messages', { type: 'text', body: 'hola' });
    await stand.pass(0);
    const [webhook] = stand.receiver.received;
    expect(webhook).toMatchObject({ path: '/other', body: { entry: [{ id: '31' }] } });
    const { userIds } = (await stand.control('GET', 'state')).json.phones[0];
    expect(userIds['21']).not.toBe(userIds['2000000000000001']);
    const mine = await stand.graph('GET', '41', undefined, 'other');
    expect(mine.status).toBe(200);
    expect((await stand.graph('GET', '41')).json.error.code).toBe(100);
  });

  it('begins anew when asked, and what was on its way does not arrive', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    await stand.send({ text: { body: 'x' } });
    const { json } = await stand.control('POST', 'reset');
    expect(json.chats).toEqual([]);
    const before = stand.receiver.statuses().length;
    await stand.pass(60_000);
    expect(stand.receiver.statuses()).toHaveLength(before);
    await stand.act({ type: 'text', body: 'otra vez' });
    await stand.pass(0);
    expect(stand.receiver.messages().at(-1).text.body).toBe('otra vez');
  });

  it('goes the same way from the same seed', async () => {
    const other = await openStand();
    const [one, two] = [await stand.act({ type: 'text', body: 'a' }), await other.act({ type: 'text', body: 'a' })];
    expect(one.messageId).toBe(two.messageId);
    await other.close();
  });

  it('survives a restart with chats and media, and delivers what was on its way', async () => {
    const folder = await aFolder();
    const before = await openStand({ directory: folder.path });
    const { mediaId } = await before.upload(png, 'image/png');
    await before.act({ type: 'image', mediaId });
    await before.turn({ statusDelayMs: 60_000 });
    const { json } = await before.send({ text: { body: 'buenas' } });
    await before.close();
    const after = await openStand({ directory: folder.path, seed: 8 });
    expect((await after.chat()).messages).toMatchObject([
      { content: { type: 'image', mediaId } },
      { messageId: json.messages[0].id, tick: 'accepted' },
    ]);
    expect((await after.graph('GET', mediaId)).status).toBe(200);
    await after.pass(200_000);
    expect(after.receiver.statuses().map(({ status }) => status)).toEqual(['sent', 'delivered']);
    await after.close();
    await folder.remove();
  });

  it('goes on after a restart with webhooks that nobody has taken', async () => {
    const folder = await aFolder();
    const before = await openStand({ directory: folder.path });
    before.receiver.answers.push(503);
    const { messageId } = await before.act({ type: 'text', body: 'ñ' });
    await before.pass(0);
    await before.close();
    const after = await openStand({ directory: folder.path });
    await after.pass(60_000);
    expect(after.receiver.messages()).toMatchObject([{ id: messageId, text: { body: 'ñ' } }]);
    expect((await after.chat()).messages).toMatchObject([{ messageId, tick: 'delivered' }]);
    await after.close();
    await folder.remove();
  });
});
