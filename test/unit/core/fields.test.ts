import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  amountField,
  countField,
  idField,
  optionalTextField,
  pageFields,
  quantityField,
  slugField,
  textField,
  timeField,
  timeZoneField,
} from '#core/fields.ts';
import { newId } from '#core/ids.ts';
import { MAX_AMOUNT } from '#core/money.ts';

const takes = (field: z.ZodMiniType, value: unknown): boolean => field.safeParse(value).success;

const cases: [string, () => z.ZodMiniType, unknown[], unknown[]][] = [
  ['an id', idField, [newId(new Date()), '0'.repeat(26)], ['', '0'.repeat(25), 'u'.repeat(26), 'I'.repeat(26), 7]],
  [
    'a slug',
    slugField,
    ['rare-magic', 'a1', '2026', 'a'.repeat(40)],
    ['', 'a', 'Rare', '-rare', 'rare-', 'rare--magic', 'rare_magic', 'ñandú', 'a'.repeat(41), 'a/b', 'a b'],
  ],
  [
    'a time zone',
    timeZoneField,
    ['America/Argentina/Buenos_Aires', 'America/Sao_Paulo', 'Europe/Madrid', 'UTC'],
    ['', 'Buenos Aires', 'America/Nowhere', '+03:00', '-0300', 'GMT+3', 'x'.repeat(65), null],
  ],
  [
    'a time',
    timeField,
    ['2026-11-21T12:00:00.000Z'],
    ['2026-11-21', '2026-11-21T12:00:00Z', '2026-11-21T12:00:00.000+03:00'],
  ],
  ['an amount', amountField, [0, 1, MAX_AMOUNT], [-1, 0.5, MAX_AMOUNT + 1, '1', Number.NaN]],
  ['a count', countField, [0, 1_000_000], [-1, 1.5, 1_000_001]],
  ['a quantity', quantityField, [1, 1_000_000], [0, -1, 1.5, Number.POSITIVE_INFINITY]],
  ['a text', () => textField(5), ['a', 'abcde', '  abcde  '], ['', '   ', 'abcdef']],
];

describe('fields', () => {
  it.each(cases)('%s is taken or refused by its form', (_, field, good, bad) => {
    expect(good.filter((value) => !takes(field(), value))).toEqual([]);
    expect(bad.filter((value) => takes(field(), value))).toEqual([]);
  });

  it('texts are trimmed, and optional ones are empty by default', () => {
    expect(textField(5).parse('  ab ')).toBe('ab');
    expect(optionalTextField(5).parse(undefined)).toBe('');
  });

  it('a page has a limit by default and none beyond the largest', () => {
    const page = z.object(pageFields(50, 100));
    expect(page.parse({})).toEqual({ limit: 50 });
    expect(page.parse({ limit: '7', cursor: 'c' })).toEqual({ limit: 7, cursor: 'c' });
    const bad = ['0', '-1', '101', '1.5', 'ten', ''].map((limit) => ({ limit }));
    expect([...bad, { cursor: 'x'.repeat(1001) }].filter((query) => takes(page, query))).toEqual([]);
  });
});
