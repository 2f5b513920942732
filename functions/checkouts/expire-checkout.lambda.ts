import * as z from 'zod/mini';
import { contentDigest } from '#core/ids.ts';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { scheduledJob } from '#platform/job.ts';
import { patience } from '#platform/patience.ts';
import { openQueue } from '#platform/queue.ts';
import { openTable } from '#platform/table.ts';
import { checkoutStore } from './checkout.store.ts';
import { expireCheckout } from './end-checkout.ts';

const { TABLE_NAME, NOTICES_QUEUE_URL } = readEnv('TABLE_NAME', 'NOTICES_QUEUE_URL');
const ports = { checkouts: checkoutStore(openTable(documentClient(), TABLE_NAME)), patience: patience(8000) };
const notices = openQueue(NOTICES_QUEUE_URL);

const remind = async (code: string, expiresAt?: string) => {
  const dedupId = `reminder-${contentDigest([code, expiresAt ?? ''])}`;
  await notices.send([{ body: { code, occasion: 'reminder', expiresAt }, group: contentDigest(code), dedupId }]);
  return 'reminding';
};

/** The schedules of a checkout all come here: its time is up, or nearly. */
export const handler = scheduledJob(
  'expire-checkout',
  () => z.object({ code: z.string(), occasion: z.optional(z.literal('reminder')), expiresAt: z.optional(z.string()) }),
  async ({ code, occasion, expiresAt }) => ({
    outcome: await (occasion ? remind(code, expiresAt) : expireCheckout({ code, by: 'schedule' }, ports)),
  }),
);
