import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE_ALPHABET, CODE_LENGTH, formatCode, parseCode } from '#core/code.ts';
import { codeField } from '#core/fields.ts';
import { codeFor, contentDigest, keyedDigest, newCode, newId, shardOf } from '#core/ids.ts';

const code = fc.string({ unit: fc.constantFrom(...CODE_ALPHABET), minLength: CODE_LENGTH, maxLength: CODE_LENGTH });

/** The ways in which people write one character of a code. */
const misreadings: Record<string, string[]> = { 0: ['0', 'o', 'O'], 1: ['1', 'i', 'I', 'l', 'L'] };
const asWritten = (text: string) =>
  fc.tuple(
    ...[...text].map((char) =>
      fc.tuple(
        fc.constantFrom(...(misreadings[char] ?? [char, char.toLowerCase()])),
        fc.constantFrom('', '', '-', ' ', ' - '),
      ),
    ),
  );

describe('a code', () => {
  it('is read back from the form in which people see it', () => {
    fc.assert(fc.property(code, (one) => void expect(parseCode(formatCode(one))).toBe(one)));
    expect(formatCode('K7QM2WTX9F3AZB6C')).toBe('K7QM-2WTX-9F3A-ZB6C');
  });

  it('is read in lower case, with dashes and spaces anywhere, and with O for 0 and I or L for 1', () => {
    const written = code.chain((one) => asWritten(one).map((parts) => [one, parts.flat().join('')] as const));
    fc.assert(fc.property(written, ([one, text]) => void expect(parseCode(text)).toBe(one)));
  });

  it('is not read from anything else', () => {
    const near = ['', 'K7QM-2WTX-9F3A-ZB6', 'K7QM-2WTX-9F3A-ZB6CC', 'U7QM-2WTX-9F3A-ZB6C', 'K7QM_2WTX_9F3A_ZB6C', '🎉'];
    expect(near.map(parseCode)).toEqual(near.map(() => undefined));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parsed = parseCode(text);
        expect(parsed === undefined || /^[0-9A-HJKMNP-TV-Z]{16}$/.test(parsed)).toBe(true);
      }),
    );
  });

  it('in a path is one that can be looked up, whatever was written there', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 64 }), (text) => {
        expect(codeField().parse(text)).toBe(parseCode(text) ?? 'xxxxxxxxxxxxxxxx');
      }),
    );
    expect(parseCode('x'.repeat(16))).not.toBe('x'.repeat(16));
  });

  it('carries all eighty bits it was made from', () => {
    const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(bytes, (random) => {
        const digits = [...newCode(() => random)].map((char) => BigInt(CODE_ALPHABET.indexOf(char)));
        const bits = digits.reduce((sum, digit) => sum * 32n + digit, 0n);
        expect(bits.toString(16).padStart(20, '0')).toBe(Buffer.from(random).toString('hex'));
      }),
    );
  });

  it('made at random is never the same', () => {
    const codes = Array.from({ length: 5000 }, () => newCode());
    expect(new Set(codes).size).toBe(5000);
    expect(codes.every((one) => parseCode(one) === one)).toBe(true);
  });
});

describe('a derived code', () => {
  const parts = fc.tuple(fc.string(), fc.string(), fc.string());

  it('is the same for the same secret, shop and key', () => {
    fc.assert(
      fc.property(parts, ([secret, shopId, key]) => {
        expect(codeFor(secret, shopId, key)).toBe(codeFor(secret, shopId, key));
        expect(parseCode(codeFor(secret, shopId, key))).toBe(codeFor(secret, shopId, key));
      }),
    );
  });

  it.each([
    ['secret', ['another secret', '0'.repeat(26), 'key']],
    ['shop', ['secret', '1'.repeat(26), 'key']],
    ['key', ['secret', '0'.repeat(26), 'another key']],
  ] as const)('is another for another %s', (_, [secret, shopId, key]) => {
    expect(codeFor(secret, shopId, key)).not.toBe(codeFor('secret', '0'.repeat(26), 'key'));
  });

  it('never meets another of the same shop', () => {
    const codes = Array.from({ length: 5000 }, (_, index) => codeFor('secret', '0'.repeat(26), `key-${index}`));
    expect(new Set(codes).size).toBe(5000);
  });
});

describe('digests', () => {
  it('of a phone tell nothing without the secret, and differ by purpose', () => {
    const digest = keyedDigest('secret', 'phone', '541123456789');
    expect(digest).toMatch(/^[0-9a-f]{32}$/);
    expect(keyedDigest('other', 'phone', '541123456789')).not.toBe(digest);
    expect(keyedDigest('secret', 'mail', '541123456789')).not.toBe(digest);
    expect(keyedDigest('secret', 'phone', '541123456780')).not.toBe(digest);
  });

  it('of content are equal for equal content and differ for any other', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(contentDigest(one) === contentDigest(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
        expect(contentDigest(one)).toMatch(/^[\w-]{22}$/);
      }),
    );
  });
});

describe('ids', () => {
  it('sort by the moment they were made at', () => {
    const moment = fc.integer({ min: 1, max: 2 ** 47 });
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 10 ** 9 }), (at, later) => {
        expect(newId(new Date(at)) < newId(new Date(at + later))).toBe(true);
        expect(newId(new Date(at))).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
      }),
    );
  });

  it('are spread evenly over shards, each always on the same one', () => {
    const shards = Array.from({ length: 3200 }, (_, index) => shardOf(`id-${index}`, 16));
    const sizes = [...Map.groupBy(shards, (shard) => shard).values()].map((all) => all.length);
    expect(sizes).toHaveLength(16);
    expect(Math.min(...sizes)).toBeGreaterThan(140);
    expect(Math.max(...sizes)).toBeLessThan(260);
    expect(shardOf('id-1', 16)).toBe(shards[1]);
  });
});
