import { type CsvRow, isBlank, LONGEST_ROW_BYTES, readRows } from '#core/csv-rows.ts';
import { isAppError } from '#core/errors.ts';
import { fold } from '#core/text.ts';
import type { Job } from '../jobs/job.ts';
import type { JobRun, Runner } from '../jobs/run-job.ts';
import { leadStatuses } from '../leads/lead.ts';
import {
  defaultPipeline,
  findStage,
  type Pipeline,
  placeIn,
  placeOfNew,
  stageOfStatus,
} from '../pipelines/pipeline.ts';
import { isActive, type User } from '../shops/user.ts';
import { type ImportContext, type ImportRow, MOST_ROWS_AT_ONCE } from './import-decision.ts';
import { type ErrorFilePorts, errorFiles, type NotedRow } from './import-errors.ts';
import {
  type ImportCounts,
  ImportInput,
  type ImportPlan,
  ImportProgress,
  importFolder,
  noRows,
} from './import-input.ts';
import { type RowReason, rowReasons } from './import-reasons.ts';
import { type ImportNames, readImportRow } from './import-row.ts';
import { type ImportRowsPorts, importRows, type RowResult, type SeenPhones } from './import-rows.ts';

export interface RunImportPorts extends ImportRowsPorts {
  files: ErrorFilePorts['files'] & {
    /** At most `length` bytes from the byte `from` on; undefined when there is no such file. */
    getRange: (
      key: string,
      from: number,
      length: number,
    ) => Promise<{ body: Buffer; bytes: number; etag: string } | undefined>;
  };
  pipelines: { all: (shopId: string) => Promise<Pipeline[]> };
  users: (shopId: string) => AsyncIterable<User>;
  /** How many rows are looked up, written and counted together: {@link MOST_ROWS_AT_ONCE} at most. */
  rowsAtOnce?: number;
}

/** What is read of the file at once: more than the longest row, twice. */
const BLOCK_BYTES = 4 * LONGEST_ROW_BYTES;

const namesOf = (pipelines: readonly Pipeline[], users: readonly User[]): ImportNames => {
  const stages = pipelines.flatMap((pipeline) => pipeline.stages.map((stage) => ({ pipeline, stage })));
  const active = users.filter(isActive);
  return {
    findPlace: (name) => {
      const found = findStage(pipelines, name) ?? stages.find(({ stage }) => fold(stage.name) === fold(name));
      const status = leadStatuses.find((one) => one === fold(name).replaceAll(' ', '_'));
      if (found) return placeIn(found);
      const pipeline = defaultPipeline(pipelines);
      return status && placeIn({ pipeline, stage: stageOfStatus(pipeline, status) });
    },
    findSeller: (name) =>
      active.find((user) => user.email.toLowerCase() === name.toLowerCase() || user.userId === name)?.userId ??
      active.find((user) => fold(user.name) === fold(name))?.userId,
  };
};

const placeOf = (pipelines: readonly Pipeline[], { stageId }: ImportPlan) => {
  const found = stageId === undefined ? undefined : findStage(pipelines, stageId);
  return found ? placeIn(found) : placeOfNew(pipelines);
};

/** A row of the file by its number, as a spreadsheet counts them. */
type NumberedRow = CsvRow & { number: number };

type RefusedRow = NotedRow & { reason: RowReason };

const reasonsOfBroken = { 'open-quote': 'open-quote', 'too-long': 'row-too-long' } as const;

const readOne = (row: NumberedRow, plan: ImportPlan, names: ImportNames): ImportRow | RefusedRow => {
  const { number, cells, broken } = row;
  if (broken) return { number, cells, reason: reasonsOfBroken[broken] };
  const read = readImportRow(cells, plan, names);
  return 'reason' in read ? { number, cells, reason: read.reason } : { number, ...read };
};

const isReason = (result: RowResult): result is RowReason => (rowReasons as readonly string[]).includes(result);

type Tally = Pick<ImportProgress, 'counts' | 'reasons' | 'warned' | 'warnings'>;

const withOneMore = (tally: ImportProgress['reasons'], reasons: readonly RowReason[]): ImportProgress['reasons'] => {
  const next = { ...tally };
  for (const reason of reasons) next[reason] = (next[reason] ?? 0) + 1;
  return next;
};

interface SliceDone {
  results: readonly RowResult[];
  notes: readonly NotedRow[];
}

/** Counts what became of rows. */
const counted = ({ counts, reasons, warned, warnings }: Tally, { results, notes }: SliceDone): Tally => {
  const next: ImportCounts = { ...counts, rows: counts.rows + results.length };
  for (const result of results) next[isReason(result) ? 'failed' : result] += 1;
  const without = notes.flatMap((note) => ('warnings' in note ? [note.warnings] : []));
  return {
    counts: next,
    reasons: withOneMore(reasons, results.filter(isReason)),
    warned: warned + without.length,
    warnings: withOneMore(warnings, without.flat()),
  };
};

interface Slice {
  rows: readonly NumberedRow[];
  names: ImportNames;
  context: ImportContext;
  seen: SeenPhones;
}

/** What is to be said of a row that could be read: that it was not taken after all, or without some of its cells. */
const noteOf = (
  { number, warnings }: ImportRow,
  cells: readonly string[],
  result: RowResult | undefined,
): NotedRow[] => {
  if (result !== undefined && isReason(result)) return [{ number, cells, reason: result }];
  return warnings.length > 0 && result !== 'skipped' ? [{ number, cells, warnings }] : [];
};

/** Imports some rows; gives what became of all of them, and what is to be said of which. */
const importSlice = async ({ rows, names, context, seen }: Slice, ports: RunImportPorts): Promise<SliceDone> => {
  const filled = rows.filter((row) => !isBlank(row));
  const read = filled.map((row) => readOne(row, context.plan, names));
  const taken = read.filter((one): one is ImportRow => 'facts' in one);
  const done = await importRows(taken, context, seen, ports);
  const cellsOf = new Map(filled.map(({ number, cells }) => [number, cells]));
  const said = taken.flatMap((row) => noteOf(row, cellsOf.get(row.number) ?? [], done.get(row.number)));
  const unreadable = read.filter((one): one is RefusedRow => 'reason' in one);
  const results: RowResult[] = [...unreadable.map(({ reason }) => reason), ...done.values()];
  return { results, notes: [...unreadable, ...said].toSorted((one, other) => one.number - other.number) };
};

const firstProgress = ({ start }: ImportPlan): ImportProgress => ({
  ...{ row: 0, byte: start, counts: noRows },
  ...{ reasons: {}, warned: 0, warnings: {}, errors: [] },
});

/** A dry run that goes on has forgotten which phones it met: it may count a few as new that are not. */
const whereToBegin = (plan: ImportPlan, saved: unknown): ImportProgress =>
  ImportProgress().safeParse(saved).data ?? firstProgress(plan);

interface Source {
  fileKey: string;
  plan: ImportPlan;
  /** Where the next row begins. */
  byte: number;
}

/** The next rows of the file, none at its end, or why it can't be read on. */
const readBlock = async (
  { fileKey, plan, byte }: Source,
  { files }: Pick<RunImportPorts, 'files'>,
): Promise<CsvRow[] | 'file-gone' | 'file-changed'> => {
  if (byte >= plan.bytes) return [];
  const part = await files.getRange(fileKey, byte, BLOCK_BYTES);
  if (part === undefined) return 'file-gone';
  if (part.etag !== plan.etag) return 'file-changed';
  const { rows } = readRows(part.body, byte + part.body.length >= plan.bytes, plan);
  return rows.map((row) => ({ ...row, next: row.next + byte }));
};

/** The rows of the file from a byte on, some hundred at a time; in the end why it can't be read on, if so. */
async function* readSlices(source: Source, ports: RunImportPorts): AsyncGenerator<CsvRow[], string | undefined> {
  const { rowsAtOnce = MOST_ROWS_AT_ONCE } = ports;
  let byte = source.byte;
  for (;;) {
    const rows = await readBlock({ ...source, byte }, ports);
    if (typeof rows === 'string') return rows;
    if (rows.length === 0) return undefined;
    for (let from = 0; from < rows.length; from += rowsAtOnce) yield rows.slice(from, from + rowsAtOnce);
    byte = rows.at(-1)?.next ?? source.plan.bytes;
  }
}

/** The row that names the columns is nobody. */
const withoutHeader = (rows: readonly NumberedRow[], { headerRow = 0 }: ImportPlan): readonly NumberedRow[] =>
  rows.filter(({ number }) => number > headerRow);

/** What the file calls its columns; nothing without a header. */
const readHeader = async ({ fileKey, plan }: Omit<Source, 'byte'>, ports: RunImportPorts): Promise<string[]> => {
  if (plan.headerRow === undefined) return [];
  const rows = await readBlock({ fileKey, plan, byte: plan.start }, ports);
  return typeof rows === 'string' ? [] : (rows[plan.headerRow - 1]?.cells ?? []);
};

/** What one worker keeps in mind of an import, and how it imports the next rows. */
const openImport = async (job: Job, source: Source, saved: ImportProgress, ports: RunImportPorts) => {
  const { shopId, jobId: importId, by, claim = 'nobody' } = job;
  const { plan } = source;
  const [pipelines, users] = await Promise.all([ports.pipelines.all(shopId), Array.fromAsync(ports.users(shopId))]);
  const names = namesOf(pipelines, users);
  const context = { shopId, importId, by, plan, place: placeOf(pipelines, plan) };
  const seen: SeenPhones = new Set();
  const written = { folder: `${importFolder(shopId, importId)}${claim}/`, language: plan.language };
  const noted = await errorFiles(saved.errors, { ...written, header: await readHeader(source, ports) }, ports);
  return async (progress: ImportProgress, rows: readonly CsvRow[]): Promise<ImportProgress> => {
    const numbered = rows.map((row, index) => ({ ...row, number: progress.row + index + 1 }));
    const done = await importSlice({ rows: withoutHeader(numbered, plan), names, context, seen }, ports);
    noted.add(done.notes);
    const place = { row: progress.row + rows.length, byte: rows.at(-1)?.next ?? plan.bytes };
    return { ...counted(progress, done), ...place, errors: await noted.flush() };
  };
};

/** How long an import rests when the table has no room for it. */
const REST_SECONDS = 60;

/** Undefined when the table had no room, for so long that it is better left alone for a while. */
const unlessBusy = async <Result>(work: Promise<Result>): Promise<Result | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (isAppError(error, 'table.busy')) return undefined;
    throw error;
  }
};

/** Imports slice by slice from where the job is. */
const workThrough = async (
  { job, checkpoint }: JobRun,
  { fileKey, plan }: Omit<Source, 'byte'>,
  ports: RunImportPorts,
): ReturnType<Runner> => {
  let progress = whereToBegin(plan, job.progress);
  const source = { fileKey, plan, byte: progress.byte };
  const step = await openImport(job, source, progress, ports);
  const slices = readSlices(source, ports);
  let next = await slices.next();
  for (; !next.done; next = await slices.next()) {
    const further = await unlessBusy(step(progress, next.value));
    if (further === undefined) {
      await checkpoint(progress, REST_SECONDS);
      return undefined;
    }
    progress = further;
    if (!(await checkpoint(progress))) return undefined;
  }
  if (next.value !== undefined) return { state: 'failed', error: next.value, progress };
  return { state: 'done', progress, result: progress.counts };
};

/**
 * Imports leads from a file, block by block: reads some rows, finds whom the shop knows, writes what is new, counts, and
 * notes how far it came. It holds one block and one file of refused rows in memory, however long the file is. May be
 * begun anew at any checkpoint, and by two workers at once: no row is done or counted twice. When the table has no room it
 * rests; no row is refused for that. A file that is gone, or is another one than was started, is a failure.
 */
export const runImport =
  (ports: RunImportPorts): Runner =>
  async ({ job, checkpoint }) => {
    const { fileKey, plan } = ImportInput().parse(job.input);
    if (plan === undefined) return { state: 'failed', error: 'not-started' };
    return workThrough({ job, checkpoint }, { fileKey, plan }, ports);
  };
