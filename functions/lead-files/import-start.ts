import type { Clock } from '#core/clock.ts';
import { AppError, invalidField } from '#core/errors.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { subjectOf } from '../jobs/cancel-job.ts';
import { findJob } from '../jobs/find-job.ts';
import { isUnfinished, type Job, queued, requeued } from '../jobs/job.ts';
import { findStage, type Pipeline } from '../pipelines/pipeline.ts';
import type { Shop } from '../shops/shop.ts';
import { isActive, type User } from '../shops/user.ts';
import { type Assignment, ImportInput, type ImportPlan, ImportProgress, type StartImport } from './import-input.ts';
import { type PreviewPorts, readHead } from './import-preview.ts';

export interface StartImportPorts extends PreviewPorts {
  jobs: {
    find: (shopId: string, jobId: string) => Promise<Job | undefined>;
    save: (job: Job, entry: AuditEntry) => Promise<boolean>;
  };
  files: PreviewPorts['files'] & { remove: (key: string) => Promise<void> };
  pipelines: { all: (shopId: string) => Promise<Pipeline[]> };
  users: (shopId: string) => AsyncIterable<User>;
  clock: Clock;
}

/** Not begun yet, or only tried. What was begun for good goes on as it began, or not at all. */
const mayStart = (job: Job): boolean => {
  const { plan } = ImportInput().parse(job.input);
  return !isUnfinished(job) && (plan === undefined || plan.dryRun);
};

/** Who gets new leads. Throws `request.invalid` for a user who is none, or when there is no seller. */
const sellersOf = async (shopId: string, assign: Assignment, ports: StartImportPorts): Promise<string[]> => {
  if (assign.to === 'nobody') return [];
  const active = (await Array.fromAsync(ports.users(shopId))).filter(isActive);
  if (assign.to === 'user') {
    if (active.some(({ userId }) => userId === assign.userId)) return [assign.userId];
    throw invalidField('assign.userId', 'unknown', 'must be an active user of the shop');
  }
  const sellers = active.filter(({ role }) => role === 'seller').map(({ userId }) => userId);
  if (sellers.length === 0) throw invalidField('assign.to', 'no-sellers', 'there is no active seller in the shop');
  return sellers.toSorted();
};

const assertStage = async (shopId: string, stageId: string | undefined, ports: StartImportPorts): Promise<void> => {
  if (stageId === undefined || findStage(await ports.pipelines.all(shopId), stageId)) return;
  throw invalidField('stageId', 'unknown', 'must be a stage of a pipeline of the shop');
};

const planOf = async (
  { shop, fileKey, settings }: { shop: Shop; fileKey: string; settings: StartImport },
  ports: StartImportPorts,
): Promise<ImportPlan> => {
  const { mapping, duplicates, tags, source, stageId, dryRun, consent, country = shop.country } = settings;
  if (mapping.consent !== undefined && consent === undefined) {
    throw invalidField('consent', 'missing', 'must have the words that the people of the consent column agreed to');
  }
  const startedAt = ports.clock().toISOString();
  if (consent?.at !== undefined && consent.at > startedAt) {
    throw invalidField('consent.at', 'in-future', 'must not be in the future');
  }
  await assertStage(shop.shopId, stageId, ports);
  const sellers = await sellersOf(shop.shopId, settings.assign, ports);
  const { bytes, etag, format } = await readHead(fileKey, settings, ports);
  return {
    ...{ ...format, bytes, etag, mapping, country, language: shop.language, duplicates, tags, source, sellers },
    ...(stageId && { stageId }),
    ...(consent && { consent: { text: consent.text, at: consent.at ?? startedAt } }),
    ...{ dryRun, startedAt },
  };
};

/**
 * Starts to import a file that was uploaded, or to try it. What was tried may be started again, for good or once more.
 * What is not said about how the file is written is detected now, and is the same to the end.
 * Throws `not-found`, `job.not-ready` for one that was started, `file.not-uploaded`, `request.invalid` for a stage, a user
 * or a seller that there is not, and `change.conflict`.
 */
export const startImport = async (
  { shop, importId, by, settings }: { shop: Shop; importId: string; by: string; settings: StartImport },
  ports: StartImportPorts,
): Promise<Job> => {
  const { shopId } = shop;
  const job = await findJob({ shopId, jobId: importId, kind: 'import' }, ports);
  if (!mayStart(job)) {
    throw new AppError('job.not-ready', `the import is ${job.state}`, { details: { state: job.state } });
  }
  const input = ImportInput().parse(job.input);
  const plan = await planOf({ shop, fileKey: input.fileKey, settings }, ports);
  const now = ports.clock();
  const next = { ...queued(job, { ...input, plan }, now), by };
  const action = plan.dryRun ? 'import.tried' : 'import.started';
  const entry = auditEntry({ shopId, subject: subjectOf(job), by, action }, now);
  if (!(await ports.jobs.save(next, entry))) throw new AppError('change.conflict', 'this import changed; try again');
  const tried = ImportProgress().safeParse(job.progress).data?.errors ?? [];
  for (const { key } of tried) await ports.files.remove(key);
  return next;
};

/**
 * Goes on with an import that failed or was cancelled, where it stopped and as it was started. Throws `not-found`,
 * `job.not-ready` for one that is not over, is done, or was never started, and `change.conflict`.
 */
export const resumeImport = async (
  { shopId, importId, by }: { shopId: string; importId: string; by: string },
  { jobs, clock }: Pick<StartImportPorts, 'jobs' | 'clock'>,
): Promise<Job> => {
  const job = await findJob({ shopId, jobId: importId, kind: 'import' }, { jobs });
  const { plan } = ImportInput().parse(job.input);
  const mayResume = plan !== undefined && (job.state === 'failed' || job.state === 'cancelled');
  if (!mayResume) throw new AppError('job.not-ready', `the import is ${job.state}`, { details: { state: job.state } });
  const now = clock();
  const next = requeued(job, job.progress, now);
  const entry = auditEntry({ shopId, subject: subjectOf(job), by, action: 'import.resumed' }, now);
  if (!(await jobs.save(next, entry))) throw new AppError('change.conflict', 'this import changed; try again');
  return next;
};
