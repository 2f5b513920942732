import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#core/ids.ts';
import { jobStore } from '../../../functions/jobs/job.store.ts';
import type { Job } from '../../../functions/jobs/job.ts';
import { runJob } from '../../../functions/jobs/run-job.ts';
import { ExportProgress } from '../../../functions/lead-files/export-input.ts';
import { type RunExportPorts, runExport } from '../../../functions/lead-files/export-run.ts';
import { shopStore } from '../../../functions/shops/shop.store.ts';
import { memoryFiles } from '../../support/import-world.ts';
import { openStoredLeads, type StoredLeads } from '../../support/stored-leads.ts';
import { startTables, type TestTable } from '../../support/table.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
let opened: TestTable;
let world: StoredLeads;
let bucket: ReturnType<typeof memoryFiles>;
let claims: number;

beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
beforeEach(async () => {
  opened = await tables.openTestTable();
  world = openStoredLeads(opened);
  bucket = memoryFiles();
  claims = 0;
});

/** Each look at a list gives two leads at most, and takes a minute. */
const slowPorts = (): RunExportPorts => ({
  leads: {
    ...world.leads,
    list: (list, page) => {
      world.clock.advance(60_000);
      return world.leads.list(list, { ...page, limit: 2 });
    },
  },
  ...{ contacts: world.contacts, pipelines: world.pipelines, files: bucket, clock: world.clock },
  users: shopStore(opened.table).users,
  findShop: async () => world.shop,
  rowsPerFile: 20,
});

const given = async (): Promise<Job> => {
  const at = world.clock().toISOString();
  const job: Job = {
    ...{ shopId: world.shop.shopId, jobId: newId(world.clock()), kind: 'lead-export', state: 'queued', by: 'user:ana' },
    ...{ input: { filter: {}, delimiter: ',' }, progress: {}, version: 1, createdAt: at, updatedAt: at },
  };
  await jobStore(opened.table).save(job);
  return job;
};

const work = ({ shopId, jobId }: Job, ports = slowPorts()) => {
  claims += 1;
  const until = new Date(world.clock().getTime() + 5 * 60_000);
  const runners = { 'lead-export': runExport(ports) };
  const newClaim = () => `worker-${claims}`;
  return runJob({ shopId, jobId, until }, { jobs: jobStore(opened.table), runners, clock: world.clock, newClaim });
};

const progressOf = async ({ shopId, jobId }: Job) =>
  ExportProgress().parse((await jobStore(opened.table).find(shopId, jobId))?.progress);

const idsIn = async (job: Job): Promise<string[]> =>
  (await progressOf(job)).files.flatMap(({ key, bytes }) => {
    const body = bucket.files.get(key) ?? Buffer.alloc(0);
    expect(body).toHaveLength(bytes);
    return body
      .toString()
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',').at(-2) ?? '');
  });

describe('an export whose leads are found slowly', () => {
  it('goes on with the file that its worker had begun, until all are in it once', async () => {
    const leads = [];
    for (let count = 0; count < 25; count += 1) {
      world.clock.advance(1000);
      leads.push(await world.add());
    }
    const job = await given();
    const outcomes = [await work(job), await work(job)];
    expect((await progressOf(job)).files).toMatchObject([{ rows: 20 }]);
    outcomes.push(await work(job));
    expect(outcomes).toEqual(['paused', 'paused', 'done']);
    expect((await progressOf(job)).files.map(({ name, rows }) => [name, rows])).toEqual([
      ['leads-1.csv', 20],
      ['leads-2.csv', 5],
    ]);
    expect(await idsIn(job)).toEqual(leads.map(({ leadId }) => leadId));
  });

  it('keeps its lease though it finds nothing', async () => {
    for (let count = 0; count < 7; count += 1) await world.add();
    const job = await given();
    const ports = slowPorts();
    const others: string[] = [];
    const none: RunExportPorts = {
      ...ports,
      leads: {
        ...ports.leads,
        list: async (list, page) => {
          const found = await ports.leads.list(list, page);
          others.push(await work(job));
          return { ...found, items: [] };
        },
      },
    };
    expect(await work(job, none)).toBe('done');
    expect(others.length).toBeGreaterThan(3);
    expect(new Set(others)).toEqual(new Set(['not-ours']));
    expect(await progressOf(job)).toMatchObject({ rows: 0, files: [{ rows: 0 }] });
  });

  it('is not done a second time when its worker died at the very end', async () => {
    for (let count = 0; count < 3; count += 1) await world.add();
    const job = await given();
    const end = runExport(slowPorts());
    const dying = jobStore(opened.table);
    const runners = {
      'lead-export': async (run: Parameters<typeof end>[0]) => {
        await end(run);
        throw new Error('killed');
      },
    };
    const until = new Date(world.clock().getTime() + 60 * 60_000);
    const which = { shopId: job.shopId, jobId: job.jobId, until };
    await expect(runJob(which, { jobs: dying, runners, clock: world.clock, newClaim: () => 'first' })).rejects.toThrow(
      'killed',
    );
    world.clock.advance(60 * 60_000);
    expect(await work(job)).toBe('done');
    expect(await progressOf(job)).toMatchObject({ rows: 3, files: [{ rows: 3 }] });
  });
});
