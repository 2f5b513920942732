import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '#core/actor.ts';
import { leadLifeRoutes } from '../../functions/leads/lead-life.routes.ts';
import { pipelineRoutes } from '../../functions/pipelines/pipelines.routes.ts';
import type { RouteName, TestRequest } from '../support/events.ts';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { aPhone, type GivenShop, givenShop } from './given.ts';

let lambdas: Lambdas;
let given: GivenShop;
let admin: Caller;
let seller: Caller;
let plain: GivenShop;

beforeAll(async () => {
  lambdas = await openLambdas();
  given = await givenShop(lambdas.table, 'crm', { nicheType: 'crm_sales' });
  plain = await givenShop(lambdas.table, 'plain');
  admin = given.as('admin');
  seller = given.as('seller');
});
afterAll(() => lambdas.close());

const call = async (name: RouteName, request: TestRequest) => {
  const { status, json } = await lambdas.call(name, { as: admin, ...request });
  return { status, json };
};
const enter = async (body: object = {}): Promise<string> =>
  String((await call('createLead', { body: { phone: aPhone(), ...body } })).json['leadId']);

describe('the life of a lead', () => {
  it('is told on its timeline, from its notes to its merge and its end', async () => {
    const leadId = await enter({ firstName: 'Ana', lastName: 'Pérez', tags: ['one'] });
    const otherId = await enter({ firstName: 'Ana', lastName: 'Perez', email: 'ana@example.com', tags: ['other'] });
    const params = { leadId };
    const noted = await call('addNote', { params: { leadId: otherId }, body: { text: '  calls after six ' } });
    expect(noted).toMatchObject({ status: 201, json: { text: 'calls after six', by: `user:${admin.userId}` } });
    const noteId = String(noted.json['noteId']);
    expect((await call('addNote', { params, body: { text: ' ' } })).status).toBe(400);

    const { json: duplicates } = await call('findDuplicates', { params });
    expect(duplicates).toMatchObject({
      items: [
        {
          lead: { leadId: otherId },
          reasons: ['one-digit-off', 'same-name'],
          confidence: 'high',
          conflicts: ['lastName'],
        },
      ],
    });
    const [duplicate] = duplicates['items'] as { reviewed: object }[];
    const body = { otherId, take: ['lastName'], reviewed: duplicate?.reviewed };
    const merged = await call('mergeLeads', { params, body });
    expect(merged).toMatchObject({
      status: 200,
      json: { leadId, lastName: 'Perez', email: 'ana@example.com', tags: ['one', 'other'], formerLeadIds: [otherId] },
    });
    expect((await call('mergeLeads', { params, body })).status).toBe(200);
    expect((await call('getLead', { params: { leadId: otherId } })).json).toEqual(merged.json);

    const edited = await call('editNote', { params: { leadId, noteId }, body: { text: 'calls after seven' } });
    expect(edited).toMatchObject({ status: 200, json: { text: 'calls after seven' } });
    const { json: story } = await call('showTimeline', { params, query: { limit: '50' } });
    const kinds = (story['items'] as { kind: string; change?: { action: string } }[]).map(
      ({ kind, change }) => change?.action ?? kind,
    );
    expect(kinds.toSorted()).toEqual(['lead.merged', 'lead.merged-into', 'lead.note-edited', 'note']);

    expect((await call('deleteLead', { params })).status).toBe(204);
    for (const gone of [leadId, otherId]) {
      expect((await call('getLead', { params: { leadId: gone } })).status).toBe(404);
    }
    expect((await lambdas.rows()).filter((row) => row.includes('calls after'))).toEqual([]);
  });

  it('has notes that another seller can neither change nor remove', async () => {
    const leadId = await enter();
    const { json } = await call('addNote', { params: { leadId }, body: { text: 'of the admin' } });
    const params = { leadId, noteId: String(json['noteId']) };
    for (const name of ['editNote', 'removeNote'] as const) {
      const { status, json: problem } = await call(name, { as: seller, params, body: { text: 'of the seller' } });
      expect([status, problem['code']]).toEqual([403, 'request.forbidden']);
    }
    expect((await call('removeNote', { params })).status).toBe(204);
    expect((await call('listNotes', { params: { leadId } })).json['items']).toEqual([]);
  });
});

describe('pipelines', () => {
  it('are a board of stages, whose leads are never left without one', async () => {
    const stages = [
      { name: 'Visit', status: 'interested' },
      { name: 'Sold', status: 'closed_won' },
    ];
    const made = await call('createPipeline', { body: { name: 'Wholesale', stages } });
    expect(made).toMatchObject({ status: 201, json: { name: 'Wholesale', isDefault: false, stages } });
    const { pipelineId, stages: own } = made.json as unknown as { pipelineId: string; stages: { stageId: string }[] };
    const [visit, sold] = own.map(({ stageId }) => stageId);
    const leadId = await enter({ assignedTo: seller.userId });
    await call('moveLead', { params: { leadId }, body: { stageId: visit } });
    const board = async (as: Caller) => (await call('showBoard', { as, query: { pipelineId } })).json;
    expect(await board(seller)).toMatchObject({
      columns: [
        { stageId: visit, count: 1, hasMore: false, items: [{ leadId, status: 'interested' }] },
        { stageId: sold, count: 0, items: [] },
      ],
    });
    const rest = { params: { pipelineId }, body: { stages: [{ ...stages[1], stageId: sold }] } };
    expect(await call('updatePipeline', rest)).toMatchObject({ status: 409, json: { code: 'stage.not-empty' } });
    const moved = await call('updatePipeline', { ...rest, body: { ...rest.body, moveTo: sold } });
    expect(moved).toMatchObject({ status: 200, json: { stages: [{ stageId: sold }] } });
    expect((await call('getLead', { params: { leadId } })).json).toMatchObject({ stageId: sold, status: 'closed_won' });
    const removed = await call('deletePipeline', { params: { pipelineId }, query: { moveTo: 'contacted' } });
    expect(removed.status).toBe(204);
    expect((await call('getLead', { params: { leadId } })).json).toMatchObject({ stageId: 'contacted' });
    const { json } = await call('deletePipeline', { params: { pipelineId: 'default' } });
    expect(json['code']).toBe('pipeline.is-default');
    const { json: audit } = await call('listAudit', { query: { kind: 'pipeline', id: pipelineId } });
    const actions = (audit['items'] as { action: string }[]).map(({ action }) => action);
    expect(actions).toEqual(['pipeline.deleted', 'pipeline.changed', 'pipeline.created']);
  });
});

describe('a shop without a CRM', () => {
  const names = [...Object.keys(leadLifeRoutes), ...Object.keys(pipelineRoutes)] as RouteName[];

  it.each(names)('has nothing of it: %s', async (name) => {
    const as = plain.as('admin');
    const id = '01JD000000000000000000000A';
    const params = { leadId: id, noteId: id, pipelineId: id };
    const stages = [{ name: 'a', status: 'new' }];
    const bodies: Partial<Record<RouteName, object>> = {
      ...{
        addNote: { text: 'a' },
        editNote: { text: 'a' },
        mergeLeads: { otherId: id, reviewed: { version: 1, otherVersion: 1 } },
      },
      ...{ createPipeline: { name: 'a', stages }, updatePipeline: { name: 'a' } },
    };
    const { status, json } = await lambdas.call(name, { as, params, ...(bodies[name] && { body: bodies[name] }) });
    expect([status, json['code']]).toEqual([404, 'niche.not-enabled']);
  });
});
