import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bodyOf,
  mediaOf,
  opensWindow,
  previewOf,
  readInbound,
  repliesToOf,
} from '../../../functions/whatsapp/inbound-message.ts';
import { AT_ISO, aMessage, aTyped, type Json } from '../../support/whatsapp-webhooks.ts';

const read = (type: string, body?: unknown, more: Json = {}) => readInbound(aTyped(type, body, more));

describe('the content of a message', () => {
  const media = { id: '77', mime_type: 'image/jpeg', sha256: 'abc=', url: 'https://lookaside.fbsbx.com/x' };
  const mediaRead = { id: '77', mimeType: 'image/jpeg', sha256: 'abc=', url: 'https://lookaside.fbsbx.com/x' };

  it.each<[string, unknown, Json]>([
    ['text', { body: 'Hola 🕯️' }, { type: 'text', text: 'Hola 🕯️' }],
    ['image', { ...media, caption: 'la vela' }, { type: 'image', media: { ...mediaRead, caption: 'la vela' } }],
    ['video', media, { type: 'video', media: mediaRead }],
    ['audio', { ...media, voice: true }, { type: 'audio', media: { ...mediaRead, voice: true } }],
    ['document', { ...media, filename: 'a.pdf' }, { type: 'document', media: { ...mediaRead, fileName: 'a.pdf' } }],
    ['sticker', { ...media, animated: false }, { type: 'sticker', media: { ...mediaRead, animated: false } }],
    [
      'location',
      { latitude: -34.6, longitude: '-58.4', name: 'Obelisco' },
      { type: 'location', latitude: -34.6, longitude: -58.4, name: 'Obelisco' },
    ],
    ['reaction', { message_id: 'wamid.1', emoji: '👍' }, { type: 'reaction', reactsTo: 'wamid.1', emoji: '👍' }],
    ['reaction', { message_id: 'wamid.1' }, { type: 'reaction', reactsTo: 'wamid.1', emoji: '' }],
    ['button', { payload: 'STOP', text: 'No más' }, { type: 'button', payload: 'STOP', text: 'No más' }],
    [
      'interactive',
      { type: 'button_reply', button_reply: { id: 'b1', title: 'Sí' } },
      { reply: { kind: 'button', id: 'b1', title: 'Sí' } },
    ],
    [
      'interactive',
      { type: 'list_reply', list_reply: { id: 'l1', title: 'Uno', description: 'd' } },
      { reply: { kind: 'list', id: 'l1', title: 'Uno', description: 'd' } },
    ],
    [
      'interactive',
      { type: 'call_permission_reply', call_permission_reply: { response: 'accept', is_permanent: true } },
      { reply: { kind: 'call-permission', answer: 'accept', permanent: true } },
    ],
    ['interactive', { type: 'product', product: {} }, { reply: { kind: 'other', metaKind: 'product' } }],
    [
      'system',
      { type: 'user_changed_number', body: 'Ana changed', wa_id: '1' },
      { type: 'system', change: 'user_changed_number', text: 'Ana changed' },
    ],
    ['revoke', { original_message_id: 'wamid.1' }, { type: 'revoke', revokes: 'wamid.1' }],
    [
      'edit',
      { original_message_id: 'wamid.1', message: { type: 'text', text: { body: 'ahora' } } },
      { type: 'edit', edits: 'wamid.1', message: { type: 'text', text: 'ahora' } },
    ],
    ['request_welcome', undefined, { type: 'request_welcome' }],
    ['poll', { question: '?' }, { type: 'unknown', metaType: 'poll', errors: [] }],
    ['text', undefined, { type: 'unknown', metaType: 'text' }],
    ['text', { body: 7 }, { type: 'unknown', metaType: 'text' }],
    ['constructor', { a: 1 }, { type: 'unknown', metaType: 'constructor' }],
    ['revoke', {}, { type: 'unknown', metaType: 'revoke' }],
    ['edit', { message: {} }, { type: 'unknown', metaType: 'edit' }],
  ])('of type %s is read: %o', (type, body, expected) => {
    expect(read(type, body)).toMatchObject(expected);
  });

  it('of a message of no kind that Meta supports tells what it was', () => {
    const message = readInbound(
      aTyped(
        'unsupported',
        { type: 'poll' },
        { errors: [{ code: 131051, title: 'Unsupported', error_data: { details: 'x' } }] },
      ),
    );
    expect(message).toMatchObject({
      type: 'unsupported',
      of: 'poll',
      errors: [{ code: 131051, title: 'Unsupported', details: 'x' }],
    });
  });

  it.each<[string, string, Json]>([
    ['an object', '{"flow_token":"t1","size":"M"}', { answers: { flow_token: 't1', size: 'M' }, flowToken: 't1' }],
    ['JSON in JSON', JSON.stringify('{"flow_token":"t1"}'), { answers: { flow_token: 't1' }, flowToken: 't1' }],
    ['a list', '[1,2]', { answers: [1, 2] }],
    ['an id beyond 2^53', '{"id":90071992547409931}', { answers: { id: '90071992547409931' } }],
    ['no JSON', 'hola', { answers: 'hola' }],
  ])('of a form is parsed when it is %s', (_, response, expected) => {
    const nfm = { name: 'flow', body: 'Sent', response_json: response };
    expect(read('interactive', { type: 'nfm_reply', nfm_reply: nfm })).toMatchObject({
      reply: { kind: 'form', name: 'flow', body: 'Sent', ...expected },
    });
  });

  it('of an order has quantities as numbers, however they come', () => {
    const line = { product_retailer_id: 'sku-1', item_price: '10.5', currency: 'ARS' };
    const order = {
      catalog_id: 5,
      text: 'hoy',
      product_items: [{ ...line, quantity: '2' }, { ...line, quantity: 3 }, {}],
    };
    expect(read('order', order)).toMatchObject({
      type: 'order',
      catalogId: '5',
      text: 'hoy',
      lines: [
        { productId: 'sku-1', quantity: 2, price: 10.5, currency: 'ARS' },
        { productId: 'sku-1', quantity: 3, price: 10.5 },
        { productId: '', quantity: 0 },
      ],
    });
  });

  it('of contact cards needs no name', () => {
    const phones = [{ phone: '+54 9 11', wa_id: '54911', type: 'CELL' }];
    const cards = [
      { phones, origin: 'contact_request' },
      {
        name: { first_name: 'Bea', last_name: 'Luz' },
        emails: [{ email: 'b@example.com' }, {}],
        org: { company: 'Luz SA' },
      },
      null,
    ];
    expect(read('contacts', cards)).toMatchObject({
      cards: [
        { phones: [{ phone: '+54 9 11', waId: '54911', kind: 'CELL' }], emails: [], origin: 'contact_request' },
        { name: 'Bea Luz', phones: [], emails: ['b@example.com'], company: 'Luz SA' },
        { phones: [], emails: [] },
      ],
    });
  });
});

describe('the envelope of a message', () => {
  it.each([['1763700000'], [1_763_700_000], ['2025-11-21T04:40:00+0000'], [1_763_700_000_000]])(
    'has its time, written as %s',
    (timestamp) => {
      expect(readInbound(aMessage({ timestamp })).at).toBe(AT_ISO);
    },
  );

  it.each([undefined, '', 'yesterday', 0, -1, '1e300', {}, null])('has no time when it says %s', (timestamp) => {
    expect(readInbound(aMessage({ timestamp })).at).toBeUndefined();
  });

  it('tells what it replies to, what product it asks about and whether it was forwarded', () => {
    const context = { from: '1', id: 'wamid.0', referred_product: { catalog_id: '5', product_retailer_id: 'sku-1' } };
    expect(readInbound(aMessage({ context }))).toMatchObject({
      repliesTo: 'wamid.0',
      product: { catalogId: '5', productId: 'sku-1' },
    });
    expect(readInbound(aMessage({ context: { forwarded: true } })).forwarded).toBe('once');
    expect(readInbound(aMessage({ context: { frequently_forwarded: true } })).forwarded).toBe('often');
    expect(readInbound(aMessage()).forwarded).toBeUndefined();
  });

  it('tells the advertisement, on a message of any type', () => {
    const referral = {
      source_url: 'https://fb.me/x',
      source_id: 120212345,
      source_type: 'ad',
      headline: 'Velas',
      body: '2x1',
      media_type: 'image',
      image_url: 'https://x/i',
      ctwa_clid: 'clid',
      welcome_message: { text: 'Hola' },
    };
    expect(readInbound(aTyped('image', { id: '1' }, { referral })).referral).toEqual({
      sourceUrl: 'https://fb.me/x',
      sourceId: '120212345',
      sourceType: 'ad',
      headline: 'Velas',
      body: '2x1',
      mediaType: 'image',
      mediaUrl: 'https://x/i',
      clickId: 'clid',
      welcomeText: 'Hola',
    });
  });

  it('tells a group', () => {
    expect(readInbound(aMessage({ group_id: 'g1' })).groupId).toBe('g1');
  });
});

describe('what others want to know of a message', () => {
  it.each<[string, string | undefined, ReturnType<typeof readInbound>]>([
    ['a text', 'hola', read('text', { body: 'hola' })],
    ['a caption', 'la vela', read('image', { id: '1', caption: 'la vela' })],
    ['a button', 'Sí', read('interactive', { type: 'button_reply', button_reply: { id: 'b', title: 'Sí' } })],
    [
      'an edit',
      'ahora',
      read('edit', { original_message_id: '1', message: { type: 'text', text: { body: 'ahora' } } }),
    ],
    ['a sticker', undefined, read('sticker', { id: '1' })],
    ['nothing known', undefined, read('poll', {})],
  ])('the words of %s are %s', (_, words, message) => {
    expect(bodyOf(message)).toBe(words);
  });

  it('a file is one only when it can be fetched', () => {
    expect(mediaOf(read('image', { id: 1234567890123, mime_type: 'image/png' }))).toEqual({
      id: '1234567890123',
      mimeType: 'image/png',
    });
    expect(mediaOf(read('image', { mime_type: 'image/png' }))).toBeUndefined();
    expect(mediaOf(read('text', { body: 'x' }))).toBeUndefined();
    const edit = { original_message_id: '1', message: { type: 'image', image: { id: '9' } } };
    expect(mediaOf(read('edit', edit))).toEqual({ id: '9' });
  });

  it('it belongs to the message it reacts to, edits, takes back or answers', () => {
    const context = { id: 'wamid.0' };
    expect(repliesToOf(read('reaction', { message_id: 'wamid.1' }, { context }))).toBe('wamid.1');
    expect(repliesToOf(read('edit', { original_message_id: 'wamid.1', message: {} }))).toBe('wamid.1');
    expect(repliesToOf(read('revoke', { original_message_id: 'wamid.1' }))).toBe('wamid.1');
    expect(repliesToOf(read('text', { body: 'x' }, { context }))).toBe('wamid.0');
  });

  it.each([
    ['text', { body: 'x' }, true],
    ['reaction', { message_id: '1' }, true],
    ['request_welcome', undefined, true],
    ['unsupported', {}, true],
    ['poll', {}, true],
    ['system', {}, false],
    ['edit', { original_message_id: '1' }, false],
    ['edit', {}, false],
    ['revoke', {}, false],
  ] as const)('%s %o opens the window: %s', (type, body, opens) => {
    expect(opensWindow(read(type, body))).toBe(opens);
  });

  it('a message to a group opens no window of the person', () => {
    expect(opensWindow(readInbound(aMessage({ group_id: 'g1' })))).toBe(false);
  });

  it.each<[string, ReturnType<typeof readInbound>]>([
    ['hola que tal', read('text', { body: ' hola\n\n que\ttal ' })],
    ['📷', read('image', { id: '1' })],
    ['📷 la vela', read('image', { id: '1', caption: 'la vela' })],
    ['🎤', read('audio', { id: '1', voice: true })],
    ['📄 a.pdf', read('document', { id: '1', filename: 'a.pdf' })],
    ['👤 Bea', read('contacts', [{ name: { formatted_name: 'Bea' } }])],
    ['👍', read('reaction', { message_id: '1', emoji: '👍' })],
    ['…', read('poll', {})],
  ])('its preview is «%s»', (preview, message) => {
    expect(previewOf(message)).toBe(preview);
  });

  it('a preview cuts no character in two and stays short', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (body) => {
        const preview = previewOf(read('text', { body }));
        expect(preview.length).toBeLessThanOrEqual(80);
        expect(preview.isWellFormed()).toBe(true);
        expect(preview).not.toBe('');
      }),
      { numRuns: 500 },
    );
    const families = '👨‍👩‍👧'.repeat(40);
    expect(previewOf(read('text', { body: families }))).toMatch(/^(👨‍👩‍👧)+…$/u);
  });

  it('text that can’t be stored becomes text that can', () => {
    expect(bodyOf(read('text', { body: 'x\ud83d' }))).toBe('x\ufffd');
  });
});

describe('whatever comes', () => {
  const types = [
    'text',
    'image',
    'interactive',
    'order',
    'contacts',
    'edit',
    'system',
    'reaction',
    'location',
    'button',
    'revoke',
    'unsupported',
  ];
  const names = [
    'id',
    'type',
    'body',
    'list_reply',
    'nfm_reply',
    'response_json',
    'product_items',
    'message',
    'original_message_id',
    'latitude',
    'longitude',
    'toString',
    '__proto__',
    'name',
    'phones',
    'emails',
  ];
  const body = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.constantFrom(...types), fc.jsonValue({ maxDepth: 3 }))),
  );
  const item = fc.constantFrom(...types).chain((type) =>
    fc.record(
      {
        type: fc.constant(type),
        [type]: body,
        id: fc.jsonValue(),
        timestamp: fc.jsonValue(),
        context: body,
        referral: body,
        errors: fc.oneof(fc.array(body), body),
        text: body,
        identity: body,
      },
      { requiredKeys: ['type'] },
    ),
  );

  it('is read without a throw', () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 5, arbitrary: item }, { weight: 1, arbitrary: fc.jsonValue() }), (raw) => {
        const message = readInbound(raw);
        expect(previewOf(message).length).toBeLessThanOrEqual(80);
        expect(
          [bodyOf(message), repliesToOf(message), mediaOf(message)?.id].every(
            (text) => text === undefined || typeof text === 'string',
          ),
        ).toBe(true);
        expect(typeof opensWindow(message)).toBe('boolean');
        expect(JSON.parse(JSON.stringify(message))).toEqual(message);
      }),
      { numRuns: 3000 },
    );
  });
});
