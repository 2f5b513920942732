import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { patience } from '#platform/patience.ts';
import { jobStore } from '../functions/jobs/job.store.ts';
import { type Job, queued } from '../functions/jobs/job.ts';
import { runJob } from '../functions/jobs/run-job.ts';
import { importStore } from '../functions/lead-files/import.store.ts';
import { type ImportPlan, ImportProgress, importFolder } from '../functions/lead-files/import-input.ts';
import { runImport } from '../functions/lead-files/import-run.ts';
import { pipelineStore } from '../functions/pipelines/pipeline.store.ts';
import { shopStore } from '../functions/shops/shop.store.ts';
import type { Finding } from './report.ts';
import { openBenchShop } from './shop.ts';
import { openBenchTable } from './table.ts';

const ROWS = 100_000;
const MB = 1024 * 1024;
/** What the worker's process may have at its peak, itself and the SDK included; its Lambda has 1,024 MB. */
const MOST_MEMORY_MB = 512;
/** The least that brings 100,000 rows home within one run of the worker; the engine on a laptop is the slower part. */
const LEAST_ROWS_PER_SECOND = 140;

const names = ['Ana', 'Luz', 'José', 'María', 'Beto', 'Sol', 'Teo', 'Inés'];
const families = ['Gómez', 'Pérez', 'Núñez', 'Díaz', 'Acuña', 'Vera'];

const rowOf = (number: number): string => {
  const phone = `011 15-${2000 + Math.floor(number / 10_000)}-${String(number % 10_000).padStart(4, '0')}`;
  const [name, family] = [names[number % names.length], families[number % families.length]];
  return `${name};${family};${phone};${number % 3 === 0 ? `persona${number}@example.com` : ''};vip`;
};

/** A file that is never in memory as a whole: any part of it is made when it is asked for. */
const madeFile = (rows: number) => {
  const width = 80;
  const textOf = (number: number): string =>
    number === 0 ? 'Nombre;Apellido;Celular;Correo;Etiquetas' : rowOf(number);
  const bytesOf = (number: number) => Buffer.from(`${textOf(number).padEnd(width - 2)}\r\n`, 'latin1');
  const bytes = (rows + 1) * width;
  const etag = `"${createHash('md5').update(String(rows)).digest('hex')}"`;
  return {
    bytes,
    etag,
    getRange: async (_: string, from: number, length: number) => {
      const [first, last] = [Math.floor(from / width), Math.ceil(Math.min(from + length, bytes) / width)];
      const lines = Array.from({ length: last - first }, (__, index) => bytesOf(first + index));
      const start = from - first * width;
      const body = Buffer.concat(lines).subarray(start, start + Math.min(length, bytes - from));
      return { body, bytes, etag };
    },
  };
};

const planOf = (file: { bytes: number; etag: string }, at: string): ImportPlan => ({
  ...{
    encoding: 'windows-1252',
    delimiter: ';',
    hasHeader: true,
    headerRow: 1,
    start: 0,
    bytes: file.bytes,
    etag: file.etag,
  },
  mapping: { firstName: 0, lastName: 1, phone: 2, email: 3, tags: 4 },
  ...{ country: 'AR', language: 'es', duplicates: 'skip', tags: [], source: 'import', sellers: [], dryRun: false },
  startedAt: at,
});

/** Imports so many rows through the use case, against an engine in a process of its own. */
export const measureImport = async (rows: number): Promise<Finding[]> => {
  const { table, units, close } = await openBenchTable();
  const { shop } = await openBenchShop(table);
  const { shopId } = shop;
  const file = madeFile(rows);
  const now = new Date();
  const at = now.toISOString();
  const jobId = '01JD3W6Y7Z8A9B0C1D2E3F4G5H';
  const made: Job = {
    ...{ shopId, jobId, kind: 'import', state: 'uploading', by: 'user:bench', input: {}, progress: {} },
    ...{ version: 0, createdAt: at, updatedAt: at },
  };
  const fileKey = `${importFolder(shopId, jobId)}file.csv`;
  const input = { fileName: 'bench.csv', fileKey, bytes: file.bytes, plan: planOf(file, at) };
  const jobs = jobStore(table);
  await jobs.save(queued(made, input, now));
  const clock = () => new Date();
  const importing = runImport({
    people: importStore(table, async () => 'bench-secret'),
    patience: patience(20_000),
    files: { getRange: file.getRange, get: async () => undefined, put: async () => undefined },
    pipelines: pipelineStore(table),
    users: shopStore(table).users,
  });
  const runners = { import: importing, 'lead-export': importing, 'person-export': importing, erasure: importing };
  const before = { ...units };
  const started = performance.now();
  const until = new Date(now.getTime() + 3_600_000);
  const outcome = await runJob({ shopId, jobId, until }, { jobs, runners, clock, newClaim: () => 'bench' });
  const seconds = (performance.now() - started) / 1000;
  const progress = ImportProgress().parse((await jobs.find(shopId, jobId))?.progress);
  const name = `import of ${rows.toLocaleString('en')} rows`;
  await close();
  return [
    { name: `${name}: ended well`, value: outcome === 'done' ? 1 : 0, unit: '', budget: { exactly: 1 } },
    { name: `${name}: leads made`, value: progress.counts.created, unit: '', budget: { exactly: rows } },
    { name: `${name}: time`, value: seconds, unit: 's', budget: { atMost: rows / LEAST_ROWS_PER_SECOND } },
    { name: `${name}: pace`, value: rows / seconds, unit: 'rows/s' },
    {
      name: `${name}: peak memory`,
      // the system counts what a process had at most, in kilobytes
      value: (process.resourceUsage().maxRSS * 1024) / MB,
      unit: 'MB',
      budget: { atMost: MOST_MEMORY_MB },
    },
    {
      name: `${name}: write units a row`,
      value: (units.write - before.write) / rows,
      unit: 'WCU',
      budget: { atMost: 48 },
    },
    { name: `${name}: read units a row`, value: (units.read - before.read) / rows, unit: 'RCU', budget: { atMost: 1 } },
    { name: `${name}: calls a hundred rows`, value: ((units.calls - before.calls) / rows) * 100, unit: '' },
  ];
};

/** 100,000 rows, in a process of its own whose memory nothing else has used. */
export const benchImport = (): Promise<Finding[]> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [String(ROWS)], { execArgv: process.execArgv });
    child.once('message', (findings) => resolve(findings as Finding[]));
    child.once('exit', (code) => code !== 0 && reject(new Error(`the import ended with ${code}`)));
  });

if (import.meta.main) {
  const findings = await measureImport(Number(process.argv[2] ?? ROWS));
  if (process.send) process.send(findings);
  else console.log(findings.map(({ name, value, unit }) => `${name}: ${value.toFixed(2)} ${unit}`).join('\n'));
}
