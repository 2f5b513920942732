import { csvLine, UTF8_MARK } from '#core/csv-text.ts';
import type { Language } from '#core/fields.ts';
import type { ErrorFile } from './import-input.ts';
import { type RowReason, reasonText, warningText } from './import-reasons.ts';

export interface ErrorFilePorts {
  files: {
    get: (key: string) => Promise<Buffer | undefined>;
    put: (key: string, body: Buffer, type: { contentType: string }) => Promise<void>;
  };
}

/** A file of refused rows is closed at this size; it is in memory until then. */
const MOST_BYTES = 2 * 1024 * 1024;

const columns: Record<Language, readonly [row: string, reason: string]> = {
  es: ['Fila', 'Motivo'],
  pt: ['Linha', 'Motivo'],
  en: ['Row', 'Reason'],
};

/** A row that was not taken, or was taken without some of its cells. */
export type NotedRow = { number: number; cells: readonly string[] } & (
  | { reason: RowReason }
  | { warnings: readonly RowReason[] }
);

/** Where the files of noted rows go, and how they are written. */
export interface ErrorFileOptions {
  /** What every key begins with: this worker's alone, for one that was thought dead may still be writing its own. */
  folder: string;
  language: Language;
  header: readonly string[];
}

/**
 * Rows that were not taken as they are, in files of some megabytes that can be mended and imported again. `saved` are
 * the files of the last checkpoint: the last of them is written anew under a name of this worker, as it was then.
 */
export const errorFiles = async (
  saved: readonly ErrorFile[],
  { folder, language, header }: ErrorFileOptions,
  { files }: ErrorFilePorts,
) => {
  const closed = saved.slice(0, -1);
  const last = saved.at(-1);
  let open = last ? ((await files.get(last.key)) ?? Buffer.alloc(0)).subarray(0, last.bytes) : Buffer.alloc(0);
  let current = last;
  let isChanged = last !== undefined;
  const putOpen = async (): Promise<void> => {
    const key = `${folder}errors-${closed.length + 1}.csv`;
    await files.put(key, open, { contentType: 'text/csv; charset=utf-8' });
    current = { key, bytes: open.length };
  };
  const title = () => Buffer.from(UTF8_MARK + csvLine([...columns[language], ...header]));

  return {
    add: (rows: readonly NotedRow[]): void => {
      if (rows.length === 0) return;
      const lines = rows.map((row) => {
        const why = 'reason' in row ? reasonText(row.reason, language) : warningText(row.warnings, language);
        return csvLine([String(row.number), why, ...row.cells]);
      });
      open = Buffer.concat([open.length === 0 ? title() : open, Buffer.from(lines.join(''))]);
      isChanged = true;
    },

    /** Puts what is new where it stays; gives all files as they are then. */
    flush: async (): Promise<ErrorFile[]> => {
      if (isChanged) await putOpen();
      isChanged = false;
      if (open.length < MOST_BYTES) return current ? [...closed, current] : [...closed];
      if (current) closed.push(current);
      current = undefined;
      open = Buffer.alloc(0);
      return [...closed];
    },
  };
};
