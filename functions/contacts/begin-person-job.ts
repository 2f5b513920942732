import type { Clock } from '#core/clock.ts';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Job } from '../jobs/job.ts';

export interface BeginPersonJobPorts {
  jobs: {
    /** Saves a job with what the audit says of it; false when there is one of that id. */
    save: (job: Job, entry: AuditEntry) => Promise<boolean>;
  };
  clock: Clock;
}

const subjects = { 'person-export': 'export', erasure: 'erasure' } as const;

/**
 * Begins to export or to erase a person: a job that waits for a worker, and an audit entry that says who asked. Nothing
 * personal is in either. Throws `change.conflict` if ids collide.
 */
export const beginPersonJob = async (
  { shopId, contactId, kind, by }: Pick<Job, 'shopId' | 'by'> & { contactId: string; kind: keyof typeof subjects },
  { jobs, clock }: BeginPersonJobPorts,
): Promise<Job> => {
  const now = clock();
  const at = now.toISOString();
  const jobId = newId(now);
  const job: Job = {
    ...{ shopId, jobId, kind, state: 'queued', by, input: { contactId }, progress: {} },
    ...{ version: 1, createdAt: at, updatedAt: at },
  };
  const subject = { kind: subjects[kind], id: jobId };
  const entry = auditEntry({ shopId, subject, by, action: `${subject.kind}.requested` }, now);
  if (await jobs.save(job, entry)) return job;
  throw new AppError('change.conflict', 'try again');
};
