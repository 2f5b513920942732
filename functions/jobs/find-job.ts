import { notFound } from '#core/errors.ts';
import type { Job, JobKind } from './job.ts';

/** The shop's job of this kind. Throws `not-found`. */
export const findJob = async (
  { shopId, jobId, kind }: { shopId: string; jobId: string; kind: JobKind },
  { jobs }: { jobs: { find: (shopId: string, jobId: string) => Promise<Job | undefined> } },
): Promise<Job> => {
  const job = await jobs.find(shopId, jobId);
  if (job === undefined || job.kind !== kind) throw notFound();
  return job;
};
