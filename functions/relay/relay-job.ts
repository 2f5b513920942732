import * as z from 'zod/mini';
import { lazy } from '#core/lazy.ts';
import { Job, queueOfJob } from '../jobs/job.ts';
import type { Change } from './change.ts';
import type { Post } from './outbox.ts';

export interface RelayJobPorts {
  post: Post;
}

/** Only what is needed: a row that can't be read whole must not hold up the stream. */
const Relayed = lazy(() => z.pick(Job(), { shopId: true, jobId: true, kind: true, state: true }));

/** What follows from a job: once it waits for a worker, it is handed to one. Safe to repeat. */
export const relayJob = ({ before, after }: Change, { post }: RelayJobPorts): void => {
  if (after === undefined) return;
  const { shopId, jobId, kind, state } = Relayed().parse(after);
  if (state !== 'queued' || before?.['state'] === 'queued') return;
  post(queueOfJob(kind), { body: { shopId, jobId }, group: shopId });
};
