import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectFormat } from '#core/csv-dialect.ts';
import { type CsvEncoding, csvEncodings, detectEncoding } from '#core/csv-encoding.ts';
import { type CsvDelimiter, csvDelimiters, LONGEST_ROW_BYTES, readRow, readRows } from '#core/csv-rows.ts';
import { csvLine, harmless, UTF8_MARK, unharmed } from '#core/csv-text.ts';

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

const encoded: Record<CsvEncoding, (text: string) => Buffer> = {
  'utf-8': (text) => Buffer.from(text),
  'utf-8-bom': (text) => Buffer.from(UTF8_MARK + text),
  'utf-16le': (text) => Buffer.from(UTF8_MARK + text, 'utf16le'),
  'utf-16be': (text) => utf16be(UTF8_MARK + text),
  'windows-1252': (text) => Buffer.from(text, 'latin1'),
};

/** Reads a file by pieces of these sizes, in turn, as it comes in. */
const readInPieces = (bytes: Buffer, sizes: readonly number[], encoding: CsvEncoding, delimiter: CsvDelimiter) => {
  const { start } = detectFormat(bytes, true, { encoding, delimiter });
  const cells: string[][] = [];
  let next = start;
  let have = start;
  for (let turn = 0; next < bytes.length; turn += 1) {
    have = Math.min(bytes.length, have + (sizes[turn % sizes.length] ?? 1));
    const piece = bytes.subarray(next, have);
    const read = readRows(piece, have === bytes.length, { encoding, delimiter });
    cells.push(...read.rows.map((row) => row.cells));
    next += read.next;
    if (have === bytes.length && read.rows.length === 0) break;
  }
  return cells;
};

const aCell = fc.string({
  unit: fc.constantFrom('a', 'ñ', 'é', ' ', '"', ',', ';', '\t', '|', '\n', '\r', "'", 'Z', '9'),
});
const aTable = fc.array(fc.array(aCell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 12 });
const asText = (rows: string[][], delimiter: CsvDelimiter, newline: string) =>
  rows
    .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter))
    .map((line) => line + newline)
    .join('');

describe('rows of a file', () => {
  it('are what was written, in any encoding, with any delimiter and newline, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(
        aTable,
        fc.constantFrom(...csvEncodings),
        fc.constantFrom(...csvDelimiters),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 }),
        (rows, encoding, delimiter, newline, sizes) => {
          const bytes = encoded[encoding](asText(rows, delimiter, newline));
          expect(readInPieces(bytes, sizes, encoding, delimiter)).toEqual(rows);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are the same wherever any bytes at all are cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r'), maxLength: 60 }),
        fc.constantFrom(...csvEncodings),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        (text, encoding, sizes) => {
          const bytes = encoded[encoding](text);
          expect(readInPieces(bytes, sizes, encoding, ',')).toEqual(readInPieces(bytes, [1_000_000], encoding, ','));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('need no newline at the end, and may be ragged', () => {
    const bytes = Buffer.from('a,b\nc\n\nd,e,f');
    expect(readRows(bytes, true, { encoding: 'utf-8', delimiter: ',' }).rows.map(({ cells }) => cells)).toEqual([
      ['a', 'b'],
      ['c'],
      [''],
      ['d', 'e', 'f'],
    ]);
  });

  it('tell where they stand, so that reading may go on there', () => {
    const bytes = Buffer.from('a,"b\nc"\nñ,d\n');
    const rows = readRows(bytes, true, { encoding: 'utf-8', delimiter: ',' }).rows;
    expect(rows.map(({ start, next }) => bytes.subarray(start, next).toString())).toEqual(['a,"b\nc"\n', 'ñ,d\n']);
  });

  it('take a quote within a cell for what it is', () => {
    const [row] = readRows(Buffer.from('5" pipe,"a"b,"x""y"\n'), true, { encoding: 'utf-8', delimiter: ',' }).rows;
    expect(row?.cells).toEqual(['5" pipe', 'ab', 'x"y']);
  });

  it('are spoilt by a quote that is never closed on its own line only', () => {
    const bytes = Buffer.from('a,b\n"c,d\ne,f\n');
    const { rows } = readRows(bytes, true, { encoding: 'utf-8', delimiter: ',' });
    expect(rows.map(({ cells, broken }) => [cells, broken])).toEqual([
      [['a', 'b'], undefined],
      [['c,d'], 'open-quote'],
      [['e', 'f'], undefined],
    ]);
  });

  it.each(['\n', '\r\n'])('find back to the lines after a quote that swallows more than a row may have', (newline) => {
    const lines = Array.from({ length: 9000 }, (_, index) => `row ${index},x`);
    const bytes = Buffer.from(['"open,quote', ...lines].join(newline));
    const { rows } = readRows(bytes, true, { encoding: 'utf-8', delimiter: ',' });
    expect(bytes.length).toBeGreaterThan(LONGEST_ROW_BYTES);
    expect(rows[0]).toMatchObject({ broken: 'open-quote' });
    expect(rows).toHaveLength(9001);
    expect(rows.at(-1)?.cells).toEqual(['row 8999', 'x']);
  });

  it('are given up when a line alone is too long', () => {
    const bytes = Buffer.from(`${'x'.repeat(LONGEST_ROW_BYTES + 10)}\na,b\n`);
    const row = readRow(bytes, 0, false, { encoding: 'utf-8', delimiter: ',' });
    expect(row).toMatchObject({ broken: 'too-long' });
  });

  it('keep the letters of a line that is not written as the rest of the file', () => {
    const bytes = Buffer.concat([Buffer.from('José\n'), Buffer.from('Mar\xeda €\n'.replace('€', '\x80'), 'latin1')]);
    const { rows } = readRows(bytes, true, { encoding: 'utf-8', delimiter: ',' });
    expect(rows.map(({ cells }) => cells)).toEqual([['José'], ['María €']]);
  });
});

describe('the way a file is written', () => {
  const text = 'Nombre,Teléfono\nJosé,+5491123456789\nMaría,+5491123456780\n';

  it.each(csvEncodings)('is known for %s', (encoding) => {
    expect(detectEncoding(encoded[encoding](text))).toBe(encoding);
  });

  it('is known for UTF-16 without its mark', () => {
    expect(detectEncoding(Buffer.from(text, 'utf16le'))).toBe('utf-16le');
    expect(detectEncoding(utf16be(text))).toBe('utf-16be');
  });

  it('is known though the first bytes end within a character', () => {
    const bytes = Buffer.from(text);
    for (let end = 1; end < bytes.length; end += 1) expect(detectEncoding(bytes.subarray(0, end))).toBe('utf-8');
  });

  it.each(csvDelimiters)('has the delimiter %j', (delimiter) => {
    const rows = [
      ['name', 'phone', 'city'],
      ['Ana, la de siempre', '+549', 'Ruta 3; km 4 | casa'],
      ['Luz', '+548', 'Córdoba'],
    ];
    for (const encoding of csvEncodings) {
      expect(detectFormat(encoded[encoding](asText(rows, delimiter, '\r\n')), true)).toMatchObject({
        encoding,
        delimiter,
      });
    }
  });

  it('is what a spreadsheet says in its first line', () => {
    for (const encoding of csvEncodings) {
      const bytes = encoded[encoding]('sep=;\r\na,b;c,d\r\n');
      const format = detectFormat(bytes, true);
      expect(format.delimiter).toBe(';');
      expect(readRows(bytes, true, format, format.start).rows.map(({ cells }) => cells)).toEqual([['a,b', 'c,d']]);
    }
  });

  it('is a comma where there is one column', () => {
    expect(detectFormat(Buffer.from('phone\n+549\n'), true).delimiter).toBe(',');
  });
});

describe('a cell', () => {
  it.each(['=1+1', '+cmd|x', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '＝1+1', '=HYPERLINK("http://x")'])(
    'shows %j as text',
    (value) => {
      expect(harmless(value)).toBe(`'${value}`);
      expect(unharmed(harmless(value))).toBe(value);
    },
  );

  it.each(['+5491123456789', '-12.5', 'Ana', "'s", '', "O'Higgins"])('leaves %j as it is', (value) => {
    expect(harmless(value)).toBe(value);
    expect(unharmed(value)).toBe(value);
  });

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 5 }), (values) => {
        const wellFormed = values.map((value) => value.toWellFormed());
        const bytes = Buffer.from(csvLine(values));
        const [row] = readRows(bytes, true, { encoding: 'utf-8', delimiter: ',' }).rows;
        expect(row?.cells).toEqual(wellFormed.map(harmless));
      }),
    );
  });
});
