import { randomUUID } from 'node:crypto';
import { openBucket } from '#platform/bucket.ts';
import { documentClient, patientDefaults } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { logger } from '#platform/logger.ts';
import { queueConsumer } from '#platform/queue.ts';
import { openSecret } from '#platform/secret.ts';
import { openTable } from '#platform/table.ts';
import { jobStore } from './job.store.ts';
import { leadRunners } from './lead-runners.store.ts';
import { JobTask, runJob, runUntil } from './run-job.ts';

const env = readEnv('TABLE_NAME', 'APP_SECRET_ID', 'FILES_BUCKET');
const table = openTable(documentClient(patientDefaults), env.TABLE_NAME);
const runners = leadRunners({ table, secret: openSecret(env.APP_SECRET_ID), files: openBucket(env.FILES_BUCKET) });
const clock = () => new Date();
const ports = { jobs: jobStore(table), runners, clock, newClaim: randomUUID };

export const handler = queueConsumer(
  'run-jobs',
  JobTask,
  async (task) => {
    const outcome = await runJob({ ...task, until: runUntil(clock()) }, ports);
    logger.info('job', { jobId: task.jobId, outcome });
  },
  { fifo: false, queue: 'jobs' },
);
