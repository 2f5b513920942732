import { describe, expect, it } from 'vitest';
import type { MessageToQueue } from '../../../functions/conversations/queue-message.ts';
import { ownCodes } from '../../../functions/whatsapp/error-dictionary.ts';
import { readContent } from '../../../functions/whatsapp/outbound-content.ts';
import { HOUR, MINUTE, NOON, SECOND } from '../../support/clock.ts';
import { Crash } from '../../support/faults.ts';
import { failureOf } from '../../support/ports.ts';
import { type Mood, type SendWorld, sendWorld } from '../../support/send-world.ts';

const queued = async (moods: Mood[] = [], change: Parameters<typeof sendWorld>[0] = {}) => {
  const world = sendWorld(change);
  const message = await world.queueText('Hola');
  world.state.moods = moods;
  return { world, message };
};

const times = (world: SendWorld): number[] => [...world.taken.values()].map(({ length }) => length);

describe('a message that goes out', () => {
  it('is claimed before the call, and sent with Meta’s id after it', async () => {
    const { world, message } = await queued();
    world.state.meanwhile = () => {
      expect(world.row(message)).toMatchObject({ state: 'sending', rank: 10, attempt: 1 });
      expect(world.row(message).claimedUntil).toBe('2026-11-21T12:01:00.000Z');
    };
    expect(await world.send(message)).toEqual({ did: 'sent' });
    expect(world.row(message)).toMatchObject({ state: 'sent', rank: 30, metaId: 'wamid.1', attempt: 1 });
    expect(world.row(message)).not.toHaveProperty('claimedUntil');
    expect(world.dueAt(message)).toBeUndefined();
    expect(world.calls[0]?.body).toMatchObject({
      to: world.state.contact.phone,
      biz_opaque_callback_data: `m1|${message.conversationId}|${message.at}|${message.messageId}`,
      text: { body: 'Hola' },
    });
  });

  it('is sent once however often it is delivered, also at once', async () => {
    const { world, message } = await queued();
    const outcomes = await Promise.all([world.send(message), world.send(message), world.send(message)]);
    expect(outcomes.filter(({ did }) => did === 'sent')).toHaveLength(1);
    expect(await world.send(message)).toEqual({ did: 'nothing' });
    expect(times(world)).toEqual([1]);
  });

  it('keeps that Meta holds it', async () => {
    const { world, message } = await queued(['holds']);
    expect(await world.send(message)).toEqual({ did: 'sent' });
    expect(world.row(message)).toMatchObject({ state: 'sent', held: true });
  });

  it('never falls behind a status that was faster', async () => {
    const { world, message } = await queued();
    world.state.meanwhile = (callbackData, metaId) => world.tell(callbackData, metaId, 'delivered');
    expect(await world.send(message)).toEqual({ did: 'sent' });
    expect(world.row(message)).toMatchObject({ state: 'delivered', rank: 40, metaId: 'wamid.1' });
  });

  it('goes to the business-scoped id of the number’s own portfolio when there is no phone', async () => {
    const { world, message } = await queued();
    const { phone: _, ...contact } = world.state.contact;
    const { businessId } = world.state.connection;
    const userIds = [
      { businessId: '1', userId: 'AR.111' },
      { businessId, userId: 'AR.222' },
    ];
    world.state.contact = { ...contact, userIds };
    await world.send(message);
    expect(world.calls[0]?.body).toMatchObject({ recipient: 'AR.222' });
  });

  it('tells by what WhatsApp knows the person, and is sent though nobody can note it', async () => {
    const { world, message } = await queued();
    world.state.waId = '541161234567';
    await world.send(message);
    expect(world.state.contact).toMatchObject({ waId: '541161234567', version: 2 });
    await world.send(await world.queueText('Otra'));
    expect(world.state.contact.version).toBe(2);
    const other = await queued();
    other.world.state.waId = '541161234567';
    other.world.ports.contacts.save = async () => Promise.reject(new Error('throttled'));
    expect(await other.world.send(other.message)).toEqual({ did: 'sent' });
    expect(other.world.reports).toEqual(['a contact’s WhatsApp id could not be noted']);
  });

  it('takes its file to Meta first, and once over all attempts', async () => {
    const world = sendWorld();
    const message = await world.queuePicture();
    world.state.moods = [{ refuses: 131016 }, 'accepts'];
    expect(await world.send(message)).toMatchObject({ did: 'later' });
    expect(world.row(message).media).toEqual({ state: 'stored', key: world.fileKey, metaId: 'id-of-the-file' });
    world.state.uploads = ['lost'];
    expect(await world.send(message)).toEqual({ did: 'sent' });
    expect(world.calls[1]?.body).toMatchObject({ image: { id: 'id-of-the-file', caption: 'Esta' } });
  });
});

describe('a message that can’t go out', () => {
  it.each<[string, (world: SendWorld) => void, number]>([
    [
      'a stopped connection',
      ({ state }) => (state.connection = { ...state.connection, state: 'paused' }),
      ownCodes['connection-stopped'],
    ],
    ['no address', ({ state }) => (state.contact = { ...state.contact, phone: undefined }), ownCodes['no-address']],
    ['no file', ({ state }) => state.files.clear(), ownCodes['file-missing']],
    ['a day of waiting', ({ clock }) => clock.advance(24 * HOUR + 1), ownCodes['too-late']],
    [
      'an unreadable row',
      ({ rows }) => {
        for (const row of rows.values()) row.message = { ...row.message, content: {} };
      },
      ownCodes.broken,
    ],
  ])('fails with a code of ours: %s', async (_, spoil, code) => {
    const world = sendWorld();
    const message = await world.queuePicture();
    spoil(world);
    expect(await world.send(message)).toEqual({ did: 'failed' });
    expect(world.row(message)).toMatchObject({ state: 'failed', rank: 35, error: { code } });
    expect(world.calls).toEqual([]);
  });

  it.each(['uploads/00000000000000000000000099/a.jpg', 'pictures/a.jpg', '../a.jpg'])(
    'never is a file of somebody else: %s',
    async (key) => {
      const world = sendWorld();
      for (const named of [key, `uploads/${world.state.connection.shopId}/../${key}`]) {
        world.state.files.add(named);
        const message = await world.queuePicture(named);
        expect(await world.send(message)).toEqual({ did: 'failed' });
        expect(world.row(message).error?.code).toBe(ownCodes['file-missing']);
      }
      expect(world.calls).toEqual([]);
    },
  );

  it('stops the connection when the vault has no token', async () => {
    const { world, message } = await queued();
    world.state.token = false;
    expect(await world.send(message)).toEqual({ did: 'failed' });
    expect(world.state.connection).toMatchObject({ state: 'reauth', stateReason: 'meta.190' });
  });

  const template = readContent({ type: 'template', template: { name: 'ofertas', language: { code: 'es' } } });

  it.each<[string, Partial<MessageToQueue>, boolean]>([
    ['a campaign', { origin: 'campaign', content: template }, false],
    ['a campaign of utility', { origin: 'campaign', content: template, category: 'utility' }, true],
    ['a seller’s template', { content: template }, false],
    ['a seller’s template of marketing', { content: template, category: 'marketing' }, false],
    ['a seller’s template of utility', { content: template, category: 'utility' }, true],
    ['a seller’s code', { content: template, category: 'authentication' }, true],
    ['a seller’s own words', {}, true],
    ['news of a checkout', { origin: 'checkout', content: template }, true],
  ])('is asked for consent where it is marketing: %s', async (_, request, goes) => {
    const world = sendWorld({ contact: { marketing: { state: 'revoked', at: NOON } } });
    const message = await world.queueText('Hola', request);
    expect(await world.send(message)).toEqual({ did: goes ? 'sent' : 'failed' });
    expect(world.row(message).error?.code).toBe(goes ? undefined : ownCodes['no-consent']);
  });

  it('is not sent when the person opts out between the reading and the claim', async () => {
    const world = sendWorld();
    const message = await world.queueText('Oferta', { origin: 'campaign', content: template });
    const { claim } = world.ports.outbound;
    let isAsked = false;
    world.ports.outbound.claim = (row, how) => {
      if (!isAsked) world.state.contact = { ...world.state.contact, version: 2, marketing: { state: 'revoked' } };
      isAsked = true;
      return claim(row, how);
    };
    expect(await world.send(message)).toEqual({ did: 'later', seconds: 2 });
    expect(await world.send(message)).toEqual({ did: 'failed' });
    expect(world.row(message).error?.code).toBe(ownCodes['no-consent']);
    expect(world.calls).toEqual([]);
  });
});

describe('a refusal', () => {
  it.each([131047, 100, 131026, 131050, 132000, 131049, 999_999])('%i ends it', async (code) => {
    const { world, message } = await queued([{ refuses: code }]);
    expect(await world.send(message)).toEqual({ did: 'failed' });
    expect(world.row(message)).toMatchObject({ state: 'failed', error: { code, title: 'no' } });
    expect(await world.send(message)).toEqual({ did: 'nothing' });
    expect(world.calls).toHaveLength(1);
  });

  it.each([
    [190, 'reauth'],
    [10, 'reauth'],
    [131042, 'restricted'],
    [368, 'restricted'],
    [131031, 'restricted'],
    [33, 'disabled'],
  ])('%i stops the connection: %s', async (code, state) => {
    const { world, message } = await queued([{ refuses: code }]);
    const next = await world.queueText('¿Estás?');
    expect(await world.send(message)).toEqual({ did: 'failed' });
    expect(world.state.connection).toMatchObject({ state, stateReason: `meta.${code}` });
    expect(world.reports).toEqual(['a connection was stopped']);
    expect(await world.send(next)).toEqual({ did: 'failed' });
    expect(world.row(next).error?.code).toBe(ownCodes['connection-stopped']);
    expect(world.calls).toHaveLength(1);
    expect(await failureOf(world.queueText('Y ahora'))).toMatchObject({ code: 'connection.stopped' });
  });

  it('tells that the person wants no marketing, or is not reached', async () => {
    const optedOut = await queued([{ refuses: 131050 }]);
    await optedOut.world.send(optedOut.message);
    expect(optedOut.world.state.contact.marketing).toEqual({ state: 'revoked', at: NOON, source: 'refusal' });
    const unreached = await queued([{ refuses: 131026 }]);
    await unreached.world.send(unreached.message);
    expect(unreached.world.state.contact.undeliverableAt).toBe(NOON);
  });

  it('settles the message though nobody can note what else it means', async () => {
    const { world, message } = await queued([{ refuses: 131050 }]);
    world.ports.contacts.saveConsent = async () => Promise.reject(new Error('throttled'));
    expect(await world.send(message)).toEqual({ did: 'failed' });
    expect(world.row(message).error?.code).toBe(131050);
    expect(world.reports).toEqual(['what a refusal means could not be noted']);
  });

  it('that passes is tried again, so many times and no more', async () => {
    const { world, message } = await queued(Array.from({ length: 9 }, () => ({ refuses: 131016 })));
    const waits: number[] = [];
    for (;;) {
      const outcome = await world.send(message);
      if (outcome.did !== 'later') break;
      expect(world.row(message)).toMatchObject({ state: 'queued', rank: 0 });
      expect(world.row(message)).not.toHaveProperty('claimedUntil');
      waits.push(outcome.seconds);
      world.clock.advance(outcome.seconds * SECOND);
    }
    expect(waits).toEqual([2, 10, 30, 120]);
    expect(world.row(message)).toMatchObject({ state: 'failed', attempt: 5, error: { code: 131016 } });
  });

  it('by the limit of a pair waits four to the power of n', async () => {
    const { world, message } = await queued(Array.from({ length: 3 }, () => ({ refuses: 131056 })));
    expect(await world.send(message)).toEqual({ did: 'later', seconds: 1 });
    expect(await world.send(message)).toEqual({ did: 'later', seconds: 4 });
    expect(await world.send(message)).toEqual({ did: 'later', seconds: 16 });
    expect(await world.send(message)).toEqual({ did: 'sent' });
  });

  it('by the number’s limit slows all of the number, and eases off', async () => {
    const { world, message } = await queued([{ refuses: 130429 }, { refuses: 130429 }, { refuses: 130429 }]);
    const other = await world.queueText('Otra');
    expect(await world.send(message)).toEqual({ did: 'later', seconds: 1 });
    world.clock.advance(SECOND);
    await world.send(message);
    world.clock.advance(2 * SECOND);
    await world.send(message);
    expect(await world.send(other)).toEqual({ did: 'later', seconds: 4 });
    expect(world.row(other)).toMatchObject({ state: 'queued', attempt: 0 });
    world.clock.advance(3 * SECOND);
    expect(await world.send(message)).toEqual({ did: 'sent' });
    expect(world.pauses).toEqual([SECOND]);
    expect(await world.send(other)).toEqual({ did: 'sent' });
  });

  it('by a Meta that is not reached is tried for minutes, then says so', async () => {
    const { world, message } = await queued(Array.from({ length: 9 }, () => 'unreachable'));
    let last = await world.send(message);
    while (last.did === 'later') last = await world.send(message);
    expect(world.calls).toHaveLength(6);
    expect(world.row(message).error).toMatchObject({ code: ownCodes.unreachable });
    expect(times(world)).toEqual([]);
  });

  it('of an upload may be repeated, whatever became of it', async () => {
    const world = sendWorld();
    const message = await world.queuePicture();
    world.state.uploads = ['lost', { gateway: 'taken' }, 'taken-in-silence', 'accepts'];
    for (const _ of [1, 2, 3]) {
      expect(await world.send(message)).toMatchObject({ did: 'later' });
      expect(world.row(message).state).toBe('queued');
    }
    expect(await world.send(message)).toEqual({ did: 'sent' });
    expect(times(world)).toEqual([1]);
  });

  it('of an upload for good fails it', async () => {
    const world = sendWorld();
    const message = await world.queuePicture();
    world.state.uploads = [{ refuses: 131053 }];
    expect(await world.send(message)).toEqual({ did: 'failed' });
    expect(world.row(message).error?.code).toBe(131053);
  });
});

describe('a message that Meta may have taken', () => {
  it.each<[string, Mood, number]>([
    ['lost on the way', 'lost', 0],
    ['taken in silence', 'taken-in-silence', 1],
    ['behind a broken gateway', { gateway: 'taken' }, 1],
  ])('is parked as unknown and never sent again: %s', async (_, mood, taken) => {
    const { world, message } = await queued([mood]);
    expect(await world.send(message)).toEqual({ did: 'unknown' });
    expect(world.row(message)).toMatchObject({ state: 'unknown', rank: 20 });
    expect(world.dueAt(message)).toBeUndefined();
    expect(await world.send(message)).toEqual({ did: 'nothing' });
    world.clock.advance(2 * HOUR);
    expect(await world.sweep()).toMatchObject({ queued: 0, parked: 0 });
    expect(world.calls).toHaveLength(1);
    expect(times(world)).toEqual(taken ? [1] : []);
  });

  it('is settled by its status', async () => {
    const { world, message } = await queued(['taken-in-silence']);
    await world.send(message);
    const [[callbackData, [metaId]]] = [...world.taken] as [[string, [string]]];
    world.tell(callbackData, metaId, 'sent');
    expect(world.row(message)).toMatchObject({ state: 'sent', metaId: 'wamid.1' });
  });
});

describe('a sender that dies', () => {
  it.each<['before' | 'after', 'queued' | 'sending', number]>([
    ['before', 'queued', 1],
    ['after', 'sending', 0],
  ])('%s its claim is written leaves it %s', async (when, state, taken) => {
    const { world, message } = await queued();
    world.dieAt(0, when);
    expect(await failureOf(world.send(message))).toBeInstanceOf(Crash);
    expect(world.row(message).state).toBe(state);
    world.restart();
    if (state === 'sending') {
      expect(await world.send(message)).toEqual({ did: 'later', seconds: 60 });
      world.clock.advance(61 * SECOND);
    }
    await world.send(message);
    expect(world.row(message).state).toBe(taken ? 'sent' : 'unknown');
    expect(times(world)).toEqual(taken ? [1] : []);
  });

  it('between call and settlement leaves it to the sweep, and to its status', async () => {
    const { world, message } = await queued();
    world.dieAt(1, 'before');
    expect(await failureOf(world.send(message))).toBeInstanceOf(Crash);
    world.restart();
    expect(world.row(message).state).toBe('sending');
    expect(await world.sweep()).toMatchObject({ parked: 0 });
    world.clock.advance(61 * SECOND);
    expect(await world.sweep()).toMatchObject({ parked: 1 });
    expect(world.row(message)).toMatchObject({ state: 'unknown' });
    world.tell(`m1|${message.conversationId}|${message.at}|${message.messageId}`, 'wamid.1', 'delivered');
    expect(world.row(message)).toMatchObject({ state: 'delivered', metaId: 'wamid.1' });
    expect(times(world)).toEqual([1]);
  });

  it('but a table that fails for a moment is asked again', async () => {
    const { world, message } = await queued();
    const { settle } = world.outbound;
    let failures = 3;
    world.outbound.settle = (...args) => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(new Error('throttled')) : settle(...args);
    };
    expect(await world.send(message)).toEqual({ did: 'sent' });
    expect(world.row(message).state).toBe('sent');
    expect(world.pauses).toEqual([100, 200, 400]);
  });
});

describe('the sweep', () => {
  it('sends on what never reached its queue, and not each minute', async () => {
    const { world, message } = await queued();
    world.queue.length = 0;
    expect(await world.sweep()).toMatchObject({ queued: 0 });
    world.clock.advance(MINUTE + SECOND);
    expect(await world.sweep()).toMatchObject({ queued: 1, oldestSeconds: 61 });
    expect(world.queue).toEqual([expect.objectContaining({ messageId: message.messageId })]);
    world.clock.advance(MINUTE);
    expect(await world.sweep()).toMatchObject({ queued: 0 });
    world.clock.advance(10 * MINUTE);
    expect(await world.sweep()).toMatchObject({ queued: 1 });
  });

  it('sends on those of a conversation in their order', async () => {
    const { world } = await queued();
    for (const body of ['dos', 'tres', 'cuatro']) {
      world.clock.advance(SECOND);
      await world.queueText(body);
    }
    world.queue.length = 0;
    world.clock.advance(2 * MINUTE);
    await world.sweep();
    expect(world.queue.map(({ at }) => at)).toEqual(world.messages().map(({ at }) => at));
  });

  it('gives up after a day', async () => {
    const { world, message } = await queued();
    world.clock.advance(26 * HOUR);
    expect(await world.sweep()).toMatchObject({ givenUp: 1 });
    expect(world.row(message)).toMatchObject({ state: 'failed', error: { code: ownCodes['too-late'] } });
  });

  it('goes on past one that it can’t mend', async () => {
    const { world } = await queued();
    world.clock.advance(SECOND);
    const second = await world.queueText('dos');
    world.clock.advance(2 * MINUTE);
    const { postpone } = world.outbound;
    world.outbound.postpone = (message, dueAt) =>
      message.messageId === second.messageId ? postpone(message, dueAt) : Promise.reject(new Error('throttled'));
    expect(await world.sweep()).toMatchObject({ queued: 1, failed: 1 });
    expect(world.reports).toEqual(['Error: throttled']);
  });

  it('stops when its time is over', async () => {
    const { world } = await queued();
    world.clock.advance(2 * MINUTE);
    const { due } = world.outbound;
    world.outbound.due = (now, limit) => {
      world.clock.advance(HOUR);
      return due(now, limit);
    };
    expect(await world.sweep()).toMatchObject({ queued: 0, failed: 0 });
  });
});
