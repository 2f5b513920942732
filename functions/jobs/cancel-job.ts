import type { Clock } from '#core/clock.ts';
import { AppError } from '#core/errors.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { findJob } from './find-job.ts';
import { ended, isFree, isUnfinished, type Job, type JobKind } from './job.ts';

export interface CancelJobPorts {
  jobs: {
    find: (shopId: string, jobId: string) => Promise<Job | undefined>;
    save: (job: Job, entry: AuditEntry) => Promise<boolean>;
    /** Notes that somebody wants a running job to stop; false when it has stopped already. */
    askToStop: (job: Job, at: string, entry: AuditEntry) => Promise<boolean>;
  };
  patience: Patience;
  clock: Clock;
}

/** What a job is called in the audit trail. */
export const subjectOf = ({ kind, jobId }: Pick<Job, 'kind' | 'jobId'>): AuditEntry['subject'] => ({
  kind: kind === 'import' || kind === 'erasure' ? kind : 'export',
  id: jobId,
});

const tryToCancel = async (job: Job, by: string, ports: CancelJobPorts): Promise<Job | undefined> => {
  const now = ports.clock();
  const subject = subjectOf(job);
  const entry = auditEntry({ shopId: job.shopId, subject, by, action: `${subject.kind}.cancelled` }, now);
  if (isUnfinished(job) && !isFree(job, now)) {
    const cancelledAt = now.toISOString();
    return (await ports.jobs.askToStop(job, cancelledAt, entry)) ? { ...job, cancelledAt } : undefined;
  }
  const cancelled = ended(job, { state: 'cancelled' }, now);
  return (await ports.jobs.save(cancelled, entry)) ? cancelled : undefined;
};

/**
 * Stops a job: at once when nobody works at it, else at its next checkpoint. What it has done stays done. One that was
 * cancelled stays so. Throws `not-found`, `job.not-ready` for one that has ended, and `change.conflict`.
 */
export const cancelJob = async (
  which: { shopId: string; jobId: string; kind: JobKind; by: string },
  ports: CancelJobPorts,
): Promise<Job> => {
  const done = await withPatience(ports.patience, async () => {
    const job = await findJob(which, ports);
    if (job.state === 'cancelled' || (isUnfinished(job) && job.cancelledAt !== undefined)) return job;
    if (job.state === 'done' || job.state === 'failed') {
      throw new AppError('job.not-ready', `the job is ${job.state}`, { details: { state: job.state } });
    }
    return tryToCancel(job, which.by, ports);
  });
  if (done === undefined) throw new AppError('change.conflict', 'this job keeps changing; try again');
  return done;
};
