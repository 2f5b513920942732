import { type CsvEncoding, decodeCsv, unitBytes } from './csv-encoding.ts';

export const csvDelimiters = [',', ';', '\t', '|'] as const;
export type CsvDelimiter = (typeof csvDelimiters)[number];

/** How a file writes its rows. */
export interface CsvDialect {
  encoding: CsvEncoding;
  delimiter: CsvDelimiter;
}

/**
 * A row of a file: its cells, and where in the bytes it stands. `broken`: a quote that is never closed, or more than a
 * row may have; then its cells are those of its first line.
 */
export interface CsvRow {
  cells: string[];
  start: number;
  /** Where the next row begins. */
  next: number;
  broken?: 'open-quote' | 'too-long';
}

/** A row longer than this is none: somewhere a quote was opened and never closed. */
export const LONGEST_ROW_BYTES = 64 * 1024;

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Gives the unit at a place: a byte, or two of UTF-16. -1 where there is none. */
type UnitAt = (place: number) => number;

const unitReader = (bytes: Buffer, encoding: CsvEncoding): UnitAt => {
  if (encoding === 'utf-16le') return (at) => (at + 1 < bytes.length ? bytes.readUInt16LE(at) : -1);
  if (encoding === 'utf-16be') return (at) => (at + 1 < bytes.length ? bytes.readUInt16BE(at) : -1);
  return (at) => bytes[at] ?? -1;
};

/** A row's end, and where the next one begins; `isOpen` when the bytes end within quotes. */
interface RowEnd {
  end: number;
  next: number;
  isOpen?: boolean;
}

type CellState = 'start' | 'plain' | 'quoted' | 'closing';

const afterUnit = (state: CellState, unit: number, delimiter: number): CellState => {
  if (state === 'quoted') return unit === QUOTE ? 'closing' : 'quoted';
  // a quote behind a quote stands for one
  if (state === 'closing' && unit === QUOTE) return 'quoted';
  if (unit === delimiter) return 'start';
  return state === 'start' && unit === QUOTE ? 'quoted' : 'plain';
};

const isNewline = (unit: number): boolean => unit === LINE_FEED || unit === CARRIAGE_RETURN;

interface Scan {
  unitAt: UnitAt;
  width: 1 | 2;
  delimiter: number;
}

const endAt = (at: number, { unitAt, width }: Scan): RowEnd => {
  const isPair = unitAt(at) === CARRIAGE_RETURN && unitAt(at + width) === LINE_FEED;
  return { end: at, next: at + (isPair ? 2 * width : width) };
};

/** Where the row ends that begins at `start`; with `isOpen` when the bytes end first, within quotes or not. */
const findEnd = (start: number, limit: number, scan: Scan): RowEnd & { isOpen: boolean; isFound: boolean } => {
  const { unitAt, width, delimiter } = scan;
  let state: CellState = 'start';
  for (let at = start; at < limit; at += width) {
    const unit = unitAt(at);
    if (state !== 'quoted' && isNewline(unit)) return { ...endAt(at, scan), isOpen: false, isFound: true };
    state = afterUnit(state, unit, delimiter);
  }
  return { end: limit, next: limit, isOpen: state === 'quoted', isFound: false };
};

/** The end of the first line, whatever quotes say. */
const findLineEnd = (start: number, limit: number, scan: Scan): RowEnd => {
  for (let at = start; at < limit; at += scan.width) if (isNewline(scan.unitAt(at))) return endAt(at, scan);
  return { end: limit, next: limit };
};

/** What a character adds to its cell: nothing when it is a quote that opens or closes. */
const textOf = (character: string, state: CellState, next: CellState): string =>
  next === 'closing' || (next === 'quoted' && state === 'start') ? '' : character;

/** The cells of a row's text: commas within quotes and doubled quotes are text. */
export const cellsOf = (text: string, delimiter: CsvDelimiter): string[] => {
  if (!text.includes('"')) return text.split(delimiter);
  const cells: string[] = [];
  let cell = '';
  let state: CellState = 'start';
  for (const character of text) {
    const next = afterUnit(state, character.charCodeAt(0), delimiter.charCodeAt(0));
    if (next === 'start') cells.push(cell);
    cell = next === 'start' ? '' : cell + textOf(character, state, next);
    state = next;
  }
  return [...cells, cell];
};

const toRow = (bytes: Buffer, start: number, { end, next }: RowEnd, dialect: CsvDialect): CsvRow => ({
  cells: cellsOf(decodeCsv(bytes.subarray(start, end), dialect.encoding), dialect.delimiter),
  start,
  next,
});

/** The first line of what is no row, so that those behind it are read. */
const brokenRow = (bytes: Buffer, start: number, limit: number, isOpen: boolean, given: Given): CsvRow => ({
  ...toRow(bytes, start, findLineEnd(start, limit, given.scan), given.dialect),
  broken: isOpen ? 'open-quote' : 'too-long',
});

interface Given {
  scan: Scan;
  dialect: CsvDialect;
}

/**
 * The row that begins at `start`, or undefined while more bytes may belong to it. `isEnd`: the file ends where the bytes
 * do. A quote that is never closed spoils its own line only; rows are the same wherever bytes are cut, so long as twice
 * {@link LONGEST_ROW_BYTES} are given before a row is asked for. `start` at the end gives undefined.
 */
export const readRow = (bytes: Buffer, start: number, isEnd: boolean, dialect: CsvDialect): CsvRow | undefined => {
  const width = unitBytes(dialect.encoding);
  const whole = bytes.length - ((bytes.length - start) % width);
  if (start >= whole) return undefined;
  const scan: Scan = {
    unitAt: unitReader(bytes, dialect.encoding),
    width,
    delimiter: dialect.delimiter.charCodeAt(0),
  };
  const isLimited = whole - start > LONGEST_ROW_BYTES;
  const limit = isLimited ? start + LONGEST_ROW_BYTES : whole;
  const found = findEnd(start, limit, scan);
  // what follows a carriage return decides whether it is the whole newline
  if (found.isFound) return found.next < whole || isEnd ? toRow(bytes, start, found, dialect) : undefined;
  if (isLimited || (isEnd && found.isOpen)) return brokenRow(bytes, start, limit, found.isOpen, { scan, dialect });
  return isEnd ? toRow(bytes, start, found, dialect) : undefined;
};

/** All rows from `start` that the bytes have whole, and where the next one begins. */
export const readRows = (
  bytes: Buffer,
  isEnd: boolean,
  dialect: CsvDialect,
  start = 0,
): { rows: CsvRow[]; next: number } => {
  const rows: CsvRow[] = [];
  let next = start;
  for (let row = readRow(bytes, next, isEnd, dialect); row; row = readRow(bytes, next, isEnd, dialect)) {
    rows.push(row);
    next = row.next;
  }
  return { rows, next };
};

/** A row without any text. */
export const isBlank = ({ cells }: Pick<CsvRow, 'cells'>): boolean => cells.every((cell) => cell.trim() === '');
