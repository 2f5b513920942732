import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAppError } from '#core/errors.ts';
import { AuditEntry } from '../../functions/audit/audit-entry.ts';
import { assignInTurn, assignLead } from '../../functions/leads/assign-lead.ts';
import { refreshLead } from '../../functions/leads/capture-lead.ts';
import { type Lead, leadStatuses } from '../../functions/leads/lead.ts';
import { moveStage } from '../../functions/leads/move-stage.ts';
import { tagLead } from '../../functions/leads/tag-lead.ts';
import { updateLead } from '../../functions/leads/update-lead.ts';
import { aPhone, aUser } from '../support/builders.ts';
import { SECOND } from '../support/clock.ts';
import { randomFaults } from '../support/faults.ts';
import { expectLeadRows } from '../support/lead-invariants.ts';
import { seededRandom } from '../support/random.ts';
import { openStoredLeads } from '../support/stored-leads.ts';
import { startTables } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());

const words = fc.constantFrom('Ana', 'Ána', 'José Luis', 'de la Ñ', 'Zoë', '🌸', 'ana ANA');
const moment = fc.constantFrom('2026-11-24T13:00:00.000Z', '2026-11-25T13:00:00.000Z');
const tags = fc.array(fc.constantFrom('vip', 'VIP', 'velas', 'por mayor', 'Ñandú', 'nandu', '#1', 'a+b'), {
  maxLength: 4,
});
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const change = fc.oneof(
  fc
    .record(
      {
        firstName: orNull(words),
        lastName: orNull(words),
        email: orNull(fc.constantFrom('a@example.com', 'B@example.com')),
        nextActionAt: orNull(moment),
        source: fc.constantFrom('manual', 'referral'),
      },
      { requiredKeys: [] },
    )
    .map((input) => ({ do: 'update' as const, input })),
  fc.record({ status: fc.constantFrom(...leadStatuses) }).map((input) => ({ do: 'move' as const, input })),
  fc.constantFrom('seller-0', 'seller-1', undefined).map((to) => ({ do: 'assign' as const, to })),
  fc.constant({ do: 'turn' as const }),
  fc.record({ add: tags, remove: tags }).map((input) => ({ do: 'tag' as const, input })),
  fc
    .record({ firstName: maybe(words), lastName: maybe(words), email: maybe(fc.constant('c@example.com')), tags })
    .map((facts) => ({ do: 'capture' as const, facts })),
  words.map((profileName) => ({ do: 'rename' as const, profileName })),
);
type Change = typeof change extends fc.Arbitrary<infer One> ? One : never;

const plan = fc.array(fc.tuple(fc.nat(2), change), { minLength: 5, maxLength: 30 });

const sellers = (shopId: string) =>
  [0, 1].map((number) => aUser({ shopId, role: 'seller', userId: `seller-${number}` }));

const openShop = async () => {
  const world = await server.openTestTable();
  const shop = openStoredLeads(world);
  const { shopId } = shop.shop;
  const users = {
    find: async (userId: string) => sellers(shopId).find((user) => user.userId === userId),
    all: async () => sellers(shopId),
  };
  const phones = [aPhone(), aPhone(), aPhone()];
  const leads: Lead[] = [];
  for (const phone of phones) leads.push((await shop.capture({ phone, profileName: 'Ana' })).lead);
  const run = async (number: number, one: Change): Promise<unknown> => {
    const which = { shopId, leadId: leads[number]?.leadId ?? '', by: 'user:ana' };
    const ports = { ...shop.ports(), users };
    const phone = phones[number] ?? '';
    shop.clock.advance(SECOND);
    if (one.do === 'update') return updateLead({ ...which, input: one.input }, ports);
    if (one.do === 'move') return moveStage({ ...which, input: one.input }, ports);
    if (one.do === 'assign') return assignLead({ ...which, to: one.to }, ports);
    if (one.do === 'turn') return assignInTurn(which, ports);
    if (one.do === 'tag') return tagLead({ ...which, input: one.input }, ports);
    if (one.do === 'capture') return shop.capture({ phone }, one.facts);
    const contact = await shop.see({ phone, profileName: one.profileName });
    return refreshLead({ contact, by: 'operator' }, ports);
  };
  return { world, shop, run };
};

const ATFIRST = { status: 'new', stageId: 'new', source: 'manual' } as const;
const told = ['status', 'stageId', 'source', 'assignedTo', 'nextActionAt'] as const;

/** How often a value was come to, less how often it was left. */
const balanceOf = (entries: readonly AuditEntry[], field: string): Record<string, number> => {
  const balance: Record<string, number> = {};
  const add = (value: unknown, count: number) => {
    const name = String(value ?? 'none');
    balance[name] = (balance[name] ?? 0) + count;
  };
  for (const { changes = {} } of entries) {
    if (!(field in changes)) continue;
    add(changes[field]?.to, 1);
    add(changes[field]?.from, -1);
  }
  return Object.fromEntries(Object.entries(balance).filter(([, count]) => count !== 0));
};

/** Every step from what a lead was to what it is has its entry, in whichever order they were made. */
const expectToldOf = (leads: readonly Lead[], rows: readonly Record<string, unknown>[]): void => {
  const entries = rows.filter(({ pk }) => String(pk).includes('#AUDIT#lead#')).map((row) => AuditEntry().parse(row));
  for (const lead of leads) {
    const own = entries.filter(({ subject }) => subject.id === lead.leadId);
    for (const field of told) {
      const [first, last] = [
        { ...lead, assignedTo: undefined, nextActionAt: undefined, ...ATFIRST }[field],
        lead[field],
      ];
      const expected = first === last ? {} : { [last ?? 'none']: 1, [first ?? 'none']: -1 };
      expect(balanceOf(own, field)).toEqual(expected);
    }
    for (const { changes = {} } of own) {
      for (const field of ['firstName', 'lastName', 'email'].filter((one) => one in changes)) {
        expect(changes[field]).toEqual({});
      }
    }
  }
};

describe('whatever happens to leads', () => {
  it('the rows by which they are listed and found, and the audit trail, say what they are', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (steps) => {
        const { world, shop, run } = await openShop();
        for (const [number, one] of steps) await run(number, one);
        const rows = await world.rows();
        expectToldOf(expectLeadRows(rows), rows);
        expect(await shop.stored()).toHaveLength(3);
        await world.drop();
      }),
      { numRuns: 12 },
    );
  });

  it.each([1, 2, 3, 4])('holds when it happens all at once, and calls fail and die: %i', async (seed) => {
    const { world, run } = await openShop();
    const [steps = []] = fc.sample(fc.array(fc.tuple(fc.nat(2), change), { minLength: 24, maxLength: 24 }), {
      seed,
      numRuns: 1,
    });
    world.faults.shuffle(seededRandom(seed));
    const crashes = { 'crash-before': 0.02, 'crash-after': 0.02 };
    world.faults.plan(randomFaults(seed, { conflict: 0.08, throttle: 0.04, 'timeout-after': 0.05, ...crashes }));
    const outcomes = await Promise.allSettled(steps.map(([number, one]) => run(number, one)));
    world.faults.stop();
    const unexpected = outcomes.filter(
      (one) => one.status === 'rejected' && !isAppError(one.reason) && one.reason?.name !== 'Crash',
    );
    expect(unexpected).toEqual([]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(12);
    const rows = await world.rows();
    expectToldOf(expectLeadRows(rows), rows);
  });
});
