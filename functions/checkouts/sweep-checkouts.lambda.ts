import * as z from 'zod/mini';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { scheduledJob } from '#platform/job.ts';
import { logger } from '#platform/logger.ts';
import { publishMetric } from '#platform/metrics.ts';
import { patience } from '#platform/patience.ts';
import { openTable } from '#platform/table.ts';
import { checkoutStore } from './checkout.store.ts';
import { sweepCheckouts } from './sweep-checkouts.ts';

const { TABLE_NAME } = readEnv('TABLE_NAME');
const clock = () => new Date();
const report = (error: unknown) => logger.error('a checkout could not be freed', { error });
const ports = {
  checkouts: checkoutStore(openTable(documentClient(), TABLE_NAME)),
  patience: patience(),
  clock,
  report,
};
const SWEEP_MS = 40_000;

export const handler = scheduledJob(
  'sweep-checkouts',
  () => z.unknown(),
  async () => {
    const sweep = await sweepCheckouts(new Date(clock().getTime() + SWEEP_MS), ports);
    publishMetric('OverdueCheckoutAge', sweep.oldestSeconds, 'seconds');
    return sweep;
  },
);
