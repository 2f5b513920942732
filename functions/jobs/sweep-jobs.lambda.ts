import * as z from 'zod/mini';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { scheduledJob } from '#platform/job.ts';
import { logger } from '#platform/logger.ts';
import { openQueue } from '#platform/queue.ts';
import { openTable } from '#platform/table.ts';
import { jobStore } from './job.store.ts';
import { sweepJobs } from './sweep-jobs.ts';

const { TABLE_NAME, JOBS_QUEUE_URL } = readEnv('TABLE_NAME', 'JOBS_QUEUE_URL');
const queue = openQueue(JOBS_QUEUE_URL);

export const handler = scheduledJob(
  'sweep-jobs',
  () => z.unknown(),
  () =>
    sweepJobs({
      jobs: jobStore(openTable(documentClient(), TABLE_NAME)),
      enqueue: ({ shopId, jobId }) => queue.send([{ body: { shopId, jobId }, group: shopId }]),
      clock: () => new Date(),
      report: (error) => logger.error('a job could not be sent on', { error }),
    }),
);
