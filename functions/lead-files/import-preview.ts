import * as z from 'zod/mini';
import { type CsvFormat, detectFormat } from '#core/csv-dialect.ts';
import { type CsvEncoding, csvEncodings, looksLikeText } from '#core/csv-encoding.ts';
import { type CsvDelimiter, csvDelimiters, isBlank, readRows } from '#core/csv-rows.ts';
import { AppError } from '#core/errors.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { importFields, looksLikeHeader, MOST_COLUMNS, suggestMapping } from './import-mapping.ts';

export interface PreviewPorts {
  files: {
    getRange: (
      key: string,
      from: number,
      length: number,
    ) => Promise<{ body: Buffer; bytes: number; etag: string } | undefined>;
  };
}

/** What a file is read as; what is left out is detected. */
export const PreviewQuery = lazy(() =>
  z.object({
    encoding: z.optional(z.enum(csvEncodings)),
    delimiter: z.optional(z.enum(csvDelimiters)),
    hasHeader: z.optional(
      z.pipe(
        z.enum(['true', 'false']),
        z.transform((text) => text === 'true'),
      ),
    ),
  }),
);

/** How a file is written, as far as its beginning tells, and how it may be imported. */
export const ImportPreview = lazy(() =>
  z.object({
    bytes: z.int(),
    encoding: z.enum(csvEncodings),
    delimiter: z.enum(csvDelimiters),
    hasHeader: z.boolean(),
    /** What the columns are called; absent without a header. */
    header: z.optional(z.array(z.string())),
    /** The first rows, without the header. */
    rows: z.array(z.array(z.string())),
    /** Which column, from 0, seems to have what. */
    mapping: z.partialRecord(z.enum(importFields), z.int()),
  }),
);
export type ImportPreview = z.infer<Lazy<typeof ImportPreview>>;

/** What was given about how a file is written. */
export interface GivenFormat {
  encoding?: CsvEncoding | undefined;
  delimiter?: CsvDelimiter | undefined;
  hasHeader?: boolean | undefined;
}

const HEAD_BYTES = 128 * 1024;
const ROWS_SHOWN = 20;
const MOST_SHOWN = 200;

/** The beginning of a file, and how it is written. */
export interface FileHead {
  bytes: number;
  etag: string;
  format: CsvFormat & { hasHeader: boolean; headerRow?: number };
  /** The first rows that are not blank. */
  rows: string[][];
}

/** Reads the beginning of an uploaded file. Throws `file.not-uploaded`, and `file.not-csv` for what is no text. */
export const readHead = async (fileKey: string, given: GivenFormat, { files }: PreviewPorts): Promise<FileHead> => {
  const part = await files.getRange(fileKey, 0, HEAD_BYTES);
  if (part === undefined || part.body.length === 0) {
    throw new AppError('file.not-uploaded', 'the file is not there yet, or is empty');
  }
  const isWhole = part.body.length >= part.bytes;
  const format = detectFormat(part.body, isWhole, given);
  if (!looksLikeText(part.body, format.encoding)) throw new AppError('file.not-csv', 'the file is not text');
  const all = readRows(part.body, isWhole, format, format.start).rows;
  const rows = all.filter((row) => !isBlank(row)).map(({ cells }) => cells);
  const hasHeader = given.hasHeader ?? looksLikeHeader(rows[0] ?? []);
  // blank rows before it count, as a spreadsheet counts them
  const headerRow = all.findIndex((row) => !isBlank(row)) + 1;
  const header = { hasHeader, ...(hasHeader && headerRow > 0 && { headerRow }) };
  return { bytes: part.bytes, etag: part.etag, format: { ...format, ...header }, rows };
};

const shown = (cells: readonly string[]): string[] =>
  cells.slice(0, MOST_COLUMNS).map((cell) => cell.slice(0, MOST_SHOWN).toWellFormed());

/**
 * Tells of an uploaded file how it is written, what its columns seem to be, and its first rows. Throws
 * `file.not-uploaded` and `file.not-csv`.
 */
export const previewImport = async (
  { fileKey, given }: { fileKey: string; given: GivenFormat },
  ports: PreviewPorts,
): Promise<ImportPreview> => {
  const { bytes, format, rows } = await readHead(fileKey, given, ports);
  const { encoding, delimiter, hasHeader } = format;
  const [first, ...rest] = rows;
  const header = hasHeader ? first : undefined;
  const people = (hasHeader ? rest : rows).slice(0, ROWS_SHOWN);
  return {
    ...{ bytes, encoding, delimiter, hasHeader },
    ...(header && { header: shown(header) }),
    rows: people.map(shown),
    mapping: suggestMapping(header, people),
  };
};
