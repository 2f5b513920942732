import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { openQueue, queueConsumer, RetryLater } from '#platform/queue.ts';
import { startServices } from '../../support/aws-services.ts';

type Services = Awaited<ReturnType<typeof startServices>>;

let services: Services;
let printed = '';

beforeAll(async () => {
  services = await startServices();
});

afterAll(() => services.close());

beforeEach(() => {
  for (const [name, value] of Object.entries({
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_SQS: services.endpoint,
  })) {
    vi.stubEnv(name, value);
  }
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  services.sent.length = 0;
  services.broughtBack.length = 0;
  services.refusals.clear();
  services.failing.length = 0;
});

const Message = () => z.object({ text: z.string() });
const aContext = { awsRequestId: 'r-1' } as Context;

interface RecordOptions {
  group?: string;
  body?: string;
  receives?: number;
}

const aRecord = (id: string, { group, body, receives = 1 }: RecordOptions = {}): SQSRecord =>
  ({
    messageId: id,
    receiptHandle: `handle-${id}`,
    body: body ?? JSON.stringify({ text: id }),
    attributes: { ApproximateReceiveCount: String(receives), ...(group && { MessageGroupId: group }) },
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:letters.fifo',
  }) as unknown as SQSRecord;

const consume = async (
  records: SQSRecord[],
  run: (message: { text: string }, delivery: { messageId: string; receiveCount: number }) => Promise<unknown>,
  options: Parameters<typeof queueConsumer>[3] = { fifo: true },
): Promise<string[]> => {
  const handler = queueConsumer('letters', Message, run, options);
  const answer = await handler({ Records: records } satisfies SQSEvent, aContext);
  return (answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier).sort();
};

const failOn =
  (bad: string, error: Error, seen: string[] = []) =>
  async ({ text }: { text: string }) => {
    seen.push(text);
    if (text === bad) throw error;
  };

describe('a consumer of a FIFO queue', () => {
  it('runs each group in its order, and says nothing failed when nothing did', async () => {
    const seen: string[] = [];
    const records = [aRecord('a1', { group: 'a' }), aRecord('b1', { group: 'b' }), aRecord('a2', { group: 'a' })];
    expect(await consume(records, failOn('none', new Error('no'), seen))).toEqual([]);
    expect(seen.indexOf('a1')).toBeLessThan(seen.indexOf('a2'));
    expect(seen).toHaveLength(3);
  });

  it('fails the rest of a group after a failure, untried, and no other group', async () => {
    const seen: string[] = [];
    const records = ['a1', 'a2', 'b1', 'a3', 'b2'].map((id) => aRecord(id, { group: id.slice(0, 1) }));
    expect(await consume(records, failOn('a2', new Error('no'), seen))).toEqual(['a2', 'a3']);
    expect(seen.sort()).toEqual(['a1', 'a2', 'b1', 'b2']);
  });

  it('has what failed come again soon, and its followers not before it', async () => {
    const records = ['a1', 'a2'].map((id) => aRecord(id, { group: 'a', receives: 3 }));
    await consume(records, failOn('a1', new Error('no')));
    expect(services.broughtBack).toEqual([
      { queue: 'letters.fifo', receiptHandle: 'handle-a1', seconds: 20 },
      { queue: 'letters.fifo', receiptHandle: 'handle-a2', seconds: 20 },
    ]);
  });

  it('gives up what fails for the last time alone, and goes on with those behind it', async () => {
    const seen: string[] = [];
    const records = ['a1', 'a2'].map((id) => aRecord(id, { group: 'a', receives: 20 }));
    const options = { fifo: true, queue: 'inbound' } as const;
    expect(await consume(records, failOn('a1', new Error('no'), seen), options)).toEqual(['a1']);
    expect(seen).toEqual(['a1', 'a2']);
    const earlier = ['a1', 'a2'].map((id) => aRecord(id, { group: 'a', receives: 19 }));
    expect(await consume(earlier, failOn('a1', new Error('no')), options)).toEqual(['a1', 'a2']);
  });

  it('is held up by nothing that cannot be read, which soon is put aside', async () => {
    const seen: string[] = [];
    const poison = aRecord('a1', { group: 'a', body: '{"text":' });
    const odd = aRecord('a2', { group: 'a', body: '{"text":5,"phone":"+5491122334455"}' });
    const failed = await consume([poison, odd, aRecord('a3', { group: 'a' })], failOn('none', new Error('no'), seen));
    expect([failed, seen]).toEqual([['a1', 'a2'], ['a3']]);
    expect(services.broughtBack.map(({ seconds }) => seconds)).toEqual([0, 0]);
    expect(printed).toContain('not JSON');
    expect(printed).toContain('text: invalid_type');
    expect(printed).not.toContain('5491122334455');
    expect(printed.match(/"UnreadableMessages":1/g)).toHaveLength(2);
  });
});

describe('a consumer of a standard queue', () => {
  it('fails only what failed', async () => {
    const records = ['a', 'b', 'c'].map((id) => aRecord(id, { group: 'shop' }));
    expect(await consume(records, failOn('b', new Error('no')), { fifo: false })).toEqual(['b']);
  });

  it('works on ten at once and no more', async () => {
    let [now, most] = [0, 0];
    const records = Array.from({ length: 35 }, (_, index) => aRecord(`m${index}`));
    const run = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => {
        setTimeout(resolve, 2);
      });
      now -= 1;
    };
    expect(await consume(records, run, { fifo: false })).toEqual([]);
    expect(most).toBe(10);
  });
});

describe('a message', () => {
  it('comes again when its consumer says so, without an error in the log', async () => {
    const failed = await consume([aRecord('a', { group: 'a' })], failOn('a', new RetryLater(90)));
    expect(failed).toEqual(['a']);
    expect(services.broughtBack).toEqual([{ queue: 'letters.fifo', receiptHandle: 'handle-a', seconds: 90 }]);
    expect(printed).not.toContain('"ERROR"');
  });

  it('that comes again says in the log what stood in its way, by name', async () => {
    await consume([aRecord('a')], failOn('a', new RetryLater(90, { cause: new RangeError('a secret of Ana') })));
    expect(printed).toContain('"cause":"RangeError"');
    expect(printed).not.toContain('Ana');
  });

  it('waits no longer than SQS can hide it', async () => {
    await consume([aRecord('a', { group: 'a' })], failOn('a', new RetryLater(99_999)));
    expect(services.broughtBack[0]?.seconds).toBe(43_200);
  });

  it('that fails often comes again seldom', async () => {
    await consume([aRecord('a', { group: 'a', receives: 15 })], failOn('a', new Error('no')));
    expect(services.broughtBack[0]?.seconds).toBe(180);
  });

  it('fails all the same when the queue does not hear when it shall come again', async () => {
    services.refusals.set('ChangeMessageVisibility', { name: 'ReceiptHandleIsInvalid', status: 400, times: 9 });
    expect(await consume([aRecord('a', { group: 'a' })], failOn('a', new RetryLater(5)))).toEqual(['a']);
    expect(printed).toContain('a message keeps its time');
  });

  it('tells how often it came, and is resolved before it is read', async () => {
    const seen: unknown[] = [];
    const record = aRecord('a', { group: 'a', body: '{"claim":"claims/1.json"}', receives: 4 });
    const options = { fifo: true, resolve: async () => ({ text: 'long' }) };
    await consume([record], async (message, delivery) => seen.push([message, delivery]), options);
    expect(seen).toEqual([[{ text: 'long' }, { messageId: 'a', receiveCount: 4 }]]);
  });

  it('never shows in the log', async () => {
    const record = aRecord('a', { group: 'a', body: '{"text":"a secret of Ana"}' });
    await consume([record], async () => Promise.reject(new Error('no')));
    expect(printed).toContain('"messageId":"a"');
    expect(printed).not.toContain('Ana');
  });
});

describe('a queue to send to', () => {
  const send = (name: string, count: number) =>
    openQueue(`${services.endpoint}/000000000000/${name}`).send(
      Array.from({ length: count }, (_, index) => ({
        body: { index },
        group: `g${index % 3}`,
        dedupId: `d${index}`,
        delaySeconds: 3,
      })),
    );

  it('takes any number of messages, those of a group in their order', async () => {
    await send('letters.fifo', 45);
    expect(services.sent).toHaveLength(45);
    for (const group of ['g0', 'g1', 'g2']) {
      const order = services.sent
        .filter((message) => message.group === group)
        .map(({ body }) => (body as { index: number }).index);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });

  it('keeps the order of a group when SQS takes only some of a batch', async () => {
    services.failing.push('g0');
    await send('letters.fifo', 12);
    for (const group of ['g0', 'g1', 'g2']) {
      const order = services.sent
        .filter((message) => message.group === group)
        .map(({ body }) => (body as { index: number }).index);
      expect(order).toHaveLength(4);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });

  it('knows what only a FIFO queue takes, and what it does not', async () => {
    await send('letters.fifo', 1);
    await send('letters', 1);
    expect(services.sent).toEqual([
      { queue: 'letters.fifo', body: { index: 0 }, group: 'g0', dedupId: 'd0' },
      { queue: 'letters', body: { index: 0 }, group: 'g0', delaySeconds: 3 },
    ]);
  });

  it('is asked again when SQS has no time, and not when it refuses', async () => {
    services.refusals.set('SendMessageBatch', { name: 'ThrottlingException', status: 400, times: 2 });
    await send('letters', 1);
    expect(services.sent).toHaveLength(1);
    services.refusals.set('SendMessageBatch', { name: 'AccessDenied', status: 403, times: 1 });
    await expect(send('letters', 1)).rejects.toThrow('SendMessageBatch answered 403 AccessDenied');
    expect(services.sent).toHaveLength(1);
  });
});
