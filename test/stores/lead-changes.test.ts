import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '#core/errors.ts';
import { AuditEntry } from '../../functions/audit/audit-entry.ts';
import { assignInTurn, assignLead } from '../../functions/leads/assign-lead.ts';
import { createLead } from '../../functions/leads/create-lead.ts';
import type { Lead } from '../../functions/leads/lead.ts';
import { CreateLead } from '../../functions/leads/lead-input.ts';
import { moveStage } from '../../functions/leads/move-stage.ts';
import { tagLead } from '../../functions/leads/tag-lead.ts';
import { updateLead } from '../../functions/leads/update-lead.ts';
import type { User } from '../../functions/shops/user.ts';
import type { Viewer } from '../../functions/shops/viewer.ts';
import { aPhone, aUser } from '../support/builders.ts';
import { MINUTE } from '../support/clock.ts';
import { randomFaults } from '../support/faults.ts';
import { expectLeadRows } from '../support/lead-invariants.ts';
import { failureOf } from '../support/ports.ts';
import { seededRandom } from '../support/random.ts';
import { openStoredLeads, type StoredLeads } from '../support/stored-leads.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let shop: StoredLeads;
let shopId: string;
let users: User[];

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  shop = openStoredLeads(world);
  ({ shopId } = shop.shop);
  users = [
    aUser({ shopId, userId: 'eva', role: 'admin' }),
    ...['ana', 'beto', 'caro'].map((userId) => aUser({ shopId, userId, role: 'seller' })),
    aUser({ shopId, userId: 'dora', role: 'seller', state: 'disabled' }),
    aUser({ userId: 'stranger', role: 'seller' }),
  ];
});

const ANA = '+5491161234567';
const admin: Viewer = { userId: 'eva', role: 'admin', sellerSees: 'own' };
const seller = (userId: string, sellerSees: Viewer['sellerSees'] = 'own-and-unassigned'): Viewer => ({
  userId,
  role: 'seller',
  sellerSees,
});
const ports = () => ({
  ...shop.ports(),
  users: {
    find: async (userId: string) => users.find((user) => user.userId === userId),
    all: async () => users.filter((user) => user.shopId === shopId),
  },
});
const create = (input: Record<string, unknown>, { viewer = admin, key }: { viewer?: Viewer; key?: string } = {}) =>
  createLead({ shopId, viewer, input: CreateLead().parse(input), idempotencyKey: key }, ports());
const entriesOf = async ({ leadId }: Lead) =>
  (await world.rows())
    .filter(({ pk }) => pk.endsWith(`#AUDIT#lead#${leadId}`))
    .map((row) => AuditEntry().parse(row))
    .toSorted((one, other) => (one.at < other.at ? -1 : 1));
const on = ({ leadId }: Lead, viewer = admin) => ({ shopId, leadId, viewer, by: `user:${viewer.userId}` });
const many = <Result>(count: number, run: (number: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, number) => run(number)));

describe('a lead that somebody enters', () => {
  it('stands in the first stage, of nobody when an admin enters it, of the seller who does', async () => {
    const first = await create({ phone: '+54 9 11 6123-4567', firstName: 'Ana', tags: ['VIP', 'vip'] });
    expect(first).toMatchObject({
      phone: ANA,
      status: 'new',
      stageId: 'new',
      source: 'manual',
      tags: ['VIP'],
      version: 1,
    });
    expect(first.assignedTo).toBeUndefined();
    expect((await create({ phone: aPhone() }, { viewer: seller('ana', 'own') })).assignedTo).toBe('ana');
    expect((await create({ phone: aPhone(), stageId: 'contacted', assignedTo: 'beto' })).status).toBe('contacted');
    expectLeadRows(await world.rows());
  });

  it('is refused when the person is a lead already, in any spelling; only who sees the lead learns which', async () => {
    const { leadId } = await create({ phone: ANA, assignedTo: 'ana' });
    const failure = { code: 'lead.exists', details: { leadId } };
    expect(await failureOf(create({ phone: '+541161234567' }))).toMatchObject(failure);
    expect(await failureOf(create({ phone: ANA }, { viewer: seller('ana') }))).toMatchObject(failure);
    const other = await failureOf(create({ phone: ANA }, { viewer: seller('beto') }));
    expect(other).toMatchObject({ code: 'lead.exists' });
    expect((other as AppError).details).toEqual({});
  });

  it('is one under one idempotency key, many at once, and with faults', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const phone = aPhone();
      const key = `a-key-of-the-caller-${seed}`;
      world.faults.shuffle(seededRandom(seed));
      world.faults.plan(randomFaults(seed, { conflict: 0.1, throttle: 0.05, 'timeout-after': 0.15 }));
      const made = await many(8, () => create({ phone }, { key }));
      world.faults.stop();
      expect(new Set(made.map(({ leadId }) => leadId)).size).toBe(1);
      expect(await failureOf(create({ phone, firstName: 'Other' }, { key }))).toMatchObject({
        code: 'idempotency.key-reused',
      });
    }
    expect(await shop.stored()).toHaveLength(6);
  });

  it('is made once of many requests at once without a key: the others learn that it is there', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, number) => create({ phone: number % 2 ? ANA : '+541161234567' })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of outcomes)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'lead.exists' });
    expect(await shop.stored()).toHaveLength(1);
  });

  it.each([
    [{ phone: '4567' }, 'phone'],
    [{ phone: ANA, stageId: 'nowhere' }, 'stageId'],
    [{ phone: ANA, assignedTo: 'stranger' }, 'userId'],
    [{ phone: ANA, assignedTo: 'dora' }, 'userId'],
  ])('is refused when a field names nothing of the shop: %j', async (input, field) => {
    expect(await failureOf(create(input))).toMatchObject({ code: 'request.invalid', details: { errors: [{ field }] } });
    expect(await shop.stored()).toEqual([]);
  });
});

describe('a change of a lead', () => {
  it('changes what it names, takes away what is null, and is told of by field names where it is personal', async () => {
    const lead = await create({ phone: ANA, firstName: 'Ana', email: 'ana@example.com' });
    shop.clock.advance(MINUTE);
    const input = { firstName: 'Anita', email: null, nextActionAt: '2026-11-24T13:00:00.000Z' };
    const changed = await updateLead({ ...on(lead), input }, ports());
    expect(changed).toMatchObject({ firstName: 'Anita', nextActionAt: input.nextActionAt, version: 2 });
    expect(changed.email).toBeUndefined();
    expect(await entriesOf(lead)).toMatchObject([
      {
        by: 'user:eva',
        action: 'lead.updated',
        changes: { firstName: {}, email: {}, nextActionAt: { to: input.nextActionAt } },
      },
    ]);
    expect(JSON.stringify(await entriesOf(lead))).not.toMatch(/Ani?ta?|example/);
    expectLeadRows(await world.rows());
  });

  it('costs nothing when it changes nothing', async () => {
    const lead = await create({ phone: ANA, firstName: 'Ana' });
    const { write } = await world.unitsOf(async () => {
      await updateLead({ ...on(lead), input: { firstName: 'Ana', email: null } }, ports());
      await moveStage({ ...on(lead), input: { status: 'new' } }, ports());
      await tagLead({ ...on(lead), input: { add: [], remove: ['none'] } }, ports());
    });
    expect(write).toBe(0);
  });

  it('moves by stage or by status, with a reason', async () => {
    const lead = await create({ phone: ANA });
    await moveStage({ ...on(lead), input: { stageId: 'interested', reason: 'asked for prices' } }, ports());
    shop.clock.advance(MINUTE);
    const moved = await moveStage({ ...on(lead), input: { status: 'closed_won' } }, ports());
    expect(moved).toMatchObject({ status: 'closed_won', stageId: 'closed_won' });
    expect(await failureOf(moveStage({ ...on(lead), input: { stageId: 'nowhere' } }, ports()))).toMatchObject({
      code: 'request.invalid',
    });
    const told = (await entriesOf(lead)).map(({ action, changes, reason }) => [action, changes?.['stageId'], reason]);
    expect(told).toEqual([
      ['lead.stage-moved', { from: 'new', to: 'interested' }, 'asked for prices'],
      ['lead.stage-moved', { from: 'interested', to: 'closed_won' }, undefined],
    ]);
  });

  it('puts tags on and takes them off, each once whatever its case and accents, and twenty at most', async () => {
    const lead = await create({ phone: ANA, tags: ['Ñandú', 'velas'] });
    const tagged = await tagLead({ ...on(lead), input: { add: ['nandu', 'VIP'], remove: ['VELAS'] } }, ports());
    expect(tagged.tags).toEqual(['Ñandú', 'VIP']);
    const add = Array.from({ length: 19 }, (_, number) => `t${number}`);
    expect(await failureOf(tagLead({ ...on(lead), input: { add, remove: [] } }, ports()))).toMatchObject({
      code: 'request.invalid',
    });
    expect((await tagLead({ ...on(lead), input: { add, remove: ['vip'] } }, ports())).tags).toHaveLength(20);
    expectLeadRows(await world.rows());
  });

  it('of everything at once fits into one transaction', async () => {
    const tags = (name: string) => Array.from({ length: 20 }, (_, number) => `${name} ${number}`);
    const names = { firstName: 'Uno Dos Tres Cuatro', lastName: 'Cinco Seis Siete Ocho' };
    const lead = await create({ phone: ANA, ...names, email: 'a@example.com', tags: tags('one') });
    const changed: Lead = {
      ...{ ...lead, firstName: 'One Two Three Four', lastName: 'Five Six Seven Eight', email: 'b@example.com' },
      ...{ tags: tags('two'), status: 'closed_won', stageId: 'closed_won', assignedTo: 'ana', source: 'referral' },
      ...{ phone: aPhone(), morePhones: [aPhone(), aPhone(), aPhone(), aPhone()], version: 2 },
    };
    expect(await shop.leads.save(lead, changed)).toBe(true);
    expect(expectLeadRows(await world.rows())).toEqual([changed]);
  });

  it('is not found by sellers who may not see the lead', async () => {
    const lead = await create({ phone: ANA, assignedTo: 'ana' });
    const beto = on(lead, seller('beto'));
    const attempts = [
      () => updateLead({ ...beto, input: { firstName: 'Mine' } }, ports()),
      () => moveStage({ ...beto, input: { status: 'contacted' } }, ports()),
      () => tagLead({ ...beto, input: { add: ['mine'], remove: [] } }, ports()),
      () => assignLead({ ...beto, to: 'beto' }, ports()),
      () => assignLead({ ...beto, to: 'stranger' }, ports()),
      () => assignInTurn(beto, ports()),
    ];
    for (const attempt of attempts) expect(await failureOf(attempt())).toMatchObject({ code: 'not-found' });
    expect(await shop.stored()).toEqual([lead]);
  });
});

describe('an assignment', () => {
  it.each<[string, Viewer, string | undefined, string | undefined, string]>([
    ['an admin gives any lead to any user', admin, 'ana', 'beto', 'done'],
    ['an admin takes a lead from all', admin, 'ana', undefined, 'done'],
    ['a seller takes what is nobody’s', seller('ana'), undefined, 'ana', 'done'],
    ['a seller gives away what is theirs', seller('ana'), 'ana', 'beto', 'done'],
    ['a seller lets go of what is theirs', seller('ana', 'own'), 'ana', undefined, 'done'],
    ['a seller does not give others what is nobody’s', seller('ana'), undefined, 'beto', 'request.forbidden'],
    ['a seller who sees only their own takes nothing', seller('ana', 'own'), undefined, 'ana', 'not-found'],
    ['a seller who sees all gives all', seller('ana', 'all'), 'beto', 'caro', 'done'],
    ['nobody gives to who may not sign in', admin, undefined, 'dora', 'request.invalid'],
    ['nobody gives to a user of another shop', admin, undefined, 'stranger', 'request.invalid'],
  ])('%s', async (_, viewer, from, to, outcome) => {
    const lead = await shop.add({ assignedTo: from });
    const done = assignLead({ ...on(lead, viewer), to }, ports());
    if (outcome === 'done') expect((await done).assignedTo).toBe(to);
    else expect(await failureOf(done)).toMatchObject({ code: outcome });
    expectLeadRows(await world.rows());
  });

  it('in turn goes to the active seller with the fewest open leads', async () => {
    for (const assignedTo of ['ana', 'ana', 'beto']) await shop.add({ assignedTo });
    const won = { pipelineId: 'default', stageId: 'closed_won', status: 'closed_won' } as const;
    for (let count = 0; count < 5; count += 1) await shop.add({ assignedTo: 'caro', place: won });
    const given: (string | undefined)[] = [];
    for (let count = 0; count < 6; count += 1) {
      shop.clock.advance(MINUTE);
      given.push((await assignInTurn(on(await shop.add()), ports())).assignedTo);
    }
    expect(given.toSorted()).toEqual(['ana', 'beto', 'beto', 'caro', 'caro', 'caro']);
    expect(given[0]).toBe('caro');
  });

  it('in turn goes, among sellers with equally much to do, to the one whose turn was longest ago', async () => {
    const won = { status: 'closed_won' } as const;
    const given: (string | undefined)[] = [];
    for (let count = 0; count < 6; count += 1) {
      shop.clock.advance(MINUTE);
      const lead = await assignInTurn(on(await shop.add()), ports());
      await moveStage({ ...on(lead), input: won }, ports());
      given.push(lead.assignedTo);
    }
    expect(given).toEqual(['ana', 'beto', 'caro', 'ana', 'beto', 'caro']);
  });

  it.each([
    ['and meet each other', () => world.faults.conflictInFlight()],
    ['and go on in any order', () => world.faults.shuffle(seededRandom(5))],
  ])('in turn is fair when many ask at once, %s', async (_, crowd) => {
    const leads = await many(12, () => shop.add());
    crowd();
    const given = await Promise.all(leads.map((lead) => assignInTurn(on(lead), ports())));
    world.faults.stop();
    for (const userId of ['ana', 'beto', 'caro']) {
      expect(given.filter(({ assignedTo }) => assignedTo === userId)).toHaveLength(4);
    }
    expectLeadRows(await world.rows());
  });

  it('in turn needs somebody to give to', async () => {
    users = users.filter(({ role }) => role === 'admin');
    expect(await failureOf(assignInTurn(on(await shop.add()), ports()))).toMatchObject({ code: 'request.invalid' });
  });
});
