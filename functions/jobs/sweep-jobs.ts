import type { Clock } from '#core/clock.ts';
import { isFree, type Job } from './job.ts';

export interface SweepJobsPorts {
  jobs: {
    /** Jobs of all shops that nobody works at though they are due, at most `limit` of each shard. */
    due: (now: Date, limit: number) => Promise<Job[]>;
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

/**
 * Sends on again what nobody works at though it is not finished: jobs whose worker died or had no time left, and those
 * that never reached their queue. One that can't be sent does not stop the others.
 */
export const sweepJobs = async ({ jobs, enqueue, clock, report }: SweepJobsPorts): Promise<JobSweep> => {
  const sweep = { queued: 0, failed: 0 };
  const now = clock();
  const due = (await jobs.due(now, PER_SHARD)).filter((job) => isFree(job, now));
  for (const job of due) {
    try {
      // First the queue: who dies in between sends it on twice, which the worker's claim makes harmless.
      await enqueue(job);
      await jobs.postpone(job, new Date(now.getTime() + AGAIN_MS).toISOString());
      sweep.queued += 1;
    } catch (error) {
      sweep.failed += 1;
      report(error);
    }
  }
  return sweep;
};
