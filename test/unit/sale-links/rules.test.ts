import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { salesDetail, salesSentence } from '../../../functions/core/messages/previous-sales.ts';
import { afterFailure, type Breaker, gateOf, onTrial } from '../../../functions/sale-links/breaker.ts';
import { matchSale, type Wanted } from '../../../functions/sale-links/match-sale.ts';
import { readAmount } from '../../../functions/sale-links/read-amount.ts';
import { readSales, valueAt } from '../../../functions/sale-links/read-sales.ts';
import { type Sale, saleIdField, saleKey } from '../../../functions/sale-links/sale.ts';
import { boughtOf, emptySummary, withoutSale, withSale } from '../../../functions/sale-links/sale-link.ts';
import { fillUrl, originOf, SetSaleSource } from '../../../functions/sale-links/sale-source.ts';
import { SourceFailed } from '../../../functions/sale-links/source-failure.ts';
import { anId } from '../../support/builders.ts';
import { NOON } from '../../support/clock.ts';

const aSale = (change: Partial<Sale> = {}): Sale => ({
  source: 'http',
  saleId: '1001',
  total: 1500,
  currency: 'ARS',
  at: NOON,
  ...change,
});

const mapping = {
  items: 'data.sales',
  saleId: 'id',
  total: 'amounts.total',
  at: 'sold_at',
  currency: 'amounts.currency',
  phone: 'customer.phones.0',
  email: 'customer.email',
  reference: 'number',
  status: 'status',
};
const reading = { mapping, amounts: 'major', currency: 'ARS' } as const;
const row = {
  id: 77,
  number: 'A-0001',
  status: 'paid',
  sold_at: '2026-11-03T10:00:00-03:00',
  amounts: { total: 19.99, currency: 'ars' },
  customer: { phones: ['011 4567-8901'], email: 'Ana@Example.com' },
};
const answer = (...rows: unknown[]) => ({ data: { sales: rows } });

describe('reading what a shop’s own system tells', () => {
  it('finds each fact at its path', () => {
    expect(readSales(answer(row), reading)).toEqual({
      found: [
        {
          sale: {
            source: 'http',
            saleId: '77',
            total: 1999,
            currency: 'ARS',
            at: '2026-11-03T13:00:00.000Z',
            reference: 'A-0001',
            status: 'paid',
          },
          buyer: { phone: '011 4567-8901', email: 'Ana@Example.com' },
        },
      ],
      unreadable: 0,
    });
  });

  it.each([
    ['a decimal text', '1234.50', 'ARS', 123_450],
    ['a whole number', 20, 'ARS', 2000],
    ['a currency without cents', 1500, 'CLP', 1500],
    ['what floating point would lose', 8.29, 'ARS', 829],
    ['a decimal comma', '12,50', 'ARS', 1250],
    ['a currency without cents that shows some', '1500.00', 'CLP', 1500],
    ['thousands and a fraction, as in Buenos Aires', '1.234,50', 'ARS', 123_450],
    ['thousands and a fraction, as in Miami', '1,234.5', 'USD', 123_450],
    ['thousands twice', '1.234.567', 'CLP', 1_234_567],
    ['what may be thousands', '1.500', 'ARS', undefined],
    ['what may be thousands, with a comma', '1,500', 'ARS', undefined],
    ['what may be thousands of a currency without cents', '12.345', 'CLP', undefined],
    ['more decimals than the currency has', 0.285, 'ARS', undefined],
    ['more decimals than the currency has, as text', '19.9901', 'ARS', undefined],
    ['decimals of a currency that has none', 12.5, 'CLP', undefined],
    ['decimals of a currency that has none, after thousands', '1.234,50', 'CLP', undefined],
    ['thousands that are none', '1.23.456', 'ARS', undefined],
    ['both separators twice', '1.234,567.89', 'ARS', undefined],
    ['what is no exact number any more', '999999999999999', 'ARS', undefined],
    ['a refund', -5, 'ARS', undefined],
    ['no number', 'free', 'ARS', undefined],
    ['an unknown currency', 5, 'XXX', undefined],
  ])('reads a total of %s', (_, total, currency, expected) => {
    const { found, unreadable } = readSales(answer({ ...row, amounts: { total, currency } }), reading);
    expect([found[0]?.sale.total, unreadable]).toEqual([expected, expected === undefined ? 1 : 0]);
  });

  it('reads every amount to the last digit, whichever way it is written', () => {
    fc.assert(
      fc.property(fc.nat(10 ** 13), fc.constantFrom(',', '.'), (minor, point) => {
        const text = String(minor).padStart(3, '0');
        const [whole, fraction] = [text.slice(0, -2), text.slice(-2)];
        const grouped = whole.replace(/\B(?=(\d{3})+$)/g, point === ',' ? '.' : ',');
        for (const total of [`${whole}${point}${fraction}`, `${grouped}${point}${fraction}`]) {
          expect(readAmount(total, 'major', 'ARS')).toBe(minor);
        }
      }),
    );
  });

  it('takes minor units as they are', () => {
    const minor = { ...reading, amounts: 'minor' } as const;
    const read = (total: unknown) => readSales(answer({ ...row, amounts: { total } }), minor).found[0]?.sale.total;
    expect([1999, '1999', 0].map(read)).toEqual([1999, 1999, 0]);
    expect([19.99, '19.99', '1.234.567', '1999.00'].map(read)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it.each([
    ['2026-11-03', '2026-11-03T00:00:00.000Z'],
    ['2026-11-03 10:15:00', '2026-11-03T10:15:00.000Z'],
    ['2026-11-03T10:15:00Z', '2026-11-03T10:15:00.000Z'],
    [1_762_164_000, '2025-11-03T10:00:00.000Z'],
    [1_762_164_000_000, '2025-11-03T10:00:00.000Z'],
    ['yesterday', undefined],
    [null, undefined],
  ])('reads the time %s', (at, expected) => {
    expect(readSales(answer({ ...row, sold_at: at }), reading).found[0]?.sale.at).toBe(expected);
  });

  it('leaves out rows that are no sales, and counts those it cannot read', () => {
    const sold = { ...reading, soldStatuses: ['paid'] };
    const rows = [row, { ...row, id: 78, status: 'draft' }, { ...row, id: null }, 'nonsense', row];
    const { found, unreadable } = readSales(answer(...rows), sold);
    expect([found.length, unreadable]).toEqual([1, 1]);
    expect(readSales(answer(...rows), reading)).toMatchObject({ found: { length: 2 }, unreadable: 2 });
  });

  it('takes a single sale, an empty list and null, and refuses anything else', () => {
    expect(readSales({ data: { sales: row } }, reading).found).toHaveLength(1);
    expect(readSales(answer(), reading).found).toEqual([]);
    expect(readSales({ data: { sales: null } }, reading).found).toEqual([]);
    for (const odd of [{}, { data: {} }, 'text', 5]) expect(() => readSales(odd, reading)).toThrow(SourceFailed);
  });

  it('sees own members only', () => {
    expect(valueAt({}, 'constructor.name')).toBeUndefined();
    expect(valueAt({ a: [{ b: 1 }] }, 'a.0.b')).toBe(1);
    expect(valueAt('text', 'length')).toBeUndefined();
  });

  it('never throws anything but a failure of the source, whatever comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          readSales(json, reading);
          readSales(answer(json), reading);
        } catch (error) {
          expect(error).toBeInstanceOf(SourceFailed);
        }
      }),
    );
  });
});

describe('how well a sale fits', () => {
  const wanted: Wanted = {
    shopId: anId(),
    contactIds: [anId(), anId()],
    phones: ['+5491145678901', '+59899123456'],
    email: 'ana@example.com',
    country: 'AR',
  };

  it.each([
    ['our own checkout of the contact', { contactId: wanted.contactIds[0] }, 'high'],
    ['one of a contact that turned out to be this one', { contactId: wanted.contactIds[1] }, 'high'],
    ['the phone as people write it', { phone: '011 4567-8901' }, 'high'],
    ['the phone without the 9 of mobiles', { phone: '+541145678901' }, 'high'],
    ['another phone of theirs', { phone: '+598 99 123 456' }, 'high'],
    ['the phone with all digits', { phone: '5491145678901' }, 'high'],
    ['phone and e-mail', { phone: '+5491145678901', email: 'ANA@example.com ' }, 'high'],
    ['the phone of another mailbox', { phone: '+5491145678901', email: 'otra@example.com' }, 'medium'],
    ['the e-mail alone', { email: 'Ana@Example.com' }, 'medium'],
    ['the e-mail with another phone', { email: 'ana@example.com', phone: '+5491199999999' }, 'low'],
    ['the last digits alone', { phone: '+34945678901' }, 'low'],
    ['another phone', { phone: '+5491199999999' }, undefined],
    ['another e-mail', { email: 'otra@example.com' }, undefined],
    ['a phone too short to be one', { phone: '8901' }, undefined],
    ['nobody', {}, undefined],
    ['another contact of ours', { contactId: anId() }, undefined],
  ])('by %s', (_, buyer, confidence) => {
    expect(matchSale(buyer, wanted)?.confidence).toBe(confidence);
  });

  it('says by what', () => {
    expect(matchSale({ phone: '+34945678901', email: 'ana@example.com' }, wanted)).toEqual({
      confidence: 'high',
      matchedBy: ['phone-ending', 'email'],
    });
  });
});

describe('what a contact has bought', () => {
  const { shopId, contactId } = { shopId: anId(), contactId: anId() };
  const summaryOf = (...sales: Sale[]) => sales.reduce(withSale, emptySummary(shopId, contactId));

  it('is counted per currency, with the last date', () => {
    const sales = [
      aSale({ saleId: '1', total: 500, currency: 'USD', at: '2026-11-01T00:00:00.000Z' }),
      aSale({ saleId: '2', total: 100, at: '2026-11-03T00:00:00.000Z' }),
      aSale({ saleId: '3', total: 250, at: '2026-10-03T00:00:00.000Z' }),
    ];
    expect(boughtOf([summaryOf(...sales)])).toEqual({
      count: 3,
      totals: [
        { currency: 'ARS', count: 2, total: 350 },
        { currency: 'USD', count: 1, total: 500 },
      ],
      lastAt: '2026-11-03T00:00:00.000Z',
    });
    expect(boughtOf([])).toBeUndefined();
    expect(boughtOf([emptySummary(shopId, contactId)])).toBeUndefined();
  });

  it('counts a sale once that two contacts have who turned out to be one', () => {
    const [one, other] = [aSale({ saleId: '1' }), aSale({ saleId: '2' })];
    expect(boughtOf([summaryOf(one), summaryOf(one, other)])?.count).toBe(2);
  });

  it('is what remains after any links and unlinks', () => {
    const act = fc.record({ saleId: fc.constantFrom('a', 'b', 'c', 'd'), link: fc.boolean(), total: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const model = new Map<string, number>();
        let summary = emptySummary(shopId, contactId);
        for (const { saleId, link, total } of acts) {
          const sale = aSale({ saleId, total });
          if (link && !model.has(saleId)) {
            summary = withSale(summary, sale);
            model.set(saleId, total);
          }
          if (!link) {
            summary = withoutSale(summary, saleKey(sale));
            model.delete(saleId);
          }
        }
        const bought = boughtOf([summary]);
        expect(bought?.count ?? 0).toBe(model.size);
        expect(bought?.totals[0]?.total ?? 0).toBe([...model.values()].reduce((sum, one) => sum + one, 0));
        expect(summary.version).toBeLessThanOrEqual(acts.length);
      }),
    );
  });

  it('is told in the language of the shop', () => {
    expect(salesSentence('es', 3)).toBe('Este cliente tiene 3 ventas anteriores');
    expect(salesSentence('es', 1)).toBe('Este cliente tiene 1 venta anterior');
    expect(salesSentence('pt', 2)).toBe('Este cliente tem 2 vendas anteriores');
    expect(salesSentence('en', 1)).toBe('This customer has 1 previous sale');
    const bought = {
      count: 3,
      totals: [{ currency: 'ARS', total: 4_500_000 }],
      lastAt: '2026-11-03T02:00:00.000Z',
    } as const;
    const said = (change: object, language: 'es' | 'pt' | 'en', country: string, timeZone = 'UTC') =>
      salesDetail({ ...bought, ...change }, { language, country, timeZone }).replace(/\s/g, ' ');
    // at two in the morning of London it is still the day before in Buenos Aires
    expect(said({}, 'es', 'AR', 'America/Argentina/Buenos_Aires')).toBe(
      '$ 45.000 en total, la última el 2 de noviembre de 2026',
    );
    const totals = [...bought.totals, { currency: 'USD', total: 2000 }];
    expect(said({ totals }, 'es', 'AR')).toBe('$ 45.000 y US$ 20 en total, la última el 3 de noviembre de 2026');
    expect(said({ count: 1, totals: [{ currency: 'BRL', total: 1990 }] }, 'pt', 'BR')).toBe(
      'R$ 19,90, em 3 de novembro de 2026',
    );
    expect(said({ totals: [{ currency: 'USD', total: 2000 }] }, 'en', 'US')).toBe(
      '$20 in total, the last on November 3, 2026',
    );
  });
});

describe('a source that fails', () => {
  const at = (seconds: number) => new Date(Date.parse(NOON) + seconds * 1000);

  it('is paused at the third failure, and for longer each time, up to a quarter of an hour', () => {
    let breaker: Breaker | undefined;
    const pauses = Array.from({ length: 10 }, () => {
      breaker = afterFailure(breaker, 'too-slow', at(0));
      return breaker.pausedUntil && (Date.parse(breaker.pausedUntil) - at(0).getTime()) / 1000;
    });
    expect(pauses).toEqual([undefined, undefined, 30, 60, 120, 240, 480, 900, 900, 900]);
  });

  it('lets one call try when its pause is over', () => {
    const paused = [1, 2, 3].reduce<Breaker | undefined>((one) => afterFailure(one, 'unreachable', at(0)), undefined);
    expect(gateOf(undefined, at(0))).toBe('closed');
    expect(gateOf(paused, at(29))).toBe('paused');
    expect(gateOf(paused, at(30))).toBe('trial');
    expect(gateOf(paused && onTrial(paused, at(30)), at(31))).toBe('paused');
    expect(gateOf(paused && onTrial(paused, at(30)), at(45))).toBe('trial');
  });
});

describe('settings', () => {
  const given = {
    url: 'https://erp.example/api/sales?phone={phone}',
    mapping: { saleId: 'id', total: 'total', at: 'at' },
    currency: 'ARS',
  };
  const isTaken = (change: object) => SetSaleSource().safeParse({ ...given, ...change }).success;

  it.each([
    ['https://erp.example/sales', 'without a name to ask by'],
    ['https://erp.example/sales?q={name}', 'with a name that nobody knows'],
    ['https://{phone}.example/', 'with a name in its host'],
    ['https://erp.example?phone={saleId}', 'with the id of a sale'],
    ['ftp://erp.example/{phone}', 'of another protocol'],
    ['https://erp.example\\@evil.example/{phone}', 'that browsers read otherwise'],
    ['https://erp.example/ {phone}', 'with a space'],
  ])('refuse the address %s, %s', (url) => expect(isTaken({ url })).toBe(false));

  it.each([
    ...['host', 'content-length', 'cookie', 'x-a b', 'transfer-encoding', 'x-http-method', 'X-HTTP-Method-Override'],
    ...[
      'x-method-override',
      'X-Forwarded-Host',
      'x-forwarded-for',
      'x-original-url',
      'X-Original-Method',
      'x-rewrite-url',
    ],
  ])('refuse the header %s', (name) => {
    expect(isTaken({ header: { name } })).toBe(false);
  });

  it('take what they should', () => {
    expect(isTaken({})).toBe(true);
    expect(isTaken({ saleUrl: 'https://erp.example/sales/{saleId}' })).toBe(true);
    for (const name of ['Authorization', 'api-key', 'X-Api-Key', 'x-token']) {
      expect(isTaken({ header: { name, prefix: 'Bearer' }, secret: 'abc' })).toBe(true);
    }
    expect(isTaken({ mapping: { ...given.mapping, total: 'a..b' } })).toBe(false);
    expect(isTaken({ secret: 'line\nbreak' })).toBe(false);
  });

  it('fill names in so that they cannot leave their place', () => {
    const url = 'https://erp.example/api/{email}?phone={phone}';
    expect(fillUrl(url, { phone: '+5491145678901', email: 'a/../b?x=1&y#z@example.com' })?.href).toBe(
      'https://erp.example/api/a%2F..%2Fb%3Fx%3D1%26y%23z%40example.com?phone=%2B5491145678901',
    );
    expect(fillUrl(url, { email: 'a@b.co' })?.href).toBe('https://erp.example/api/a%40b.co?phone=');
    expect(fillUrl(url, { saleId: '1' })).toBeUndefined();
    expect(originOf('https://erp.example:8443/{phone}')).toBe('https://erp.example:8443');
    for (const dots of ['.', '..', ' ', '', 'a\nb', 'x'.repeat(101)]) {
      expect(saleIdField().safeParse(dots).success).toBe(false);
    }
    for (const id of ['1', 'A-1/2', 'año 1', 'x'.repeat(100)]) expect(saleIdField().safeParse(id).success).toBe(true);
  });
});
