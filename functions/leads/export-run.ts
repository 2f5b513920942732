import { csvLine, UTF8_MARK } from '#core/csv-text.ts';
import type { Consent, Contact } from '../contacts/contact.ts';
import type { Runner } from '../jobs/run-job.ts';
import type { Shop } from '../shops/shop.ts';
import type { User } from '../shops/user.ts';
import type { Viewer } from '../shops/viewer.ts';
import { type ExportNames, exportHeader, exportRow } from './export-columns.ts';
import { type ExportFile, ExportInput, ExportProgress, exportFolder } from './export-input.ts';
import type { Lead } from './lead.ts';
import { type ListLeadsPorts, listLeads } from './list-leads.ts';

export interface RunExportPorts extends ListLeadsPorts {
  contacts: { findAll: (shopId: string, contactIds: readonly string[]) => Promise<Contact[]> };
  users: (shopId: string) => AsyncIterable<User>;
  findShop: (shopId: string) => Promise<Shop | undefined>;
  files: { put: (key: string, body: Buffer, type: { contentType: string }) => Promise<void> };
  /** How many leads a file has at least, unless it is the last. */
  rowsPerFile?: number;
}

const ROWS_PER_FILE = 20_000;
const PAGE = 200;

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

interface Part {
  lines: string[];
  /** Where the next part begins; absent: there is none. */
  cursor?: string | undefined;
}

/** The leads of one file, in the order in which they were made: what changes meanwhile keeps its place. */
const readPart = async (from: string | undefined, exporting: Exporting, ports: RunExportPorts): Promise<Part> => {
  const { rowsPerFile = ROWS_PER_FILE } = ports;
  const lines: string[] = [];
  let cursor = from;
  do {
    const { shopId, viewer, input } = exporting;
    const query = { ...input.filter, sort: 'created', order: 'asc', limit: PAGE, cursor } as const;
    const page = await listLeads({ shopId, viewer, query }, ports);
    lines.push(...(await linesOf(page.items, exporting, ports)));
    cursor = page.nextCursor;
  } while (cursor !== undefined && lines.length < rowsPerFile);
  return { lines, cursor };
};

const open = async (shopId: string, by: string, input: ExportInput, ports: RunExportPorts): Promise<Exporting> => {
  const [shop, pipelines] = await Promise.all([ports.findShop(shopId), ports.pipelines.all(shopId)]);
  const users = await Array.fromAsync(ports.users(shopId));
  const byId = new Map(users.map((user) => [user.userId, user]));
  const names = { pipelines, users: byId, language: shop?.language ?? 'es' };
  const viewer = { userId: by.replace(/^user:/, ''), role: 'admin', sellerSees: 'all' } as const;
  return { shopId, viewer, input, names };
};

/**
 * Takes leads out into files of CSV, some ten thousand in each. One file is in memory at a time; a worker that dies has
 * its last file made anew by the next, under the same name. Whoever is made while it works may or may not be in it.
 */
export const runExport =
  (ports: RunExportPorts): Runner =>
  async ({ job, checkpoint }) => {
    const { shopId, jobId, by } = job;
    const input = ExportInput().parse(job.input);
    const exporting = await open(shopId, by, input, ports);
    let progress = ExportProgress().parse(job.progress);
    do {
      const { lines, cursor } = await readPart(progress.cursor, exporting, ports);
      const name = `leads-${progress.files.length + 1}.csv`;
      const key = `${exportFolder(shopId, jobId)}${name}`;
      const header = csvLine(exportHeader(exporting.names.language), input.delimiter);
      const body = Buffer.from(UTF8_MARK + header + lines.join(''));
      await ports.files.put(key, body, { contentType: 'text/csv; charset=utf-8' });
      const file: ExportFile = { key, name, bytes: body.length, rows: lines.length };
      const done = { rows: progress.rows + lines.length, files: [...progress.files, file] };
      progress = cursor === undefined ? done : { ...done, cursor };
      if (!(await checkpoint(progress))) return undefined;
    } while (progress.cursor !== undefined);
    return { state: 'done', progress, result: { rows: progress.rows } };
  };
