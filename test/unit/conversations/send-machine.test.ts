import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, Place } from '../../../functions/conversations/message.ts';
import { MINUTE, SECOND } from '../../support/clock.ts';
import { Crash } from '../../support/faults.ts';
import { seededRandom } from '../../support/random.ts';
import { type Mood, type SendWorld, sendWorld } from '../../support/send-world.ts';

const moods: fc.Arbitrary<Mood> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Mood>('accepts') },
  {
    weight: 5,
    arbitrary: fc.constantFrom<Mood>(
      'holds',
      'unreachable',
      'lost',
      'taken-in-silence',
      { gateway: 'taken' },
      { gateway: 'lost' },
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(1, 2, 4, 131000, 131016, 130429, 131056, 131057, 131026, 131050, 131047, 999_999)
      .map((refuses) => ({ refuses })),
  },
);

interface Plan {
  messages: number;
  moods: Mood[];
  seed: number;
  /** Chances of each delivery. */
  dies: number;
  twice: number;
  /** Chance of a row to never reach its queue. */
  forgotten: number;
  /** Chance of a status to come before the answer. */
  early: number;
}

const chance = fc.constantFrom(0, 0, 0.1, 0.4);
const plans: fc.Arbitrary<Plan> = fc.record({
  messages: fc.integer({ min: 1, max: 6 }),
  moods: fc.array(moods, { maxLength: 40 }),
  seed: fc.nat(),
  dies: chance,
  twice: chance,
  forgotten: chance,
  early: chance,
});

const VISIBILITY = 360 * SECOND;

/** One delivery as SQS makes it; true when the message is done with. */
const deliver = async (world: SendWorld, place: Place, times: number): Promise<boolean> => {
  const outcomes = await Promise.allSettled(Array.from({ length: times }, () => world.send(place)));
  let done = true;
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      if (!(outcome.reason instanceof Crash)) throw outcome.reason;
      world.restart();
      world.clock.advance(VISIBILITY);
      done = false;
    } else if (outcome.value.did === 'later') {
      expect(outcome.value.seconds).toBeGreaterThan(0);
      world.clock.advance(outcome.value.seconds * SECOND);
      done = false;
    }
  }
  return done;
};

/** Works through the queue in its order, with all that may happen on the way. */
const work = async (world: SendWorld, plan: Plan, random: () => number): Promise<void> => {
  for (let deliveries = 0; world.queue.length > 0; deliveries += 1) {
    if (deliveries > 500) throw new Error('it never ends');
    const [head] = world.queue as [Place];
    if (random() < plan.dies) world.dieAt(Math.floor(random() * 4), random() < 0.5 ? 'before' : 'after');
    const again = random() < plan.twice;
    const done = await deliver(world, head, again ? 2 : 1);
    world.restart();
    if (done) world.queue.shift();
    if (done && again) world.queue.push(head);
  }
};

const prepare = async (plan: Plan): Promise<{ world: SendWorld; random: () => number; sent: Message[] }> => {
  const world = sendWorld();
  const random = seededRandom(plan.seed);
  const sent: Message[] = [];
  for (let number = 0; number < plan.messages; number += 1) sent.push(await world.queueText(`mensaje ${number}`));
  const kept = world.queue.filter(() => random() >= plan.forgotten);
  world.queue.splice(0, world.queue.length, ...kept);
  world.state.moods = [...plan.moods];
  world.state.meanwhile = (callbackData, metaId) => {
    if (random() < plan.early) world.tell(callbackData, metaId, random() < 0.5 ? 'sent' : 'delivered');
  };
  return { world, random, sent };
};

const isOpen = ({ state }: Message) => state === 'queued' || state === 'sending';

const run = async (plan: Plan) => {
  const { world, random, sent } = await prepare(plan);
  await work(world, plan, random);
  for (let minutes = 0; world.messages().some(isOpen); minutes += 5) {
    if (minutes > 26 * 60) throw new Error('something is stuck');
    world.clock.advance(5 * MINUTE);
    await world.sweep();
    await work(world, { ...plan, dies: 0 }, random);
  }
  return { world, sent };
};

const callbackDataOf = ({ conversationId, at, messageId }: Message) => `m1|${conversationId}|${at}|${messageId}`;

describe('whatever Meta, the queue and our own processes do', () => {
  it('Meta takes each message at most once, and every row ends sent, failed with a code, or unknown', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { world, sent } = await run(plan);
        for (const message of sent) {
          const row = world.row(message);
          const taken = world.taken.get(callbackDataOf(message))?.length ?? 0;
          expect(taken).toBeLessThanOrEqual(1);
          expect(['sent', 'delivered', 'failed', 'unknown']).toContain(row.state);
          expect(world.dueAt(message)).toBeUndefined();
          expect(row).not.toHaveProperty('claimedUntil');
          if (row.state === 'failed')
            expect({ taken, code: typeof row.error?.code }).toEqual({ taken: 0, code: 'number' });
          if (row.state === 'sent' || row.state === 'delivered') expect(taken).toBe(1);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('what was parked is settled by its status', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { world, sent } = await run(plan);
        for (const [callbackData, [metaId]] of world.taken) world.tell(callbackData, metaId ?? '', 'delivered');
        for (const message of sent) {
          const taken = world.taken.has(callbackDataOf(message));
          if (taken) expect(world.row(message).state).toBe('delivered');
          else expect(['failed', 'unknown']).toContain(world.row(message).state);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('a conversation keeps its order while its queue forgets nothing', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { world, sent } = await run({ ...plan, forgotten: 0 });
        const order = [...world.taken.keys()];
        const committed = sent.map(callbackDataOf).filter((one) => world.taken.has(one));
        expect(order).toEqual(committed);
      }),
      { numRuns: 200 },
    );
  });
});
