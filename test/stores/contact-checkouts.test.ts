import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '#table/schema.ts';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import { contactCheckoutStore } from '../../functions/contacts/contact-checkout.store.ts';
import type { ContactCheckout } from '../../functions/contacts/contact-checkout.ts';
import { aCode, anId } from '../support/builders.ts';
import { NOON } from '../support/clock.ts';
import { startTables, type TestTable } from '../support/table.ts';
import { aContact } from '../support/whatsapp-events.ts';

const shopId = anId();
let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let checkouts: ReturnType<typeof contactCheckoutStore>;

beforeAll(async () => {
  server = await startTables();
  world = await server.openTestTable();
  checkouts = contactCheckoutStore(world.table);
});
afterAll(async () => {
  await world.drop();
  await server.close();
});

const someone = async (change: object = {}) => {
  const contact = aContact({ shopId, ...change });
  await contactStore(world.table, async () => 's').saveAll([{ contact, claims: [], releases: [] }]);
  return { shopId, contactId: contact.contactId };
};
const aCheckout = (change: Partial<ContactCheckout> = {}): ContactCheckout => ({
  ...{ code: aCode(), state: 'active', total: 1500, currency: 'ARS', createdAt: NOON },
  ...change,
});
const ended = { state: 'confirmed', endedAt: NOON } as const;
const of = async (whose: { shopId: string; contactId: string }) => (await checkouts.list(whose, { limit: 10 })).items;

describe('a checkout beside its person', () => {
  it('stays ended, whoever tells late that it was active', async () => {
    const whose = await someone();
    const checkout = aCheckout();
    expect(await checkouts.put(whose, checkout)).toBe(true);
    expect(await checkouts.put(whose, { ...checkout, ...ended })).toBe(true);
    expect(await checkouts.put(whose, checkout)).toBe(false);
    expect(await of(whose)).toEqual([{ ...checkout, ...ended }]);
  });

  it('is taken from whose it seemed to be', async () => {
    const [seemed, writer] = [await someone(), await someone()];
    const checkout = aCheckout();
    await checkouts.put(seemed, checkout);
    await checkouts.put(writer, checkout, [seemed.contactId]);
    expect([await of(seemed), await of(writer)]).toEqual([[], [checkout]]);
  });

  it('is kept with nobody who is gone, or goes on in another', async () => {
    const merged = await someone({ mergedInto: anId() });
    expect(await checkouts.put({ shopId, contactId: anId() }, aCheckout())).toBe(false);
    expect(await checkouts.put(merged, aCheckout())).toBe(false);
    expect(
      (await world.rows()).filter(({ sk }) => sk.startsWith('CHECKOUT#') && sk.includes(merged.contactId)),
    ).toEqual([]);
  });

  it('goes with them when two turn out to be one, as often as it is told', async () => {
    const [younger, older] = [await someone(), await someone()];
    const [one, both] = [aCheckout(), aCheckout({ createdAt: '2026-11-21T12:00:01.000Z' })];
    await checkouts.put(younger, one);
    await checkouts.put(younger, both);
    await checkouts.put(older, { ...both, ...ended });
    for (const _ of [1, 2]) await checkouts.move(younger, older.contactId);
    expect(await of(younger)).toEqual([]);
    expect(await of(older)).toEqual([{ ...both, ...ended }, one]);
  });

  it('stays where it is while there is nobody to go to', async () => {
    const whose = await someone();
    const checkout = aCheckout();
    await checkouts.put(whose, checkout);
    await checkouts.move(whose, anId());
    expect(await of(whose)).toEqual([checkout]);
    expect(await world.table.get(keys.contact(shopId, whose.contactId))).toBeDefined();
  });
});
