import type { Clock } from '#core/clock.ts';
import { isFree, type Job } from './job.ts';

/** A row of a job that breaks our schema. */
export interface UnreadableJob {
  key: { pk: string; sk: string };
  jobId: string;
  /** The places that break it. */
  error: Error;
}

export interface SweepJobsPorts {
  jobs: {
    /** Jobs of all shops that nobody works at though they are due, at most `limit` of each shard, and rows that are none. */
    due: (now: Date, limit: number) => Promise<{ jobs: Job[]; unreadable: UnreadableJob[] }>;
    /** Takes a row that can't be read out of the way, until then. */
    putOff: (row: UnreadableJob, dueAt: string) => Promise<void>;
    postpone: (job: Job, dueAt: string) => Promise<unknown>;
  };
  /** Sends a job to the workers. */
  enqueue: (job: Job) => Promise<void>;
  clock: Clock;
  /** Told of each failure; the sweep goes on with the others. */
  report: (error: unknown) => void;
}

/** What a sweep did. */
export interface JobSweep {
  queued: number;
  failed: number;
}

const PER_SHARD = 25;
/** A job that was sent on gets this long to be taken before it is sent on again. */
const AGAIN_MS = 5 * 60_000;
/** So often somebody is told of a row that can't be read; jobs behind it are looked at meanwhile. */
const TELL_MS = 6 * 60 * 60_000;

const later = (now: Date, milliseconds: number): string => new Date(now.getTime() + milliseconds).toISOString();

/**
 * Sends on again what nobody works at though it is not finished: jobs whose worker died or had no time left, and those
 * that never reached their queue. One that can't be sent, or can't be read, is reported, and does not stop the others.
 */
export const sweepJobs = async ({ jobs, enqueue, clock, report }: SweepJobsPorts): Promise<JobSweep> => {
  const sweep = { queued: 0, failed: 0 };
  const now = clock();
  const fail = (error: unknown) => {
    sweep.failed += 1;
    report(error);
  };
  const due = await jobs.due(now, PER_SHARD);
  for (const row of due.unreadable) {
    fail(row.error);
    await jobs.putOff(row, later(now, TELL_MS)).catch(fail);
  }
  for (const job of due.jobs.filter((one) => isFree(one, now))) {
    try {
      // First the queue: who dies in between sends it on twice, which the worker's claim makes harmless.
      await enqueue(job);
      await jobs.postpone(job, later(now, AGAIN_MS));
      sweep.queued += 1;
    } catch (error) {
      fail(error);
    }
  }
  return sweep;
};
