import type { Clock } from '#core/clock.ts';
import { csvLine, UTF8_MARK } from '#core/csv-text.ts';
import type { Consent, Contact } from '../contacts/contact.ts';
import type { Runner } from '../jobs/run-job.ts';
import type { Lead } from '../leads/lead.ts';
import { type ListLeadsPorts, listLeads } from '../leads/list-leads.ts';
import type { Shop } from '../shops/shop.ts';
import type { User } from '../shops/user.ts';
import type { Viewer } from '../shops/viewer.ts';
import { type ExportNames, exportHeader, exportRow } from './export-columns.ts';
import { type ExportFile, ExportInput, ExportProgress, exportFolder } from './export-input.ts';

export interface RunExportPorts extends ListLeadsPorts {
  contacts: { findAll: (shopId: string, contactIds: readonly string[]) => Promise<Contact[]> };
  users: (shopId: string) => AsyncIterable<User>;
  findShop: (shopId: string) => Promise<Shop | undefined>;
  files: {
    get: (key: string) => Promise<Buffer | undefined>;
    put: (key: string, body: Buffer, type: { contentType: string }) => Promise<void>;
  };
  clock: Clock;
  /** How many leads a file has at least, unless it is the last. */
  rowsPerFile?: number;
}

const ROWS_PER_FILE = 20_000;
const PAGE = 200;
/** A lease is six times as long. */
const SAVED_EVERY_MS = 30_000;

interface Exporting {
  shopId: string;
  viewer: Viewer;
  input: ExportInput;
  names: ExportNames;
}

const linesOf = async (leads: readonly Lead[], { shopId, input, names }: Exporting, ports: RunExportPorts) => {
  const contacts = await ports.contacts.findAll(
    shopId,
    leads.map(({ leadId }) => leadId),
  );
  const states = new Map<string, Consent['state']>(contacts.map((one) => [one.contactId, one.marketing.state]));
  return leads.map((lead) => csvLine(exportRow(lead, states.get(lead.leadId) ?? 'unknown', names), input.delimiter));
};

const open = async (shopId: string, by: string, input: ExportInput, ports: RunExportPorts): Promise<Exporting> => {
  const [shop, pipelines] = await Promise.all([ports.findShop(shopId), ports.pipelines.all(shopId)]);
  const users = await Array.fromAsync(ports.users(shopId));
  const byId = new Map(users.map((user) => [user.userId, user]));
  const names = { pipelines, users: byId, language: shop?.language ?? 'es' };
  const viewer = { userId: by.replace(/^user:/, ''), role: 'admin', sellerSees: 'all' } as const;
  return { shopId, viewer, input, names };
};

/** The file that is written at: what is in it already, and what it is called. */
interface OpenFile {
  parts: Buffer[];
  rows: number;
  number: number;
}

const newFile = (number: number, { names, input }: Exporting): OpenFile => ({
  parts: [Buffer.from(UTF8_MARK + csvLine(exportHeader(names.language), input.delimiter))],
  rows: 0,
  number,
});

/** The file at which the worker before stopped, as it was then, or a new one. */
const fileAt = async (progress: ExportProgress, exporting: Exporting, ports: RunExportPorts): Promise<OpenFile> => {
  const { files, isOpen } = progress;
  const last = files.at(-1);
  if (last === undefined || !isOpen) return newFile(files.length + 1, exporting);
  const body = await ports.files.get(last.key);
  if (body === undefined) throw new Error('the file of an export is gone');
  return { parts: [body.subarray(0, last.bytes)], rows: last.rows, number: files.length };
};

/** Puts a file where it stays. A worker that was thought dead puts its own elsewhere. */
const putFile = async (
  { parts, rows, number }: OpenFile,
  folder: string,
  ports: RunExportPorts,
): Promise<ExportFile> => {
  const name = `leads-${number}.csv`;
  const body = Buffer.concat(parts);
  await ports.files.put(`${folder}${name}`, body, { contentType: 'text/csv; charset=utf-8' });
  return { key: `${folder}${name}`, name, bytes: body.length, rows };
};

/** The next leads in the order in which they were made: what changes meanwhile keeps its place. */
const nextPage = async (cursor: string | undefined, exporting: Exporting, ports: RunExportPorts) => {
  const { shopId, viewer, input } = exporting;
  const query = { ...input.filter, sort: 'created', order: 'asc', limit: PAGE, cursor } as const;
  const { items, nextCursor } = await listLeads({ shopId, viewer, query }, ports);
  return { lines: await linesOf(items, exporting, ports), nextCursor };
};

const isFull = ({ rows }: OpenFile, { rowsPerFile = ROWS_PER_FILE }: RunExportPorts): boolean => rows >= rowsPerFile;

/** Takes leads into a file until it is full, or there are no more, or it is time to save it; gives where to go on. */
const fill = async (file: OpenFile, from: string | undefined, exporting: Exporting, ports: RunExportPorts) => {
  const until = ports.clock().getTime() + SAVED_EVERY_MS;
  let cursor = from;
  do {
    const { lines, nextCursor } = await nextPage(cursor, exporting, ports);
    file.parts.push(Buffer.from(lines.join('')));
    file.rows += lines.length;
    cursor = nextCursor;
  } while (cursor !== undefined && !isFull(file, ports) && ports.clock().getTime() < until);
  return cursor;
};

interface Place {
  progress: ExportProgress;
  cursor: string | undefined;
  folder: string;
}

/** How far the export is with this file as it is now. */
const saved = async (
  file: OpenFile,
  { progress, cursor, folder }: Place,
  ports: RunExportPorts,
): Promise<ExportProgress> => {
  const files = [...progress.files.slice(0, file.number - 1), await putFile(file, folder, ports)];
  const rows = files.reduce((sum, one) => sum + one.rows, 0);
  return { rows, files, isOpen: !isFull(file, ports), ...(cursor !== undefined && { cursor }) };
};

/**
 * Takes leads out into files of CSV, some ten thousand in each. One file is in memory at a time. It is put where it stays
 * every half a minute, however few leads the filter finds; a worker that goes on for one that died begins there. Whoever
 * is made while it works may or may not be in it.
 */
export const runExport =
  (ports: RunExportPorts): Runner =>
  async ({ job, checkpoint }) => {
    const { shopId, jobId, by, claim = 'nobody' } = job;
    const exporting = await open(shopId, by, ExportInput().parse(job.input), ports);
    const folder = `${exportFolder(shopId, jobId)}${claim}/`;
    let progress = ExportProgress().parse(job.progress);
    // a worker may die between its last checkpoint and the end
    const isWhole = progress.files.length > 0 && progress.cursor === undefined;
    let file = await fileAt(progress, exporting, ports);
    for (let isOver = isWhole; !isOver; isOver = progress.cursor === undefined) {
      const cursor = await fill(file, progress.cursor, exporting, ports);
      progress = await saved(file, { progress, cursor, folder }, ports);
      if (!(await checkpoint(progress))) return undefined;
      if (progress.isOpen !== true) file = newFile(progress.files.length + 1, exporting);
    }
    return { state: 'done', progress, result: { rows: progress.rows } };
  };
