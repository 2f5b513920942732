import { webhookHandler } from '../functions/webhooks/webhook-handlers.ts';
import {
  aMessage,
  aMessagesBody,
  aStatus,
  aStatusesBody,
  asMetaWrites,
  signatureOf,
} from '../test/support/whatsapp-webhooks.ts';
import type { Finding } from './report.ts';

const SECRET = 'the-secret-of-the-app';
const WARM_UP = 500;
const ROUNDS = 2000;

/** Milliseconds of the processor, and calls of SQS, that one signed body takes when the function is warm. */
const costOf = async (body: () => string): Promise<{ milliseconds: number; calls: number }> => {
  let calls = 0;
  const queue = {
    send: async () => {
      calls += 1;
    },
  };
  const handle = webhookHandler({
    findSecrets: async () => ({ appSecrets: [SECRET], verifyTokens: [] }),
    queues: { inbound: queue, statuses: queue },
    archive: async () => undefined,
    report: () => undefined,
    clock: () => new Date(),
  });
  const requests = Array.from({ length: WARM_UP + ROUNDS }, () => {
    const text = body();
    const headers = signatureOf(text, SECRET);
    return { routeKey: 'POST /webhooks/whatsapp', params: {}, query: {}, headers, body: Buffer.from(text) };
  });
  for (const request of requests.slice(0, WARM_UP)) await handle(request);
  calls = 0;
  const before = process.cpuUsage();
  for (const request of requests.slice(WARM_UP)) await handle(request);
  const { user, system } = process.cpuUsage(before);
  return { milliseconds: (user + system) / 1000 / ROUNDS, calls: calls / ROUNDS };
};

const findings = async (name: string, body: () => string): Promise<Finding[]> => {
  const { milliseconds, calls } = await costOf(body);
  return [
    { name: `${name}: processor`, value: milliseconds, unit: 'ms', budget: { atMost: 5 } },
    { name: `${name}: calls of SQS`, value: calls, unit: 'calls', budget: { exactly: 1 } },
  ];
};

/** What the webhook function does for one body: verify, split, enqueue. */
export const benchWebhook = async (): Promise<Finding[]> => [
  ...(await findings('a body with one message', () => asMetaWrites(aMessagesBody([aMessage()])))),
  ...(await findings('a body with one status', () => asMetaWrites(aStatusesBody([aStatus()])))),
];
