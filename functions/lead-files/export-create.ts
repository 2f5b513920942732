import type { Clock } from '#core/clock.ts';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { subjectOf } from '../jobs/cancel-job.ts';
import type { Job } from '../jobs/job.ts';
import { type CreateExport, ExportInput, ExportProgress, type ExportView } from './export-input.ts';

/** Begins to take leads out: a job that waits for a worker. Throws `change.conflict` if ids collide. */
export const createExport = async (
  { shopId, by, input }: { shopId: string; by: string; input: CreateExport },
  { jobs, clock }: { jobs: { save: (job: Job, entry: AuditEntry) => Promise<boolean> }; clock: Clock },
): Promise<Job> => {
  const now = clock();
  const at = now.toISOString();
  const job: Job = {
    ...{ shopId, jobId: newId(now), kind: 'lead-export', state: 'queued', by, input: { ...input }, progress: {} },
    ...{ version: 1, createdAt: at, updatedAt: at },
  };
  const entry = auditEntry({ shopId, subject: subjectOf(job), by, action: 'export.started' }, now);
  if (!(await jobs.save(job, entry))) throw new AppError('change.conflict', 'try again');
  return job;
};

/** An export as admins see it, without its files. */
export const exportView = (job: Job): ExportView => {
  const { jobId, state, error, cancelledAt, by, createdAt, updatedAt } = job;
  const { rows } = ExportProgress().parse(job.progress);
  return {
    ...{ exportId: jobId, state, filter: ExportInput().parse(job.input).filter, rows },
    ...(error && { error }),
    ...(cancelledAt && { cancelledAt }),
    ...{ by, createdAt, updatedAt },
  };
};
