import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { vi } from 'vitest';
import { webhookRoutes } from '../../functions/webhooks/webhooks.routes.ts';
import type { WebhookEvent } from '../../functions/whatsapp/webhook-event.ts';
import { createClock } from '../../local/clock.ts';
import { startS3 } from '../../local/engines/s3.ts';
import { startSecretsManager } from '../../local/engines/secrets-manager.ts';
import { startSqs } from '../../local/engines/sqs.ts';
import { accountId, admin, openCloud, place } from '../local/local-cloud.ts';
import { anEvent, type TestRequest } from '../support/events.ts';

export const APP = { appId: '600000000000001', appSecret: 'the-secret-of-the-app', verifyToken: 'the-verify-token' };
export const KEY = '0123456789abcdef0123456789abcdef';
export const OWN_APP = { appId: '600000000000002', appSecret: 'the-secret-of-a-shop', verifyToken: 'a-shop-token' };

const BUCKET = 'vidriera-test-archive';
const SHARED = 'vidriera-test/meta';
const VAULT = 'vidriera-test/apps/';

/** An answer of the webhook function. */
export interface WebhookAnswer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** The webhook function with queues, archive and secrets of its own. */
export const openWebhooks = async () => {
  const clock = createClock();
  const sqs = await startSqs({
    ...place,
    clock,
    queues: [
      { name: 'inbound.fifo', properties: { FifoQueue: true } },
      { name: 'statuses', properties: {} },
    ],
  });
  const secretsEngine = await startSecretsManager({ ...place, clock });
  const cloud = await openCloud([sqs, secretsEngine, await startS3({ clock, buckets: [{ name: BUCKET }] })], clock);
  const [queues, secrets, s3] = [
    new SQSClient(cloud.as()),
    new SecretsManagerClient(cloud.as()),
    new S3Client({ ...cloud.as(), forcePathStyle: true }),
  ];
  const heard: string[] = [];
  const { handle } = cloud.door;
  vi.spyOn(cloud.door, 'handle').mockImplementation((request, response) => {
    heard.push(String(request.headers['x-amz-target'] ?? `${request.method} S3`));
    return handle(request, response);
  });
  const urlOf = (name: string) => `${cloud.endpoint}/${accountId}/${name}`;

  const environment: Record<string, string> = {
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_REGION: place.region,
    AWS_ACCESS_KEY_ID: admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
    INBOUND_QUEUE_URL: urlOf('inbound.fifo'),
    STATUSES_QUEUE_URL: urlOf('statuses'),
    ARCHIVE_BUCKET: BUCKET,
    META_SECRET_ID: SHARED,
    APP_VAULT: VAULT,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  await secrets.send(new CreateSecretCommand({ Name: SHARED, SecretString: JSON.stringify(APP) }));
  await secrets.send(new CreateSecretCommand({ Name: VAULT + KEY, SecretString: JSON.stringify(OWN_APP) }));

  heard.length = 0;

  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);

  const messagesOf = async (queue: string) => {
    const input = { QueueUrl: urlOf(queue), MaxNumberOfMessages: 10, VisibilityTimeout: 600 };
    const taken: { event: WebhookEvent; group: string; dedupId: string | undefined }[] = [];
    for (;;) {
      const all = new ReceiveMessageCommand({ ...input, MessageSystemAttributeNames: ['All'] });
      const { Messages = [] } = await queues.send(all);
      if (Messages.length === 0) return taken;
      for (const { Body = '', Attributes = {}, ReceiptHandle } of Messages) {
        await queues.send(new DeleteMessageCommand({ QueueUrl: urlOf(queue), ReceiptHandle }));
        const { MessageGroupId: group = '', MessageDeduplicationId: dedupId } = Attributes;
        taken.push({ event: JSON.parse(Body), group, dedupId });
      }
    }
  };

  let handler: ((event: unknown, context: Context) => Promise<APIGatewayProxyStructuredResultV2>) | undefined;
  const load = async () => {
    vi.resetModules();
    ({ handler } = (await import('../../functions/webhooks/webhook.lambda.ts')) as unknown as {
      handler: typeof handler;
    });
    return handler;
  };
  const call = async (name: keyof typeof webhookRoutes, request: TestRequest = {}): Promise<WebhookAnswer> => {
    const run = handler ?? (await load());
    const result = await run?.(anEvent(webhookRoutes[name], request), { awsRequestId: 'r-1' } as Context);
    return { status: result?.statusCode ?? 0, headers: result?.headers ?? {}, body: result?.body ?? '' };
  };

  return {
    call,
    load,
    door: cloud.door,
    s3,
    queues,
    urlOf,
    bucket: BUCKET,
    /** Calls of AWS so far, by operation. */
    heard,
    /** What was put on the queues since the last look. */
    taken: async () => ({ inbound: await messagesOf('inbound.fifo'), statuses: await messagesOf('statuses') }),
    /** Names and texts of the archived bodies. */
    archived: async (): Promise<Record<string, string>> => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
      const bodies = Contents.map(async ({ Key = '' }) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
        return [Key, gunzipSync((await Body?.transformToByteArray()) ?? '').toString('utf8')] as const;
      });
      return Object.fromEntries(await Promise.all(bodies));
    },
    setApp: (app: object, name = SHARED) =>
      secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify(app) })),
    /** Log and metric lines so far. */
    lines,
    close: async () => {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
      await cloud.close();
    },
  };
};

export type Webhooks = Awaited<ReturnType<typeof openWebhooks>>;
