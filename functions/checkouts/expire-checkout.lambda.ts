import * as z from 'zod/mini';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { scheduledJob } from '#platform/job.ts';
import { patience } from '#platform/patience.ts';
import { openTable } from '#platform/table.ts';
import { checkoutStore } from './checkout.store.ts';
import { expireCheckout } from './end-checkout.ts';

const { TABLE_NAME } = readEnv('TABLE_NAME');
const ports = { checkouts: checkoutStore(openTable(documentClient(), TABLE_NAME)), patience: patience(8000) };

export const handler = scheduledJob(
  'expire-checkout',
  () => z.object({ code: z.string() }),
  async ({ code }) => ({ outcome: await expireCheckout({ code, by: 'schedule' }, ports) }),
);
