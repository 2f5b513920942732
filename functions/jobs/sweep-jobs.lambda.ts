import * as z from 'zod/mini';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { scheduledJob } from '#platform/job.ts';
import { logger } from '#platform/logger.ts';
import { openQueue } from '#platform/queue.ts';
import { openTable } from '#platform/table.ts';
import { jobStore } from './job.store.ts';
import { queueOfJob } from './job.ts';
import { sweepJobs } from './sweep-jobs.ts';

const env = readEnv('TABLE_NAME', 'JOBS_QUEUE_URL', 'PERSON_JOBS_QUEUE_URL');
const queues = { jobs: openQueue(env.JOBS_QUEUE_URL), personJobs: openQueue(env.PERSON_JOBS_QUEUE_URL) };

export const handler = scheduledJob(
  'sweep-jobs',
  () => z.unknown(),
  () =>
    sweepJobs({
      jobs: jobStore(openTable(documentClient(), env.TABLE_NAME)),
      enqueue: ({ kind, shopId, jobId }) => queues[queueOfJob(kind)].send([{ body: { shopId, jobId }, group: shopId }]),
      clock: () => new Date(),
      report: (error) => logger.error('a job could not be sent on', { error }),
    }),
);
