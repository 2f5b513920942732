import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findArchive,
  listKeys,
  openSdkQueue,
  type ReplayCounts,
  readObject,
  replayBodies,
  replayCommand,
} from '../../bin/replay.ts';
import { readArchiveKey } from '../../functions/webhooks/archived-body.ts';
import {
  aMessage,
  aMessagesBody,
  aStatus,
  aStatusesBody,
  asMetaWrites,
  signatureOf,
} from '../support/whatsapp-webhooks.ts';
import { APP, KEY, OWN_APP, openWebhooks, type Webhooks } from './webhook-world.ts';

let world: Webhooks;

beforeEach(async () => {
  world = await openWebhooks();
});

afterEach(() => world.close());

const post = (text: string) => world.call('receiveWebhook', { text, headers: signatureOf(text, APP.appSecret) });
const today = () => new Date().toISOString().slice(0, 10);
const replay = (days: string[], run = 'r1'): Promise<ReplayCounts> =>
  replayBodies(days, {
    list: listKeys(world.s3, world.bucket),
    read: readObject(world.s3, world.bucket),
    queues: {
      inbound: openSdkQueue(world.queues, world.urlOf('inbound.fifo')),
      statuses: openSdkQueue(world.queues, world.urlOf('statuses')),
    },
    run,
  });

describe('a replay', () => {
  it('queues the events of the day again, as they were, new to the queue and known by their rows', async () => {
    const text = asMetaWrites(aMessagesBody([aMessage()]));
    await post(text);
    await post(asMetaWrites(aStatusesBody([aStatus(), aStatus()])));
    await post('no json');
    const own = asMetaWrites(aMessagesBody([aMessage()]));
    await world.call('receiveOwnWebhook', {
      text: own,
      headers: signatureOf(own, OWN_APP.appSecret),
      params: { connectionKey: KEY },
    });
    const first = await world.taken();
    expect(await replay([today()])).toEqual({ bodies: 4, statuses: 2, others: 2, unreadable: 1 });
    const second = await world.taken();
    const eventsOf = ({ inbound, statuses }: typeof first) => [...inbound, ...statuses].map(({ event }) => event);
    expect(eventsOf(second)).toEqual(expect.arrayContaining(eventsOf(first)));
    expect(eventsOf(second)).toHaveLength(4);
    expect(second.inbound.map(({ group }) => group).sort()).toEqual(first.inbound.map(({ group }) => group).sort());
  });

  it('of one run puts an event on the queue once, another run once more', async () => {
    await post(asMetaWrites(aMessagesBody([aMessage()])));
    await world.taken();
    for (const run of ['r1', 'r1', 'r2']) await replay([today()], run);
    expect((await world.taken()).inbound).toHaveLength(2);
  });

  it('of a day without bodies does nothing', async () => {
    await post(asMetaWrites(aMessagesBody([aMessage()])));
    await world.taken();
    expect(await replay(['2026-01-01'])).toEqual({ bodies: 0, statuses: 0, others: 0, unreadable: 0 });
    expect(await world.taken()).toEqual({ inbound: [], statuses: [] });
  });
});

describe('the archive of a stage', () => {
  const found = (...names: string[]) => {
    const s3 = mockClient(S3Client);
    s3.on(ListBucketsCommand, { BucketRegion: 'sa-east-1', Prefix: 'vidriera-prod-data-archive' }).resolves({
      Buckets: names.map((Name) => ({ Name })),
    });
    const result = findArchive(new S3Client({ region: 'sa-east-1' }), 'vidriera-prod');
    return result.finally(() => s3.restore());
  };

  it('is found in the region of the stage', async () => {
    expect(await found('vidriera-prod-data-archive1a2b')).toBe('vidriera-prod-data-archive1a2b');
  });

  it('that is not there is said so', async () => {
    await expect(found()).rejects.toThrow('there is no archive of vidriera-prod here: deploy the stage first');
  });

  it('of which there are several is to be named, and they are', async () => {
    await expect(found('a-one', 'a-two')).rejects.toThrow(/several archives.*--archive.*\n {2}a-one\n {2}a-two$/s);
  });
});

describe('the command', () => {
  const run = async (...args: string[]) => {
    let complained = '';
    const complain = (words: string) => {
      complained += words;
    };
    const io = { print: () => undefined, complain };
    return { code: await replayCommand([...args, '--data', '/nowhere'], io), complained };
  };

  it.each([
    [['--from', 'yesterday'], '--from'],
    [[], '--from is needed'],
    [['--from', '2026-11-21', '--to', '2026-11-20'], '--to: must not be before --from'],
    [['--from', '2026-01-01', '--to', '2026-11-20'], '--to: at most 92 days'],
    [['--from', '2026-11-21', 'now'], 'npm run replay'],
    [['--from', '2026-11-21'], 'the local cloud is not running'],
  ])('with %j says what is wrong', async (args, words) => {
    const { code, complained } = await run(...args);
    expect(code).toBe(2);
    expect(complained).toContain(words);
  });
});

describe('the name of an archived body', () => {
  it.each(['webhooks/2026/11/21/x.json.gz', 'claims/x', '', 'webhooks/2026/11/21/120000123-0123456789abcdef.json'])(
    'is none of ours: «%s»',
    (key) => {
      expect(readArchiveKey(key)).toBeUndefined();
    },
  );

  it('tells when it came and whose it is', () => {
    const at = '2026-11-21T12:00:00.123Z';
    expect(readArchiveKey('webhooks/2026/11/21/120000123-0123456789abcdef.json.gz')).toEqual({
      app: 'shared',
      receivedAt: at,
    });
    expect(readArchiveKey(`webhooks/2026/11/21/120000123-0123456789abcdef-${KEY}.json.gz`)).toEqual({
      app: KEY,
      receivedAt: at,
    });
  });
});
