import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { openStand, type Stand } from './whatsapp-simulator-stand.ts';

type Components = Record<string, unknown>[];

let stand: Stand;
let made = 0;
beforeEach(async () => {
  stand = await openStand({ telling: false });
});
afterEach(() => stand.close());

/** A template that Meta has approved. */
const approved = (components: Components, over: { category?: string } = {}): string => {
  made += 1;
  const templateId = `88${made}`;
  const name = `plantilla_${made}`;
  const known = { templateId, name, accountId: defaultWorld.accountId, language: 'es', quality: 'GREEN', createdAt: 0 };
  const row = {
    ...known,
    category: 'MARKETING',
    status: 'APPROVED',
    parameterFormat: 'POSITIONAL',
    editedAt: [],
  } as const;
  stand.simulator.world().templates.set(templateId, { ...row, ...over, components, editedAt: [] });
  return name;
};

const send = async (name: string, components: object[], over: object = {}) => {
  const { status, json } = await stand.send({
    type: 'template',
    template: { name, language: { code: 'es' }, components },
    ...over,
  });
  return status === 200 ? (await stand.chat()).messages.at(-1).content : json.error.code;
};

const body = { type: 'BODY', text: 'Mirá lo que llegó' };
const picture = { type: 'image', image: { link: 'https://tienda.example/a.jpg' } };
const header = (...parameters: object[]) => ({ type: 'header', parameters });
const button = (subType: string, index: number | string, parameter?: object) => ({
  type: 'button',
  sub_type: subType,
  index,
  ...(parameter && { parameters: [parameter] }),
});
const words = (text: string) => ({ type: 'text', text });

describe('a header', () => {
  const withHeader = (format: string, text?: string) => approved([{ type: 'HEADER', format, text }, body]);

  it('takes media of its own format only, once', async () => {
    const name = withHeader('IMAGE');
    expect(await send(name, [header(picture)])).toMatchObject({
      header: { type: 'image', url: 'https://tienda.example/a.jpg' },
    });
    expect(await send(name, [])).toBe(132000);
    expect(await send(name, [header(picture, picture)])).toBe(132000);
    expect(await send(name, [header({ type: 'video', video: { link: 'https://tienda.example/a.mp4' } })])).toBe(132012);
    expect(await send(name, [header(words('x'))])).toBe(132012);
    expect(await send(name, [header({ type: 'image' })])).toBe(131008);
  });

  it('takes a document with its name, and a place', async () => {
    const file = { type: 'document', document: { link: 'https://tienda.example/a.pdf', filename: 'lista.pdf' } };
    expect(await send(withHeader('DOCUMENT'), [header(file)])).toMatchObject({
      header: { type: 'document', fileName: 'lista.pdf' },
    });
    const place = {
      type: 'location',
      location: { latitude: '-34.6', longitude: '-58.4', name: 'Local', address: 'Calle 1' },
    };
    expect(await send(withHeader('LOCATION'), [header(place)])).toMatchObject({
      header: { type: 'location', name: 'Local' },
    });
  });

  it('fills its one variable', async () => {
    const name = withHeader('TEXT', 'Para {{1}}');
    expect(await send(name, [header(words('Ana'))])).toMatchObject({ header: { type: 'text', text: 'Para Ana' } });
    expect(await send(name, [])).toBe(132000);
  });
});

describe('parameters', () => {
  it('may be money or a time, with words for those who cannot show it', async () => {
    const name = approved([{ type: 'BODY', text: 'Son {{1}} hasta el {{2}}, ¿sí?' }]);
    const money = { type: 'currency', currency: { fallback_value: '$ 100', code: 'ARS', amount_1000: 100_000 } };
    const time = { type: 'date_time', date_time: { fallback_value: 'lunes' } };
    expect(await send(name, [{ type: 'body', parameters: [money, time] }])).toMatchObject({
      body: 'Son $ 100 hasta el lunes, ¿sí?',
    });
    const broken = { type: 'currency', currency: { fallback_value: '$ 100', code: 'ARS' } };
    expect(await send(name, [{ type: 'body', parameters: [broken, time] }])).toBe(131008);
  });
});

describe('buttons', () => {
  const withButtons = (...buttons: object[]) => approved([body, { type: 'BUTTONS', buttons }]);

  it('copy a code of 15 signs at most', async () => {
    const name = withButtons({ type: 'COPY_CODE', example: 'X' });
    const code = (text: string) => [button('copy_code', 0, { type: 'coupon_code', coupon_code: text })];
    expect(await send(name, code('VERANO25'))).toMatchObject({ buttons: [{ kind: 'copy', code: 'VERANO25' }] });
    expect(await send(name, code('x'.repeat(16)))).toBe(131009);
    expect(await send(name, [])).toBe(131008);
    expect(await send(name, [button('copy_code', 0, words('x'))])).toBe(132012);
  });

  it('need nothing when they are as approved', async () => {
    const name = withButtons(
      { type: 'URL', text: 'Ver', url: 'https://tienda.example' },
      { type: 'PHONE_NUMBER', text: 'Llamar', phone_number: '+5491155550123' },
      { type: 'FLOW', text: 'Abrir' },
      { type: 'CATALOG', text: 'Catálogo' },
    );
    expect(await send(name, [])).toMatchObject({
      buttons: [
        { index: 0, kind: 'url', url: 'https://tienda.example' },
        { index: 1, kind: 'phone', phone: '+5491155550123' },
        { index: 2, kind: 'flow' },
        { index: 3, kind: 'catalog' },
      ],
    });
    expect(await send(name, [button('url', 0, words('x'))])).toBe(132000);
    expect(await send(name, [button('flow', '2', { type: 'action', action: { flow_token: 't' } })])).toMatchObject({
      kind: 'template',
    });
  });

  it('put the suffix at the end of their address', async () => {
    const name = withButtons({ type: 'URL', text: 'Ver', url: 'https://tienda.example/p/{{1}}' });
    expect(await send(name, [button('url', '0', words('a?b=1'))])).toMatchObject({
      buttons: [{ url: 'https://tienda.example/p/a?b=1' }],
    });
    expect(await send(name, [button('url', '0', { type: 'payload', payload: 'x' })])).toBe(131008);
  });
});

describe('a carousel', () => {
  const card = {
    components: [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'Desde {{1}} nomás' },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Quiero' }] },
    ],
  };
  const filled = (place: number, payload?: string) => ({
    card_index: place,
    components: [
      header(picture),
      { type: 'body', parameters: [words(`$ ${place}`)] },
      ...(payload ? [button('quick_reply', 0, { type: 'payload', payload })] : []),
    ],
  });
  const carousel = (...cards: object[]) => [{ type: 'carousel', cards }];

  it('is sent with exactly the cards that were approved', async () => {
    const name = approved([body, { type: 'CAROUSEL', cards: [card, card] }]);
    expect(await send(name, carousel(filled(0), filled(1, 'want:2')))).toMatchObject({
      cards: [
        { body: 'Desde $ 0 nomás', buttons: [{ index: 0, label: 'Quiero' }] },
        { body: 'Desde $ 1 nomás', buttons: [{ index: 1, label: 'Quiero' }] },
      ],
    });
    const { messageId } = (await stand.chat()).messages.at(-1);
    expect((await stand.act({ type: 'tap', messageId, index: 1 })).content).toEqual({
      type: 'reply',
      of: 'template',
      body: 'Quiero',
      id: 'want:2',
    });
    expect(await send(name, carousel(filled(0)))).toBe(132000);
    expect(await send(name, [])).toBe(132000);
    expect(await send(name, carousel(filled(0), filled(0)))).toBe(131009);
  });
});

describe('other kinds', () => {
  it('an offer says when it ends', async () => {
    const name = approved([body, { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Vence' } }]);
    const offer = (value: object) => [
      { type: 'limited_time_offer', parameters: [{ type: 'limited_time_offer', limited_time_offer: value }] },
    ];
    expect(await send(name, offer({ expiration_time_ms: 1_800_000_000_000 }))).toMatchObject({ kind: 'template' });
    expect(await send(name, offer({}))).toBe(131008);
  });

  it('a code to sign in goes to telephones only', async () => {
    const name = approved(
      [
        { type: 'BODY', text: '{{1}} es tu código, no lo compartas' },
        { type: 'BUTTONS', buttons: [{ type: 'OTP', text: 'Copiar' }] },
      ],
      { category: 'AUTHENTICATION' },
    );
    const components = [{ type: 'body', parameters: [words('123456')] }, button('url', '0', words('123456'))];
    expect(await send(name, components)).toMatchObject({ buttons: [{ kind: 'copy', code: '123456' }] });
    expect(await send(name, components, { to: undefined, recipient: 'AR.1000200030004003' })).toBe(131062);
  });

  it('one with a button that nobody knows is not sent', async () => {
    expect(await send(approved([body, { type: 'BUTTONS', buttons: [{ type: 'TELEPORT', text: 'x' }] }]), [])).toBe(
      132012,
    );
  });
});
