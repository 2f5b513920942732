import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RouteName, TestRequest } from '../support/events.ts';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { aPhone, type GivenShop, givenShop } from './given.ts';

let lambdas: Lambdas;
let given: GivenShop;
let opened = 0;

beforeAll(async () => {
  lambdas = await openLambdas();
});
afterAll(() => lambdas.close());
beforeEach(async () => {
  opened += 1;
  given = await givenShop(lambdas.table, `este-${opened}`, { nicheType: 'crm_sales' });
});

const call = (name: RouteName, request: TestRequest = {}) => lambdas.call(name, { as: given.as('admin'), ...request });
const create = async (more: object = {}, request: TestRequest = {}) =>
  (await call('createLead', { body: { phone: aPhone(), ...more }, ...request })).json;
const on = (name: RouteName, leadId: unknown, body?: object, request: TestRequest = {}) =>
  call(name, { params: { leadId: String(leadId) }, ...(body && { body }), ...request });
const asSeller = (): TestRequest => ({ as: given.as('seller') });
const list = async (query: Record<string, string> = {}, request: TestRequest = {}) =>
  (await call('listLeads', { query, ...request })).json['items'] as Record<string, unknown>[];

describe('a shop without a CRM', () => {
  it('has no leads: every route says that there is none', async () => {
    given = await givenShop(lambdas.table, `oeste-${opened}`);
    const leadId = '0'.repeat(26);
    const answers = [
      await call('listLeads'),
      await call('createLead', { body: { phone: aPhone() } }),
      await on('getLead', leadId),
      await on('updateLead', leadId, {}),
      await on('moveLead', leadId, { status: 'new' }),
      await on('assignLead', leadId, { userId: null }),
      await on('tagLead', leadId, {}),
    ];
    for (const { status, json } of answers) expect([status, json['code']]).toEqual([404, 'niche.not-enabled']);
  });
});

describe('a lead', () => {
  it('is entered, changed, moved, tagged, assigned and listed', async () => {
    const body = { firstName: 'Zoe', lastName: 'Quiroga', source: 'referral', email: 'zoe@example.com' };
    const { leadId } = await create(body);
    expect((await on('updateLead', leadId, { lastName: null })).json).toMatchObject({ name: 'Zoe', status: 'new' });
    expect((await on('moveLead', leadId, { status: 'interested' })).json).toMatchObject({ stageId: 'interested' });
    expect((await on('tagLead', leadId, { add: ['VIP'] })).json).toMatchObject({ tags: ['VIP'] });
    const assigned = await on('assignLead', leadId, { roundRobin: true });
    expect(assigned.json).toMatchObject({ assignedTo: given.as('seller').userId });
    const { json } = await on('getLead', leadId);
    expect(json).toMatchObject({ leadId, source: 'referral', marketing: { state: 'unknown' } });
    expect(Object.keys(json)).not.toContain('shopId');
    await create();
    const filters: Record<string, string>[] = [
      { seller: given.as('seller').userId },
      { tag: 'vip' },
      { status: 'interested' },
      { q: 'zoe' },
    ];
    for (const filter of [...filters, { stage: 'interested', source: 'referral' }, { q: 'zoe@example.com' }]) {
      expect((await list(filter)).map((one) => one['leadId'])).toEqual([leadId]);
    }
    expect(await list()).toHaveLength(2);
    expect(await list({ seller: 'me' }, asSeller())).toEqual([json]);
    expect(lambdas.logText()).not.toMatch(/Zoe|Quiroga|zoe@/);
  });

  it('is the same under the same idempotency key, and one person under every other', async () => {
    const body = { phone: aPhone() };
    const keyed = { body, headers: { 'idempotency-key': 'one-key-of-the-caller' } };
    const [first, second] = [await call('createLead', keyed), await call('createLead', keyed)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.json['leadId']).toBe(first.json['leadId']);
    const third = await call('createLead', { body });
    expect([third.status, third.json['code'], third.json['leadId']]).toEqual([
      409,
      'lead.exists',
      first.json['leadId'],
    ]);
  });

  it('of another seller is not there', async () => {
    const { leadId } = await create({ assignedTo: given.as('admin').userId });
    const answers = [
      await on('getLead', leadId, undefined, asSeller()),
      await on('updateLead', leadId, {}, asSeller()),
      await on('moveLead', leadId, { status: 'new' }, asSeller()),
      await on('assignLead', leadId, { userId: null }, asSeller()),
      await on('tagLead', leadId, {}, asSeller()),
    ];
    for (const { status, json } of answers) expect([status, json['code']]).toEqual([404, 'not-found']);
    expect(await list({}, asSeller())).toEqual([]);
    expect(await list({ q: '+54911' }, asSeller())).toEqual([]);
  });

  it('that is nobody’s is seen by sellers, taken by them, but given to no one else', async () => {
    const { leadId } = await create();
    expect(await list({}, asSeller())).toHaveLength(1);
    const given1 = await on('assignLead', leadId, { userId: given.as('admin').userId }, asSeller());
    expect([given1.status, given1.json['code']]).toEqual([403, 'request.forbidden']);
    const taken = await on('assignLead', leadId, { userId: given.as('seller').userId }, asSeller());
    expect([taken.status, taken.json['assignedTo']]).toEqual([200, given.as('seller').userId]);
  });
});

describe('a list', () => {
  it.each<[string, Record<string, string>]>([
    ['sort', { sort: 'name' }],
    ['status', { status: 'won' }],
    ['createdFrom', { createdFrom: 'yesterday' }],
    ['limit', { limit: '101' }],
    ['q', { q: '···' }],
    ['cursor', { cursor: 'bm9uZQ' }],
  ])('says which field it does not understand: %s', async (field, query) => {
    const { status, json } = await call('listLeads', { query });
    expect([status, json['code']]).toEqual([400, 'request.invalid']);
    expect(json['errors']).toMatchObject([{ field }]);
  });

  it('refuses the cursor of another filter', async () => {
    await create();
    await create();
    const { json } = await call('listLeads', { query: { limit: '1' } });
    const cursor = String(json['nextCursor']);
    expect((await call('listLeads', { query: { limit: '1', cursor } })).status).toBe(200);
    expect((await call('listLeads', { query: { limit: '1', cursor, status: 'new' } })).status).toBe(400);
  });

  it('of an impossible time is empty', async () => {
    await create();
    expect(await list({ updatedFrom: '2026-02-01T00:00:00.000Z', updatedTo: '2026-01-01T00:00:00.000Z' })).toEqual([]);
  });
});
