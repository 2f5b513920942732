import type * as z from 'zod/mini';
import type { Clock } from '#core/clock.ts';
import type { Lazy } from '#core/lazy.ts';
import type { Job } from '../jobs/job.ts';
import type { PersonExport, PersonJob } from './contacts.routes.ts';
import { ErasureProgress } from './erasure.ts';
import { PersonExportProgress } from './run-person-export.ts';

const LINK_SECONDS = 300;

const countsOf = ({ result, progress }: Job) => ErasureProgress().safeParse(result ?? progress).data?.counts ?? {};

/** The export or the erasure of a person, as admins see it. */
export const personJobView = (job: Job): z.infer<Lazy<typeof PersonJob>> => {
  const { jobId, input, state, error, createdAt, updatedAt } = job;
  return {
    jobId,
    contactId: String(input['contactId']),
    state: state === 'uploading' ? 'queued' : state,
    counts: countsOf(job),
    ...(error && { error }),
    createdAt,
    updatedAt,
  };
};

interface LinkPorts {
  files: {
    presignGet: (key: string, options: { seconds: number; now: Date; disposition?: string }) => Promise<string>;
  };
  clock: Clock;
}

/** An export with an address for each of its files, which lives for five minutes. */
export const personExportView = async (
  job: Job,
  { files, clock }: LinkPorts,
): Promise<z.infer<Lazy<typeof PersonExport>>> => {
  const now = clock();
  const expiresAt = new Date(now.getTime() + LINK_SECONDS * 1000).toISOString();
  const made = PersonExportProgress().safeParse(job.result ?? {}).data?.files ?? [];
  const links = made.map(async ({ key, name, bytes }) => {
    const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(name.replaceAll('/', '-'))}`;
    return { name, bytes, url: await files.presignGet(key, { seconds: LINK_SECONDS, now, disposition }), expiresAt };
  });
  return { ...personJobView(job), files: await Promise.all(links) };
};
