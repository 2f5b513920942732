import * as z from 'zod/mini';
import type { Clock } from '#core/clock.ts';
import type { Lazy } from '#core/lazy.ts';
import type { Job } from '../jobs/job.ts';
import type { PersonExport, PersonJob } from './contacts.routes.ts';
import { ErasureProgress } from './erasure.ts';
import { ExportedFile, exportedListKey, madeBy } from './person-export.ts';

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
    get: (key: string) => Promise<Buffer | undefined>;
    presignGet: (key: string, options: { seconds: number; now: Date; disposition?: string }) => Promise<string>;
  };
  clock: Clock;
}

/** One list of an export's files, from 1, and whether there are more. */
const listOf = async (job: Job, number: number, { files }: LinkPorts) => {
  if (job.state !== 'done') return { made: [], hasMore: false };
  const { listed, files: last } = madeBy(job);
  if (number > listed) return { made: number === listed + 1 ? last : [], hasMore: false };
  const list = await files.get(exportedListKey(job, number));
  const made = list ? z.array(ExportedFile()).parse(JSON.parse(list.toString('utf8'))) : [];
  return { made, hasMore: number < listed || last.length > 0 };
};

/** A page of an export's files, each with an address that lives for five minutes. `cursor`: the page's number. */
export const personExportView = async (
  job: Job,
  { cursor = '1' }: { cursor?: string | undefined },
  ports: LinkPorts,
): Promise<z.infer<Lazy<typeof PersonExport>>> => {
  const { files, clock } = ports;
  const now = clock();
  const expiresAt = new Date(now.getTime() + LINK_SECONDS * 1000).toISOString();
  const { made, hasMore } = await listOf(job, Number(cursor), ports);
  const links = made.map(async ({ key, name, bytes }) => {
    const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(name.replaceAll('/', '-'))}`;
    return { name, bytes, url: await files.presignGet(key, { seconds: LINK_SECONDS, now, disposition }), expiresAt };
  });
  return {
    ...personJobView(job),
    files: await Promise.all(links),
    ...(hasMore && { nextCursor: String(Number(cursor) + 1) }),
  };
};
