import * as z from 'zod/mini';
import { lazy } from '#core/lazy.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { isUnfinished, type Job, type JobKind } from '../jobs/job.ts';
import { exportFolder } from '../lead-files/export-input.ts';
import { importFolder } from '../lead-files/import-input.ts';
import { fieldsOf } from '../whatsapp/wire.ts';
import type { Step } from './erase-person.ts';
import { personExportFolder } from './person-export.ts';
import { mentions } from './person-marks.ts';
import type { StepDone, StepInput } from './plan-person.ts';

export interface EraseFilesPorts {
  jobs: {
    find: (shopId: string, jobId: string) => Promise<Job | undefined>;
    list: (shopId: string, kind: JobKind, page: PageRequest) => Promise<Page<Job>>;
    /** Saves the next version of a job; false when somebody else was faster. */
    save: (job: Job) => Promise<boolean>;
  };
  /** What shops bring in and take out. */
  files: {
    /** The first key with this beginning that comes after the other, or the first of all. */
    firstKey: (prefix: string, after?: string) => Promise<string | undefined>;
    /** At most so many bytes from there on; undefined when there is no such file. */
    getRange: (key: string, from: number, length: number) => Promise<{ body: Buffer } | undefined>;
    remove: (key: string) => Promise<void>;
  };
}

const kinds = ['import', 'lead-export', 'person-export'] as const satisfies readonly JobKind[];

/** Where all files of a job are, those too that no worker lived to note. */
const folderOf = ({ kind, shopId, jobId }: Job): string => {
  if (kind === 'import') return importFolder(shopId, jobId);
  return kind === 'lead-export' ? exportFolder(shopId, jobId) : personExportFolder({ shopId, jobId });
};

/** Where the search is: so far, that a worker that dies has only one piece of one file to look through again. */
const Place = lazy(() =>
  z.object({
    kind: z._default(z.int(), 0),
    /** The job whose files are looked through; absent: the next of the list. */
    jobId: z.optional(z.string()),
    /** Where the list goes on; absent beside a job: that was its last. */
    at: z.optional(z.string()),
    /** The key of the last file that is done. */
    done: z.optional(z.string()),
    byte: z._default(z.int(), 0),
  }),
);
type Place = ReturnType<ReturnType<typeof Place>['parse']>;

const readPlace = (cursor: string | undefined): Place => Place().parse(cursor === undefined ? {} : JSON.parse(cursor));

const go = (place: Place, more: Omit<StepDone, 'cursor'> = {}): StepDone => ({
  ...more,
  cursor: JSON.stringify(place),
});

/** Behind this job, or behind the last of its kind; the step is over behind the last of all. */
const goOn = ({ kind, at }: Place): StepDone => {
  if (at !== undefined) return go({ kind, at, byte: 0 });
  return kind + 1 < kinds.length ? go({ kind: kind + 1, byte: 0 }) : {};
};

/** A file may be large: it is looked through in pieces that overlap by more than a name is long. */
const PIECE = 1_000_000;
const OVERLAP = 300;
/** So long the erasure is put down while a job of the shop runs that may know the person. */
const REST_SECONDS = 60;
/** What a file was called that is gone. */
const FORGOTTEN = '—';

const saveWith = (job: Job, change: Pick<Partial<Job>, 'input' | 'progress'>, { jobs }: EraseFilesPorts) =>
  jobs.save({ ...job, ...change, version: job.version + 1 });

interface Looking {
  job: Job;
  place: Place;
  input: StepInput;
  secret: string;
}

/** Whether the next piece of the file names the person, and is its last. */
const isNamedIn = async (key: string, { job, place, input, secret }: Looking, { files }: EraseFilesPorts) => {
  const { plan } = input;
  if (plan.ids.includes(String(job.input['contactId']))) return { isNamed: true, isLast: true };
  const body = (await files.getRange(key, place.byte, PIECE + OVERLAP))?.body;
  if (body === undefined) return { isNamed: false, isLast: true };
  // every second byte of a file in UTF-16 is none
  const text = body.toString('utf8').replaceAll('\0', '');
  const isNamed = plan.ids.some((id) => text.includes(id)) || mentions(text, plan.marks, { secret, loosely: true });
  return { isNamed, isLast: body.length <= PIECE };
};

/** Looks through the next piece of a file; one that names the person goes, with what it was called. */
const lookInto = async (key: string, looking: Looking, ports: EraseFilesPorts): Promise<StepDone> => {
  const { job, place } = looking;
  const { isNamed, isLast } = await isNamedIn(key, looking, ports);
  const next = { ...place, done: key, byte: 0 };
  if (!isNamed) return go(isLast ? next : { ...place, byte: place.byte + PIECE });
  const { fileName } = job.input;
  if (fileName !== undefined && fileName !== FORGOTTEN) {
    // whoever changed it meanwhile has begun it, and it is waited for
    const isSaved = await saveWith(job, { input: { ...job.input, fileName: FORGOTTEN } }, ports);
    if (!isSaved) return go(place);
  }
  await ports.files.remove(key);
  return go(next, { counts: { jobFiles: 1 } });
};

/** Whom an export was to find, and where it stopped among names, may be the person: of exports that are over it goes. */
const forgetSearch = async (job: Job, ports: EraseFilesPorts): Promise<boolean> => {
  const { q, ...filter } = fieldsOf(job.input['filter']);
  const { cursor, ...progress } = job.progress;
  if (job.kind !== 'lead-export' || (q === undefined && cursor === undefined)) return true;
  return saveWith(job, { input: { ...job.input, filter }, progress }, ports);
};

const lookThrough = async (looking: Looking, ports: EraseFilesPorts): Promise<StepDone> => {
  const { job, place } = looking;
  if (isUnfinished(job)) return go(place, { restSeconds: REST_SECONDS });
  const key = await ports.files.firstKey(folderOf(job), place.done);
  if (key !== undefined) return lookInto(key, looking, ports);
  return (await forgetSearch(job, ports)) ? goOn(place) : go(place);
};

/**
 * Takes away the files of imports and exports that name the person, piece by piece, newest jobs first. A job that waits
 * or runs is waited for: an import would make the person anew, and an export put them into its next file.
 */
export const eraseJobFiles =
  (ports: EraseFilesPorts): Step =>
  async (input, { secret }) => {
    const place = readPlace(input.cursor);
    if (place.jobId !== undefined) {
      const job = await ports.jobs.find(input.shopId, place.jobId);
      return job ? lookThrough({ job, place, input, secret: await secret() }, ports) : goOn(place);
    }
    const page = { limit: 1, ...(place.at && { cursor: place.at }) };
    const { items, nextCursor: at } = await ports.jobs.list(input.shopId, kinds[place.kind] ?? 'import', page);
    const { kind } = place;
    const behind = { kind, ...(at !== undefined && { at }), byte: 0 };
    const [job] = items;
    if (job === undefined) return goOn(behind);
    return lookThrough({ job, place: { ...behind, jobId: job.jobId }, input, secret: await secret() }, ports);
  };
