import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { createSendLimits } from '../../local/whatsapp-simulator/send-limits.ts';
import { putPhone } from '../../local/whatsapp-simulator/world.ts';
import { ana, form, numberId, openStand, png, type Stand, webp } from './whatsapp-simulator-stand.ts';

const DAY = 24 * 3_600_000;

const text = (length: number): string => 'x'.repeat(length);
const many = <Item>(count: number, make: (place: number) => Item): Item[] =>
  Array.from({ length: count }, (_, place) => make(place));

const reply = (place: number, title = `Botón ${place}`) => ({ type: 'reply', reply: { id: `b${place}`, title } });
const buttons = (over: object = {}, action: object = { buttons: [reply(0), reply(1)] }) => ({
  type: 'interactive',
  interactive: { type: 'button', body: { text: '¿Confirmás?' }, action, ...over },
});
const row = (place: number) => ({ id: `r${place}`, title: `Fila ${place}` });
const list = (over: object = {}, sections: object[] = [{ rows: many(10, row) }], button = 'Ver') => ({
  type: 'interactive',
  interactive: { type: 'list', body: { text: 'Elegí' }, action: { button, sections }, ...over },
});
const link = (over: object = {}, parameters: object = { display_text: 'Ver', url: 'https://tienda.example/c/A1' }) => ({
  type: 'interactive',
  interactive: { type: 'cta_url', body: { text: 'Tu reserva' }, action: { name: 'cta_url', parameters }, ...over },
});
const flow = (parameters: object) => ({
  type: 'interactive',
  interactive: { type: 'flow', body: { text: 'b' }, action: { name: 'flow', parameters } },
});
const products = (sections: object[], header: object | null = { type: 'text', text: 'Lo nuevo' }) => ({
  type: 'interactive',
  interactive: {
    type: 'product_list',
    header: header ?? undefined,
    body: { text: 'b' },
    action: { catalog_id: '1', sections },
  },
});
const items = (count: number) => many(count, (place) => ({ product_retailer_id: `p${place}` }));
const card = (place: number, over: object = {}) => ({
  card_index: place,
  type: 'cta_url',
  header: { type: 'image', image: { link: 'https://tienda.example/a.png' } },
  body: { text: 'c' },
  action: { name: 'cta_url', parameters: { display_text: 'Ver', url: 'https://tienda.example' } },
  ...over,
});
const carousel = (cards: object[]) => ({
  type: 'interactive',
  interactive: { type: 'carousel', body: { text: 'b' }, action: { cards } },
});
const contact = (name: object) => ({ type: 'contacts', contacts: [{ name, phones: [{ phone: '+5491155550000' }] }] });

const parameter = (value: string) => ({ type: 'text', text: value });
const suffix = (value: string, index: string | number = '2') => ({
  type: 'button',
  sub_type: 'url',
  index,
  parameters: [parameter(value)],
});
const template = (
  components: object[] | undefined,
  name: string = defaultWorld.templates.checkoutLink,
  code = 'es',
) => ({
  type: 'template',
  template: { name, language: { code }, components },
});
const body = (...values: string[]) => ({ type: 'body', parameters: values.map(parameter) });
const named = (names: Record<string, string>) => ({
  type: 'body',
  parameters: Object.entries(names).map(([name, value]) => ({ ...parameter(value), parameter_name: name })),
});
const marketing = (component: object) => template([component], defaultWorld.templates.marketing);

describe('what Meta takes and refuses', () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await openStand({ telling: false });
    await stand.act({ type: 'text', body: 'hola' });
  });
  afterAll(() => stand.close());
  // neither the pace of a pair nor that of a number is what these are about
  beforeEach(() => stand.clock.advance(6 * 60_000));

  it.each<[string, object]>([
    ['a text without a type', { text: { body: 'hola' } }],
    ['a text of 4096 characters', { type: 'text', text: { body: text(4096), preview_url: true } }],
    ['a type in capitals', { type: 'TEXT', recipient_type: 'individual', TEXT: undefined, text: { body: 'hola' } }],
    ['a picture by link', { type: 'image', image: { link: 'https://tienda.example/a.jpg', caption: text(1024) } }],
    ['a document by link', { type: 'document', document: { link: 'https://tienda.example/a.pdf', filename: 'a.pdf' } }],
    ['a voice message', { type: 'audio', audio: { link: 'https://tienda.example/a.ogg', voice: true } }],
    ['a place', { type: 'location', location: { latitude: -34.6, longitude: '-58.4', name: 'Obelisco' } }],
    ['a contact', contact({ formatted_name: 'Eva Luna', first_name: 'Eva' })],
    [
      'three buttons',
      buttons(
        { header: { type: 'text', text: text(60) }, footer: { text: text(60) } },
        { buttons: many(3, (place) => reply(place)) },
      ),
    ],
    ['a body of 1024', buttons({ body: { text: text(1024) } })],
    ['a picture over buttons', buttons({ header: { type: 'image', image: { link: 'https://tienda.example/a.jpg' } } })],
    ['a title of 20', buttons({}, { buttons: [reply(0, text(20))] })],
    ['a list of ten rows, body of 4096', list({ body: { text: text(4096) } })],
    [
      'a list in sections',
      list({}, [
        { title: 'A', rows: many(5, row) },
        { title: 'B', rows: many(5, (place) => row(place + 5)) },
      ]),
    ],
    ['a link', link()],
    ['a flow', flow({ flow_message_version: '3', flow_id: '1', flow_cta: 'Abrir', flow_token: 't' })],
    ['products', products([{ title: 'A', product_items: items(30) }])],
    [
      'one product',
      { type: 'interactive', interactive: { type: 'product', action: { catalog_id: '1', product_retailer_id: 'p' } } },
    ],
    [
      'the catalogue',
      {
        type: 'interactive',
        interactive: { type: 'catalog_message', body: { text: 'b' }, action: { name: 'catalog_message' } },
      },
    ],
    [
      'a request for the place',
      {
        type: 'interactive',
        interactive: { type: 'location_request_message', body: { text: 'b' }, action: { name: 'send_location' } },
      },
    ],
    [
      'a request for the number',
      {
        type: 'interactive',
        interactive: { type: 'request_contact_info', body: { text: 'b' }, action: { name: 'request_contact_info' } },
      },
    ],
    ['a carousel', carousel([card(0), card(1)])],
    ['a template', template([body('Ana', 'Rara y Mágica'), suffix('AB12')])],
    [
      'a template with payloads',
      template([
        body('Ana', 'Rara'),
        suffix('AB12', 2),
        {
          type: 'button',
          sub_type: 'quick_reply',
          index: '0',
          parameters: [{ type: 'payload', payload: 'confirm:AB12' }],
        },
      ]),
    ],
    ['named parameters in any order', marketing(named({ tienda: 'Rara', nombre: 'Ana' }))],
    ['an unknown message to quote', { text: { body: 'hola' }, context: { message_id: 'wamid.unknown' } }],
    ['a mark of 512 characters', { text: { body: 'hola' }, biz_opaque_callback_data: text(512) }],
  ])('takes %s', async (_, message) => {
    const answer = await stand.send(message);
    expect(answer.json).toMatchObject({
      messaging_product: 'whatsapp',
      contacts: [{ input: ana, wa_id: '5491155550171' }],
    });
    expect(answer.json.messages[0].id).toMatch(/^wamid\./);
    await stand.pass(1000);
    expect((await stand.chat()).messages.at(-1)).toMatchObject({
      messageId: answer.json.messages[0].id,
      tick: 'delivered',
    });
  });

  it.each<[string, number, object]>([
    ['no product', 100, { messaging_product: undefined, text: { body: 'hola' } }],
    ['another product', 100, { messaging_product: 'telegram', text: { body: 'hola' } }],
    ['nobody to send to', 100, { to: undefined, text: { body: 'hola' } }],
    ['what is no number', 131009, { to: '+54 abc', text: { body: 'hola' } }],
    ['what is no user id', 131009, { to: undefined, recipient: '5491155550171', text: { body: 'hola' } }],
    ['itself as recipient', 131021, { to: '+54 9 11 5555-0123', text: { body: 'hola' } }],
    ['a group', 100, { recipient_type: 'group', text: { body: 'hola' } }],
    ['an unknown type', 100, { type: 'poll', poll: {} }],
    ['an unknown member', 100, { text: { body: 'hola' }, priority: 'high' }],
    ['a type without its part', 131008, { type: 'image' }],
    ['a mark of 513 characters', 131009, { text: { body: 'hola' }, biz_opaque_callback_data: text(513) }],
    ['what is no message to quote', 131009, { text: { body: 'hola' }, context: { message_id: 'abc' } }],
    ['a text that is none', 100, { text: 'hola' }],
    ['an unknown member of a text', 100, { text: { body: 'hola', bodi: 'x' } }],
    ['an empty text', 131009, { text: { body: ' ' } }],
    ['a text of 4097', 100, { text: { body: text(4097) } }],
    ['a text that is a number', 100, { text: { body: 7 } }],
    ['a picture with both id and link', 100, { type: 'image', image: { id: '1', link: 'https://tienda.example/a' } }],
    ['a picture with neither', 131008, { type: 'image', image: { caption: 'x' } }],
    ['a picture that was never uploaded', 100, { type: 'image', image: { id: '123' } }],
    ['a picture with our own key', 100, { type: 'image', image: { media_key: 'k' } }],
    ['a link that is none', 100, { type: 'image', image: { link: 'tienda.example/a.jpg' } }],
    ['a caption of 1025', 131009, { type: 'image', image: { link: 'https://tienda.example/a', caption: text(1025) } }],
    ['a caption on a sound', 100, { type: 'audio', audio: { link: 'https://tienda.example/a', caption: 'x' } }],
    ['a caption on a sticker', 100, { type: 'sticker', sticker: { link: 'https://tienda.example/a', caption: 'x' } }],
    ['a file name on a picture', 100, { type: 'image', image: { link: 'https://tienda.example/a', filename: 'x' } }],
    ['a place beyond the earth', 131009, { type: 'location', location: { latitude: 91, longitude: 0 } }],
    ['a place without longitude', 131008, { type: 'location', location: { latitude: 1 } }],
    ['a contact without a whole name', 131008, contact({ first_name: 'Eva' })],
    ['a contact with a whole name only', 131008, contact({ formatted_name: 'Eva' })],
    ['no contacts', 131009, { type: 'contacts', contacts: [] }],
    ['a reaction that is a word', 131009, { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: 'ok' } }],
    ['a reaction to nothing', 131009, { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } }],
    [
      'an unknown interactive',
      100,
      { type: 'interactive', interactive: { type: 'poll', body: { text: 'b' }, action: {} } },
    ],
    ['no buttons', 131009, buttons({}, { buttons: [] })],
    ['four buttons', 131009, buttons({}, { buttons: many(4, (place) => reply(place)) })],
    ['a title of 21', 131009, buttons({}, { buttons: [reply(0, text(21))] })],
    ['an empty title', 131009, buttons({}, { buttons: [reply(0, '')] })],
    ['a button id of 257', 131009, buttons({}, { buttons: [{ type: 'reply', reply: { id: text(257), title: 'x' } }] })],
    ['two buttons of the same title', 131009, buttons({}, { buttons: [reply(0, 'x'), reply(1, 'x')] })],
    ['two buttons of the same id', 131009, buttons({}, { buttons: [reply(0, 'x'), reply(0, 'y')] })],
    ['buttons without a body', 131008, buttons({ body: undefined })],
    ['a body of 1025', 131009, buttons({ body: { text: text(1025) } })],
    ['a footer of 61', 131009, buttons({ footer: { text: text(61) } })],
    ['a header of 61', 131009, buttons({ header: { type: 'text', text: text(61) } })],
    [
      'a header of two kinds',
      100,
      buttons({ header: { type: 'text', text: 'x', image: { link: 'https://tienda.example' } } }),
    ],
    ['a button of a list', 100, buttons({}, { buttons: [reply(0)], button: 'x' })],
    [
      'eleven rows',
      131009,
      list({}, [
        { title: 'A', rows: many(6, row) },
        { title: 'B', rows: many(5, (place) => row(place + 6)) },
      ]),
    ],
    ['two sections without titles', 131008, list({}, [{ rows: [row(0)] }, { rows: [row(1)] }])],
    ['a row twice', 131009, list({}, [{ rows: [row(0), row(0)] }])],
    ['a row title of 25', 131009, list({}, [{ rows: [{ id: 'a', title: text(25) }] }])],
    ['a row description of 73', 131009, list({}, [{ rows: [{ id: 'a', title: 'a', description: text(73) }] }])],
    ['a row id of 201', 131009, list({}, [{ rows: [{ id: text(201), title: 'a' }] }])],
    ['a section title of 25', 131009, list({}, [{ title: text(25), rows: [row(0)] }])],
    ['a section without rows', 131009, list({}, [{ title: 'A', rows: [] }])],
    [
      'eleven sections',
      131009,
      list(
        {},
        many(11, (place) => ({ title: `S${place}`, rows: [row(place)] })),
      ),
    ],
    ['a list label of 21', 131009, list({}, undefined, text(21))],
    ['a list with a picture', 100, list({ header: { type: 'image', image: { link: 'https://tienda.example' } } })],
    ['a list body of 4097', 131009, list({ body: { text: text(4097) } })],
    ['a link label of 21', 131009, link({}, { display_text: text(21), url: 'https://tienda.example' })],
    ['a link to nowhere', 100, link({}, { display_text: 'x', url: 'tienda' })],
    [
      'a link without its name',
      131008,
      link({ action: { parameters: { display_text: 'x', url: 'https://tienda.example' } } }),
    ],
    ['a flow of another version', 100, flow({ flow_message_version: '2', flow_id: '1', flow_cta: 'x' })],
    [
      'a flow with id and name',
      131009,
      flow({ flow_message_version: '3', flow_id: '1', flow_name: 'n', flow_cta: 'x' }),
    ],
    [
      'thirty-one products',
      131009,
      products([
        { title: 'A', product_items: items(30) },
        { title: 'B', product_items: items(1) },
      ]),
    ],
    ['products without a header', 131008, { ...products([{ product_items: items(1) }], null) }],
    ['a carousel of one card', 131009, carousel([card(0)])],
    ['a carousel of eleven cards', 131009, carousel(many(11, (place) => card(place)))],
    ['a card text of 161', 131009, carousel([card(0), card(1, { body: { text: text(161) } })])],
    ['a card in the wrong place', 131009, carousel([card(0), card(0)])],
    ['a template that does not exist', 132001, template([], 'nada')],
    ['a template in another language', 132001, template([], defaultWorld.templates.checkoutLink, 'es_AR')],
    ['too few parameters', 132000, template([body('Ana'), suffix('AB12')])],
    ['too many parameters', 132000, template([body('Ana', 'Rara', 'más'), suffix('AB12')])],
    ['no parameters at all', 132000, template(undefined)],
    ['a button without its suffix', 131008, template([body('Ana', 'Rara')])],
    ['a suffix for a quick reply', 132012, template([body('Ana', 'Rara'), suffix('x', '0'), suffix('AB12')])],
    ['a button that is not there', 131009, template([body('Ana', 'Rara'), suffix('AB12', '3')])],
    ['a button without index', 131008, template([body('Ana', 'Rara'), { ...suffix('AB12'), index: undefined }])],
    ['the same button twice', 131009, template([body('Ana', 'Rara'), suffix('A'), suffix('B')])],
    ['two bodies', 131009, template([body('Ana', 'Rara'), body('Ana', 'Rara'), suffix('A')])],
    ['an empty parameter', 131008, template([body('', 'Rara'), suffix('A')])],
    ['a parameter with a new line', 132012, template([body('Ana\nQuiroga', 'Rara'), suffix('A')])],
    ['a parameter with five spaces', 132012, template([body('Ana     Quiroga', 'Rara'), suffix('A')])],
    [
      'a picture for a text',
      132012,
      template([
        { type: 'body', parameters: [{ type: 'image', image: { link: 'https://tienda.example' } }, parameter('x')] },
        suffix('A'),
      ]),
    ],
    ['names for a positional template', 132012, template([named({ a: 'Ana', b: 'Rara' }), suffix('A')])],
    ['no names for a named template', 132012, marketing(body('Ana', 'Rara'))],
    ['wrong names for a named template', 132012, marketing(named({ nombre: 'Ana', negocio: 'Rara' }))],
    [
      'a header that the template has not',
      132000,
      template([{ type: 'header', parameters: [parameter('x')] }, body('Ana', 'Rara'), suffix('A')]),
    ],
    ['an unknown component', 100, template([{ type: 'footer' }, body('Ana', 'Rara'), suffix('A')])],
    ['a body that grows too long', 132005, template([body('Ana', text(1000)), suffix('A')])],
    ['a suffix that makes the address too long', 131009, template([body('Ana', 'Rara'), suffix('x'.repeat(2000))])],
  ])('refuses %s with %i', async (_, code, message) => {
    const before = (await stand.chat()).messages.length;
    const answer = await stand.send(message);
    expect(answer.json?.error).toMatchObject({
      code,
      type: expect.any(String),
      message: expect.any(String),
      fbtrace_id: expect.stringMatching(/^A/),
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await stand.chat()).messages).toHaveLength(before);
  });

  it('says an error as Meta does', async () => {
    const { json } = await stand.send({ text: { body: 'hola', bodi: 'x' } });
    expect(json).toEqual({
      error: {
        message: '(#100) Invalid parameter',
        type: 'OAuthException',
        code: 100,
        error_data: { messaging_product: 'whatsapp', details: 'Unexpected key "bodi" on param "text".' },
        fbtrace_id: expect.any(String),
      },
    });
  });

  it('shows a template as it will look', async () => {
    await stand.send(template([body('Ana', 'Rara'), suffix('AB12')]));
    expect((await stand.chat()).messages.at(-1).content).toMatchObject({
      type: 'card',
      kind: 'template',
      template: { name: 'tu_reserva', language: 'es', category: 'UTILITY' },
      body: 'Hola Ana, reservamos tu pedido en Rara por 24 horas. Podés verlo, confirmarlo o cancelarlo acá.',
      buttons: [
        { index: 0, kind: 'quick_reply', label: 'Confirmar' },
        { index: 1, kind: 'quick_reply', label: 'Cancelar' },
        { index: 2, kind: 'url', label: 'Ver mi reserva', url: `${stand.url}/c/AB12` },
      ],
    });
  });

  it.each([
    ['PAUSED', 132015],
    ['DISABLED', 132016],
    ['REJECTED', 132001],
    ['PENDING', 132001],
  ])('does not send a template that is %s', async (status, code) => {
    const templateId = '9007199254740993';
    const tell = (to: string) =>
      stand.control('POST', `accounts/${defaultWorld.accountId}/events`, {
        event: 'template-status',
        templateId,
        status: to,
      });
    await tell(status);
    expect((await stand.send(template([body('Ana', 'Rara'), suffix('A')]))).json.error.code).toBe(code);
    await tell('APPROVED');
  });
});

describe('what happens after acceptance', () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await openStand();
  });
  afterEach(() => stand.close());

  const outcome = async (message: object) => {
    const { status, json } = await stand.send(message);
    expect(status).toBe(200);
    // files behind links are fetched before time goes on
    await stand.pass(0);
    await stand.pass(1000);
    const mine = stand.receiver.statuses().filter(({ id }) => id === json.messages[0].id);
    return mine.map(({ status: name, errors }) => errors?.[0].code ?? name);
  };
  const hello = { text: { body: 'hola' } };
  const reservation = template([body('Ana', 'Rara'), suffix('A')]);
  const news = marketing(named({ nombre: 'Ana', tienda: 'Rara' }));

  it('fails with 131047 what is no template outside the 24 hours, counted from the customer’s own time', async () => {
    expect(await outcome(hello)).toEqual([131047]);
    await stand.act({ type: 'text', body: 'hola', secondsAgo: 86_000 });
    expect(await outcome(hello)).toEqual(['sent', 'delivered']);
    await stand.pass(400_000);
    expect(await outcome(hello)).toEqual([131047]);
    expect(await outcome(reservation)).toEqual(['sent', 'delivered']);
  });

  it.each<[string, object]>([
    ['edits', { type: 'edit', body: 'otra' }],
    ['revokes', { type: 'revoke' }],
  ])('does not open the 24 hours by what a customer %s', async (_, change) => {
    const { messageId } = await stand.act({ type: 'text', body: 'hola', secondsAgo: 600 });
    await stand.act({ ...change, messageId } as never);
    await stand.pass(86_400_000 - 300_000);
    expect(await outcome(hello)).toEqual([131047]);
  });

  it('puts the country of the business before a number that has no plus', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    const { json } = await stand.send({ ...hello, to: '5491155550171' });
    expect(json.contacts).toEqual([{ input: '5491155550171', wa_id: '545491155550171' }]);
    expect(await outcome({ ...hello, to: '5491155550171' })).toEqual([131026]);
    expect(await outcome({ ...hello, to: '+5491155550171' })).toEqual(['sent', 'delivered']);
  });

  it('knows a telephone by the ways in which it is written', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    const { json } = await stand.send({ ...hello, to: '+54 11 5555-0171' });
    expect(json.contacts).toEqual([{ input: '+54 11 5555-0171', wa_id: '5491155550171' }]);
  });

  it('sends to a user id as recipient, of its own portfolio only', async () => {
    await stand.act({ type: 'text', body: 'hola' }, 'cami');
    const cami = { to: undefined, recipient: 'AR.1000200030004003' };
    const { json } = await stand.send({ ...hello, ...cami });
    expect(json.contacts).toEqual([{ input: 'AR.1000200030004003', user_id: 'AR.1000200030004003' }]);
    expect(await outcome({ ...hello, ...cami })).toEqual(['sent', 'delivered']);
    expect(await outcome({ ...hello, to: undefined, recipient: 'AR.9999999999999999' })).toEqual([131026]);
  });

  it('prefers to where both are given', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    const { json } = await stand.send({ ...hello, recipient: 'AR.1000200030004003' });
    expect(json.contacts).toEqual([{ input: ana, wa_id: '5491155550171' }]);
  });

  it('answers 200 to a user id in to, and drops it silently', async () => {
    await stand.act({ type: 'text', body: 'hola' }, 'cami');
    expect(await outcome({ ...hello, to: 'AR.1000200030004003' })).toEqual([]);
    expect((await stand.chat('cami')).messages).toHaveLength(1);
  });

  it('fails marketing to who has stopped it, and nothing else', async () => {
    await stand.control('PATCH', `chats/ana/${numberId}`, { marketing: 'stop' });
    expect(await outcome(news)).toEqual([131050]);
    expect(await outcome(reservation)).toEqual(['sent', 'delivered']);
    await stand.control('PATCH', `chats/ana/${numberId}`, { marketing: 'resume' });
    expect(await outcome(news)).toEqual(['sent', 'delivered']);
  });

  it('fails with 131042 while payment is a problem, except for what is free', async () => {
    await stand.turn({ paymentProblem: true });
    await stand.act({ type: 'text', body: 'hola' });
    expect(await outcome(hello)).toEqual([131042]);
    await stand.turn({ paymentProblem: false });
    await stand.act({
      type: 'text',
      body: 'hola',
      referral: { sourceUrl: 'https://fb.me/x', sourceId: '1', sourceType: 'ad' },
    });
    expect(await outcome(hello)).toEqual(['sent', 'delivered']);
    await stand.turn({ paymentProblem: true });
    expect(await outcome(hello)).toEqual(['sent', 'delivered']);
    expect(stand.receiver.statuses().at(-1).pricing.type).toBe('free_entry_point');
  });

  it('charges templates by their category', async () => {
    await outcome(reservation);
    await outcome(news);
    const prices = stand.receiver
      .statuses()
      .filter(({ status }) => status === 'sent')
      .map(({ pricing }) => pricing);
    expect(prices).toMatchObject([{ category: 'utility', type: 'regular', billable: true }, { category: 'marketing' }]);
  });

  it('holds templates when asked, without any status', async () => {
    await stand.turn({ holdTemplates: true });
    const { json } = await stand.send(reservation);
    expect(json.messages[0].message_status).toBe('held_for_quality_assessment');
    await stand.pass(60_000);
    expect(stand.receiver.statuses()).toEqual([]);
  });

  it('says accepted of templates only', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    expect((await stand.send(hello)).json.messages[0]).not.toHaveProperty('message_status');
    expect((await stand.send(reservation)).json.messages[0].message_status).toBe('accepted');
  });

  it('fails media of the wrong kind, or that is not what it says, after acceptance', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    const upload = async (bytes: Uint8Array<ArrayBuffer>, type: string): Promise<string> => {
      const headers = { authorization: `Bearer ${defaultWorld.token}` };
      const answer = await fetch(`${stand.url}/graph/v24.0/${numberId}/media`, {
        method: 'POST',
        headers,
        body: form(bytes, type),
      });
      return ((await answer.json()) as { id: string }).id;
    };
    const good = await upload(png, 'image/png');
    expect(await outcome({ type: 'image', image: { id: good } })).toEqual(['sent', 'delivered']);
    expect(await outcome({ type: 'document', document: { id: good } })).toEqual(['sent', 'delivered']);
    expect(await outcome({ type: 'sticker', sticker: { id: good } })).toEqual([131053]);
    const false_ = await upload(new TextEncoder().encode('no picture') as Uint8Array<ArrayBuffer>, 'image/png');
    expect(await outcome({ type: 'image', image: { id: false_ } })).toEqual([131053]);
  });

  describe('a link to this machine', () => {
    const files: Record<string, [string, Uint8Array]> = {
      '/good': ['image/png', png],
      '/false': ['image/png', new TextEncoder().encode('no picture')],
      '/page': ['text/html', new TextEncoder().encode('<p>')],
      '/large': ['image/png', Buffer.concat([png, Buffer.alloc(5 * 1024 * 1024)])],
      '/still': ['image/webp', webp(200 * 1024)],
      '/moving': ['image/webp', webp(200 * 1024, true)],
    };
    let shop: Server;
    let asked: string[];
    let at: (path: string) => string;
    beforeEach(async () => {
      asked = [];
      shop = createServer(({ url = '' }, response) => {
        asked.push(url);
        if (url === '/elsewhere') return response.writeHead(302, { location: '/good' }).end();
        const [type, bytes] = files[url] ?? [];
        return type ? response.writeHead(200, { 'content-type': type }).end(bytes) : response.writeHead(404).end();
      });
      shop.listen(0, '127.0.0.1');
      await once(shop, 'listening');
      at = (path) => `http://127.0.0.1:${(shop.address() as AddressInfo).port}${path}`;
      await stand.act({ type: 'text', body: 'hola' });
    });
    afterEach(() => {
      shop.close();
      shop.closeAllConnections();
    });

    it.each([
      ['image', '/good', ['sent', 'delivered']],
      ['document', '/good', ['sent', 'delivered']],
      ['image', '/false', [131053]],
      ['image', '/page', [131053]],
      ['image', '/large', [131053]],
      ['image', '/nothing', [131053]],
      ['image', '/elsewhere', [131053]],
      ['sticker', '/good', [131053]],
      ['sticker', '/still', [131053]],
      ['sticker', '/moving', ['sent', 'delivered']],
    ])('is fetched after acceptance: %s %s', async (type, path, expected) => {
      expect(await outcome({ type, [type]: { link: at(path) } })).toEqual(expected);
      expect(asked).toEqual([path]);
    });

    it('fails when nobody answers there', async () => {
      const link = at('/good');
      shop.close();
      shop.closeAllConnections();
      expect(await outcome({ type: 'image', image: { link } })).toEqual([131053]);
    });

    it('is fetched in a header too', async () => {
      const header = { type: 'image', image: { link: at('/page') } };
      expect(await outcome(buttons({ header }))).toEqual([131053]);
    });

    it('is refused when it is not of the web', async () => {
      for (const link of ['file:///etc/passwd', 'ftp://127.0.0.1/a.png', 'data:image/png;base64,AA==']) {
        expect((await stand.send({ type: 'image', image: { link } })).json.error.code).toBe(100);
      }
      expect(asked).toEqual([]);
    });
  });

  it('marks messages as read, and those before, and shows that it types', async () => {
    const older = await stand.act({ type: 'text', body: 'uno' });
    const newer = await stand.act({ type: 'text', body: 'dos' });
    const last = await stand.act({ type: 'text', body: 'tres' });
    await stand.pass(0);
    const read = { to: undefined, status: 'read', message_id: newer.messageId, typing_indicator: { type: 'text' } };
    expect((await stand.send(read)).json).toEqual({ success: true });
    const chat = await stand.chat();
    expect(chat.messages.map(({ messageId, tick }: { messageId: string; tick: string }) => [messageId, tick])).toEqual([
      [older.messageId, 'read'],
      [newer.messageId, 'read'],
      [last.messageId, 'delivered'],
    ]);
    expect(Date.parse(chat.typingUntil)).toBeGreaterThan(stand.clock.now() + 20_000);
    await stand.send({ text: { body: 'listo' } });
    expect((await stand.chat()).typingUntil).toBeUndefined();
    expect((await stand.send({ to: undefined, status: 'read', message_id: 'wamid.x' })).json.error.code).toBe(131009);
  });

  it('takes marketing alone on the route for it', async () => {
    const send = (message: object) =>
      stand.graph('POST', `${numberId}/marketing_messages`, { messaging_product: 'whatsapp', to: ana, ...message });
    expect((await send(news)).status).toBe(200);
    expect((await send(reservation)).json.error.code).toBe(131055);
  });

  it('cannot send from a number that is not registered', async () => {
    await stand.graph('POST', `${numberId}/deregister`);
    expect((await stand.send(reservation)).json.error.code).toBe(133010);
    await stand.graph('POST', `${numberId}/register`, { messaging_product: 'whatsapp', pin: '123456' });
    expect((await stand.send(reservation)).status).toBe(200);
  });

  it('cannot send to somebody it has blocked', async () => {
    await stand.act({ type: 'text', body: 'hola' });
    const users = { messaging_product: 'whatsapp', block_users: [{ user: ana }, { user: '+5493515550172' }] };
    const { json } = await stand.graph('POST', `${numberId}/block_users`, users);
    expect(json.block_users).toMatchObject({
      added_users: [{ input: ana, wa_id: '5491155550171' }],
      failed_users: [{ input: '+5493515550172' }],
    });
    expect((await stand.send(hello)).json.error.code).toBe(130403);
    await stand.pass(0);
    const told = stand.receiver.messages().length;
    await stand.act({ type: 'text', body: '¿hola?' });
    await stand.pass(0);
    expect(stand.receiver.messages()).toHaveLength(told);
    await stand.graph('DELETE', `${numberId}/block_users`, users);
    expect((await stand.send(hello)).status).toBe(200);
  });
});

describe('pace and trouble', () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await openStand();
    await stand.act({ type: 'text', body: 'hola' });
  });
  afterEach(() => stand.close());
  const hello = { text: { body: 'hola' } };

  it('lets a burst of 45 to one person pass, and then one in six seconds', () => {
    const limits = createSendLimits();
    const burst = many(50, () => limits.takePair('n', 'ana', 1000));
    expect(burst.filter(Boolean)).toHaveLength(45);
    expect(limits.takePair('n', 'bruno', 1000)).toBe(true);
    expect(limits.takePair('n', 'ana', 6999)).toBe(false);
    expect(limits.takePair('n', 'ana', 7000)).toBe(true);
    expect(limits.takePair('n', 'ana', 7000)).toBe(false);
    const hour = many(3600, (second) => limits.takePair('n', 'ana', 1_000_000 + second * 1000));
    expect(hour.filter(Boolean).length).toBeLessThan(646);
  });

  it('lets 80 messages in any second pass', () => {
    const limits = createSendLimits();
    const taken = many(100, (place) => limits.takeThroughput('n', 80, place * 5));
    expect(taken.filter(Boolean)).toHaveLength(80);
    expect(limits.takeThroughput('other', 80, 500)).toBe(true);
    expect(limits.takeThroughput('n', 80, 1000)).toBe(true);
    expect(limits.takeThroughput('n', 80, 1001)).toBe(false);
  });

  it('counts what comes in for the same second, and takes it always', async () => {
    const limits = createSendLimits();
    many(70, () => limits.countInbound('n', 0));
    expect(many(20, () => limits.takeThroughput('n', 80, 1)).filter(Boolean)).toHaveLength(10);
    expect(limits.takeThroughput('n', 80, 1000)).toBe(true);
    await stand.control('PATCH', `numbers/${numberId}`, { messagesPerSecond: 2 });
    await stand.pass(1000);
    await Promise.all([1, 2, 3].map((nth) => stand.act({ type: 'text', body: `hola ${nth}` })));
    expect((await stand.send(hello)).json.error.code).toBe(130429);
    await stand.pass(1000);
    expect((await stand.send(hello)).status).toBe(200);
  });

  it('lets a portfolio write to so many people a day, over all its numbers', () => {
    const limits = createSendLimits();
    expect(many(4, (place) => limits.takePerson('b', `p${place}`, 3, place))).toEqual([true, true, true, false]);
    expect(limits.takePerson('b', 'p0', 3, 10)).toBe(true);
    expect(limits.takePerson('other', 'p9', 3, 10)).toBe(true);
    expect(limits.takePerson('b', 'p3', 3, DAY)).toBe(false);
    expect(limits.takePerson('b', 'p3', 3, DAY + 1)).toBe(true);
    expect(limits.takePerson('b', 'p0', 3, DAY + 1)).toBe(true);
  });

  it('fails with 131048 who is one too many outside of a window, and nobody within one', async () => {
    await stand.control('POST', `accounts/${defaultWorld.accountId}/events`, {
      event: 'number-quality',
      numberId,
      change: 'DOWNGRADE',
      tier: 'TIER_50',
    });
    const reservation = template([body('Ana', 'Rara'), suffix('A')]);
    const world = stand.simulator.world();
    const [, bruno] = defaultWorld.phones;
    const row = world.phones.get(bruno.phoneId);
    for (let nth = 0; row && nth < 50; nth += 1) {
      const phone = `+54911444400${String(10 + nth)}`;
      putPhone(world, { ...row, phoneId: `p${nth}`, phone, userIds: {} });
      expect((await stand.send({ ...reservation, to: phone })).status).toBe(200);
      if (nth % 40 === 39) await stand.pass(1000);
    }
    await stand.pass(1000);
    expect(stand.receiver.statuses().filter(({ status }) => status === 'failed')).toEqual([]);
    const late = async (to: string) => {
      expect((await stand.send({ ...reservation, to })).status).toBe(200);
      await stand.pass(1000);
      return stand.receiver.statuses().at(-1);
    };
    expect(await late(bruno.phone)).toMatchObject({ status: 'failed', errors: [{ code: 131048 }] });
    expect(await late(ana)).toMatchObject({ status: 'delivered' });
    await stand.pass(DAY);
    expect(await late(bruno.phone)).toMatchObject({ status: 'delivered' });
  });

  it('refuses with 131056 whom it writes to too fast, with 130429 when it writes too fast at all', async () => {
    let refused: number | undefined;
    for (let count = 0; count < 200 && refused === undefined; count += 1) {
      refused = (await stand.send(hello)).json.error?.code;
      if (count % 50 === 49) await stand.pass(1000);
    }
    expect(refused).toBe(131056);
    await stand.pass(10_000);
    expect((await stand.send(hello)).status).toBe(200);
    await stand.control('PATCH', `numbers/${numberId}`, { messagesPerSecond: 0 });
    const answer = await stand.send(hello);
    expect([answer.status, answer.json.error.code]).toEqual([429, 130429]);
  });

  it.each([
    ['rate-limited', 429, 130429],
    ['pair-limited', 400, 131056],
    ['app-limited', 400, 4],
    ['server-error', 500, 131000],
    ['unavailable', 503, undefined],
  ] as const)('is %s for the next sends, and accepts nothing', async (trouble, status, code) => {
    await stand.turn({ next: { trouble, times: 2 } });
    for (let time = 0; time < 2; time += 1) {
      const answer = await stand.send(hello);
      expect([answer.status, answer.json?.error?.code]).toEqual([status, code]);
    }
    expect((await stand.chat()).messages).toHaveLength(1);
    expect((await stand.send(hello)).status).toBe(200);
    expect((await stand.control('GET', 'knobs')).json.next).toBeUndefined();
  });

  it('breaks the connection before it accepts', async () => {
    await stand.turn({ next: { trouble: 'drop', times: 1 } });
    await expect(stand.send(hello)).rejects.toThrow();
    expect((await stand.chat()).messages).toHaveLength(1);
  });

  it('never answers what it has really accepted', async () => {
    await stand.turn({ next: { trouble: 'time-out-after-acceptance', times: 1 } });
    const body = JSON.stringify({ messaging_product: 'whatsapp', to: ana, ...hello, biz_opaque_callback_data: 'mark' });
    const headers = { authorization: `Bearer ${defaultWorld.token}`, 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(300);
    const call = fetch(`${stand.url}/graph/v24.0/${numberId}/messages`, { method: 'POST', body, headers, signal });
    await expect(call).rejects.toThrow(/timeout/);
    await stand.pass(1000);
    expect((await stand.chat()).messages[1]).toMatchObject({ tick: 'delivered', callbackData: 'mark' });
    expect(stand.receiver.statuses().map(({ status, biz_opaque_callback_data: mark }) => [status, mark])).toEqual([
      ['sent', 'mark'],
      ['delivered', 'mark'],
    ]);
  });

  it('meets trouble at a rate', async () => {
    await stand.turn({ rates: { 'server-error': 0.5 } });
    const statuses: number[] = [];
    for (let count = 0; count < 40; count += 1) statuses.push((await stand.send(hello)).status);
    const failed = statuses.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(8);
    expect(failed).toBeLessThan(32);
  });

  it('gives any error that is asked for: at once, or as a status where Meta does so', async () => {
    await stand.turn({ nextError: { code: 131031, times: 1 } });
    expect((await stand.send(hello)).json.error).toMatchObject({
      code: 131031,
      message: '(#131031) Account has been locked',
    });
    await stand.turn({ nextError: { code: 131049, times: 1 } });
    expect((await stand.send(hello)).status).toBe(200);
    await stand.pass(1000);
    expect(stand.receiver.statuses()[0]).toMatchObject({ status: 'failed', errors: [{ code: 131049 }] });
    await stand.turn({ nextError: { code: 131049, times: 1, asStatus: false } });
    expect((await stand.send(hello)).json.error.code).toBe(131049);
    expect((await stand.send(hello)).status).toBe(200);
  });

  it('refuses every token while they are expired', async () => {
    await stand.turn({ tokenExpired: true });
    const answer = await stand.send(hello);
    expect(answer.status).toBe(401);
    expect(answer.json.error).toMatchObject({ code: 190, error_subcode: 463, type: 'OAuthException' });
  });

  it('answers slowly', async () => {
    await stand.turn({ latencyMs: 120 });
    const begun = performance.now();
    await stand.send(hello);
    expect(performance.now() - begun).toBeGreaterThan(110);
  });

  it('refuses knobs that make no sense', async () => {
    for (const knobs of [
      { duplicates: 0 },
      { lossRate: 2 },
      { rates: { nonsense: 1 } },
      { next: { trouble: 'x', times: 1 } },
      { nonsense: 1 },
    ]) {
      expect((await stand.control('PATCH', 'knobs', knobs)).status).toBe(400);
    }
    expect((await stand.control('DELETE', 'knobs')).json).toMatchObject({ duplicates: 1, lossRate: 0 });
  });
});
