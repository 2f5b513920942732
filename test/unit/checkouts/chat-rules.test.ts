import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE_ALPHABET, formatCode } from '#core/code.ts';
import { languages } from '#core/fields.ts';
import { whatsappText } from '#core/messages/whatsapp.ts';
import { checkoutChatWords } from '#core/messages/whatsapp-checkout.ts';
import { actId, codesIn, requestIn } from '../../../functions/checkouts/chat-act.ts';
import { chatText, spokenName } from '../../../functions/checkouts/chat-facts.ts';
import { isWorthTelling, noticeContent, noticeMessageId } from '../../../functions/checkouts/notice.ts';
import type { Shop } from '../../../functions/shops/shop.ts';
import { defaultWhatsApp, occasions } from '../../../functions/shops/whatsapp-settings.ts';
import { readInbound } from '../../../functions/whatsapp/inbound-message.ts';
import { OutboundContent } from '../../../functions/whatsapp/outbound-content.ts';
import { aCheckout, aLine, aProduct, aShop } from '../../support/builders.ts';

const CODE = 'K7QM2WTX9F3AZB6C';
const aCode = fc.string({ unit: fc.constantFrom(...CODE_ALPHABET), minLength: 16, maxLength: 16 });
const now = new Date('2026-11-21T12:00:00.000Z');

describe('a code in a text', () => {
  it.each([
    ['K7QM-2WTX-9F3A-ZB6C'],
    ['k7qm2wtx9f3azb6c'],
    ['Hola! Mi código es k7qm 2wtx 9f3a zb6c, gracias'],
    ['code K7QM 2WTX 9F3A ZB6C here'],
    ['(K7QM–2WTX–9F3A–ZB6C)'],
    ['*K7QM* *2WTX* *9F3A* *ZB6C*'],
    ['https://tienda.example/c/K7QM2WTX9F3AZB6C?lang=es'],
    ['código:\nK7QM-2WTX-\n9F3A-ZB6C'],
    ['K7QM-2WTX-9F3A-ZB6C y también k7qm2wtx9f3azb6c'],
  ])('is found in «%s»', (text) => {
    expect(codesIn(text)).toContain(CODE);
  });

  it.each([['Hola, ¿tienen velas?'], ['K7QM-2WTX-9F3A'], ['K7QM2WTX9F3AZB6C9'], ['xK7QM-2WTX-9F3A-ZB6C'], ['']])(
    'is not seen in «%s»',
    (text) => {
      expect(codesIn(text)).toEqual([]);
    },
  );

  it('is found in whatever the wa.me link writes, in every language', () => {
    fc.assert(
      fc.property(aCode, fc.constantFrom(...languages), (code, language) => {
        const text = whatsappText(language, { displayCode: formatCode(code), shopName: 'Rare & Magic' });
        expect(codesIn(text)).toEqual([code]);
      }),
    );
  });

  it('costs no more than a few look-ups, however long the text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 5000 }), (text) => codesIn(text).length <= 5));
    const start = performance.now();
    codesIn('AAAA '.repeat(100_000));
    expect(performance.now() - start).toBeLessThan(200);
  });
});

describe('what a message asks', () => {
  const tapped = (id: string) =>
    readInbound({
      id: 'wamid.1',
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id, title: 'x' } },
    });

  it('a tap names what to do and with which checkout', () => {
    expect(requestIn(tapped(actId('confirm', CODE)))).toEqual({ act: 'confirm', codes: [CODE] });
    const template = { id: 'wamid.1', type: 'button', button: { payload: actId('cancel', CODE), text: 'Cancelar' } };
    expect(requestIn(readInbound(template))).toEqual({ act: 'cancel', codes: [CODE] });
  });

  it('a text or a caption may carry a code; a button of somebody else, and a change of an old message, ask nothing', () => {
    const image = { id: 'wamid.1', type: 'image', image: { id: '1', mime_type: 'image/jpeg', caption: `Es ${CODE}` } };
    expect(requestIn(readInbound(image))).toEqual({ codes: [CODE] });
    expect(requestIn(readInbound({ id: 'wamid.1', type: 'text', text: { body: CODE } }))).toEqual({ codes: [CODE] });
    expect(requestIn(tapped('checkout:refund:K7QM2WTX9F3AZB6C'))).toBeUndefined();
    expect(requestIn(readInbound({ id: 'wamid.1', type: 'sticker', sticker: { id: '1' } }))).toBeUndefined();
  });
});

describe('the name that a shopper gave', () => {
  it.each([['María Fernanda González'], ['Ana-Lía O’Higgins'], ['J. Pérez'], ['李雷']])('greets as «%s»', (name) => {
    expect(spokenName(name)).toBe(name);
  });

  it.each([
    ['Ganaste en bit.ly/x'],
    ['www.premio.com'],
    ['Premio.com'],
    ['llamá al 1123456789'],
    ['@ana'],
    ['a'.repeat(41)],
    [''],
  ])('does not carry «%s» to a stranger', (name) => {
    expect(spokenName(name)).toBeUndefined();
  });
});

const site = 'https://tienda.example';
const template = {
  name: 'reserva_creada',
  language: 'es_AR',
  body: [{ value: 'customerName' as const }, { value: 'items' as const }, { value: 'until' as const }],
  urlButton: { index: 0, suffix: 'code' as const },
  quickReplies: [{ index: 1, act: 'confirm' as const }],
};
const talking = (change: Partial<Shop['whatsapp']> = {}, more: Partial<Shop> = {}) =>
  aShop({ ...more, whatsapp: { ...defaultWhatsApp, phoneNumberId: '106540352242922', siteUrl: site, ...change } });

describe('a notice', () => {
  it('within the window is one bubble with who, what, how much, until when and a button that leads there', () => {
    const shop = talking();
    const checkout = aCheckout({ shopId: shop.shopId });
    const content = noticeContent(checkout, shop, 'created', true);
    expect(content).toMatchObject({
      type: 'interactive',
      interactive: { type: 'cta_url', action: { parameters: { url: `${site}/c/${checkout.code}` } } },
    });
    const text = JSON.stringify(content);
    for (const part of ['María Fernanda', 'Rare & Magic', 'Vela de soja', '22 de noviembre', formatCode(checkout.code)])
      expect(text).toContain(part);
  });

  it('of something over leads to the shop; without a known site it is only text', () => {
    const checkout = aCheckout({ state: 'expired' });
    const shop = talking();
    expect(JSON.stringify(noticeContent(checkout, shop, 'expired', true))).toContain(`${site}/s/${shop.slug}`);
    expect(noticeContent(checkout, talking({ siteUrl: null }), 'expired', true)).toMatchObject({ type: 'text' });
  });

  it('outside the window is the shop’s template, filled; without one nothing', () => {
    const checkout = aCheckout();
    expect(noticeContent(checkout, talking(), 'created', false)).toBeUndefined();
    const shop = talking({ templates: { ...defaultWhatsApp.templates, created: template } });
    expect(noticeContent(checkout, shop, 'created', false)).toMatchObject({
      type: 'template',
      template: {
        name: 'reserva_creada',
        language: { code: 'es_AR' },
        components: [
          { type: 'body', parameters: [{ text: 'María Fernanda González' }, {}, {}] },
          { sub_type: 'url', index: '0', parameters: [{ text: checkout.code }] },
          { sub_type: 'quick_reply', index: '1', parameters: [{ payload: actId('confirm', checkout.code) }] },
        ],
      },
    });
    expect(noticeContent(aCheckout({ customerName: 'bit.ly/x' }), shop, 'created', false)).toMatchObject({
      template: { components: [{ parameters: [{ text: 'cliente' }, {}, {}] }, {}, {}] },
    });
  });

  it('is always something that Meta takes, whatever is in the checkout and in the shop’s name', () => {
    const use = { ...template, header: { value: 'shopName' as const } };
    const everywhere = { created: use, reminder: use, confirmed: use, expired: use, cancelled: use };
    const text = (most: number) =>
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: most }).filter((one) => one.trim() !== '');
    const line = fc.record({ name: text(80), quantity: fc.nat({ max: 999 }), price: fc.nat({ max: 200_000_000 }) });
    const some = fc.record({
      shopName: text(60),
      customerName: text(80),
      language: fc.constantFrom(...languages),
      lines: fc.array(line, { minLength: 1, maxLength: 40 }),
      siteUrl: fc.constantFrom(site, `https://${'a'.repeat(180)}.example`, null),
    });
    fc.assert(
      fc.property(some, fc.constantFrom(...occasions), fc.boolean(), (made, occasion, isOpen) => {
        const { shopName, siteUrl, lines, ...change } = made;
        const shop = talking({ siteUrl, templates: everywhere }, { name: shopName });
        const checkout = aCheckout({
          ...change,
          lines: lines.map(({ name, quantity, price }) => aLine(aProduct({ name, price }), quantity + 1)),
        });
        const content = noticeContent(checkout, shop, occasion, isOpen);
        expect(OutboundContent().safeParse(content).error?.issues ?? []).toEqual([]);
        for (const word of Object.values(checkoutChatWords[checkout.language])) {
          if (typeof word !== 'function' || word.length !== 1 || word.name === 'more') continue;
          const written = chatText(checkout, shop, word as never);
          expect([...written].length).toBeLessThanOrEqual(1024);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('has another id for the reminder of a lengthened hold', () => {
    const ids = ['2026-11-21T12:30:00.000Z', '2026-11-22T12:00:00.000Z'].map((expiresAt) =>
      noticeMessageId({ code: CODE, occasion: 'reminder', expiresAt }),
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('has one id for each checkout and occasion', () => {
    const ids = occasions.flatMap((occasion) =>
      [CODE, `${CODE.slice(0, 15)}0`].map((code) => noticeMessageId({ code, occasion })),
    );
    expect(new Set(ids).size).toBe(10);
    expect(ids[0]).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });
});

describe('a notice that comes late', () => {
  const shop = talking({ reminderMinutes: 60 });
  const tie = { contactId: '0'.repeat(26), phoneNumberId: '106540352242922' };
  const cases: [string, Parameters<typeof aCheckout>[0], (typeof occasions)[number], boolean][] = [
    ['a new checkout', {}, 'created', true],
    ['one that has ended already', { state: 'confirmed' }, 'created', false],
    ['one whose customer has been answered in the chat', { tie }, 'created', false],
    ['a reminder an hour before', { expiresAt: '2026-11-21T13:00:30.000Z' }, 'reminder', true],
    ['a reminder of a hold that was lengthened', {}, 'reminder', false],
    ['a reminder of what has run out', { expiresAt: '2026-11-21T11:59:00.000Z' }, 'reminder', false],
    ['a sale by a seller', { state: 'confirmed', endedBy: 'user:ana' }, 'confirmed', true],
    [
      'a sale by a tap in the chat, which was answered',
      { state: 'confirmed', endedBy: 'customer' },
      'confirmed',
      false,
    ],
    ['a sale that is none', {}, 'confirmed', false],
    ['an expiry', { state: 'expired' }, 'expired', true],
    ['a cancellation by a seller', { state: 'cancelled', endedBy: 'user:ana' }, 'cancelled', true],
    ['a cancellation by the shopper', { state: 'cancelled', endedBy: 'shopper' }, 'cancelled', false],
  ];

  it.each(cases)('%s', (_, change, occasion, isTold) => {
    expect(isWorthTelling(aCheckout(change), shop, occasion, now)).toBe(isTold);
    const silent = talking({ reminderMinutes: 60, notices: { ...defaultWhatsApp.notices, [occasion]: false } });
    expect(isWorthTelling(aCheckout(change), silent, occasion, now)).toBe(false);
  });
});
