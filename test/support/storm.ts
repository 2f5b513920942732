import { expect } from 'vitest';
import type { MessageView } from '../../functions/conversations/message-view.ts';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import type { Phone } from '../../local/whatsapp-simulator/simulator-api.ts';
import { openInbox } from './inbox.ts';
import { seededRandom } from './random.ts';
import { openSimulator } from './simulator.ts';
import { eventually, openTarget } from './target.ts';

const target = openTarget();
const simulator = openSimulator(target);
const [{ numberId }] = defaultWorld.numbers;
const ANSWERS = 3;
const killable = ['webhook', 'receiveEvents', 'updateStatuses', 'sendMessages', 'relayChanges'];
const random = seededRandom(2026);

const inboxNow = async () => openInbox(target, await target.tokenFor('admin'));

const bodyOf = (customer: number, message: number): string => `Mensaje ${message} del cliente ${customer}`;

/** How hard it blows. */
interface Storm {
  customers: number;
  /** Of each customer. */
  messages: number;
  /** Functions die so many times: each time what they held comes again only when its time is over. */
  kills: number;
}

/** Ends functions in the middle of their work, until told to stop or enough have died. */
const killAtRandom = (kills: number) => {
  let isOn = true;
  const done = (async () => {
    let killed = 0;
    let senders = 0;
    while (isOn && killed < kills) {
      const name = killable[Math.floor(random() * killable.length)] ?? '';
      const answer = await target.ask<{ killed: boolean }>('POST', `/local/kill/${name}`, { body: {} });
      if (answer.body.killed) killed += 1;
      if (answer.body.killed && name === 'sendMessages') senders += 1;
      await new Promise((resolve) => setTimeout(resolve, 50 + random() * 250));
    }
    return { killed, senders };
  })();
  return {
    stop: () => {
      isOn = false;
      return done;
    },
  };
};

interface Counts {
  ready: number;
  hidden: number;
  taken: number;
}

/** Waits until the work queues are empty: what a dead function held comes again when its time is over. */
const worked = () =>
  eventually(async () => {
    const queues = (await target.ask<Record<string, Counts>>('GET', '/local/queues')).body;
    const counts = Object.values(queues);
    if (counts.every(({ ready, hidden, taken }) => ready + hidden + taken === 0)) return true;
    // lets the work in hand finish first; what is still taken then, a dead function holds
    await target.moveClock(200);
    return false;
  }, 400_000);

/** Until all of it is so, time goes on. */
const whole = (check: () => Promise<boolean>) =>
  eventually(async () => {
    await simulator.settle();
    await worked();
    if (await check()) return true;
    await target.moveClock(200);
    return false;
  }, 400_000);

/**
 * Messages, each delivered three times, shuffled, some lost at first, to functions that die: they are taken in once
 * each, in the order of each customer; and of the answers no status goes back. Only a local cloud has such weather.
 */
export const weatherStorm = async ({ customers: CUSTOMERS, messages: MESSAGES, kills }: Storm): Promise<void> => {
  if (!(await target.isLocal())) return;
  const customers = await Promise.all(
    Array.from({ length: CUSTOMERS }, (_, customer) => simulator.newCustomer(`Cliente Tormenta ${customer}`)),
  );
  await simulator.turn({ duplicates: 3, shuffleMs: 3000, lossRate: 0.1, batch: 5 });
  const killer = killAtRandom(kills);
  const writeAll = async ({ phoneId }: Phone, customer: number) => {
    for (let message = 0; message < MESSAGES; message += 1) {
      const secondsAgo = (MESSAGES - message) * 2;
      await simulator.send({ phoneId, numberId }, { type: 'text', body: bodyOf(customer, message), secondsAgo });
    }
  };
  await Promise.all(customers.map(writeAll));

  const phones = new Set(customers.map(({ phone }) => phone));
  const theirs = async () =>
    (await (await inboxNow()).conversations('state=all')).filter(({ contact }) => phones.has(contact.phone));
  await whole(async () => (await theirs()).length === CUSTOMERS);
  const idOf = new Map((await theirs()).map(({ contact, conversationId }) => [contact.phone, conversationId]));
  const conversationIds = customers.map(({ phone }) => idOf.get(phone) ?? '');
  const inbox = await inboxNow();
  const answers = conversationIds.flatMap((id) => Array.from({ length: ANSWERS }, (_, nth) => ({ id, nth })));
  for (const { id, nth } of answers) {
    await eventually(async () => {
      const { status } = await inbox.send(id, { type: 'text', text: { body: `Respuesta ${nth}` } });
      return status === 201;
    }, 30_000);
  }
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const { killed, senders } = await killer.stop();
  expect(killed).toBeGreaterThan(kills / 4);
  await simulator.turn({ duplicates: 3, shuffleMs: 500, lossRate: 0, batch: 1 });

  const seen = new Map<string, number>();
  const order = ['queued', 'sending', 'unknown', 'sent', 'failed', 'delivered', 'read', 'played'];
  const neverBack = ({ messageId, state }: MessageView): void => {
    const rank = order.indexOf(state);
    expect(rank, messageId).toBeGreaterThanOrEqual(seen.get(messageId) ?? 0);
    seen.set(messageId, rank);
  };
  const heardBy = async (customer: number) => {
    const heard = await simulator.chat({ phoneId: customers[customer]?.phoneId ?? '', numberId });
    return heard.filter(({ from }) => from === 'business').length;
  };
  /** A sender that dies just before its call leaves its message unknown: it never came to the phone, nor ever will. */
  const isWhole = async (id: string, customer: number): Promise<boolean> => {
    const messages = await (await inboxNow()).messages(id);
    const outbound = messages.filter(({ direction }) => direction === 'outbound');
    outbound.forEach(neverBack);
    const settled = outbound.filter(({ state }) => ['delivered', 'read'].includes(state));
    const parked = outbound.filter(({ state }) => state === 'unknown');
    const isAnswered = settled.length + parked.length === ANSWERS && settled.length === (await heardBy(customer));
    return messages.length - outbound.length >= MESSAGES && isAnswered;
  };
  await whole(async () => (await Promise.all(conversationIds.map(isWhole))).every(Boolean));

  const now = await inboxNow();
  let parked = 0;
  for (const [customer, id] of conversationIds.entries()) {
    const inbound = (await now.messages(id)).filter(({ direction }) => direction === 'inbound');
    expect(inbound.map(({ body }) => body).toReversed()).toEqual(
      Array.from({ length: MESSAGES }, (_, message) => bodyOf(customer, message)),
    );
    expect((await now.conversation(id)).unread).toBe(MESSAGES);
    const unsent = (await now.messages(id)).filter(({ state }) => state === 'unknown').length;
    expect((await heardBy(customer)) + unsent).toBe(ANSWERS);
    parked += unsent;
  }
  // a sender has two messages in its hands
  expect(parked).toBeLessThanOrEqual(2 * senders);
  expect(await theirs()).toHaveLength(CUSTOMERS);
  await simulator.calm();
};
