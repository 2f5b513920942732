import * as z from 'zod/mini';
import { lazy } from '#core/lazy.ts';
import type { LeadWork } from '../lead-sources/lead-work.ts';
import { Submission } from '../lead-sources/submission.ts';
import type { Change } from './change.ts';
import type { Post } from './outbox.ts';

export interface RelaySubmissionPorts {
  post: Post;
}

/** Only what is needed: a row that can't be read whole must not hold up the stream. */
const Relayed = lazy(() => z.pick(Submission(), { shopId: true, submissionId: true, state: true, askedAt: true }));

/** What follows from a submission: one that is new, or is to be tried again, is made a lead. Safe to repeat. */
export const relaySubmission = ({ before, after }: Change, { post }: RelaySubmissionPorts): void => {
  if (after === undefined) return;
  const { shopId, submissionId, state, askedAt } = Relayed().parse(after);
  if (state !== 'pending' || (before !== undefined && before['askedAt'] === askedAt)) return;
  const body: LeadWork = { do: 'submission', shopId, submissionId };
  post('leads', { body, group: shopId });
};
