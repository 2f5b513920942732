import { toEpochSeconds } from '#core/clock.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { exists, missing, where } from '#platform/expression.ts';
import { type Item, isContention, type Table, type Write } from '#platform/table.ts';
import { indexKeys, jobShards, keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { dueAtOf, isUnfinished, Job, type JobKind, keptUntil } from './job.ts';
import type { UnreadableJob } from './sweep-jobs.ts';

const toItem = (job: Job): Item => {
  const until = keptUntil(job);
  return {
    ...keys.job(job.shopId, job.jobId),
    ...indexKeys.job(job.shopId, job.kind, job.jobId),
    ...(isUnfinished(job) && indexKeys.unfinishedJob(job.jobId, dueAtOf(job))),
    ...(until && { ttl: toEpochSeconds(until) }),
    ...(job as object),
  };
};

const saveWrite = (job: Job): Write => ({
  put: toItem(job),
  if: [job.version === 1 ? missing : where('version', '=', job.version - 1)],
});

/** Runs a write; false when somebody else was faster. */
const held = async (write: Promise<void>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (isContention(error)) return false;
    throw error;
  }
};

const unreadable = (row: Readonly<Record<string, unknown>>): UnreadableJob => {
  const key = { pk: String(row['pk']), sk: String(row['sk']) };
  const jobId = key.pk.split('#').at(-1) ?? '';
  const places =
    Job()
      .safeParse(row)
      .error?.issues.map(({ path, code }) => `${path.join('.')} ${code}`) ?? [];
  return { key, jobId, error: new Error(`the job ${jobId} can't be read: ${places.join(', ')}`) };
};

/** What the sweep looks at. */
const dueJobs = (table: Table) => ({
  /** Jobs of all shops that nobody works at though they are due, at most `limit` of each shard, and rows that are none. */
  due: async (now: Date, limit: number): Promise<{ jobs: Job[]; unreadable: UnreadableJob[] }> => {
    const found = await Promise.all(
      jobShards.map((shard) => table.query(ranges.dueJobs(shard, now.toISOString()), { limit })),
    );
    const items = found.flatMap((page) => page.items);
    const read = items.map((item) => Job().safeParse(item).data);
    return {
      jobs: read.filter((job) => job !== undefined),
      unreadable: items.filter((_, index) => read[index] === undefined).map(unreadable),
    };
  },

  /** Takes a row that can't be read out of the way of the jobs behind it, until then. */
  putOff: async ({ key, jobId }: UnreadableJob, dueAt: string): Promise<void> => {
    await held(table.update(key, { set: indexKeys.unfinishedJob(jobId, dueAt) as Partial<Item> }, [exists]));
  },

  /** Has a job wait until then before it is looked at again, unless it has changed. */
  postpone: ({ shopId, jobId, version }: Job, dueAt: string): Promise<boolean> =>
    held(
      table.update(keys.job(shopId, jobId), { set: indexKeys.unfinishedJob(jobId, dueAt) as Partial<Item> }, [
        where('version', '=', version),
      ]),
    ),
});

/** Long work for shops. */
export const jobStore = (table: Table) => ({
  find: async (shopId: string, jobId: string): Promise<Job | undefined> => {
    const item = await table.get(keys.job(shopId, jobId), { consistent: true });
    return item && Job().parse(item);
  },

  /** A shop's jobs of a kind, newest first. */
  list: async (shopId: string, kind: JobKind, page: PageRequest): Promise<Page<Job>> => {
    const found = await table.query(ranges.jobs(shopId, kind), page, { newestFirst: true });
    return { ...found, items: found.items.map((item) => Job().parse(item)) };
  },

  /** Saves the next version of a job, a new one too, with what the audit shall say of it; false when somebody else was faster. */
  save: (job: Job, entry?: AuditEntry): Promise<boolean> =>
    held(table.transact([saveWrite(job), ...(entry ? [auditWrite(entry)] : [])])),

  /**
   * Saves what its worker made of a job; false unless it still is that worker's. What was asked for meanwhile, that it
   * stop, stays.
   */
  saveClaimed: async (job: Job, claim: string): Promise<boolean> => {
    const { pk: _, sk: __, ...item } = toItem(job);
    const { cancelledAt: ___, version: ____, ...set } = item as Item & { cancelledAt?: string; version: number };
    const gone = ['leaseUntil', 'claim', 'attempts', 'gsi3pk', 'gsi3sk'].filter((name) => set[name] === undefined);
    const change = { set, remove: gone, add: { version: 1 } };
    return held(
      table.update(keys.job(job.shopId, job.jobId), change, [
        where('claim', '=', claim),
        where('state', '=', 'running'),
      ]),
    );
  },

  /** Notes that somebody wants a running job to stop; false when it has stopped already. */
  askToStop: ({ shopId, jobId }: Job, at: string, entry: AuditEntry): Promise<boolean> =>
    held(
      table.transact([
        {
          update: keys.job(shopId, jobId),
          set: { cancelledAt: at },
          add: { version: 1 },
          if: [where('state', '=', 'running')],
        },
        auditWrite(entry),
      ]),
    ),

  ...dueJobs(table),
});
