import { describe, expect, it } from 'vitest';
import { webhookHandler } from '../../../functions/webhooks/webhook-handlers.ts';
import {
  aMessage,
  aMessagesBody,
  aStatus,
  aStatusesBody,
  asMetaWrites,
  type Json,
  signatureOf,
} from '../../support/whatsapp-webhooks.ts';

const SECRET = 'the-secret-of-the-app';

const openHandler = () => {
  const calls: number[] = [];
  const queue = {
    send: async (messages: readonly { body: object }[]) => {
      calls.push(JSON.stringify(messages).length);
    },
  };
  const handle = webhookHandler({
    findSecrets: async () => ({ appSecrets: [SECRET], verifyTokens: [] }),
    queues: { inbound: queue, statuses: queue },
    archive: async () => undefined,
    report: () => undefined,
    clock: () => new Date('2026-11-21T12:00:00.000Z'),
  });
  const post = (text: string) =>
    handle({
      routeKey: 'POST /webhooks/whatsapp',
      params: {},
      query: {},
      headers: signatureOf(text, SECRET),
      body: Buffer.from(text),
    });
  return { calls, post };
};

/** Milliseconds of the processor that some work takes. */
const processorTime = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

describe('what a webhook costs', () => {
  it.each<[string, () => Json]>([
    ['a message', () => aMessagesBody([aMessage()])],
    ['a status', () => aStatusesBody([aStatus()])],
  ])('%s: one call of SQS, and less than 5 ms of the processor', async (_, body) => {
    const { calls, post } = openHandler();
    const texts = Array.from({ length: 400 }, () => asMetaWrites(body()));
    for (const text of texts.slice(0, 100)) await post(text);
    const measured = texts.slice(100);
    const time = await processorTime(async () => {
      for (const text of measured) await post(text);
    });
    expect(calls).toHaveLength(400);
    expect(time / measured.length).toBeLessThan(5);
  });

  it('a thousand messages in three megabytes: less than two seconds', async () => {
    const { post } = openHandler();
    const messages = Array.from({ length: 1000 }, () => aMessage({ text: { body: 'ñ🕯️'.repeat(150) } }));
    const text = asMetaWrites(aMessagesBody(messages));
    expect(text.length).toBeGreaterThan(2_500_000);
    expect(await processorTime(() => post(text))).toBeLessThan(2000);
  });
});
