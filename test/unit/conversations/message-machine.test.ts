import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageIdOf } from '../../../functions/conversations/message.ts';
import { receiveEvent } from '../../../functions/conversations/receive-event.ts';
import { personKey, personOf } from '../../../functions/whatsapp/person.ts';
import type { WebhookEvent } from '../../../functions/whatsapp/webhook-event.ts';
import { aShop } from '../../support/builders.ts';
import { HOUR, MINUTE, NOON } from '../../support/clock.ts';
import { Crash } from '../../support/faults.ts';
import { memoryInbox } from '../../support/memory-inbox.ts';
import { seededRandom } from '../../support/random.ts';
import { aConnection, aMessageEvent } from '../../support/whatsapp-events.ts';

const at = (minutes: number) => new Date(new Date(NOON).getTime() + minutes * MINUTE).toISOString();

/** One message of the customer: how they show, when they wrote, and how often it is delivered. */
const delivered = fc.record({
  minute: fc.integer({ min: 0, max: 90 }),
  seenAs: fc.constantFrom('phone', 'id', 'both'),
  kind: fc.constantFrom('text', 'text', 'text', 'reaction', 'system'),
  times: fc.integer({ min: 1, max: 3 }),
});

const plan = fc.record({
  messages: fc.array(delivered, { minLength: 1, maxLength: 24 }),
  order: fc.integer(),
  crash: fc.double({ min: 0, max: 0.25, noNaN: true }),
  workers: fc.integer({ min: 1, max: 4 }),
});

type Plan = typeof plan extends fc.Arbitrary<infer One> ? One : never;

const contents = {
  text: (body: string) => ({ type: 'text', text: { body } }),
  reaction: () => ({ type: 'reaction', reaction: { message_id: 'wamid.0', emoji: '👍' } }),
  system: () => ({ type: 'system', system: { type: 'customer_identity_changed', body: 'x' } }),
};

const senders = {
  phone: { waId: '5491161234567' },
  id: { userId: 'AR.1000200030004000' },
  both: { waId: '5491161234567', userId: 'AR.1000200030004000' },
};

const run = async ({ messages, order, crash, workers }: Plan) => {
  const shop = aShop();
  const connection = aConnection({ shopId: shop.shopId });
  const inbox = memoryInbox([connection], shop);
  const random = seededRandom(order);
  const eventOf = ({ minute, seenAs, kind }: Plan['messages'][number], number: number): WebhookEvent =>
    aMessageEvent(connection, {
      from: senders[seenAs],
      metaId: `wamid.${number}`,
      at: at(minute),
      content: contents[kind](`m${number}`),
    });
  const queue = messages
    .flatMap((message, number) => Array.from({ length: message.times }, () => eventOf(message, number)))
    .map((event) => ({ event, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ event }) => event);
  inbox.disturb(async () => {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    if (random() < crash) throw new Crash('before');
    return {
      after: () => {
        if (random() < crash) throw new Crash('after');
      },
    };
  });
  const take = async (event: WebhookEvent) => {
    for (let tries = 0; ; tries += 1) {
      if (tries === 25) inbox.calm();
      try {
        return await receiveEvent(event, { lastTry: false }, inbox.ports);
      } catch (error) {
        if (!(error instanceof Crash) && tries > 40) throw error;
      }
    }
  };
  // as the FIFO queue gives them out: several persons at once, one event of each name at a time, in order
  const busy = new Set<string | undefined>();
  const next = () => {
    const place = queue.findIndex((event) => !busy.has(personKey(personOf(event))));
    return place < 0 ? undefined : queue.splice(place, 1)[0];
  };
  const work = async () => {
    for (let event = next(); event !== undefined; event = next()) {
      const group = personKey(personOf(event));
      busy.add(group);
      await take(event);
      busy.delete(group);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  await work();
  inbox.calm();
  // both names in one event: whoever was two until now is one
  const last = aMessageEvent(connection, { from: senders.both, metaId: 'wamid.last', at: at(100) });
  for (let tries = 0; tries < 3; tries += 1) await receiveEvent(last, { lastTry: false }, inbox.ports);
  return { inbox };
};

describe('any order of deliveries, duplicates and crashes', () => {
  it('ends with one contact, one conversation, and each message once', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (given) => {
        const { inbox } = await run(given);
        expect(inbox.contacts().filter(({ mergedInto }) => mergedInto === undefined)).toHaveLength(1);
        const [conversation, ...more] = inbox.conversations().filter(({ mergedInto }) => mergedInto === undefined);
        expect(more).toEqual([]);
        const rows = inbox.messages();
        const wanted = [...given.messages.map((_, number) => `wamid.${number}`), 'wamid.last'].sort();
        expect(rows.map(({ metaId }) => metaId).sort()).toEqual(wanted);
        expect(rows.every(({ metaId, messageId }) => messageId === messageIdOf(metaId ?? ''))).toBe(true);
        const homes = [conversation?.conversationId, ...(conversation?.formerIds ?? [])];
        expect(rows.every(({ conversationId }) => homes.includes(conversationId))).toBe(true);

        const texts = given.messages.filter(({ kind }) => kind === 'text');
        expect(conversation?.unread).toBe(texts.length + 1);
        expect(conversation).toMatchObject({
          state: 'open',
          lastMessageAt: at(100),
          lastInboundMetaId: 'wamid.last',
          windowEndsAt: new Date(new Date(at(100)).getTime() + 24 * HOUR).toISOString(),
        });
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the window and the preview at the latest, and the rows in the order in which they were written', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (given) => {
        const { inbox } = await run(given);
        const [conversation] = inbox.conversations().filter(({ mergedInto }) => mergedInto === undefined);
        for (const home of [conversation?.conversationId, ...(conversation?.formerIds ?? [])]) {
          const times = inbox
            .messages()
            .filter(({ conversationId }) => conversationId === home)
            .map((row) => row.at);
          expect(times).toEqual(times.toSorted());
        }
        expect(conversation?.lastMessage).toMatchObject({ type: 'text' });
      }),
      { numRuns: 100 },
    );
  });
});

/** What a person does, one after the other: writes, or gets another number and id; and which earlier thing is told again. */
const step = fc.record({
  does: fc.constantFrom('write', 'write', 'change'),
  seenAs: fc.constantFrom('phone', 'id', 'both'),
  again: fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 3 }),
});

describe('a person who gets other numbers, while anything that was told before is told again', () => {
  it('stays one contact with one conversation, and each message is there once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 16 }), fc.boolean(), async (steps, hasStranger) => {
        const shop = aShop();
        const connection = aConnection({ shopId: shop.shopId });
        const inbox = memoryInbox([connection], shop);
        const receive = (event: WebhookEvent) => receiveEvent(event, { lastTry: false }, inbox.ports);
        const nameAs = (generation: number) => ({
          phone: { waId: `549116123450${generation}` },
          id: { userId: `AR.${generation}` },
          both: { waId: `549116123450${generation}`, userId: `AR.${generation}` },
        });
        let generation = 10;
        const told = [aMessageEvent(connection, { from: nameAs(generation).both, metaId: 'wamid.first', at: at(0) })];
        await receive(told[0] as WebhookEvent);
        for (const [number, { does, seenAs, again }] of steps.entries()) {
          const from = nameAs(generation)[does === 'change' ? 'both' : seenAs];
          const system = {
            type: 'user_changed_number',
            wa_id: nameAs(generation + 1).both.waId,
            user_id: nameAs(generation + 1).both.userId,
            previous_user_id: nameAs(generation).both.userId,
          };
          const event = aMessageEvent(connection, {
            from,
            metaId: `wamid.${number}`,
            at: at(number + 1),
            ...(does === 'change' && { content: { type: 'system', system } }),
          });
          if (does === 'change') generation += 1;
          told.push(event);
          await receive(event);
          for (const place of again) {
            expect(await receive(told[Math.floor(place * told.length)] as WebhookEvent)).toBe('repeated');
          }
        }
        if (hasStranger) {
          // somebody else has the first number by now, and is nobody's friend
          const stranger = { waId: nameAs(10).both.waId, userId: 'AR.STRANGER' };
          if (generation > 10)
            await receive(aMessageEvent(connection, { from: stranger, at: at(60), metaId: 'wamid.s' }));
          for (const event of told) expect(await receive(event)).toBe('repeated');
        }
        const strangers = hasStranger && generation > 10 ? 1 : 0;
        expect(inbox.contacts()).toHaveLength(1 + strangers);
        expect(inbox.contacts().map(({ review }) => review)).not.toContain('identity');
        expect(inbox.conversations()).toHaveLength(1 + strangers);
        expect(inbox.messages()).toHaveLength(told.length + strangers);
        expect(inbox.contacts()[0]).toMatchObject({
          phone: `+${nameAs(generation).both.waId}`,
          userIds: [{ userId: nameAs(generation).both.userId }],
        });
      }),
      { numRuns: 300 },
    );
  });
});
