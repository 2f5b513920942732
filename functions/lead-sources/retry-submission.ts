import { AppError, notFound } from '#core/errors.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import type { Submission } from './submission.ts';

export interface RetrySubmissionPorts {
  submissions: {
    find: (shopId: string, submissionId: string) => Promise<Submission | undefined>;
    save: (submission: Submission) => Promise<boolean>;
    /** The latest of a form that failed. */
    failedOf: (shopId: string, formId: string, limit: number) => Promise<Submission[]>;
    /** The latest of a page that failed, or wait for Meta. */
    heldOf: (shopId: string, pageId: string, limit: number) => Promise<Submission[]>;
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

/** More wait for somebody to press the button, or the next call: what was asked for again is not found here then. */
const MOST_AT_ONCE = 500;

/** Has submissions tried again. How many these are. */
const retryAll = async (
  found: readonly Submission[],
  { submissions, patience }: RetrySubmissionPorts,
): Promise<number> => {
  const at = patience.clock().toISOString();
  let retried = 0;
  for (let from = 0; from < found.length; from += 50) {
    const some = found.slice(from, from + 50);
    const saved = await Promise.all(some.map((one) => submissions.save(asked(one, at))));
    retried += saved.filter(Boolean).length;
  }
  return retried;
};

/** Has the latest filled-in forms of a page tried again that have waited for its token, or failed for want of it. */
export const retryOfPage = async (shopId: string, pageId: string, ports: RetrySubmissionPorts): Promise<number> =>
  retryAll(await ports.submissions.heldOf(shopId, pageId, MOST_AT_ONCE), ports);

/** Has the latest submissions of a form tried again that failed: its mapping was mended, say. How many these are. */
export const retryOfForm = async (shopId: string, formId: string, ports: RetrySubmissionPorts): Promise<number> =>
  retryAll(await ports.submissions.failedOf(shopId, formId, MOST_AT_ONCE), ports);
