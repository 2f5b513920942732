import { type CsvEncoding, decodeCsv, detectEncoding, markLength } from './csv-encoding.ts';
import { type CsvDelimiter, type CsvDialect, type CsvRow, csvDelimiters, isBlank, readRows } from './csv-rows.ts';

/** How a file is written, and where its first row begins. */
export interface CsvFormat extends CsvDialect {
  /** The first byte that is text of a row. */
  start: number;
}

const ROWS_LOOKED_AT = 50;

/** A spreadsheet may name its delimiter in a first line of its own. */
const declared = (
  head: Buffer,
  encoding: CsvEncoding,
  from: number,
): { delimiter: CsvDelimiter; next: number } | undefined => {
  const [first] = readRows(head.subarray(0, from + 64), false, { encoding, delimiter: '|' }, from).rows;
  if (first === undefined) return undefined;
  const [, word] = /^"?sep=(.)"?$/i.exec(decodeCsv(head.subarray(first.start, first.next), encoding).trimEnd()) ?? [];
  const delimiter = csvDelimiters.find((one) => one === word);
  return delimiter && { delimiter, next: first.next };
};

const commonest = (counts: readonly number[]): { cells: number; rows: number } => {
  const tally = new Map<number, number>();
  for (const count of counts) tally.set(count, (tally.get(count) ?? 0) + 1);
  const [cells, rows] = [...tally].reduce((best, one) => (one[1] > best[1] ? one : best), [1, 0]);
  return { cells, rows };
};

/** How well a delimiter cuts rows into as many cells each: 0 when it cuts none. */
const scoreOf = (rows: readonly CsvRow[]): number => {
  const filled = rows.filter((row) => !isBlank(row));
  const { cells, rows: alike } = commonest(filled.map((row) => row.cells.length));
  return cells === 1 ? 0 : (alike / filled.length) ** 2 * Math.min(cells, 50);
};

const likeliest = (head: Buffer, isWhole: boolean, encoding: CsvEncoding, start: number): CsvDelimiter => {
  const scores = csvDelimiters.map((delimiter) => {
    const { rows } = readRows(head, isWhole, { encoding, delimiter }, start);
    return { delimiter, score: scoreOf(rows.slice(0, ROWS_LOOKED_AT)) };
  });
  return scores.reduce((best, one) => (one.score > best.score ? one : best)).delimiter;
};

/**
 * Tells by its first bytes how a file is written. `isWhole`: they are the whole file. What is given, is not looked for.
 */
export const detectFormat = (
  head: Buffer,
  isWhole: boolean,
  given: { encoding?: CsvEncoding | undefined; delimiter?: CsvDelimiter | undefined } = {},
): CsvFormat => {
  const encoding = given.encoding ?? detectEncoding(head);
  const mark = markLength(head);
  const line = declared(head, encoding, mark);
  const start = line?.next ?? mark;
  const delimiter = given.delimiter ?? line?.delimiter ?? likeliest(head, isWhole, encoding, start);
  return { encoding, delimiter, start };
};
