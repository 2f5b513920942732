import { afterAll, beforeAll, expect, it } from 'vitest';
import { changeConsent } from '../../functions/contacts/change-consent.ts';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import { anId } from '../support/builders.ts';
import { movedClock } from '../support/clock.ts';
import { randomFaults } from '../support/faults.ts';
import { failureOf, quickPatience } from '../support/ports.ts';
import { startTables, type TestTable } from '../support/table.ts';
import { aContact } from '../support/whatsapp-events.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
beforeAll(async () => {
  server = await startTables();
  world = await server.openTestTable();
});
afterAll(async () => {
  await world.drop();
  await server.close();
});

const secret = async () => 'a secret for tests only';
const clock = movedClock();
const patience = () => quickPatience(clock, { random: Math.random, budgetMs: 20_000 });
const momentOf = (minute: number): string => new Date(clock().getTime() + minute * 60_000).toISOString();

const aPerson = async () => {
  const contacts = contactStore(world.table, secret);
  const contact = aContact({ shopId: anId() });
  await contacts.save(contact);
  return { contacts, ...contact };
};

it.each([1, 2, 3, 4, 5, 6])('keeps every word once, and on the contact the last, whatever fails (%i)', async (seed) => {
  const { contacts, shopId, contactId } = await aPerson();
  const words = [4, 1, 3, 2, 5, 0].map((minute) => ({
    ...({ shopId, contactId, at: momentOf(minute), source: 'keyword', channel: 'whatsapp', by: 'customer' } as const),
    state: minute % 2 === 0 ? ('revoked' as const) : ('granted' as const),
  }));
  const chances = { throttle: 0.1, conflict: 0.1, 'timeout-after': 0.15, 'crash-before': 0.1, 'crash-after': 0.1 };
  world.faults.plan(randomFaults(seed, chances));
  const say = async (word: (typeof words)[number]): Promise<void> => {
    for (let tries = 0; tries < 20; tries += 1) {
      const said = await changeConsent(word, { contacts, patience: patience() }).catch(() => undefined);
      if (said) return;
    }
  };
  await Promise.all([...words, ...words].map(say));
  world.faults.stop();
  const found = await contacts.consents(shopId, [contactId], { limit: 50 });
  expect(found.items.map(({ at }) => at)).toEqual([5, 4, 3, 2, 1, 0].map(momentOf));
  expect((await contacts.find(shopId, contactId, true))?.marketing).toMatchObject({
    state: 'granted',
    at: momentOf(5),
  });
});

it('lists the words of contacts that turned out to be one, page by page', async () => {
  const [one, other] = [await aPerson(), await aPerson()];
  const { contacts, shopId } = one;
  await contacts.save({ ...aContact(), shopId, contactId: other.contactId });
  for (const minute of [1, 2, 3, 4, 5]) {
    const { contactId } = minute % 2 === 0 ? one : other;
    const how = { state: 'granted', source: 'form', channel: 'form', by: 'customer' } as const;
    await changeConsent({ shopId, contactId, at: momentOf(minute), ...how }, { contacts, patience: patience() });
  }
  const ids = [one.contactId, other.contactId];
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await contacts.consents(shopId, ids, { limit: 2, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ at }) => at));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen).toEqual([5, 4, 3, 2, 1].map(momentOf));
  const { nextCursor } = await contacts.consents(shopId, ids, { limit: 2 });
  const foreign = contacts.consents(shopId, [other.contactId], { limit: 2, cursor: String(nextCursor) });
  expect(await failureOf(foreign)).toMatchObject({ code: 'request.invalid' });
});
