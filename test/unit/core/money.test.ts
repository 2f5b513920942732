import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Currency, currencyCodes, formatMoney, lineAmount, MAX_AMOUNT, sumAmounts } from '#core/money.ts';

/** Intl puts no-break spaces where people see a space. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const money = (amount: number, currency: Currency, locale: string) => plain(formatMoney(amount, currency, locale));

describe('money', () => {
  it.each([
    [1_230_000, 'ARS', 'es-AR', '$ 12.300'],
    [1_230_050, 'ARS', 'es-AR', '$ 12.300,50'],
    [5, 'ARS', 'es-AR', '$ 0,05'],
    [0, 'ARS', 'es-AR', '$ 0'],
    [1990, 'BRL', 'pt-BR', 'R$ 19,90'],
    [123_456_700, 'BRL', 'pt-BR', 'R$ 1.234.567'],
    [1999, 'USD', 'en-US', '$19.99'],
    [2000, 'USD', 'en-US', '$20'],
    [12_500, 'CLP', 'es-CL', '$12.500'],
    [150_000, 'PYG', 'es-PY', 'Gs. 150.000'],
  ] as const)('of %d %s is written in %s as «%s»', (amount, currency, locale, written) => {
    expect(money(amount, currency, locale)).toBe(written);
  });

  it('drops cents only when there are none, in every currency', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.constantFrom(...currencyCodes), (amount, currency) => {
        const digits = money(amount, currency, 'en-US').replace(/\D/g, '');
        expect([String(amount), String(amount / 100)]).toContain(String(Number(digits)));
      }),
    );
  });

  it('adds up exactly, up to the largest sums a checkout can have', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(10 ** 9), fc.integer({ min: 1, max: 1000 })), { maxLength: 40 }),
        (lines) => {
          const exact = lines.reduce((sum, [price, quantity]) => sum + BigInt(price) * BigInt(quantity), 0n);
          expect(BigInt(sumAmounts(lines.map(([price, quantity]) => lineAmount(price, quantity))))).toBe(exact);
        },
      ),
    );
    expect(sumAmounts([])).toBe(0);
    expect(Number.isSafeInteger(MAX_AMOUNT * 1000)).toBe(true);
  });
});
