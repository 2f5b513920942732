import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Lead } from '../../functions/leads/lead.ts';
import type { LeadList } from '../../functions/leads/lead-list.store.ts';
import { readSearch } from '../../functions/leads/lead-search.ts';
import { MINUTE } from '../support/clock.ts';
import { openStoredLeads, type StoredLeads } from '../support/stored-leads.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let shop: StoredLeads;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  shop = openStoredLeads(world);
});

const aList = (change: Partial<LeadList> = {}): LeadList => ({
  shopId: shop.shop.shopId,
  filter: {},
  order: 'updated',
  newestFirst: true,
  ...change,
});

/** Every page of a list, to the end. */
const walk = async (read: (cursor?: string) => Promise<{ items: Lead[]; nextCursor?: string }>): Promise<Lead[]> => {
  const seen: Lead[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    seen.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return seen;
};
const walkList = (list: LeadList, limit = 3) =>
  walk((cursor) => shop.leads.list(list, { limit, ...(cursor && { cursor }) }));
const find = async (text: string, list: Partial<LeadList> = {}, limit = 2) => {
  const search = readSearch(text);
  if (search === undefined) return [];
  const asked = { shopId: shop.shop.shopId, filter: {}, search, ...list };
  return walk((cursor) => shop.leads.search(asked, { limit, ...(cursor && { cursor }) }));
};
const names = (leads: readonly Lead[]) => leads.map(({ firstName }) => firstName);

describe('a search', () => {
  it('finds by the beginning of any word of a name, whatever case and accents, each lead once', async () => {
    const ana = await shop.add({ firstName: 'Ána María', lastName: 'Anaya Núñez' });
    const juan = await shop.add({ firstName: 'Juan', lastName: 'Anastasio' });
    await shop.add({ firstName: 'Berta' });
    for (const text of ['ana', 'ANÁ', 'an']) {
      expect((await find(text)).map(({ leadId }) => leadId).toSorted()).toEqual([ana.leadId, juan.leadId].toSorted());
    }
    expect(names(await find('nunez'))).toEqual(['Ána María']);
    expect(names(await find('anaya mar'))).toEqual(['Ána María']);
    expect(await find('ana zzz')).toEqual([]);
    expect(await find('xana')).toEqual([]);
    expect(await find('·')).toEqual([]);
  });
});

describe('a search by phone', () => {
  it.each([
    [
      '+5491161234567',
      ['4567', '61234567', '1161234567', '011 15-6123-4567', '+54 9 11 6123-4567', '+54 11 6123-4567'],
    ],
    ['+541161234567', ['91161234567', '5491161234567', '11 6123 4567']],
    ['+5492966421234', ['2966 15-421234', '02966421234', '15421234']],
    ['+525512345678', ['+52 1 55 1234 5678', '5512345678']],
    ['+5511987654321', ['98765-4321', '11 8765 4321', '+55 11 8765-4321']],
    ['+551187654321', ['98765-4321', '+55 (11) 98765-4321', '321']],
  ])('finds %s by its last digits and by the whole number in every spelling', async (phone, texts) => {
    const { lead } = await shop.capture({ phone });
    await shop.capture({ phone: '+5493515550000' });
    for (const text of texts) expect((await find(text)).map(({ leadId }) => leadId)).toEqual([lead.leadId]);
    expect(await find('9999')).toEqual([]);
  });
});

describe('a search by e-mail', () => {
  it('finds the whole address in any case, and no part of it', async () => {
    const { leadId } = await shop.add({ email: 'Ana@Example.com' });
    expect((await find('ana@example.COM')).map((lead) => lead.leadId)).toEqual([leadId]);
    expect(await find('ana@example')).toEqual([]);
    expect(JSON.stringify((await world.rows()).filter(({ sk }) => sk.startsWith('FIND')))).not.toMatch(/example/i);
  });
});

describe('a list', () => {
  it('shows the last changed, or made, first', async () => {
    const made: Lead[] = [];
    for (let number = 0; number < 7; number += 1) {
      made.push(await shop.add({ firstName: `n${number}` }));
      shop.clock.advance(MINUTE);
    }
    const first = made[0];
    if (first) await shop.leads.save(first, { ...first, version: 2, updatedAt: shop.clock().toISOString() });
    expect(names(await walkList(aList()))).toEqual(['n0', 'n6', 'n5', 'n4', 'n3', 'n2', 'n1']);
    expect(names(await walkList(aList({ order: 'created' })))).toEqual(['n6', 'n5', 'n4', 'n3', 'n2', 'n1', 'n0']);
    expect(names(await walkList(aList({ order: 'created', newestFirst: false })))).toEqual(names(made));
  });
});

describe('a row that lags behind its lead', () => {
  it('shows nobody a lead that is no longer theirs, or no longer so', async () => {
    const lead = await shop.add({ assignedTo: 'ana', firstName: 'Ana', tags: ['vip'] });
    const late = (await world.rows()).filter(({ pk, sk }) => pk.includes(lead.leadId) && /^(IN|FIND)#/.test(sk));
    const { assignedTo: _, ...rest } = lead;
    const next = { ...rest, assignedTo: 'beto', tags: [], firstName: 'Berta', version: 2 };
    await shop.leads.save(lead, next);
    for (const row of late) await world.tamper(row);
    expect(await walkList(aList({ sellers: ['ana'] }))).toEqual([]);
    expect(await walkList(aList({ filter: { tag: 'vip' } }))).toEqual([]);
    expect(await find('ana')).toEqual([]);
    expect(await find('bert', { sellers: ['ana'] })).toEqual([]);
    expect(await walkList(aList({ sellers: ['beto'] }))).toEqual([next]);
  });
});
