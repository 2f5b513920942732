import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leadStore } from '../../functions/leads/lead.store.ts';
import type { Lead } from '../../functions/leads/lead.ts';
import { leadStatuses } from '../../functions/leads/lead.ts';
import type { ListLeads } from '../../functions/leads/lead-input.ts';
import { leadFilterFields } from '../../functions/leads/lead-input.ts';
import { MOST_EVALUATED } from '../../functions/leads/lead-list.store.ts';
import { MOST_LOOKED_AT } from '../../functions/leads/lead-search.store.ts';
import { listLeads } from '../../functions/leads/list-leads.ts';
import type { Viewer } from '../../functions/shops/viewer.ts';
import { SECOND } from '../support/clock.ts';
import { seededRandom } from '../support/random.ts';
import { openStoredLeads, type StoredLeads } from '../support/stored-leads.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let shop: StoredLeads;
let leads: Lead[];
/** What each call of the client was, and how many items it looked at. */
const calls: { operation: string; evaluated: number }[] = [];

const LEADS = 90;
const SELLERS = ['ana', 'beto', undefined];
const SOURCES = ['manual', 'referral', 'whatsapp'];
const TAGS = ['VIP', 'velas', 'Ñandú'];
const NAMES = ['Ana', 'Anabel Ana', 'Berta', 'José Anaya'];

const watch = ({ documents }: TestTable) =>
  documents.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const { ScannedCount, Responses } = result.output as {
        ScannedCount?: number;
        Responses?: Record<string, unknown[]>;
      };
      const read = Object.values(Responses ?? {}).flat().length;
      calls.push({ operation: String(context['commandName']), evaluated: ScannedCount ?? read });
      return result;
    },
    { step: 'initialize', name: 'watch' },
  );

beforeAll(async () => {
  server = await startTables();
  world = await server.openTestTable();
  shop = openStoredLeads(world);
  const random = seededRandom(7);
  const one = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  for (let number = 0; number < LEADS; number += 1) {
    const status = one(leadStatuses);
    const place = { pipelineId: 'default', stageId: status, status };
    const nextActionAt = random() < 0.5 ? new Date(shop.clock().getTime() + random() * 1e6).toISOString() : undefined;
    const facts = { source: one(SOURCES), tags: [one(TAGS)], assignedTo: one(SELLERS), firstName: one(NAMES) };
    const lead = await shop.add({ ...facts, place, nextActionAt });
    shop.clock.advance(SECOND * Math.floor(random() * 3));
    const changed = { ...lead, version: 2, updatedAt: new Date(shop.clock().getTime() + random() * 1e6).toISOString() };
    if (random() < 0.5) await shop.leads.save(lead, changed);
  }
  leads = await shop.stored();
  watch(world);
});
afterAll(() => server.close());

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });
const moment = fc.nat(LEADS - 1).map((number) => number);
const viewer: fc.Arbitrary<Viewer> = fc.constantFrom<Viewer>(
  { userId: 'eva', role: 'admin', sellerSees: 'own' },
  { userId: 'ana', role: 'seller', sellerSees: 'own' },
  { userId: 'ana', role: 'seller', sellerSees: 'own-and-unassigned' },
  { userId: 'ana', role: 'seller', sellerSees: 'all' },
);
const asked = fc.record({
  status: maybe(fc.constantFrom(...leadStatuses)),
  stage: maybe(fc.constantFrom(...leadStatuses)),
  seller: maybe(fc.constantFrom('me', 'beto', 'unassigned')),
  source: maybe(fc.constantFrom(...SOURCES)),
  tag: maybe(fc.constantFrom('vip', 'NANDU', 'nothing')),
  created: maybe(fc.tuple(moment, moment)),
  updated: maybe(fc.tuple(moment, moment)),
  sort: fc.constantFrom('updated', 'created', 'nextAction' as const),
  order: maybe(fc.constantFrom('asc', 'desc' as const)),
  limit: fc.integer({ min: 1, max: 40 }),
});
type Asked = typeof asked extends fc.Arbitrary<infer One> ? One : never;

const spanOf = (name: 'created' | 'updated', given: [number, number] | undefined) => {
  const [from, to] = (given ?? []).map((index) => leads[index]?.[`${name}At`]);
  return given ? { [`${name}From`]: from, [`${name}To`]: to } : {};
};
const queryOf = ({ created, updated, ...query }: Asked): ListLeads => ({
  ...query,
  ...spanOf('created', created),
  ...spanOf('updated', updated),
});

const sees = ({ role, userId, sellerSees }: Viewer, { assignedTo }: Lead): boolean =>
  role === 'admin' ||
  sellerSees === 'all' ||
  assignedTo === userId ||
  (sellerSees === 'own-and-unassigned' && assignedTo === undefined);

const isAskedFor = (query: ListLeads, { userId }: Viewer, lead: Lead): boolean => {
  const seller = query.seller === 'me' ? userId : query.seller;
  const folded = (tag: string) => tag.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const is = (asked: unknown, value: unknown) => asked === undefined || asked === value;
  const within = (from: string | undefined, to: string | undefined, at: string) =>
    (from === undefined || from <= at) && (to === undefined || at <= to);
  return (
    is(query.status, lead.status) &&
    is(query.stage, lead.stageId) &&
    is(query.source, lead.source) &&
    is(seller, lead.assignedTo ?? 'unassigned') &&
    (query.tag === undefined || lead.tags.map(folded).includes(folded(query.tag))) &&
    within(query.createdFrom, query.createdTo, lead.createdAt) &&
    within(query.updatedFrom, query.updatedTo, lead.updatedAt) &&
    (query.sort !== 'nextAction' || lead.nextActionAt !== undefined)
  );
};

const expected = (query: ListLeads, who: Viewer): string[] => {
  const at = (lead: Lead) =>
    ({ updated: lead.updatedAt, created: lead.createdAt, nextAction: lead.nextActionAt ?? '' })[query.sort];
  const found = leads.filter((lead) => sees(who, lead) && isAskedFor(query, who, lead));
  const ascending = found
    .map((lead) => `${at(lead)}#${lead.leadId}`)
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((place) => place.slice(-26));
  const isAscending = query.order ? query.order === 'asc' : query.sort === 'nextAction';
  return isAscending ? ascending : ascending.toReversed();
};

interface Most {
  evaluated?: number;
  lookedAt?: number;
}

interface Walk {
  found: Lead[];
  /** Of each page: how many items its queries looked at, and how many leads it read. */
  pages: { evaluated: number; read: number; shown: number }[];
}

const walk = async (query: ListLeads, who: Viewer, most: Most = {}): Promise<Walk> => {
  const leadsWithin = leadStore(world.table, async () => 'a secret for tests only', most);
  const ports = { ...shop.ports(), leads: leadsWithin };
  const walked: Walk = { found: [], pages: [] };
  let cursor: string | undefined;
  do {
    calls.length = 0;
    const page = await listLeads({ shopId: shop.shop.shopId, viewer: who, query: { ...query, cursor } }, ports);
    const sum = (name: string) =>
      calls
        .filter(({ operation }) => operation.startsWith(name))
        .reduce((total, { evaluated }) => total + evaluated, 0);
    for (const { operation } of calls) expect(operation).toMatch(/^(Query|BatchGet)/);
    walked.pages.push({ evaluated: sum('Query'), read: sum('BatchGet'), shown: page.items.length });
    walked.found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return walked;
};

describe('every list of leads', () => {
  it('shows, page by page, each lead that is asked for and may be seen once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(asked, viewer, fc.constantFrom(6, 20, MOST_EVALUATED), async (given, who, evaluatedAtMost) => {
        const query = queryOf(given);
        const { found, pages } = await walk(query, who, { evaluated: evaluatedAtMost });
        expect(found.map(({ leadId }) => leadId)).toEqual(expected(query, who));
        for (const { evaluated, read, shown } of pages) {
          expect(evaluated).toBeLessThanOrEqual(evaluatedAtMost);
          expect(read).toBeLessThanOrEqual(query.limit);
          expect(shown).toBeLessThanOrEqual(query.limit);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is one that this proof knows: a filter that is new belongs in here', () => {
    expect(Object.keys(leadFilterFields()).toSorted()).toEqual(
      [
        ...['status', 'stage', 'seller', 'source', 'tag', 'q'],
        ...['createdFrom', 'createdTo', 'updatedFrom', 'updatedTo', 'nextActionFrom', 'nextActionTo'],
      ].toSorted(),
    );
  });

  it.each([
    ['all leads', {}],
    ['a status', { status: 'new' }],
    ['a stage', { stage: 'contacted' }],
    ['a source', { source: 'referral' }],
    ['a tag', { tag: 'vip' }],
    ['a seller', { seller: 'beto' }],
    ['a stage of a seller', { seller: 'beto', stage: 'new' }],
    ['all that changed since', { updatedFrom: '2026-11-21T12:00:30.000Z' }],
  ] as const)('looks at no more than it shows when one index knows the answer: %s', async (_, filter) => {
    const admin: Viewer = { userId: 'eva', role: 'admin', sellerSees: 'own' };
    const { pages } = await walk({ sort: 'updated', limit: 7, ...filter }, admin);
    for (const { evaluated, read, shown } of pages) expect([evaluated, read]).toEqual([shown, shown]);
    expect(pages.length).toBeGreaterThan(0);
  });

  it('looks at two pages at most for sellers who see what is theirs and nobody’s', async () => {
    const seller: Viewer = { userId: 'ana', role: 'seller', sellerSees: 'own-and-unassigned' };
    const { pages } = await walk({ sort: 'created', limit: 7 }, seller);
    for (const { evaluated, read } of pages) {
      expect(evaluated).toBeLessThanOrEqual(14);
      expect(read).toBeLessThanOrEqual(7);
    }
  });
});

describe('every search', () => {
  it('finds each lead that is looked for and may be seen once, and looks at few', async () => {
    const query = fc.record({
      q: fc.constantFrom('a', 'ana', 'ANAB', 'ana ana', 'jose anay', 'b', 'x', '1', '12', '+54911'),
      status: maybe(fc.constantFrom(...leadStatuses)),
      seller: maybe(fc.constantFrom('me', 'unassigned')),
      limit: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(query, viewer, fc.constantFrom(5, 30, MOST_LOOKED_AT), async (given, who, lookedAt) => {
        const { q, ...filter } = given;
        const { found, pages } = await walk({ sort: 'updated', ...given }, who, { lookedAt });
        const words = q.toLowerCase().split(' ');
        const digits = q.replace(/\D/g, '');
        const isFound = ({ firstName = '', phone = '' }: Lead): boolean => {
          if (digits !== '') return phone.endsWith(digits);
          const own = firstName.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().split(' ');
          return words.every((word) => own.some((one) => one.startsWith(word)));
        };
        const all = leads.filter(
          (lead) => isFound(lead) && sees(who, lead) && isAskedFor({ sort: 'updated', ...filter }, who, lead),
        );
        const ids = (some: readonly Lead[]) => some.map(({ leadId }) => leadId).toSorted();
        expect(ids(found)).toEqual(ids(all));
        for (const { evaluated, read, shown } of pages) {
          expect(evaluated).toBeLessThanOrEqual(Math.max(lookedAt, given.limit));
          expect(read).toBeLessThanOrEqual(Math.max(lookedAt, given.limit));
          expect(shown).toBeLessThanOrEqual(given.limit);
        }
      }),
      { numRuns: 100 },
    );
  });
});
