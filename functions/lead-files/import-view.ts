import * as z from 'zod/mini';
import { timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { type Job, jobStates } from '../jobs/job.ts';
import { ImportCounts, ImportInput, ImportPlan, ImportProgress, noRows } from './import-input.ts';
import { rowReasons } from './import-reasons.ts';

/** A file that may be fetched for some minutes. */
export const FileLink = lazy(() => z.object({ name: z.string(), url: z.string(), expiresAt: timeField() }));
export type FileLink = z.infer<Lazy<typeof FileLink>>;

/** An import as admins see it. */
export const ImportView = lazy(() =>
  z.object({
    importId: z.string(),
    fileName: z.string(),
    bytes: z.int(),
    /** `uploading`: it waits for its file, and to be started. */
    state: z.enum(jobStates),
    /** How it was started. */
    settings: z.optional(z.omit(ImportPlan(), { etag: true, start: true, bytes: true, headerRow: true })),
    /** How much of the file is done, from 0 to 100. */
    percent: z.int(),
    counts: ImportCounts(),
    /** How many rows were not taken for which reason. */
    reasons: z.partialRecord(z.enum(rowReasons), z.int()),
    /** How many of the rows that were taken are without some of their cells, and for which reasons. */
    warned: z.int(),
    warnings: z.partialRecord(z.enum(rowReasons), z.int()),
    /** Rows that were not taken as they are, to be mended and imported again; only where one import is shown. */
    errorFiles: z.optional(z.array(FileLink())),
    /** Why it failed. */
    error: z.optional(z.string()),
    /** Somebody asked to stop it. */
    cancelledAt: z.optional(timeField()),
    /** `user:<id>`, or `operator`. */
    by: z.string(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type ImportView = z.infer<Lazy<typeof ImportView>>;

const percentOf = ({ state, progress }: Job, plan: ImportPlan | undefined): number => {
  if (state === 'done') return 100;
  const byte = Number(progress['byte'] ?? 0);
  return plan === undefined ? 0 : Math.min(99, Math.floor((byte / plan.bytes) * 100));
};

/** An import as admins see it, without its files. */
export const importView = (job: Job): ImportView => {
  const { jobId, state, error, cancelledAt, by, createdAt, updatedAt } = job;
  const { fileName, bytes, plan } = ImportInput().parse(job.input);
  const progress = ImportProgress().safeParse(job.progress).data;
  const { counts = noRows, reasons = {}, warned = 0, warnings = {} } = progress ?? {};
  const { etag: _, start: __, bytes: ___, headerRow: ____, ...settings } = plan ?? ({} as Partial<ImportPlan>);
  return {
    ...{ importId: jobId, fileName, bytes, state },
    ...(plan && { settings: settings as NonNullable<ImportView['settings']> }),
    ...{ percent: percentOf(job, plan), counts, reasons, warned, warnings },
    ...(error && { error }),
    ...(cancelledAt && { cancelledAt }),
    ...{ by, createdAt, updatedAt },
  };
};

/** Where a file is to be put, with exactly these headers, before `expiresAt`; then the import can be started. */
export const ImportUpload = lazy(() =>
  z.object({
    import: ImportView(),
    upload: z.object({
      url: z.string(),
      method: z.literal('PUT'),
      headers: z.record(z.string(), z.string()),
      expiresAt: timeField(),
    }),
  }),
);
export type ImportUpload = z.infer<Lazy<typeof ImportUpload>>;
