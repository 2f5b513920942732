import { AppError, notFound } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import type { Submission, SubmissionState } from './submission.ts';

export interface RetrySubmissionPorts {
  submissions: {
    find: (shopId: string, submissionId: string) => Promise<Submission | undefined>;
    save: (submission: Submission) => Promise<boolean>;
    list: (shopId: string, state: SubmissionState, page: PageRequest) => Promise<Page<Submission>>;
  };
  patience: Patience;
}

/** Asked again, as of a moment; the relay hands it to a worker. */
const asked = ({ reason: _, ...submission }: Submission, at: string): Submission => ({
  ...submission,
  state: 'pending',
  askedAt: at,
  version: submission.version + 1,
  updatedAt: at,
});

/** Has a submission made a lead once more; one that is done stays so. Throws `not-found`, `change.conflict`. */
export const retrySubmission = async (
  { shopId, submissionId }: Pick<Submission, 'shopId' | 'submissionId'>,
  { submissions, patience }: RetrySubmissionPorts,
): Promise<Submission> => {
  const done = await withPatience(patience, async () => {
    const submission = await submissions.find(shopId, submissionId);
    if (submission === undefined) throw notFound();
    if (submission.state === 'done') return submission;
    const next = asked(submission, patience.clock().toISOString());
    return (await submissions.save(next)) ? next : undefined;
  });
  if (done === undefined) throw new AppError('change.conflict', 'somebody else works on this submission; try again');
  return done;
};

/** More wait for somebody to press the button, or the next call. */
const MOST_PAGES = 5;
const PAGE = 100;

/** Has those of the latest submissions in a state tried again that match. How many these are. */
const retryAll = async (
  shopId: string,
  state: SubmissionState,
  matches: (submission: Submission) => boolean,
  { submissions, patience }: RetrySubmissionPorts,
): Promise<number> => {
  let [retried, cursor]: [number, string | undefined] = [0, undefined];
  const at = patience.clock().toISOString();
  for (let number = 0; number < MOST_PAGES; number += 1) {
    const page: Page<Submission> = await submissions.list(shopId, state, { limit: PAGE, ...(cursor && { cursor }) });
    const chosen = page.items.filter(matches);
    const saved = await Promise.all(chosen.map((one) => submissions.save(asked(one, at))));
    retried += saved.filter(Boolean).length;
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  return retried;
};

/** Has the latest filled-in forms of a page tried again that have waited for its token, or failed for want of it. */
export const retryOfPage = async (shopId: string, pageId: string, ports: RetrySubmissionPorts): Promise<number> => {
  const isOfPage = (submission: Submission) => submission.pageId === pageId && submission.reason !== undefined;
  const [failed, waiting] = [
    await retryAll(shopId, 'failed', isOfPage, ports),
    await retryAll(shopId, 'pending', isOfPage, ports),
  ];
  return failed + waiting;
};

/** Has the latest submissions of a form tried again that failed: its mapping was mended, say. How many these are. */
export const retryOfForm = (shopId: string, formId: string, ports: RetrySubmissionPorts): Promise<number> =>
  retryAll(shopId, 'failed', (submission) => submission.formId === formId, ports);
