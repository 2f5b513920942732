import type { Page, PageRequest } from '#core/page.ts';
import { isUnfinished, type Job, type JobKind } from '../jobs/job.ts';
import type { Step } from './erase-person.ts';
import { nextPlace, readPlace } from './erasure.ts';
import { mentions } from './person-marks.ts';
import type { StepInput } from './plan-person.ts';

export interface EraseFilesPorts {
  jobs: { list: (shopId: string, kind: JobKind, page: PageRequest) => Promise<Page<Job>> };
  /** What shops bring in and take out. */
  files: { get: (key: string) => Promise<Buffer | undefined>; remove: (key: string) => Promise<void> };
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

/** A large file is looked through in pieces that overlap by more than a name is long. */
const PIECE = 1_000_000;
const OVERLAP = 300;

const piecesOf = function* (file: Buffer): Generator<string> {
  for (let start = 0; start < file.length; start += PIECE)
    // every second byte of a file in UTF-16 is none
    yield file
      .subarray(start, start + PIECE + OVERLAP)
      .toString('utf8')
      .replaceAll('\0', '');
};

/** Takes away the files of a job that name the person; how many. */
const eraseFilesOf = async (job: Job, { plan }: StepInput, secret: string, { files }: EraseFilesPorts) => {
  const looking = { secret, loosely: true };
  const isTheirs = plan.ids.includes(String(job.input['contactId']));
  let erased = 0;
  for (const key of filesIn([job.input, job.progress, job.result], job.shopId)) {
    const file = await files.get(key);
    const isNamed = file && (isTheirs || piecesOf(file).some((piece) => mentions(piece, plan.marks, looking)));
    if (!isNamed) continue;
    await files.remove(key);
    erased += 1;
  }
  return erased;
};

/** Takes away the files of imports and exports that name the person. A file that is being worked at is left to its job. */
export const eraseJobFiles =
  (ports: EraseFilesPorts): Step =>
  async (input, { secret }) => {
    const { list, at } = readPlace(input.cursor);
    const page = { limit: PAGE, ...(at && { cursor: at }) };
    const { items, nextCursor } = await ports.jobs.list(input.shopId, kinds[list] ?? 'import', page);
    let jobFiles = 0;
    for (const job of items.filter((one) => !isUnfinished(one)))
      jobFiles += await eraseFilesOf(job, input, await secret(), ports);
    return { cursor: nextPlace(list, kinds.length, nextCursor), counts: { jobFiles } };
  };
