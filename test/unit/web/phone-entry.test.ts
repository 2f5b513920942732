import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countryCodes } from '#core/countries.ts';
import { parsePhone } from '#core/phone.ts';
import { couldBePhone, formatPhone, phoneHints } from '../../../web/shop/phone-entry.ts';

describe('a phone while it is typed', () => {
  it.each([
    ['1123456789', 'AR', '11 2345-6789'],
    ['3514567890', 'AR', '351 456-7890'],
    ['11', 'AR', '11'],
    ['11234', 'AR', '11 234'],
    ['11987654321', 'BR', '11 98765-4321'],
    ['5512345678', 'MX', '55 1234-5678'],
    ['94231234', 'UY', '94 231 234'],
  ] as const)('%s in %s reads %s', (typed, country, shown) => {
    expect(formatPhone(typed, country)).toBe(shown);
  });

  it.each(['011 15 2345 6789', '0351 15 4567890', '+54 9 11 2345-6789', '(011) 2345', '5491123456789'])(
    'leaves %s as its owner writes it',
    (typed) => {
      expect(formatPhone(typed, 'AR')).toBe(typed);
    },
  );

  it('never changes a digit, whatever is typed', () => {
    void fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.constantFrom(...countryCodes), (typed, country) => {
        expect(formatPhone(typed, country).replace(/\D/g, '')).toBe(typed.replace(/\D/g, ''));
      }),
    );
  });

  it.each(countryCodes.map((country) => [country]))('shows %s an example that the server takes', (country) => {
    const { prefix, example } = phoneHints(country);
    expect(parsePhone(example, country)).toMatch(`${prefix}`);
    expect(formatPhone(example.replace(/\D/g, ''), country).replace(/\D/g, '')).toBe(example.replace(/\D/g, ''));
  });

  it('may be a phone from six digits on', () => {
    expect([couldBePhone('12345'), couldBePhone('15-4567'), couldBePhone('a b c')]).toEqual([false, true, false]);
  });
});
