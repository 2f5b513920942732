import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sign } from '../../functions/whatsapp/signature.ts';
import {
  aBody,
  aContact,
  aMessage,
  aMessagesBody,
  aStatus,
  aStatusesBody,
  asMetaWrites,
  aValue,
  NUMBER,
  signatureOf,
  WABA,
} from '../support/whatsapp-webhooks.ts';
import { APP, KEY, OWN_APP, openWebhooks, type Webhooks } from './webhook-world.ts';

let world: Webhooks;

beforeEach(async () => {
  world = await openWebhooks();
});

afterEach(() => world.close());

const posted = (text: string, secret = APP.appSecret) => ({ text, headers: signatureOf(text, secret) });
const post = (body: unknown, secret?: string) => world.call('receiveWebhook', posted(asMetaWrites(body), secret));
const nothing = { inbound: [], statuses: [] };
const sqsCalls = () => world.heard.filter((operation) => operation.startsWith('AmazonSQS.Send'));

describe('the handshake', () => {
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': APP.verifyToken, 'hub.challenge': '1158201444' };

  it('is answered with the challenge and nothing else, as plain text', async () => {
    const answer = await world.call('verifyWebhook', { query });
    expect(answer).toMatchObject({ status: 200, body: '1158201444' });
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  });

  it('is refused for another token', async () => {
    expect(await world.call('verifyWebhook', { query: { ...query, 'hub.verify_token': 'x' } })).toMatchObject({
      status: 403,
      body: '',
    });
    expect((await world.call('verifyWebhook')).status).toBe(403);
  });

  it('of a shop’s own app takes the token of that app', async () => {
    const own = { ...query, 'hub.verify_token': OWN_APP.verifyToken };
    const params = { connectionKey: KEY };
    expect(await world.call('verifyOwnWebhook', { query: own, params })).toMatchObject({
      status: 200,
      body: '1158201444',
    });
    expect((await world.call('verifyOwnWebhook', { query, params })).status).toBe(403);
    expect(
      (await world.call('verifyOwnWebhook', { query: own, params: { connectionKey: 'f'.repeat(32) } })).status,
    ).toBe(403);
  });

  it('that lacks what Meta sends is refused before any secret is looked up', async () => {
    for (const name of Object.keys(query)) {
      expect((await world.call('verifyWebhook', { query: { ...query, [name]: '' } })).status).toBe(403);
    }
    expect(world.heard).toEqual([]);
  });

  it('knows a token that was set a moment ago', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await world.call('verifyWebhook', { query });
    await world.setApp({ ...APP, verifyToken: 'newer-token', previousVerifyToken: APP.verifyToken });
    vi.setSystemTime(Date.now() + 11_000);
    expect((await world.call('verifyWebhook', { query: { ...query, 'hub.verify_token': 'newer-token' } })).status).toBe(
      200,
    );
    expect((await world.call('verifyWebhook', { query })).status).toBe(200);
    vi.useRealTimers();
  });
});

describe('a webhook', () => {
  it('with a message is on the queue, in order of its person, and in the archive', async () => {
    const message = aMessage();
    const body = aMessagesBody([message]);
    expect(await post(body)).toMatchObject({ status: 200, body: '' });
    const { inbound, statuses } = await world.taken();
    const archived = await world.archived();
    const [key = ''] = Object.keys(archived);
    expect(statuses).toEqual([]);
    expect(inbound).toMatchObject([
      {
        event: {
          kind: 'message',
          app: 'shared',
          phoneNumberId: NUMBER,
          payload: message,
          contact: aContact(),
          archiveKey: key,
        },
      },
    ]);
    expect(inbound[0]?.group).toMatch(/^[0-9a-f]{32}$/);
    expect(key).toMatch(/^webhooks\/\d{4}\/\d\d\/\d\d\/\d{9}-[0-9a-f]{16}\.json\.gz$/);
    expect(Object.values(archived)).toEqual([asMetaWrites(body)]);
    expect(sqsCalls()).toHaveLength(1);
  });

  it('with a status is on the queue of statuses', async () => {
    const status = aStatus();
    expect((await post(aStatusesBody([status]))).status).toBe(200);
    const { inbound, statuses } = await world.taken();
    expect(inbound).toEqual([]);
    expect(statuses).toMatchObject([{ event: { kind: 'status', payload: status } }]);
    expect(sqsCalls()).toHaveLength(1);
  });

  it('is good with its bytes as text, in base64, escaped or not', async () => {
    const body = aMessagesBody([aMessage({ text: { body: 'señal 🕯️' } })]);
    for (const text of [asMetaWrites(body), JSON.stringify(body)]) {
      expect((await world.call('receiveWebhook', posted(text))).status).toBe(200);
      expect((await world.call('receiveWebhook', { ...posted(text), base64: true })).status).toBe(200);
    }
    expect((await world.taken()).inbound).toHaveLength(1);
  });

  it('that comes three times is on the queue once', async () => {
    const body = aMessagesBody([aMessage(), aMessage()]);
    for (let time = 0; time < 3; time += 1) expect((await post(body)).status).toBe(200);
    expect((await world.taken()).inbound).toHaveLength(2);
  });

  it('with a thousand updates is on the queues whole, the messages of a person in order', async () => {
    const people = Array.from({ length: 7 }, (_, index) => ({
      from: `549116000000${index}`,
      from_user_id: `AR.${index}`,
    }));
    const messages = Array.from({ length: 700 }, (_, index) => aMessage(people[index % people.length]));
    const statuses = Array.from({ length: 300 }, () => aStatus());
    const body = aBody(aValue({ messages, statuses, contacts: [aContact()] }));
    expect((await post(body)).status).toBe(200);
    const taken = await world.taken();
    expect(taken.statuses).toHaveLength(300);
    const inbound = taken.inbound.filter(({ event }) => event.kind === 'message');
    expect(inbound).toHaveLength(700);
    for (const person of people) {
      const theirs = inbound
        .map(({ event }) => event.payload as { id: string; from: string })
        .filter(({ from }) => from === person.from);
      expect(theirs.map(({ id }) => id)).toEqual(
        messages.filter(({ from }) => from === person.from).map(({ id }) => id),
      );
    }
  });

  it('of three megabytes in few long messages is on the queue whole', async () => {
    const messages = Array.from({ length: 6 }, (_, index) =>
      aMessage({ text: { body: String(index).repeat(500_000) } }),
    );
    expect((await post(aMessagesBody(messages))).status).toBe(200);
    expect((await world.taken()).inbound.map(({ event }) => event.payload)).toEqual(messages);
  });

  it('with something of more than a megabyte puts that aside', async () => {
    const value = { event: 'X', long: 'y'.repeat(1_500_000) };
    expect((await post(aBody(value, 'account_update'))).status).toBe(200);
    expect((await world.taken()).inbound).toMatchObject([{ event: { claim: expect.stringMatching(/^claims\//) } }]);
  });

  it('may tell characters that SQS takes in no form but an escape', async () => {
    const message = aMessage({ text: { body: 'a\ufffe\uffff\u0000\u001b\ud800z' } });
    expect((await post(aMessagesBody([message]))).status).toBe(200);
    expect((await world.taken()).inbound).toMatchObject([{ event: { payload: message } }]);
  });

  it('of a shop’s own app is told by its key', async () => {
    const text = asMetaWrites(aMessagesBody([aMessage()]));
    const params = { connectionKey: KEY };
    const answer = await world.call('receiveOwnWebhook', { ...posted(text, OWN_APP.appSecret), params });
    expect(answer.status).toBe(200);
    expect((await world.taken()).inbound).toMatchObject([{ event: { app: KEY } }]);
    expect(Object.keys(await world.archived())[0]).toMatch(new RegExp(`-${KEY}\\.json\\.gz$`));
  });

  it('that can’t be read, but is signed, is in the archive and is counted', async () => {
    for (const text of ['{"entry":', '', 'hola']) {
      expect((await world.call('receiveWebhook', posted(text))).status).toBe(200);
    }
    expect(await world.taken()).toEqual(nothing);
    expect(Object.values(await world.archived()).sort()).toEqual(['', 'hola', '{"entry":']);
    expect(world.lines.filter((line) => line.includes('"UnreadableWebhooks":1'))).toHaveLength(3);
  });
});

describe('what is not signed', () => {
  const text = asMetaWrites(aMessagesBody([aMessage()]));

  it.each<[string, Record<string, string>]>([
    ['no signature', {}],
    ['somebody else’s', signatureOf(text, 'their-secret')],
    ['that of another body', signatureOf(`${text} `, APP.appSecret)],
    ['the legacy one alone', { 'x-hub-signature': 'sha1=00' }],
    ['one made without a secret', signatureOf(text, '')],
    ['that of a shop’s own app', signatureOf(text, OWN_APP.appSecret)],
  ])('has %s: 401, and nothing is queued nor kept', async (_, headers) => {
    expect(await world.call('receiveWebhook', { text, headers })).toMatchObject({ status: 401, body: '' });
    expect(await world.taken()).toEqual(nothing);
    expect(await world.archived()).toEqual({});
    expect(sqsCalls()).toEqual([]);
  });

  it.each(['{}', 'no json', '{"appSecret":"","verifyToken":""}', '[1]', 'null'])(
    'is everything while the secret is %s',
    async (secret) => {
      await world.setApp({ placeholder: secret });
      for (const own of ['', 'undefined', 'null']) {
        expect((await world.call('receiveWebhook', { text, headers: signatureOf(text, own) })).status).toBe(401);
      }
      expect(await world.taken()).toEqual(nothing);
    },
  );

  it('comes to an address that is nobody’s: 404, asked for once in half a minute', async () => {
    const params = { connectionKey: 'f'.repeat(32) };
    for (let time = 0; time < 3; time += 1) {
      expect((await world.call('receiveOwnWebhook', { ...posted(text), params })).status).toBe(404);
    }
    expect(world.heard).toEqual(['secretsmanager.GetSecretValue']);
  });

  it.each<Record<string, string>>([
    {},
    { 'x-hub-signature-256': 'sha256=0' },
    { 'x-hub-signature-256': 'f'.repeat(64) },
  ])('has %j: 401 before any secret is looked up, at every address', async (headers) => {
    const params = { connectionKey: 'f'.repeat(32) };
    expect((await world.call('receiveOwnWebhook', { text, headers, params })).status).toBe(401);
    expect((await world.call('receiveWebhook', { text, headers })).status).toBe(401);
    expect(world.heard).toEqual([]);
  });

  it('comes to six hundred addresses that are nobody’s: 404, and few are asked for', async () => {
    for (let key = 0; key < 600; key += 1) {
      const params = { connectionKey: key.toString(16).padStart(32, '0') };
      expect((await world.call('receiveOwnWebhook', { ...posted(text), params })).status).toBe(404);
    }
    expect(world.heard.length).toBeLessThan(30);
    expect((await world.call('receiveWebhook', posted(text))).status).toBe(200);
  });

  it.each(['x', '../meta', `${KEY}0`, KEY.toUpperCase(), ''])(
    'comes to an address of no form of ours («%s»): nobody is asked',
    async (connectionKey) => {
      expect((await world.call('receiveOwnWebhook', { ...posted(text), params: { connectionKey } })).status).toBe(404);
      expect(world.heard).toEqual([]);
    },
  );
});

describe('while secrets are rotated', () => {
  const body = aMessagesBody([aMessage()]);

  it('the previous one holds, and the new one is found', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    expect((await post(body)).status).toBe(200);
    await world.setApp({ ...APP, appSecret: 'the-newer-secret', previousAppSecret: APP.appSecret });
    vi.setSystemTime(Date.now() + 11_000);
    expect((await post(body, 'the-newer-secret')).status).toBe(200);
    expect((await post(body, APP.appSecret)).status).toBe(200);
    vi.useRealTimers();
  });

  it('what is signed with another secret is counted, each kind by itself; what is not signed at all is not', async () => {
    const own = { connectionKey: KEY };
    const counted = (name: string) => world.lines.filter((line) => line.includes(`"${name}":1`)).length;
    await world.call('receiveWebhook', { text: '{}' });
    expect(world.lines.filter((line) => line.includes('_aws'))).toEqual([]);
    await post(body, 'forged');
    const forged = posted(asMetaWrites(body), 'forged');
    await world.call('receiveOwnWebhook', { ...forged, params: own });
    await world.call('receiveOwnWebhook', { ...forged, params: { connectionKey: 'e'.repeat(32) } });
    expect(await post(body)).toMatchObject({ status: 200 });
    await world.call('receiveOwnWebhook', { ...posted(asMetaWrites(body), OWN_APP.appSecret), params: own });
    const figures = ['WebhooksRefused', 'OwnWebhooksRefused', 'WebhooksUnaddressed', 'WebhooksAccepted'];
    expect(figures.map(counted)).toEqual([1, 1, 1, 1]);
  });

  it('forged requests do not make us ask more than once in ten seconds', async () => {
    for (let time = 0; time < 20; time += 1) expect((await post(body, 'forged')).status).toBe(401);
    expect(world.heard.filter((operation) => operation.startsWith('secretsmanager'))).toHaveLength(1);
  });
});

describe('when something fails', () => {
  const body = aMessagesBody([aMessage()]);

  it('a queue that goes on failing makes Meta send again', async () => {
    world.door.inject({ service: 'sqs', operation: 'SendMessageBatch', kind: 'internal-error', times: 99 });
    expect((await post(body)).status).toBe(503);
    world.door.clearFaults();
    expect(await world.taken()).toEqual(nothing);
    expect((await post(body)).status).toBe(200);
    expect((await world.taken()).inbound).toHaveLength(1);
  });

  it.each(['throttle', 'partial-failure', 'internal-error'] as const)('one %s of a queue is got over', async (kind) => {
    world.door.inject({ service: 'sqs', operation: 'SendMessageBatch', kind, times: 1 });
    expect((await post(aMessagesBody([aMessage(), aMessage(), aMessage()]))).status).toBe(200);
    expect((await world.taken()).inbound).toHaveLength(3);
  });

  it('an archive that fails is counted, and the queue has the message', async () => {
    world.door.inject({ service: 's3', kind: 'internal-error', times: 99 });
    expect((await post(body)).status).toBe(200);
    expect((await world.taken()).inbound).toHaveLength(1);
    expect(world.lines.some((line) => line.includes('"WebhooksNotArchived":1'))).toBe(true);
  });

  it('an archive that fails for what can’t be read makes Meta send again', async () => {
    world.door.inject({ service: 's3', kind: 'internal-error', times: 99 });
    expect((await world.call('receiveWebhook', posted('hola'))).status).toBe(503);
  });

  it('no secret to be had makes Meta send again', async () => {
    world.door.inject({ service: 'secretsmanager', kind: 'internal-error', times: 99 });
    expect((await post(body)).status).toBe(503);
  });

  it('no line of the log tells who wrote or what', async () => {
    world.door.inject({ kind: 'internal-error', times: 99 });
    await post(body);
    world.door.clearFaults();
    await post(body);
    await world.call('receiveWebhook', posted('hola precio'));
    const log = world.lines.join('');
    expect(log).not.toMatch(/5491161234567|precio|ana\.q|wamid|AR\.1000|hub-signature|the-secret/i);
  });
});

describe('whatever comes', () => {
  it('mutated bodies, signed or not, are never refused with a 5xx, and nothing forged is queued', async () => {
    const run = await world.load();
    const original = asMetaWrites({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: WABA,
          changes: [
            {
              field: 'messages',
              value: aValue({ messages: [aMessage()], statuses: [aStatus()], contacts: [aContact()] }),
            },
          ],
        },
      ],
    });
    const cut = fc.record({
      at: fc.nat(original.length),
      length: fc.nat(12),
      text: fc.oneof(
        fc.constantFrom('{', '}', '[', ']', '"', ',', 'null', '1e999', '\\u', '😀'),
        fc.string({ maxLength: 5 }),
      ),
    });
    const mutated = fc
      .array(cut, { maxLength: 3 })
      .map((cuts) =>
        cuts.reduce((text, { at, length, text: put }) => text.slice(0, at) + put + text.slice(at + length), original),
      );
    let forgedCalls = 0;
    await fc.assert(
      fc.asyncProperty(mutated, fc.constantFrom('good', 'forged', 'altered', 'none'), async (text, signature) => {
        const header = {
          good: sign(Buffer.from(text), APP.appSecret),
          forged: sign(Buffer.from(text), 'forged'),
          altered: sign(Buffer.from(`${text}x`), APP.appSecret),
          none: undefined,
        }[signature];
        const before = sqsCalls().length;
        const { status } = await world.call('receiveWebhook', {
          text,
          headers: header ? { 'x-hub-signature-256': header } : {},
        });
        expect(status).toBe(signature === 'good' ? 200 : 401);
        if (signature !== 'good') forgedCalls += sqsCalls().length - before;
      }),
      { numRuns: 2000 },
    );
    expect(run).toBeDefined();
    expect(forgedCalls).toBe(0);
  });
});
