import * as z from 'zod/mini';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { scheduledJob } from '#platform/job.ts';
import { logger } from '#platform/logger.ts';
import { publishMetric } from '#platform/metrics.ts';
import { openQueue } from '#platform/queue.ts';
import { openTable } from '#platform/table.ts';
import { outboundStore } from './outbound.store.ts';
import { taskOf } from './send-task.ts';
import { sweepMessages } from './sweep-messages.ts';

const { TABLE_NAME, OUTBOUND_QUEUE_URL } = readEnv('TABLE_NAME', 'OUTBOUND_QUEUE_URL');
const queue = openQueue(OUTBOUND_QUEUE_URL);
const clock = () => new Date();
const ports = {
  outbound: outboundStore(openTable(documentClient(), TABLE_NAME)),
  enqueue: (message: Parameters<typeof taskOf>[0]) => queue.send([taskOf(message, String(clock().getTime()))]),
  clock,
  report: (error: unknown) => logger.error('a message on its way out could not be mended', { error }),
};
const SWEEP_MS = 40_000;

export const handler = scheduledJob(
  'sweep-messages',
  () => z.unknown(),
  async () => {
    const sweep = await sweepMessages(new Date(clock().getTime() + SWEEP_MS), ports);
    publishMetric('OverdueMessageAge', sweep.oldestSeconds, 'seconds');
    publishMetric('UnknownMessages', sweep.parked);
    return sweep;
  },
);
