import type { Clock } from '#core/clock.ts';
import { AppError } from '#core/errors.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { findJob } from '../jobs/find-job.ts';
import { isUnfinished, type Job, requeued } from '../jobs/job.ts';

export interface RepeatErasurePorts {
  jobs: {
    find: (shopId: string, jobId: string) => Promise<Job | undefined>;
    /** Saves the next version of a job with what the audit says of it; false when somebody else was faster. */
    save: (job: Job, entry: AuditEntry) => Promise<boolean>;
  };
  clock: Clock;
}

/**
 * Goes on with an erasure where it stopped, or begins one anew that was done: who it is about is kept with it in keyed
 * digests, for nobody leads to them any more. One that waits or runs stays as it is. Throws `not-found`, and
 * `change.conflict` when somebody else is faster.
 */
export const repeatErasure = async (
  which: { shopId: string; jobId: string; by: string },
  { jobs, clock }: RepeatErasurePorts,
): Promise<Job> => {
  const job = await findJob({ ...which, kind: 'erasure' }, { jobs });
  if (isUnfinished(job)) return job;
  const { shopId, jobId, by } = which;
  const now = clock();
  const subject = { kind: 'erasure', id: jobId } as const;
  const again = requeued(job, job.progress, now);
  const entry = auditEntry({ shopId, subject, by, action: 'erasure.repeated' }, now);
  if (await jobs.save(again, entry)) return again;
  throw new AppError('change.conflict', 'try again');
};
