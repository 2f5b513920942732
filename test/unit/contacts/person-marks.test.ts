import { describe, expect, it } from 'vitest';
import { marksOf, marksOfPhones, mentions } from '../../../functions/contacts/person-marks.ts';
import { seededRandom } from '../../support/random.ts';

const secret = 'a secret for tests only';
const marks = marksOfPhones(['+5491122334455'], secret);
const named = (text: string, loosely = true) => mentions(text, marks, { secret, loosely });

const wrapped = (phone: string) => `wamid.${Buffer.from(`\x1d\x13\x0d${phone}\x15\x02\x00`).toString('base64')}`;

describe('a phone in a text', () => {
  it.each([
    ['the one column of a file', 'telefono\n5491122334455\n5491166778899\n'],
    ['one column of local numbers', 'telefono\r\n1122334455\r\n1166778899\r\n'],
    ['the middle of a column', '5491155667788\n5491122334455\n5491166778899\n'],
    ['a column before a number', 'nombre\ttelefono\tedad\nAna\t5491122334455\t42\n'],
    ['a column behind a number', 'nombre\tedad\ttelefono\nAna\t42\t5491122334455\t\n'],
    ['the last column before a number', 'id,telefono\n1,5491122334455\n2,5491166778899\n'],
    ['a number before it on the line', '42 5491122334455'],
    ['a phone behind it on the line', '5491122334455 5491166778899'],
    ['a phone before it on the line', '5491166778899 5491122334455'],
    ['two of a kind', '11 2233-4455 / 11 9988-7766'],
    ['a spreadsheet', '5491122334455.0'],
    ['many signs', '+54 (9) 11 - 2233.4455'],
    ['signs of typesetters', '11\u00a02233\u20114455'],
    ['an id of Meta', wrapped('5491122334455')],
    ['the JSON of a form', JSON.stringify({ telefono: '11 2233-4455\n', edad: '\t42' })],
  ])('is found in %s', (_, text) => {
    expect(named(text)).toBe(true);
    expect(named(text.replaceAll('4455', '4456').replace('wamid', 'w'))).toBe(false);
  });

  it.each([
    ['+5491122334455', true],
    ['00541122334455', true],
    ['tel. 541122334455 42', true],
    ['1122334455', false],
    ['5491122334455 12 8', true],
  ])('strictly is the whole number: %s', (text, isNamed) => {
    expect(named(text, false)).toBe(isNamed);
  });

  it('is found whatever the delimiter, the columns, their order and the way it is written', () => {
    const random = seededRandom(7);
    const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
    const theirs = ['5491122334455', '+5491122334455', '1122334455', '11 2233-4455', '(011) 15 2233 4455', '22334455'];
    const others = ['', '42', 'Ana', '5491166778899', '11 9988-7766', '2026-11-21 15:30', '30.123.456', '1.250,00'];
    for (let round = 0; round < 2000; round += 1) {
      const [delimiter, end] = [one([',', ';', '\t', '|', ' ']), one(['\n', '\r\n', '\r'])];
      const quote = one(['', '"']);
      const row = (cells: string[]) => cells.map((cell) => `${quote}${cell}${quote}`).join(delimiter);
      const width = 1 + Math.floor(random() * 4);
      const cells = () => Array.from({ length: width }, () => one(others));
      const place = Math.floor(random() * width);
      const mine = cells().map((cell, index) => (index === place ? one(theirs) : cell));
      const rows = [cells(), mine, cells()].map(row);
      expect([named(rows.join(end)), rows]).toEqual([true, rows]);
      const without = [cells(), cells()].map(row);
      expect([named(without.join(end)), without]).toEqual([false, without]);
    }
  });
});

describe('an e-mail address in a text', () => {
  const lead = { email: 'ana.zubi@ejemplo.test', userIds: [{ businessId: 'b', userId: 'AR.1349120' }] };
  const known = marksOf({ ids: [], contacts: [], leads: [lead] } as unknown as Parameters<typeof marksOf>[0], secret);

  it.each([',', ';', '\t', '|', ' ', '\n', '/'])('ends where a column does: %j', (delimiter) => {
    const text = ['Ana', 'ANA.zubi@ejemplo.test', '42', 'AR.1349120'].join(delimiter);
    expect(mentions(text, { ...known, userIds: [] }, { secret, loosely: true })).toBe(true);
    expect(mentions(text, { ...known, emails: [] }, { secret, loosely: true })).toBe(true);
    expect(mentions(text.replace('zubi', 'zubu').replace('1349', '1348'), known, { secret, loosely: true })).toBe(
      false,
    );
  });

  it.each([
    'Escribime a ana.zubi@ejemplo.test.',
    'mailto:ana.zubi@ejemplo.test?subject=hola',
    '<ana.zubi@ejemplo.test>',
  ])('ends where a sentence does: %s', (text) => {
    expect(mentions(text, known, { secret, loosely: true })).toBe(true);
  });
});

it('looks through a megabyte without looking twice at anything', () => {
  const rows = Array.from(
    { length: 17_000 },
    (_, row) => `+54911${10_000_000 + row * 37},Ana ${row},a${row}@b.test,vip`,
  );
  const emails = ['no such mark'];
  const before = performance.now();
  expect(mentions(rows.join('\n'), { ...marks, emails }, { secret, loosely: true })).toBe(false);
  expect(mentions('@'.repeat(100_000) + '1 '.repeat(100_000), { ...marks, emails }, { secret, loosely: true })).toBe(
    false,
  );
  expect(performance.now() - before).toBeLessThan(5000);
});
