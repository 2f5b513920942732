import type { Page, PageRequest } from '#core/page.ts';
import { isUnfinished, type Job, type JobKind } from '../jobs/job.ts';
import { fieldsOf } from '../whatsapp/wire.ts';
import type { Step } from './erase-person.ts';
import { nextPlace, readPlace } from './erasure.ts';
import { mentions } from './person-marks.ts';
import type { StepInput } from './plan-person.ts';

export interface EraseFilesPorts {
  jobs: {
    list: (shopId: string, kind: JobKind, page: PageRequest) => Promise<Page<Job>>;
    /** Saves the next version of a job; false when somebody else was faster. */
    save: (job: Job) => Promise<boolean>;
  };
  /** What shops bring in and take out. */
  files: {
    /** At most so many bytes from there on; undefined when there is no such file. */
    getRange: (key: string, from: number, length: number) => Promise<{ body: Buffer } | undefined>;
    remove: (key: string) => Promise<void>;
  };
}

const kinds = ['import', 'lead-export', 'person-export'] as const satisfies readonly JobKind[];
const PAGE = 10;

/** Every key of a file that a job names, wherever in its facts. */
export const filesIn = (facts: unknown, shopId: string): string[] => {
  if (typeof facts === 'string')
    return /^[a-z-]+\/[^\s]+\.[a-z0-9]{2,5}$/.test(facts) && facts.includes(`/${shopId}/`) ? [facts] : [];
  if (typeof facts !== 'object' || facts === null) return [];
  return [...new Set(Object.values(facts).flatMap((one) => filesIn(one, shopId)))];
};

/** A file may be large: it is looked through in pieces that overlap by more than a name is long. */
const PIECE = 1_000_000;
const OVERLAP = 300;

const names = async (key: string, isNamed: (text: string) => boolean, { files }: EraseFilesPorts): Promise<boolean> => {
  for (let from = 0; ; from += PIECE) {
    const body = (await files.getRange(key, from, PIECE + OVERLAP))?.body;
    // every second byte of a file in UTF-16 is none
    if (body && isNamed(body.toString('utf8').replaceAll('\0', ''))) return true;
    if (body === undefined || body.length <= PIECE) return false;
  }
};

/** Takes away the files of a job that name the person; how many. */
const eraseFilesOf = async (job: Job, { plan }: StepInput, secret: string, ports: EraseFilesPorts) => {
  const isTheirs = plan.ids.includes(String(job.input['contactId']));
  const isNamed = (text: string) => isTheirs || mentions(text, plan.marks, { secret, loosely: true });
  let erased = 0;
  for (const key of filesIn([job.input, job.progress, job.result], job.shopId)) {
    if (!(await names(key, isNamed, ports))) continue;
    await ports.files.remove(key);
    erased += 1;
  }
  return erased;
};

/** Whom an export was to find, and where it stopped among names, may be the person: of exports that are over it goes. */
const forgetSearch = async (job: Job, { jobs }: EraseFilesPorts): Promise<void> => {
  const { q, ...filter } = fieldsOf(job.input['filter']);
  const { cursor, ...progress } = job.progress;
  if (q === undefined && cursor === undefined) return;
  const version = job.version + 1;
  // whoever changed it meanwhile has begun it anew, and it is not over
  await jobs.save({ ...job, input: { ...job.input, filter }, progress, version });
};

/** Takes away the files of imports and exports that name the person. A file that is being worked at is left to its job. */
export const eraseJobFiles =
  (ports: EraseFilesPorts): Step =>
  async (input, { secret }) => {
    const { list, at } = readPlace(input.cursor);
    const page = { limit: PAGE, ...(at && { cursor: at }) };
    const { items, nextCursor } = await ports.jobs.list(input.shopId, kinds[list] ?? 'import', page);
    let jobFiles = 0;
    for (const job of items.filter((one) => !isUnfinished(one))) {
      jobFiles += await eraseFilesOf(job, input, await secret(), ports);
      if (job.kind === 'lead-export') await forgetSearch(job, ports);
    }
    return { cursor: nextPlace(list, kinds.length, nextCursor), counts: { jobFiles } };
  };
