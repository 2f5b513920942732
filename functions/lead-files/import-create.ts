import type { Clock } from '#core/clock.ts';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { subjectOf } from '../jobs/cancel-job.ts';
import type { Job } from '../jobs/job.ts';
import { type CreateImport, importFolder } from './import-input.ts';
import { type ImportUpload, importView } from './import-view.ts';

export interface CreateImportPorts {
  jobs: { save: (job: Job, entry: AuditEntry) => Promise<boolean> };
  files: {
    presignPut: (key: string, headers: Record<string, string>, now: Date, seconds: number) => Promise<string>;
  };
  clock: Clock;
}

/** Large files of slow lines take their time. */
const UPLOAD_SECONDS = 3600;

/** An import that waits for its file. Throws `change.conflict` if ids collide. */
export const makeImport = async (
  { shopId, by, input }: { shopId: string; by: string; input: CreateImport },
  { jobs, clock }: Omit<CreateImportPorts, 'files'>,
): Promise<Job> => {
  const now = clock();
  const at = now.toISOString();
  const jobId = newId(now);
  const fileKey = `${importFolder(shopId, jobId)}file.csv`;
  const job: Job = {
    ...{ shopId, jobId, kind: 'import', state: 'uploading', by, input: { ...input, fileKey }, progress: {} },
    ...{ version: 1, createdAt: at, updatedAt: at },
  };
  const entry = auditEntry({ shopId, subject: subjectOf(job), by, action: 'import.created' }, now);
  if (!(await jobs.save(job, entry))) throw new AppError('change.conflict', 'try again');
  return job;
};

/** Begins an import: gives an address that takes one file of exactly this size for an hour. */
export const createImport = async (
  given: { shopId: string; by: string; input: CreateImport },
  ports: CreateImportPorts,
): Promise<ImportUpload> => {
  const job = await makeImport(given, ports);
  const now = ports.clock();
  const headers = { 'content-type': 'text/csv', 'content-length': String(given.input.bytes) };
  const url = await ports.files.presignPut(String(job.input['fileKey']), headers, now, UPLOAD_SECONDS);
  const expiresAt = new Date(now.getTime() + UPLOAD_SECONDS * 1000).toISOString();
  return { import: importView(job), upload: { url, method: 'PUT', headers, expiresAt } };
};
