import { createHash } from 'node:crypto';
import type { CsvEncoding } from '#core/csv-encoding.ts';
import { newId } from '#core/ids.ts';
import { jobStore } from '../../functions/jobs/job.store.ts';
import { type Job, queued } from '../../functions/jobs/job.ts';
import { type Runner, runJob } from '../../functions/jobs/run-job.ts';
import { importStore } from '../../functions/lead-files/import.store.ts';
import { type ImportPlan, ImportProgress } from '../../functions/lead-files/import-input.ts';
import { type RunImportPorts, runImport } from '../../functions/lead-files/import-run.ts';
import { shopStore } from '../../functions/shops/shop.store.ts';
import type { Shop } from '../../functions/shops/shop.ts';
import type { MovedClock } from './clock.ts';
import { quickPatience } from './ports.ts';
import { openStoredLeads } from './stored-leads.ts';
import type { TestTable } from './table.ts';

const secret = async () => 'a secret for tests only';

/** Files in memory, as a bucket gives them. */
export const memoryFiles = () => {
  const files = new Map<string, Buffer>();
  return {
    files,
    get: async (key: string) => files.get(key),
    put: async (key: string, body: Buffer | string) => {
      files.set(key, Buffer.from(body));
    },
    getRange: async (key: string, from: number, length: number) => {
      const whole = files.get(key);
      return whole && { body: whole.subarray(from, from + length), bytes: whole.length, etag: etagOf(whole) };
    },
  };
};

export const etagOf = (content: Buffer): string => `"${createHash('md5').update(content).digest('hex')}"`;

/** A shop whose leads come from files. */
export const openImportWorld = (world: TestTable, options: { clock?: MovedClock; shop?: Shop } = {}) => {
  const stored = openStoredLeads(world, options);
  const { clock, shop } = stored;
  const { shopId } = shop;
  const bucket = memoryFiles();
  const jobs = jobStore(world.table);
  let claims = 0;

  const ports = (): RunImportPorts => ({
    people: importStore(world.table, secret),
    patience: quickPatience(clock, { random: Math.random, budgetMs: 20_000 }),
    files: bucket,
    pipelines: stored.pipelines,
    users: shopStore(world.table).users,
    rowsAtOnce: 5,
  });

  const start = async (
    content: string | Buffer,
    change: Partial<ImportPlan> = {},
    state: 'queued' | 'uploading' = 'queued',
  ): Promise<Job> => {
    const bytes = Buffer.from(content);
    const now = clock();
    const jobId = newId(now);
    const fileKey = `imports/${shopId}/${jobId}/file.csv`;
    bucket.files.set(fileKey, bytes);
    const plan: ImportPlan = {
      ...{ encoding: 'utf-8' as CsvEncoding, delimiter: ',', hasHeader: true, headerRow: 1, start: 0 },
      ...{ bytes: bytes.length, etag: etagOf(bytes), mapping: { phone: 0, name: 1, email: 2, tags: 3 } },
      ...{ country: 'AR', language: 'es', duplicates: 'skip', tags: [], source: 'import', sellers: [], dryRun: false },
      startedAt: now.toISOString(),
      ...change,
    };
    const at = now.toISOString();
    const made: Job = {
      ...{ shopId, jobId, kind: 'import', state: 'uploading', by: 'user:ana', input: {}, progress: {} },
      ...{ version: 0, createdAt: at, updatedAt: at },
    };
    const job = { ...queued(made, { fileName: 'leads.csv', fileKey, bytes: bytes.length, plan }, now), state };
    if (!(await jobs.save(job))) throw new Error('the job was not saved');
    return job;
  };

  /** Works at an import, as one invocation would; `runner`: instead of the real one. */
  const work = (job: Job, runner: Runner = runImport(ports())) => {
    claims += 1;
    return runJob(
      { shopId, jobId: job.jobId, until: new Date(clock().getTime() + 800_000) },
      {
        jobs,
        runners: { import: runner, 'lead-export': runner, 'person-export': runner, erasure: runner },
        clock,
        newClaim: () => `worker-${claims}`,
      },
    );
  };

  return {
    ...stored,
    secret,
    bucket,
    jobs,
    importPorts: ports,
    start,
    work,
    progressOf: async (job: Job): Promise<ImportProgress> =>
      ImportProgress().parse((await jobs.find(shopId, job.jobId))?.progress),
    /** Imports a file from beginning to end; gives how it went. */
    run: async (content: string | Buffer, change: Partial<ImportPlan> = {}) => {
      const job = await start(content, change);
      const outcome = await work(job);
      const after = await jobs.find(shopId, job.jobId);
      const progress = ImportProgress().safeParse(after?.progress).data;
      return { job, outcome, error: after?.error, counts: progress?.counts, reasons: progress?.reasons, progress };
    },
  };
};

export type ImportWorld = ReturnType<typeof openImportWorld>;
