import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isAppError } from '#core/errors.ts';
import { keys } from '#table/schema.ts';
import type { Contact } from '../../functions/contacts/contact.ts';
import { newContact } from '../../functions/contacts/identity.ts';
import { customerStore } from '../../functions/sale-links/customer.store.ts';
import { type LinkSalePorts, linkSale, unlinkSale } from '../../functions/sale-links/link-sale.ts';
import { type Sale, saleKey } from '../../functions/sale-links/sale.ts';
import { saleLinkStore } from '../../functions/sale-links/sale-link.store.ts';
import { MOST_LINKS, SaleLink, SaleSummary } from '../../functions/sale-links/sale-link.ts';
import { saleSummaryStore } from '../../functions/sale-links/sale-summary.store.ts';
import type { Shop } from '../../functions/shops/shop.ts';
import { anId, aPhone, aShop } from '../support/builders.ts';
import { movedClock, NOON } from '../support/clock.ts';
import { firstAttempts, noFaults, randomFaults } from '../support/faults.ts';
import { quickPatience } from '../support/ports.ts';
import { seededRandom } from '../support/random.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let shop: Shop;
let contacts: Contact[];

const saleOf = (saleId: string): Sale => ({
  source: 'http',
  saleId,
  total: 100 * Number(saleId),
  currency: 'ARS',
  at: NOON,
});

const ports = (): LinkSalePorts => {
  const found = { search: async () => ({ found: [], source: { state: 'ok' as const } }), find: async () => undefined };
  const clock = movedClock();
  return {
    ...customerStore(world.table),
    assigneesOf: async () => [],
    links: saleLinkStore(world.table),
    sales: { checkouts: found, http: { ...found, find: async (_, saleId) => ({ sale: saleOf(saleId), buyer: {} }) } },
    patience: quickPatience(clock, { random: Math.random, budgetMs: 60_000 }),
    clock,
  };
};

const viewer = { userId: 'ana', role: 'admin', sellerSees: 'all' } as const;
const by = 'user:ana' as const;
const which = ({ contactId }: Contact) => ({ shop, contactId, viewer, by });
const link = (contact: Contact, saleId: string) => linkSale({ ...which(contact), source: 'http', saleId }, ports());
const unlink = (contact: Contact, saleId: string) =>
  unlinkSale({ ...which(contact), linkId: saleKey(saleOf(saleId)) }, ports()).catch((error: unknown) => {
    if (!isAppError(error, 'not-found')) throw error;
  });

/** What is stored of links: rows, what the summary counts, and how often the audit trail says that they changed. */
const storedOf = async ({ contactId }: Contact) => {
  const rows = (await world.rows()).filter(({ pk }) => pk.includes(contactId));
  const inLinks = rows.filter(({ pk, sk }) => pk.includes('#SALE-LINKS#') && sk !== 'SUMMARY');
  const summary = rows.find(({ pk, sk }) => pk.includes('#SALE-LINKS#') && sk === 'SUMMARY');
  const actions = rows.filter(({ pk }) => pk.includes('#AUDIT#sale-link#')).map((row) => String(row['action']));
  return {
    linked: inLinks.map((row) => saleKey(SaleLink().parse(row).sale)).sort(),
    summary: summary && SaleSummary().parse(summary),
    made: actions.filter((action) => action === 'sale-link.linked').length,
    ended: actions.filter((action) => action === 'sale-link.unlinked').length,
  };
};

/** The summary counts exactly the links there are, and the trail tells of every one that came or went. */
const assertWhole = async (contact: Contact): Promise<void> => {
  const { linked, summary, made, ended } = await storedOf(contact);
  expect((summary?.sales ?? []).map(({ key }) => key).sort()).toEqual(linked);
  expect(new Set(linked).size).toBe(linked.length);
  expect(made - ended).toBe(linked.length);
  expect(summary?.version ?? 0).toBe(made + ended);
};

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  shop = aShop({ features: { captureLeads: true, saleLinks: true } });
  const sighting = () => ({ shopId: shop.shopId, businessId: '1', person: { phone: aPhone() }, at: NOON });
  contacts = [0, 1, 2].map(() => newContact(sighting(), anId()));
  for (const contact of contacts) await world.tamper({ ...keys.contact(shop.shopId, contact.contactId), ...contact });
});

describe('links and what they come to', () => {
  it.each([1, 2, 3, 4])('stay one, whoever links and unlinks at once and whatever fails: seed %i', async (seed) => {
    const random = seededRandom(seed);
    const pick = (most: number) => Math.floor(random() * most);
    const acts = Array.from({ length: 40 }, () => ({
      act: random() < 0.65 ? link : unlink,
      who: pick(3),
      sale: pick(4),
    }));
    world.faults.plan(
      randomFaults(seed, { conflict: 0.1, throttle: 0.05, 'timeout-after': 0.05, 'timeout-before': 0.05 }),
    );
    await Promise.all(
      acts.map(async ({ act, who, sale }) => {
        const contact = contacts[who];
        if (contact) await act(contact, String(sale)).catch(() => undefined);
      }),
    );
    world.faults.plan(noFaults);
    for (const contact of contacts) await assertWhole(contact);
    const stored = await Promise.all(contacts.map(storedOf));
    expect(stored.reduce((sum, { made, ended }) => sum + made + ended, 0)).toBeGreaterThan(5);
  });

  it('are made once by twenty at once, each of whom is told of the same link', async () => {
    const [contact] = contacts as [Contact];
    const made = await Promise.all(Array.from({ length: 20 }, () => link(contact, '7')));
    expect(new Set(made.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await storedOf(contact)).toMatchObject({ linked: [saleKey(saleOf('7'))], made: 1, ended: 0 });
  });

  it('are written whole when nobody hears of it', async () => {
    const [contact] = contacts as [Contact];
    world.faults.plan(firstAttempts('TransactWriteItems', 'timeout-after'));
    await link(contact, '1');
    world.faults.plan(firstAttempts('TransactWriteItems', 'crash-after'));
    await link(contact, '2').catch(() => undefined);
    world.faults.plan(firstAttempts('TransactWriteItems', 'crash-before'));
    await link(contact, '3').catch(() => undefined);
    world.faults.plan(noFaults);
    expect((await storedOf(contact)).linked).toHaveLength(2);
    await assertWhole(contact);
    await Promise.all(['1', '2', '3'].map((saleId) => link(contact, saleId)));
    expect((await storedOf(contact)).linked).toHaveLength(3);
    await assertWhole(contact);
  });

  it('come to an end at their most', async () => {
    const [contact] = contacts as [Contact];
    const { shopId } = shop;
    const { contactId } = contact;
    const sales = Array.from({ length: MOST_LINKS }, (_, index) => saleOf(String(index + 1)));
    const counted = sales.map((sale) => ({
      key: saleKey(sale),
      total: sale.total,
      currency: sale.currency,
      at: sale.at,
    }));
    await world.tamper({ ...keys.saleSummary(shopId, contactId), shopId, contactId, sales: counted, version: 1 });
    await expect(link(contact, '9999')).rejects.toThrow('at most 200');
    const cost = await world.unitsOf(() => saleSummaryStore(world.table).findSummaries(shopId, [contactId]));
    // even then it is little to read for a list of fifty chats, most of whose customers bought little
    expect(cost.read).toBeLessThanOrEqual(3);
  });

  it('cost little to make, and next to nothing to show', async () => {
    const { shopId } = shop;
    const [contact] = contacts as [Contact];
    const made = await world.unitsOf(() => link(contact, '1'));
    // link, summary, audit entry in its three indexes, and a look at the contact, each twice for being in a transaction
    expect(made.write).toBeLessThanOrEqual(14);
    const ids = contacts.map(({ contactId }) => contactId);
    const shown = await world.unitsOf(() => saleSummaryStore(world.table).findSummaries(shopId, ids));
    expect(shown.read).toBeLessThanOrEqual(1.5);
  });
});
