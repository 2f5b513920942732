import { openBucket } from '#platform/bucket.ts';
import { withClaims } from '#platform/claims.ts';
import { readEnv } from '#platform/env.ts';
import { openLightQueue } from '#platform/light-queue.ts';
import { readSecret } from '#platform/light-secret.ts';
import { logger } from '#platform/logger.ts';
import { publishMetric } from '#platform/metrics.ts';
import { rawHttp } from '#platform/raw-http.ts';
import { webhookFigures } from './accept-webhook.ts';
import { secretFinder } from './app-secrets.ts';
import { webhookHandler } from './webhook-handlers.ts';

const env = readEnv('INBOUND_QUEUE_URL', 'STATUSES_QUEUE_URL', 'ARCHIVE_BUCKET', 'META_SECRET_ID', 'APP_VAULT');
const archive = openBucket(env.ARCHIVE_BUCKET);
const queue = (url: string) => withClaims(openLightQueue(url), archive);
const clock = () => new Date();

export const handler = rawHttp(
  webhookHandler({
    findSecrets: secretFinder({ read: readSecret, sharedId: env.META_SECRET_ID, prefix: env.APP_VAULT, clock }),
    queues: { inbound: queue(env.INBOUND_QUEUE_URL), statuses: queue(env.STATUSES_QUEUE_URL) },
    archive: (key, compressed) => archive.put(key, compressed, { contentType: 'application/gzip' }),
    report: (fate, error) => {
      // the line of each request tells these anyway
      if (fate !== 'accepted' && fate !== 'unaddressed') logger.error(`webhook ${fate}`, { error });
      publishMetric(webhookFigures[fate], 1);
      // the alarm compares the two, and can't with one that is missing
      if (fate === 'refused') publishMetric(webhookFigures.accepted, 0);
    },
    clock,
  }),
);
