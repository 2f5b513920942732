import { describe, expect, it } from 'vitest';
import { OutboundContent, readContent } from '../../../functions/whatsapp/outbound-content.ts';
import { anId } from '../../support/builders.ts';
import { HOUR, MINUTE, NOON, SECOND } from '../../support/clock.ts';
import { Crash } from '../../support/faults.ts';
import { failureOf } from '../../support/ports.ts';
import { sendWorld } from '../../support/send-world.ts';

const template = readContent({ type: 'template', template: { name: 'hola', language: { code: 'es' } } });

describe('queueing a message', () => {
  it('commits the row with its conversation', async () => {
    const world = sendWorld();
    world.clock.advance(MINUTE);
    const message = await world.queueText('Hola\nAna', { repliesTo: 'wamid.IN', checkoutCode: 'K7QM2WTX9F3AZB6C' });
    expect(message).toMatchObject({
      direction: 'outbound',
      origin: 'seller',
      type: 'text',
      state: 'queued',
      rank: 0,
      attempt: 0,
      at: '2026-11-21T12:01:00.000Z',
      content: { type: 'text', text: { body: 'Hola\nAna' } },
      by: 'user:ana',
      repliesTo: 'wamid.IN',
      checkoutCode: 'K7QM2WTX9F3AZB6C',
    });
    expect(world.row(message)).toEqual(message);
    expect(world.conversation()).toMatchObject({
      version: 2,
      lastMessageAt: message.at,
      lastMessage: { direction: 'outbound', type: 'text', preview: 'Hola Ana' },
    });
  });

  it('happens once for an id that its writer gives, whatever has changed since', async () => {
    const world = sendWorld();
    const messageId = anId();
    const first = await world.queueText('Hola', { messageId });
    world.clock.advance(25 * HOUR);
    world.state.connection = { ...world.state.connection, state: 'paused' };
    expect(await world.queueText('Hola', { messageId })).toEqual(first);
    expect(world.messages()).toHaveLength(1);
  });

  it('happens once when two ask at once', async () => {
    const world = sendWorld();
    const messageId = anId();
    const rows = await Promise.all([1, 2, 3].map(() => world.queueText('Hola', { messageId })));
    expect(new Set(rows.map(({ at }) => at)).size).toBe(1);
    expect(world.messages()).toHaveLength(1);
  });

  it('happens once when its writer dies and comes again', async () => {
    for (const when of ['before', 'after'] as const) {
      const world = sendWorld();
      const messageId = anId();
      world.dieAt(0, when);
      expect(await failureOf(world.queueText('Hola', { messageId }))).toBeInstanceOf(Crash);
      world.restart();
      await world.queueText('Hola', { messageId });
      expect(world.messages()).toHaveLength(1);
    }
  });

  it('takes the conversation as it is by then', async () => {
    const world = sendWorld();
    const stale = world.conversation();
    await world.queueText('uno');
    await world.queueText('dos', { conversation: stale });
    expect(world.conversation()).toMatchObject({ version: 3, lastMessage: { preview: 'dos' } });
  });

  it('keeps the order of commits, also within a millisecond', async () => {
    const world = sendWorld();
    const rows = [];
    for (const body of ['uno', 'dos', 'tres']) rows.push(await world.queueText(body));
    const ats = rows.map(({ at }) => at);
    expect(ats).toEqual([...new Set(ats)].sort());
  });

  it('is not led into the future by a clock of Meta’s', async () => {
    const world = sendWorld();
    const future = new Date(world.clock().getTime() + HOUR).toISOString();
    const message = await world.queueText('Hola', { conversation: { ...world.conversation(), lastMessageAt: future } });
    expect(message.at).toBe(NOON);
    expect(world.conversation().lastMessageAt).toBe(future);
  });

  it('changes what else is to change, in the same transaction', async () => {
    const world = sendWorld();
    await world.queueText('Hola', { amend: (conversation) => ({ ...conversation, bot: 'off' }) });
    expect(world.conversation()).toMatchObject({ bot: 'off', version: 2 });
  });

  it('leaves the list alone for a reaction', async () => {
    const world = sendWorld();
    await world.queueText('Hola');
    const content = OutboundContent().parse({ type: 'reaction', reaction: { message_id: 'wamid.IN', emoji: '👍' } });
    await world.queueText('', { content });
    expect(world.conversation().lastMessage?.preview).toBe('Hola');
  });

  it('goes on in the conversation that took this one in', async () => {
    const world = sendWorld();
    const merged = { ...world.conversation(), mergedInto: 'other' };
    world.conversations.set(merged.conversationId, merged);
    world.conversations.set('other', {
      ...world.conversation(),
      mergedInto: 'last',
      conversationId: 'other',
      version: 7,
    });
    const last = { ...world.conversation(), mergedInto: undefined, conversationId: 'last', version: 3 };
    world.conversations.set('last', last);
    const message = await world.queueText('Hola', { conversation: merged });
    expect(message.conversationId).toBe('last');
    expect(world.conversations.get('last')?.version).toBe(4);
  });
});

describe('what may be queued', () => {
  it('is anything within the window, but for its last five minutes', async () => {
    const world = sendWorld();
    world.clock.advance(24 * HOUR - 5 * MINUTE - SECOND);
    await world.queueText('Hola');
    world.clock.advance(SECOND);
    expect(await failureOf(world.queueText('Hola'))).toMatchObject({
      code: 'conversation.window-closed',
      details: { windowEndsAt: '2026-11-22T12:00:00.000Z' },
    });
    await world.queueText('', { content: template });
    expect(world.messages()).toHaveLength(2);
  });

  it('is a template where nobody has written yet', async () => {
    const world = sendWorld();
    const conversation = { ...world.conversation(), windowEndsAt: undefined };
    expect(await failureOf(world.queueText('Hola', { conversation }))).toMatchObject({
      code: 'conversation.window-closed',
    });
    await world.queueText('', { content: template, conversation });
  });

  it('is nothing that Meta would refuse', async () => {
    const world = sendWorld();
    const content = { type: 'text', text: { body: 'x'.repeat(4097) } } as const;
    expect(await failureOf(world.queueText('', { content }))).toMatchObject({ code: 'request.invalid' });
    expect(world.messages()).toEqual([]);
  });

  it.each(['pending', 'paused', 'reauth', 'restricted', 'disabled'] as const)(
    'is nothing on a connection that is %s',
    async (state) => {
      const world = sendWorld({ connection: { state } });
      expect(await failureOf(world.queueText('Hola'))).toMatchObject({
        code: 'connection.stopped',
        details: { state },
      });
      expect(world.messages()).toEqual([]);
    },
  );
});
