import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#core/ids.ts';
import { indexKeys, keys } from '#table/schema.ts';
import { cancelJob } from '../../../functions/jobs/cancel-job.ts';
import { jobStore } from '../../../functions/jobs/job.store.ts';
import type { Facts, Job } from '../../../functions/jobs/job.ts';
import { type RunJobPorts, type Runner, runJob } from '../../../functions/jobs/run-job.ts';
import { sweepJobs } from '../../../functions/jobs/sweep-jobs.ts';
import { startTables, type TestTable } from '../../support/table.ts';

const shopId = '01J8ZSHP0000000000000000AA';
const minutes = (count: number) => count * 60_000;

let tables: Awaited<ReturnType<typeof startTables>>;
let opened: TestTable;
let now: number;
const clock = () => new Date(now);

beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
beforeEach(async () => {
  opened = await tables.openTestTable();
  now = Date.parse('2026-11-21T12:00:00.000Z');
});

const aJob = async (state: Job['state'] = 'queued', kind: Job['kind'] = 'lead-export'): Promise<Job> => {
  const at = clock().toISOString();
  const job: Job = {
    ...{ shopId, jobId: newId(clock()), kind, state, by: 'user:ana', input: {}, progress: {} },
    ...{ version: 1, createdAt: at, updatedAt: at },
  };
  expect(await jobStore(opened.table).save(job)).toBe(true);
  return job;
};

let claims = 0;
const portsWith = (runner: Runner): RunJobPorts => ({
  jobs: jobStore(opened.table),
  runners: { import: runner, 'lead-export': runner, 'person-export': runner, erasure: runner },
  clock,
  newClaim: () => {
    claims += 1;
    return `worker-${claims}`;
  },
});

const run = (job: Job, runner: Runner) =>
  runJob({ shopId, jobId: job.jobId, until: new Date(now + minutes(13)) }, portsWith(runner));
const stored = (job: Job) => jobStore(opened.table).find(shopId, job.jobId);

/** Counts to five, one step a checkpoint. */
const counter =
  (onStep: (count: number) => Promise<void> = async () => undefined): Runner =>
  async ({ job, checkpoint }) => {
    let count = Number(job.progress['count'] ?? 0);
    while (count < 5) {
      count += 1;
      await onStep(count);
      if (!(await checkpoint({ count }))) return undefined;
    }
    return { state: 'done', result: { counted: count } };
  };

const cancel = (job: Job) =>
  cancelJob(
    { shopId, jobId: job.jobId, kind: job.kind, by: 'user:ana' },
    {
      jobs: jobStore(opened.table),
      clock,
      patience: { clock, pause: async () => undefined, random: () => 0, budgetMs: 100 },
    },
  );

describe('a job', () => {
  it('is worked at to its end, and then is nobody’s', async () => {
    const job = await aJob();
    expect(await run(job, counter())).toBe('done');
    const after = await stored(job);
    expect(after).toMatchObject({ state: 'done', progress: { count: 5 }, result: { counted: 5 } });
    expect(after?.claim).toBeUndefined();
    expect((await opened.rows()).every((row) => row['gsi3pk'] === undefined)).toBe(true);
    expect(await run(job, counter())).toBe('not-ours');
  });

  it('is taken by one worker only, whoever asks at once', async () => {
    const job = await aJob();
    const outcomes = await Promise.all([1, 2, 3].map(() => run(job, counter())));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
  });

  it('goes on at its last checkpoint once the lease of a dead worker is over', async () => {
    const job = await aJob();
    const dead = counter(async (count) => {
      if (count === 3) await new Promise(() => undefined);
    });
    void run(job, dead);
    await expect.poll(async () => (await stored(job))?.progress).toEqual({ count: 2 });
    expect(await run(job, counter())).toBe('not-ours');
    now += minutes(4);
    const steps: number[] = [];
    expect(
      await run(
        job,
        counter(async (count) => void steps.push(count)),
      ),
    ).toBe('done');
    expect(steps).toEqual([3, 4, 5]);
  });

  it('stops a worker that was thought dead at its next checkpoint', async () => {
    const job = await aJob();
    const slow = counter(async (count) => {
      if (count !== 3) return;
      now += minutes(4);
      expect(await run(job, counter())).toBe('done');
    });
    expect(await run(job, slow)).toBe('not-ours');
    expect(await stored(job)).toMatchObject({ state: 'done', progress: { count: 5 } });
  });

  it('is put down when the time is up, for the sweep to send on', async () => {
    const job = await aJob();
    const long = counter(async (count) => {
      if (count === 2) now += minutes(14);
    });
    expect(await run(job, long)).toBe('paused');
    const sent: string[] = [];
    const sweep = () =>
      sweepJobs({
        jobs: jobStore(opened.table),
        enqueue: async ({ jobId }) => void sent.push(jobId),
        clock,
        report: () => undefined,
      });
    expect(await sweep()).toEqual({ queued: 1, failed: 0 });
    expect(await sweep()).toEqual({ queued: 0, failed: 0 });
    expect(sent).toEqual([job.jobId]);
    expect(await run(job, counter())).toBe('done');
  });

  it('is sent on when it never reached its queue, and left alone while somebody works at it', async () => {
    const job = await aJob();
    const sent: string[] = [];
    const sweep = () =>
      sweepJobs({
        jobs: jobStore(opened.table),
        enqueue: async ({ jobId }) => void sent.push(jobId),
        clock,
        report: () => undefined,
      });
    await sweep();
    expect(sent).toEqual([]);
    now += minutes(2);
    await run(
      job,
      counter(async () => void (await sweep())),
    );
    expect(sent).toEqual([]);
    const other = await aJob();
    now += minutes(2);
    await sweep();
    expect(sent).toEqual([other.jobId]);
  });

  it('that can’t be read is told of, and holds up no other', async () => {
    const { table } = opened;
    const at = new Date(now - minutes(60)).toISOString();
    for (let count = 0; count < 4 * 30; count += 1) {
      const jobId = newId(clock());
      const odd = { shopId, jobId, kind: 'no such kind', state: 'queued' };
      await table.put({ ...keys.job(shopId, jobId), ...indexKeys.unfinishedJob(jobId, at), ...odd });
    }
    const jobs = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(() => aJob()));
    now += minutes(2);
    const sent: string[] = [];
    const told: unknown[] = [];
    const sweep = () =>
      sweepJobs({
        jobs: jobStore(table),
        enqueue: async ({ jobId }) => void sent.push(jobId),
        clock,
        report: (error) => void told.push(error),
      });
    for (let time = 0; time < 4; time += 1) await sweep();
    expect(sent.toSorted()).toEqual(jobs.map(({ jobId }) => jobId).toSorted());
    expect(told).toHaveLength(120);
    expect(String(told[0])).toMatch(/kind invalid_value/);
  });

  it('stops at the next checkpoint when it is cancelled, and keeps what was counted', async () => {
    const job = await aJob();
    const outcome = await run(
      job,
      counter(async (count) => {
        if (count === 3) await cancel(job);
      }),
    );
    expect(outcome).toBe('cancelled');
    expect(await stored(job)).toMatchObject({ state: 'cancelled', progress: { count: 3 } });
    await expect(run(job, counter())).resolves.toBe('not-ours');
  });

  it.each(['uploading', 'queued'] as const)('is cancelled at once while %s', async (state) => {
    const job = await aJob(state);
    expect((await cancel(job)).state).toBe('cancelled');
    expect((await stored(job))?.state).toBe('cancelled');
  });

  it('cannot be cancelled once it is done', async () => {
    const job = await aJob();
    await run(job, counter());
    await expect(cancel(job)).rejects.toMatchObject({ code: 'job.not-ready' });
  });

  it('is begun again after a failure, and given up when it gets no further', async () => {
    const job = await aJob();
    const broken: Runner = async () => {
      throw new Error('no');
    };
    for (let time = 0; time < 5; time += 1) {
      await expect(run(job, broken)).rejects.toThrow('no');
      expect(await run(job, counter())).toBe('not-ours');
      now += minutes(2 ** time);
    }
    expect(await run(job, counter())).toBe('failed');
    expect(await stored(job)).toMatchObject({ state: 'failed', error: 'gave-up' });
  });

  it('is not given up for failures between which it got further', async () => {
    const job = await aJob();
    const flaky: Runner = async ({ job: { progress }, checkpoint }) => {
      const count = Number(progress['count'] ?? 0) + 1;
      await checkpoint({ count } satisfies Facts);
      if (count < 9) throw new Error('once more');
      return { state: 'done' };
    };
    for (let time = 1; time < 9; time += 1) {
      await expect(run(job, flaky)).rejects.toThrow();
      now += minutes(1);
    }
    expect(await run(job, flaky)).toBe('done');
  });

  it('that erases somebody is never given up, and rests longer each time, an hour at most', async () => {
    const job = await aJob('queued', 'erasure');
    const rests: number[] = [];
    for (let time = 0; time < 12; time += 1) {
      await expect(
        run(job, async () => {
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      const { leaseUntil = '' } = (await stored(job)) ?? {};
      rests.push((Date.parse(leaseUntil) - now) / minutes(1));
      now = Date.parse(leaseUntil);
    }
    expect(rests).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]);
    expect(await run(job, counter())).toBe('done');
  });

  it('whose workers die rests longer each time too', async () => {
    const job = await aJob('queued', 'erasure');
    for (let time = 0; time < 7; time += 1) {
      void run(job, () => new Promise(() => undefined));
      await expect.poll(async () => (await stored(job))?.attempts).toBe(time + 1);
      now = Date.parse((await stored(job))?.leaseUntil ?? '');
    }
    expect(now - Date.parse(job.createdAt)).toBeGreaterThan(minutes(100));
  });

  it('is put down for as long as it says, though there is time', async () => {
    const job = await aJob();
    const waiting: Runner = async ({ checkpoint }) => {
      expect(await checkpoint({ count: 2 }, 60)).toBe(false);
      return undefined;
    };
    expect(await run(job, waiting)).toBe('paused');
    expect(await run(job, counter())).toBe('not-ours');
    now += minutes(1);
    expect(await run(job, counter())).toBe('done');
  });

  it('that is over goes after 90 days, and not while it is worked at', async () => {
    const job = await aJob();
    const ttlOf = async () => (await opened.rows()).map((row) => row['ttl']);
    const seen: unknown[] = [];
    await run(
      job,
      counter(async () => void seen.push(...(await ttlOf()))),
    );
    expect(seen).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(await ttlOf()).toEqual([now / 1000 + 90 * 24 * 3600]);
  });
});
