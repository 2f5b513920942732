import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLossless } from '../../../functions/whatsapp/lossless.ts';

describe('parsing without loss', () => {
  it.each<[string, unknown]>([
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['[1,  12345678901234567890]', [1, '12345678901234567890']],
    ['{"id":12345678901234567890,"n":1.5}', { id: '12345678901234567890', n: 1.5 }],
    ['{"id":"12345678901234567890"}', { id: '12345678901234567890' }],
    ['1e400', '1e400'],
    ['{"a":-1E+999}', { a: '-1E+999' }],
    ['1e3', 1000],
    ['-34.603722', -34.603722],
    ['"x: 12345678901234567890"', 'x: 12345678901234567890'],
  ])('%s gives %o', (text, value) => {
    expect(parseLossless(text)).toEqual(value);
  });

  it('gives what JSON.parse gives when no digit is in danger', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(parseLossless(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps every digit of any integer, wherever it stands', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.constantFrom('', ' ', '\n'), (id, space) => {
        const parsed = parseLossless(`{"list":[${space}${id}],"id":${space}${id}}`) as { list: unknown[]; id: unknown };
        expect([String(parsed.id), String(parsed.list[0])]).toEqual([String(id), String(id)]);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['', '{', 'undefined', '{"a":01}', '\ud800'])('refuses %o', (text) => {
    expect(() => parseLossless(text)).toThrow(SyntaxError);
  });
});
