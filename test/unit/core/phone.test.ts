import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Country } from '#core/countries.ts';
import { countryCodes } from '#core/countries.ts';
import { parsePhone } from '#core/phone.ts';
import { phoneKey } from '#core/phone-key.ts';

describe('reading a phone', () => {
  const written: [Country, string, string][] = [
    // Argentina: 0 before the area, 15 before the number, 9 after the country
    ['AR', '011 15-2345-6789', '+5491123456789'],
    ['AR', '11 2345-6789', '+5491123456789'],
    ['AR', '01123456789', '+5491123456789'],
    ['AR', '+54 9 11 2345 6789', '+5491123456789'],
    ['AR', '+54 11 2345-6789', '+5491123456789'],
    ['AR', '0054 9 11 2345 6789', '+5491123456789'],
    ['AR', '5491123456789', '+5491123456789'],
    ['AR', '0351 15-234-5678', '+5493512345678'],
    ['AR', '(0351) 234-5678', '+5493512345678'],
    ['AR', '02966 15-412345', '+5492966412345'],
    // Brazil: mobiles have a ninth digit
    ['BR', '(11) 98765-4321', '+5511987654321'],
    ['BR', '011 98765 4321', '+5511987654321'],
    ['BR', '+55 11 98765-4321', '+5511987654321'],
    ['BR', '(11) 3456-7890', '+551134567890'],
    // Mexico: an old 1 after the country
    ['MX', '55 1234 5678', '+525512345678'],
    ['MX', '+52 55 1234 5678', '+525512345678'],
    ['MX', '+52 1 55 1234 5678', '+525512345678'],
    ['MX', '5215512345678', '+525512345678'],
    ['AR', '+52 (1) 55-1234-5678', '+525512345678'],
    ['CL', '9 8765 4321', '+56987654321'],
    ['CO', '301 2345678', '+573012345678'],
    ['UY', '099 123 456', '+59899123456'],
    ['PY', '0981 123456', '+595981123456'],
    ['PE', '987 654 321', '+51987654321'],
    ['EC', '099 123 4567', '+593991234567'],
    ['ES', '612 34 56 78', '+34612345678'],
    ['US', '(415) 555-2671', '+14155552671'],
    // from elsewhere, in full
    ['AR', '+55 (11) 98765-4321', '+5511987654321'],
    ['BR', '+54 9 11 2345-6789', '+5491123456789'],
    ['AR', '+81 90-1234-5678', '+819012345678'],
    ['AR', '00 81 90 1234 5678', '+819012345678'],
    ['MX', '+1 415 555 2671', '+14155552671'],
  ];

  it.each(written)('takes in %s «%s» as %s', (country, text, e164) => {
    expect(parsePhone(text, country)).toBe(e164);
  });

  it.each([
    ['AR', ''],
    ['AR', 'no tengo'],
    ['AR', '123'],
    ['AR', '+54 11 2345'],
    ['AR', '+5491123456789012'],
    ['BR', '11 1234'],
    ['US', '555-2671'],
    ['AR', '+81'],
    ['AR', '+0 11 2345 6789'],
    ['AR', '91234567890123456789'],
  ] as [Country, string][])('does not take in %s «%s»', (country, text) => {
    expect(parsePhone(text, country)).toBeUndefined();
  });

  it('gives E.164 or nothing, for whatever is typed', () => {
    const typed = fc.oneof(fc.string(), fc.stringMatching(/^[+0-9 ()-]{6,24}$/));
    fc.assert(
      fc.property(typed, fc.constantFrom(...countryCodes), (text, country) => {
        expect(parsePhone(text, country) ?? '+10000000').toMatch(/^\+[1-9]\d{7,14}$/);
      }),
    );
  });

  it('reads what it gave as the same again, from any country', () => {
    fc.assert(
      fc.property(fc.constantFrom(...written), fc.constantFrom(...countryCodes), ([, , e164], country) => {
        expect(parsePhone(e164, country)).toBe(e164);
      }),
    );
  });
});

describe('the key of a phone', () => {
  const digits = (length: number) => fc.stringMatching(new RegExp(`^[1-9]\\d{${length - 1}}$`));

  it('is the same for all forms in which WhatsApp knows the number', () => {
    fc.assert(
      fc.property(digits(10), (local) => {
        expect(phoneKey(`+549${local}`)).toBe(phoneKey(`+54${local}`));
        expect(phoneKey(`+521${local}`)).toBe(phoneKey(`+52${local}`));
        expect(phoneKey(`549${local}`)).toBe(phoneKey(`+54 ${local}`));
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 11, max: 99 }), digits(8), (area, local) => {
        expect(phoneKey(`+55${area}9${local}`)).toBe(phoneKey(`+55${area}${local}`));
      }),
    );
  });

  it('of a key is the key itself', () => {
    const e164 = fc.stringMatching(/^\+(54|52|55|1|598)?9?\d{7,12}$/);
    fc.assert(fc.property(e164, (phone) => void expect(phoneKey(phoneKey(phone))).toBe(phoneKey(phone))));
  });

  it('differs for numbers of different people', () => {
    fc.assert(
      fc.property(digits(10), digits(10), (one, other) => {
        expect(phoneKey(`+549${one}`) === phoneKey(`+549${other}`)).toBe(one === other);
        expect(phoneKey(`+52${one}`)).not.toBe(phoneKey(`+54${one}`));
      }),
    );
  });
});
