import { describe, expect, it } from 'vitest';
import { createClock } from '../../local/clock.ts';
import { startSqs } from '../../local/engines/sqs.ts';
import { place } from './local-cloud.ts';
import { arnOf } from './sqs-world.ts';

type Queues = Record<string, Record<string, unknown>>;

const start = async (given: Queues) => {
  const queues = Object.entries(given).map(([name, properties]) => ({ name, properties }));
  const engine = await startSqs({ ...place, clock: createClock(), queues });
  const settings = Object.keys(given).map((name) => engine.settingsOf(arnOf(name)));
  await engine.close();
  return settings;
};

const givesUpTo = (name: string, maxReceiveCount: unknown = 3) => ({
  RedrivePolicy: { deadLetterTargetArn: arnOf(name), maxReceiveCount },
});
const lets = (redrivePermission: string, ...names: string[]) => ({
  RedriveAllowPolicy: { redrivePermission, ...(names.length > 0 && { sourceQueueArns: names.map(arnOf) }) },
});

describe('the settings of a queue', () => {
  it('are those of SQS where the template is silent', async () => {
    expect(await start({ work: {} })).toMatchObject([
      { isFifo: false, delaySeconds: 0, visibilitySeconds: 30, retentionSeconds: 345_600, maxBytes: 1_048_576 },
    ]);
  });

  it('name the dead-letter queue, if that one agrees', async () => {
    const all = await start({
      work: givesUpTo('dead'),
      dead: lets('byQueue', 'work'),
      other: givesUpTo('open', '5'),
      open: {},
    });
    expect(all.map(({ redrive }) => redrive)).toEqual([
      { targetArn: arnOf('dead'), maxReceives: 3 },
      undefined,
      { targetArn: arnOf('open'), maxReceives: 5 },
      undefined,
    ]);
  });

  it.each<[string, Queues, string]>([
    ['a property that nobody plays', { work: { KmsMasterKeyId: 'k' } }, 'the queue work: .* KmsMasterKeyId'],
    ['a FIFO queue by another name', { work: { FifoQueue: true } }, 'ends in .fifo'],
    ['a standard queue by the name of a FIFO queue', { 'work.fifo': {} }, 'ends in .fifo'],
    ['a visibility time-out beyond twelve hours', { work: { VisibilityTimeout: 43_201 } }, '0 to 43200'],
    ['a delay beyond fifteen minutes', { work: { DelaySeconds: 901 } }, '0 to 900'],
    ['no number of receives', { work: givesUpTo('dead', null), dead: {} }, 'maxReceiveCount must be 1 to 1000'],
    ['what only FIFO queues know', { work: { ContentBasedDeduplication: true } }, 'is for FIFO queues'],
    ['a dead-letter queue that is not there', { work: givesUpTo('dead') }, 'is not there'],
    ['one of the other kind', { work: givesUpTo('dead.fifo'), 'dead.fifo': { FifoQueue: true } }, 'both be FIFO'],
    ['one that takes nothing', { work: givesUpTo('dead'), dead: lets('denyAll') }, 'does not let work use it'],
    ['one that takes from others', { work: givesUpTo('dead'), dead: lets('byQueue', 'x') }, 'does not let work use it'],
  ])('are refused with %s', async (_, queues, message) => {
    await expect(start(queues)).rejects.toThrow(new RegExp(message));
  });
});
