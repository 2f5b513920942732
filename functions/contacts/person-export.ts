import * as z from 'zod/mini';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Job } from '../jobs/job.ts';
import { ErasureCounts, ErasurePlan } from './erasure.ts';

/** One file of an export. */
export const ExportedFile = lazy(() => z.object({ key: z.string(), name: z.string(), bytes: z.int() }));
export type ExportedFile = z.infer<Lazy<typeof ExportedFile>>;

/** How many files of an export stand in one of its lists: the job itself has room for one list only. */
export const FILES_PER_LIST = 100;

/** What an export has made: lists that are full are files themselves, the last one is kept here. */
const MadeFiles = lazy(() =>
  z.object({
    /** How many files there are. */
    made: z._default(z.int(), 0),
    /** How many lists are full. */
    listed: z._default(z.int(), 0),
    files: z._default(z.array(ExportedFile()), []),
  }),
);
export type MadeFiles = z.infer<Lazy<typeof MadeFiles>>;

/** How far an export has come, and what it has made. */
export const PersonExportProgress = lazy(() =>
  z.extend(MadeFiles(), {
    step: z._default(z.int(), 0),
    cursor: z.optional(z.string()),
    plan: z.optional(ErasurePlan()),
    counts: z._default(ErasureCounts(), {}),
  }),
);
export type PersonExportProgress = z.infer<Lazy<typeof PersonExportProgress>>;

type Which = Pick<Job, 'shopId' | 'jobId'>;

/** Where the files of an export are. */
export const personExportFolder = ({ shopId, jobId }: Which): string => `person-exports/${shopId}/${jobId}/`;

/** The key of an export's file by its number, from 1: whoever makes it again puts it over what is there. */
export const exportedFileKey = (job: Which, number: number): string => `${personExportFolder(job)}${number}`;

/** The key of a full list by its number, from 1. */
export const exportedListKey = (job: Which, number: number): string => `${personExportFolder(job)}list-${number}.json`;

/** What an export has made by now, whether it is over or not. */
export const madeBy = ({ progress, result }: Pick<Job, 'progress' | 'result'>): MadeFiles =>
  MadeFiles().parse(result ?? progress);
