import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeConsent } from '../../functions/contacts/change-consent.ts';
import { mergeSaved } from '../../functions/contacts/identify-contact.ts';
import { addNote, editNote, listNotes, removeNote } from '../../functions/leads/change-notes.ts';
import { deleteLead } from '../../functions/leads/delete-lead.ts';
import { findDuplicates } from '../../functions/leads/find-duplicates.ts';
import { findLead } from '../../functions/leads/find-lead.ts';
import type { Lead } from '../../functions/leads/lead.ts';
import { type TimelineItem, timelineKinds } from '../../functions/leads/lead-timeline.ts';
import { mergeLeads } from '../../functions/leads/merge-leads.ts';
import { moveStage } from '../../functions/leads/move-stage.ts';
import { showBoard } from '../../functions/leads/show-board.ts';
import { showTimeline } from '../../functions/leads/show-timeline.ts';
import { tagLead } from '../../functions/leads/tag-lead.ts';
import { createPipeline, deletePipeline, updatePipeline } from '../../functions/pipelines/change-pipeline.ts';
import { settlePipeline } from '../../functions/pipelines/settle-pipeline.ts';
import { MINUTE, NOON } from '../support/clock.ts';
import { failureOf } from '../support/ports.ts';
import { openLeadLife, type StoredLeadLife } from '../support/stored-lead-life.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let shop: StoredLeadLife;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  shop = await openLeadLife(world);
});

const by = 'user:admin' as const;
const minute = (count: number) => new Date(new Date(NOON).getTime() + count * MINUTE).toISOString();
const which = (lead: Pick<Lead, 'leadId'>) => ({ shopId: shop.shopId, leadId: lead.leadId, viewer: shop.viewer() });
const board = async (pipelineId?: string, viewer = shop.viewer()) =>
  showBoard({ shopId: shop.shopId, viewer, query: { pipelineId, limit: 50 } }, shop.ports());
const onBoard = async (pipelineId?: string): Promise<Record<string, string[]>> => {
  const { columns } = await board(pipelineId);
  return Object.fromEntries(columns.map(({ name, items }) => [name, items.map(({ leadId }) => leadId).toSorted()]));
};
const move = (lead: Lead, stageId: string) =>
  moveStage({ ...which(lead), by, input: { stageId } }, shop.ports() as never);
const asked = (lead: Pick<Lead, 'leadId'>, userId = 'admin', role: 'admin' | 'seller' = 'admin') => ({
  caller: shop.caller(userId, role),
  viewer: shop.viewer(userId, role),
  leadId: lead.leadId,
});
const note = (lead: Pick<Lead, 'leadId'>, text: string, userId = 'admin') =>
  addNote({ ...asked(lead, userId), text, idempotencyKey: undefined }, shop.ports());
const stagesOf = (...names: string[]) => names.map((name) => ({ name, status: 'new' as const }));
const make = (name: string, ...stages: string[]) =>
  createPipeline(
    { shopId: shop.shopId, input: { name, stages: stagesOf(...stages) }, by, idempotencyKey: undefined },
    shop.ports(),
  );
const settle = (pipelineId: string) => settlePipeline({ do: 'settle', shopId: shop.shopId, pipelineId }, shop.ports());
const timeline = async (lead: Pick<Lead, 'leadId'>, limit = 50, viewer = shop.viewer()): Promise<TimelineItem[]> => {
  const seen: TimelineItem[] = [];
  let cursor: string | undefined;
  do {
    const page = { limit, ...(cursor !== undefined && { cursor }) };
    const found = await showTimeline({ shop: shop.shop, leadId: lead.leadId, viewer, page }, shop.ports());
    expect(found.items.length).toBeLessThanOrEqual(limit);
    seen.push(...found.items);
    cursor = found.nextCursor;
  } while (cursor !== undefined);
  return seen;
};
const mergeReviewed = (one: Lead, other: Lead, more: object = {}) => {
  const reviewed = { version: one.version, otherVersion: other.version };
  return mergeLeads({ ...which(one), by, input: { otherId: other.leadId, reviewed, ...more } }, shop.ports());
};
const rowsOfLead = async (leadId: string) => (await world.rows()).filter(({ pk }) => pk.endsWith(`#LEAD#${leadId}`));

describe('pipelines', () => {
  it('are the built-in one until a shop makes its own, which stays beside it', async () => {
    expect((await shop.pipelines.all(shop.shopId)).map(({ pipelineId }) => pipelineId)).toEqual(['default']);
    await Promise.all([make('One', 'a'), make('Two', 'b'), make('Three', 'c')]);
    const all = await shop.pipelines.all(shop.shopId);
    expect(all.map(({ name }) => name).toSorted()).toEqual(['One', 'Three', 'Two', 'Ventas']);
    expect(all.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  it('have one default, whoever makes theirs it at once', async () => {
    const input = (name: string) => ({ name, stages: stagesOf('a'), isDefault: true });
    await Promise.all(
      ['One', 'Two', 'Three'].map((name) =>
        createPipeline({ shopId: shop.shopId, input: input(name), by, idempotencyKey: undefined }, shop.ports()),
      ),
    );
    const defaults = (await shop.pipelines.all(shop.shopId)).filter(({ isDefault }) => isDefault);
    expect(defaults).toHaveLength(1);
  });

  it('are made once under one key', async () => {
    const input = { name: 'One', stages: stagesOf('a') };
    const request = { shopId: shop.shopId, input, by, idempotencyKey: 'one key of sixteen characters' } as const;
    const made = await Promise.all([1, 2, 3].map(() => createPipeline(request, shop.ports())));
    expect(new Set(made.map(({ pipelineId }) => pipelineId)).size).toBe(1);
    expect(await shop.pipelines.all(shop.shopId)).toHaveLength(2);
    const other = { ...request, input: { ...input, name: 'Other' } };
    expect(await failureOf(createPipeline(other, shop.ports()))).toMatchObject({ code: 'idempotency.key-reused' });
  });

  it('keep a stage with leads unless it is said where they go, and take them there with its status', async () => {
    const pipeline = await make('Own', 'first', 'second');
    const [first, second] = pipeline.stages;
    const lead = await shop.add();
    await move(lead, second?.stageId ?? '');
    const change = { ...which(lead), pipelineId: pipeline.pipelineId, by } as const;
    const won = { name: 'won', status: 'closed_won' as const };
    const stages = [{ stageId: first?.stageId, name: 'first', status: 'new' as const }, won];
    const refused = await failureOf(updatePipeline({ ...change, input: { stages } }, shop.ports()));
    expect(refused).toMatchObject({ code: 'stage.not-empty', details: { stageIds: [second?.stageId] } });
    const added = await updatePipeline(
      { ...change, input: { stages: [...stages, { stageId: second?.stageId, name: 'second', status: 'new' }] } },
      shop.ports(),
    );
    const sold = added.pipeline.stages.find(({ name }) => name === 'won');
    shop.clock.advance(MINUTE);
    const done = await updatePipeline(
      { ...change, input: { stages: added.pipeline.stages.slice(0, 2), moveTo: sold?.stageId } },
      shop.ports(),
    );
    expect(done.isSettling).toBe(false);
    expect(await shop.leads.find(shop.shopId, lead.leadId)).toMatchObject({
      stageId: sold?.stageId,
      status: 'closed_won',
    });
    expect((await timeline(lead))[0]).toMatchObject({
      change: { action: 'lead.stage-moved', reason: 'stage-removed', by },
    });
  });

  it('take the leads of a stage along when it stands for another status', async () => {
    const pipeline = await make('Own', 'first', 'second');
    const [first, second] = pipeline.stages;
    const lead = await shop.add();
    await move(lead, second?.stageId ?? '');
    const stages = [
      { ...first, name: 'first', status: 'new' as const },
      { ...second, name: 'second', status: 'negotiation' as const },
    ];
    const request = { shopId: shop.shopId, pipelineId: pipeline.pipelineId, by, input: { stages } } as const;
    await updatePipeline(request, shop.ports());
    expect((await shop.leads.find(shop.shopId, lead.leadId))?.status).toBe('negotiation');
    expect((await onBoard(pipeline.pipelineId))['second']).toEqual([lead.leadId]);
  });

  it('go with their leads to another one, but the default stays', async () => {
    const pipeline = await make('Own', 'first');
    const lead = await shop.add();
    await move(lead, pipeline.stages[0]?.stageId ?? '');
    const remove = (pipelineId: string, moveTo?: string) =>
      deletePipeline({ shopId: shop.shopId, pipelineId, moveTo, by }, shop.ports());
    expect(await failureOf(remove('default'))).toMatchObject({ code: 'pipeline.is-default' });
    expect(await failureOf(remove(pipeline.pipelineId))).toMatchObject({ code: 'stage.not-empty' });
    await remove(pipeline.pipelineId, 'contacted');
    expect(await onBoard()).toMatchObject({ Contactado: [lead.leadId] });
    expect(await failureOf(remove(pipeline.pipelineId))).toMatchObject({ code: 'not-found' });
  });

  it.each([1, 2, 3, 4])('lose no lead that moves into a stage while it goes: %i', async () => {
    const pipeline = await make('Own', 'stays', 'goes');
    const [stays, goes] = pipeline.stages;
    const leads = await Promise.all(Array.from({ length: 8 }, () => shop.add()));
    world.faults.conflictInFlight();
    const moved = leads.map(async (lead) => {
      try {
        await move(lead, goes?.stageId ?? '');
      } catch (error) {
        expect(error).toMatchObject({ code: 'request.invalid' });
      }
    });
    const input = { stages: [{ ...stays, name: 'stays', status: 'new' as const }], moveTo: stays?.stageId };
    await Promise.all([
      ...moved,
      updatePipeline({ shopId: shop.shopId, pipelineId: pipeline.pipelineId, by, input }, shop.ports()),
    ]);
    world.faults.stop();
    const [own, builtIn] = [await onBoard(pipeline.pipelineId), await onBoard()];
    const shown = [...(own['stays'] ?? []), ...(builtIn['Nuevo'] ?? [])];
    expect(shown.toSorted()).toEqual(leads.map(({ leadId }) => leadId).toSorted());
  });

  it('show a lead whose stage went in the very moment in which it came', async () => {
    const pipeline = await make('Own', 'stays', 'goes');
    const [stays, goes] = pipeline.stages;
    const lead = await shop.add();
    const input = { stages: [{ ...stays, name: 'stays', status: 'new' as const }] };
    await updatePipeline({ shopId: shop.shopId, pipelineId: pipeline.pipelineId, by, input }, shop.ports());
    // as one that was placed without a look at the pipeline
    const late = { ...lead, pipelineId: pipeline.pipelineId, stageId: goes?.stageId ?? '', version: lead.version + 1 };
    await shop.leads.save(lead, late);
    expect(await onBoard(pipeline.pipelineId)).toEqual({ stays: [lead.leadId] });
    await settle(pipeline.pipelineId);
    expect((await shop.leads.find(shop.shopId, lead.leadId))?.stageId).toBe(stays?.stageId);
  });
});

describe('stages that are gone', () => {
  it('are remembered for as long as they have leads, however many went since', async () => {
    const pipeline = await make('Own', 'stays', 'goes');
    const { pipelineId } = pipeline;
    const [stays, goes] = pipeline.stages;
    const late = await shop.add();
    const stages = [{ ...stays, name: 'stays', status: 'new' as const }];
    const change = { shopId: shop.shopId, pipelineId, by } as const;
    await updatePipeline({ ...change, input: { stages } }, shop.ports());
    await shop.leads.save(late, { ...late, pipelineId, stageId: goes?.stageId ?? '', version: late.version + 1 });
    for (let count = 0; count < 4; count += 1) {
      const more = stagesOf(...Array.from({ length: 29 }, (_, number) => `more ${number}`));
      await updatePipeline({ ...change, input: { stages: [...stages, ...more] } }, shop.ports());
      await updatePipeline({ ...change, input: { stages } }, shop.ports());
    }
    const own = (await shop.pipelines.all(shop.shopId)).find((one) => one.pipelineId === pipelineId);
    expect(own?.formerStages).toHaveLength(61);
    expect(await onBoard(pipelineId)).toEqual({ stays: [late.leadId] });
  });

  it('are emptied in as many turns as it takes, each of which asks for the next', async () => {
    const pipeline = await make('Own', 'stays', 'goes');
    const { pipelineId, stages } = pipeline;
    const leads = await Promise.all(Array.from({ length: 25 }, () => shop.add()));
    for (const lead of leads) await move(lead, stages[1]?.stageId ?? '');
    // no time at all is left for the request itself
    const save = shop.pipelines.save;
    const formerStages = [{ stageId: stages[1]?.stageId ?? '', into: stages[0]?.stageId ?? '' }];
    const after = { ...pipeline, stages: stages.slice(0, 1), formerStages, version: pipeline.version + 1 };
    expect(await save({ saved: [after], entries: [] })).toBe(true);
    const ports = shop.ports();
    const turns: string[] = [];
    const slow = {
      ...ports,
      leads: {
        ...ports.leads,
        save: async (...args: Parameters<typeof ports.leads.save>) => {
          shop.clock.advance(2000);
          return ports.leads.save(...args);
        },
      },
      pipelines: { ...ports.pipelines, settleOn: async (_: object, at: string) => void turns.push(at) },
    };
    let before = -1;
    while (before < turns.length) {
      before = turns.length;
      await settlePipeline({ do: 'settle', shopId: shop.shopId, pipelineId }, slow);
    }
    expect(turns.length).toBeGreaterThan(1);
    for (const lead of await shop.stored()) expect(lead.stageId).toBe(stages[0]?.stageId);
  });

  it('cost a change of nothing but a name no look at leads', async () => {
    const pipeline = await make('Own', 'stays', 'goes');
    const ports = shop.ports();
    const idsIn = () => Promise.reject(new Error('nobody asked'));
    const input = { name: 'Renamed' };
    const request = { shopId: shop.shopId, pipelineId: pipeline.pipelineId, by, input };
    const done = await updatePipeline(request, { ...ports, leads: { ...ports.leads, idsIn } });
    expect(done).toMatchObject({ pipeline: { name: 'Renamed' }, isSettling: false });
  });

  it('take no cursor of a list with them', async () => {
    const pipeline = await make('Own', 'stays', 'goes');
    const [stays, goes] = pipeline.stages;
    const leads = await Promise.all(Array.from({ length: 4 }, () => shop.add()));
    for (const [index, lead] of leads.entries()) await move(lead, (index < 2 ? stays : goes)?.stageId ?? '');
    const { listLeads } = await import('../../functions/leads/list-leads.ts');
    const list = (cursor?: string) => {
      const query = { stage: stays?.stageId ?? '', sort: 'updated' as const, limit: 1, cursor };
      return listLeads({ shopId: shop.shopId, viewer: shop.viewer(), query }, shop.ports());
    };
    const first = await list();
    const input = { stages: [{ ...stays, name: 'stays', status: 'new' as const }], moveTo: stays?.stageId };
    await updatePipeline({ shopId: shop.shopId, pipelineId: pipeline.pipelineId, by, input }, shop.ports());
    expect((await list(first.nextCursor)).items).toHaveLength(1);
  });
});

describe('a status', () => {
  it('that no stage of the pipeline stands for is refused: it would be gone with the next change of stages', async () => {
    const pipeline = await make('Own', 'only');
    const lead = await shop.add();
    await move(lead, pipeline.stages[0]?.stageId ?? '');
    const refused = await failureOf(
      moveStage({ ...which(lead), by, input: { status: 'closed_won' } }, shop.ports() as never),
    );
    expect(refused).toMatchObject({ code: 'request.invalid', details: { errors: [{ field: 'status' }] } });
    expect(await shop.leads.find(shop.shopId, lead.leadId)).toMatchObject({ status: 'new' });
  });
});

describe('a board', () => {
  it('counts and shows what its viewer may see', async () => {
    await shop.add({ assignedTo: 'ana' });
    await shop.add({ assignedTo: 'bea' });
    await shop.add();
    const countFor = async (
      userId: string,
      role: 'admin' | 'seller',
      sellerSees: 'own' | 'own-and-unassigned' | 'all',
    ) => {
      const [column] = (await board(undefined, { userId, role, sellerSees })).columns;
      expect(column?.items).toHaveLength(column?.count ?? -1);
      return column?.count;
    };
    expect(await countFor('ana', 'seller', 'own')).toBe(1);
    expect(await countFor('ana', 'seller', 'own-and-unassigned')).toBe(2);
    expect(await countFor('ana', 'seller', 'all')).toBe(3);
    expect(await countFor('ana', 'admin', 'own')).toBe(3);
  });

  it('gives cursors that the list of leads takes', async () => {
    const leads = await Promise.all(Array.from({ length: 3 }, () => shop.add()));
    const query = { limit: 2 };
    const [column] = (await showBoard({ shopId: shop.shopId, viewer: shop.viewer(), query }, shop.ports())).columns;
    expect(column).toMatchObject({ count: 3, hasMore: false, items: [{}, {}] });
    const { listLeads } = await import('../../functions/leads/list-leads.ts');
    const next = await listLeads(
      {
        shopId: shop.shopId,
        viewer: shop.viewer(),
        query: { stage: 'new', sort: 'updated', limit: 2, cursor: column?.nextCursor },
      },
      shop.ports(),
    );
    const shown = [...(column?.items ?? []), ...next.items].map(({ leadId }) => leadId);
    expect(shown.toSorted()).toEqual(leads.map(({ leadId }) => leadId).toSorted());
  });
});

describe('notes', () => {
  it('are written once under one key, and page newest first', async () => {
    const lead = await shop.add();
    const idempotencyKey = 'one key of sixteen characters';
    const made = await Promise.all(
      [1, 2, 3].map(() => addNote({ ...asked(lead), text: 'once', idempotencyKey }, shop.ports())),
    );
    expect(new Set(made.map(({ noteId }) => noteId)).size).toBe(1);
    shop.clock.advance(MINUTE);
    await note(lead, 'later');
    const first = await listNotes({ ...asked(lead), page: { limit: 1 } }, shop.ports());
    expect(first.items.map(({ text }) => text)).toEqual(['later']);
    const page = { limit: 1, cursor: first.nextCursor ?? '' };
    const second = await listNotes({ ...asked(lead), page }, shop.ports());
    expect(second.items.map(({ text }) => text)).toEqual(['once']);
    expect(second.nextCursor).toBeUndefined();
  });

  it('are changed by their writer or an admin, and by nobody else', async () => {
    const lead = await shop.add();
    const { noteId } = await addNote(
      { ...asked(lead, 'ana', 'seller'), text: 'mine', idempotencyKey: undefined },
      shop.ports(),
    );
    const edit = (userId: string, role: 'admin' | 'seller', text: string) =>
      editNote({ ...asked(lead, userId, role), noteId, text }, shop.ports());
    expect(await failureOf(edit('bea', 'seller', 'hers'))).toMatchObject({ code: 'request.forbidden' });
    expect(await edit('ana', 'seller', 'mine, changed')).toMatchObject({ text: 'mine, changed' });
    expect(await edit('chief', 'admin', 'ours')).toMatchObject({
      text: 'ours',
      editedBy: 'user:chief',
      by: 'user:ana',
    });
    const remove = (userId: string, role: 'admin' | 'seller') =>
      removeNote({ ...asked(lead, userId, role), noteId }, shop.ports());
    expect(await failureOf(remove('bea', 'seller'))).toMatchObject({ code: 'request.forbidden' });
    await remove('ana', 'seller');
    expect(await failureOf(remove('ana', 'seller'))).toMatchObject({ code: 'not-found' });
    const told = (await timeline(lead)).flatMap((item) => (item.kind === 'change' ? item.change.action : []));
    expect(told.toSorted()).toEqual(['lead.note-edited', 'lead.note-edited', 'lead.note-removed']);
    expect(JSON.stringify(await timeline(lead))).not.toContain('mine');
  });

  it('of leads of others are nobody’s to see', async () => {
    const lead = await shop.add({ assignedTo: 'bea' });
    const page = { limit: 10 };
    expect(await failureOf(listNotes({ ...asked(lead, 'ana', 'seller'), page }, shop.ports()))).toMatchObject({
      code: 'not-found',
    });
    const noteId = 'Z'.repeat(26);
    expect(await failureOf(removeNote({ ...asked(lead), noteId }, shop.ports()))).toMatchObject({ code: 'not-found' });
  });
});

describe('a timeline', () => {
  it('merges changes, notes, messages and checkouts in one order, on pages of any size', async () => {
    const lead = await shop.add();
    const chat = await shop.openChat(lead.leadId);
    for (let count = 0; count < 6; count += 1) {
      // several of one moment, as Meta's clock counts seconds
      await shop.write(chat, minute(count));
      await shop.write(chat, minute(count));
      await note(lead, `note ${count}`);
      await tagLead({ ...which(lead), by, input: { add: [`tag ${count}`], remove: [] } }, shop.ports());
      await world.tamper({
        pk: `S#${shop.shopId}#CONTACT#${lead.leadId}`,
        sk: `CHECKOUT#${minute(count)}#${String(count).padStart(16, '0')}`,
        ...{
          code: String(count).padStart(16, '0'),
          state: 'confirmed',
          total: 100,
          currency: 'ARS',
          createdAt: minute(count),
        },
      });
      shop.clock.advance(MINUTE);
    }
    const whole = await timeline(lead);
    expect(whole).toHaveLength(30);
    expect(new Set(whole.map(({ kind }) => kind))).toEqual(new Set(timelineKinds));
    const order = whole.map(({ at, kind, id }) => `${at}#${kind}#${id}`);
    expect(order).toEqual(order.toSorted().toReversed());
    for (const limit of [1, 2, 3, 7, 29]) expect(await timeline(lead, limit)).toEqual(whole);
  });

  it('shows the messages of the chats that its viewer may see, and takes no other list’s cursor', async () => {
    const lead = await shop.add();
    const other = await shop.add();
    const chat = await shop.openChat(lead.leadId, 'bea');
    await shop.write(chat, NOON);
    await note(lead, 'one');
    await note(lead, 'two');
    const kinds = async (userId: string, role: 'admin' | 'seller') =>
      (await timeline(lead, 50, shop.viewer(userId, role))).map(({ kind }) => kind);
    expect(await kinds('chief', 'admin')).toContain('message');
    expect(await kinds('ana', 'seller')).toEqual(['note', 'note']);
    const page = { shop: shop.shop, leadId: lead.leadId, viewer: shop.viewer(), page: { limit: 1 } };
    const { nextCursor = '' } = await showTimeline(page, shop.ports());
    const stolen = { ...page, leadId: other.leadId, page: { limit: 1, cursor: nextCursor } };
    expect(await failureOf(showTimeline(stolen, shop.ports()))).toMatchObject({ code: 'request.invalid' });
    const forged = Buffer.from(JSON.stringify({ of: `${shop.shopId}#${lead.leadId}`, before: '#' })).toString(
      'base64url',
    );
    const bad = { ...page, page: { limit: 1, cursor: forged } };
    expect(await failureOf(showTimeline(bad, shop.ports()))).toMatchObject({ code: 'request.invalid' });
  });
});

describe('leads that may be one person', () => {
  const found = async (lead: Lead, viewer = shop.viewer()) =>
    (await findDuplicates({ ...which(lead), viewer }, shop.ports())).map(
      ({ lead: { leadId }, reasons, confidence }) => ({
        leadId,
        reasons,
        confidence,
      }),
    );
  const capture = async (phone: string, facts: object = {}) => (await shop.capture({ phone }, facts)).lead;

  it('have one e-mail address, one name, or phones that end alike or differ in one digit', async () => {
    const lead = await capture('+5491161234567', { firstName: 'Ana', lastName: 'Pérez', email: 'Ana@Example.com' });
    const mail = await capture('+5491170000001', { email: 'ana@example.COM' });
    const named = await capture('+5491170000002', { firstName: 'PEREZ', lastName: 'ana' });
    const end = await capture('+5493511234567');
    const longer = await capture('+595961234567');
    const typed = await capture('+5491161234568');
    const sure = await capture('+5491161234576', { firstName: 'Ana', lastName: 'Perez' });
    await capture('+5491170000003', { firstName: 'Ana', lastName: 'López' });
    const byId = Object.fromEntries((await found(lead)).map(({ leadId, ...rest }) => [leadId, rest]));
    expect(byId).toEqual({
      [mail.leadId]: { reasons: ['same-email'], confidence: 'high' },
      [named.leadId]: { reasons: ['same-name'], confidence: 'medium' },
      [longer.leadId]: { reasons: ['same-last-digits'], confidence: 'medium' },
      [typed.leadId]: { reasons: ['one-digit-off'], confidence: 'low' },
      [sure.leadId]: { reasons: ['same-name'], confidence: 'medium' },
    });
    expect(byId[end.leadId]).toBeUndefined();
  });

  it('are surer when both contacts await a decision', async () => {
    const lead = await capture('+5491161234567');
    const typed = await capture('+5491161234568');
    for (const { leadId } of [lead, typed]) {
      const contact = await shop.contacts.find(shop.shopId, leadId);
      if (contact) await shop.contacts.save({ ...contact, review: 'identity', version: contact.version + 1 });
    }
    expect(await found(lead)).toEqual([
      { leadId: typed.leadId, reasons: ['one-digit-off', 'under-review'], confidence: 'medium' },
    ]);
  });

  it('are told only to those who may see both', async () => {
    const lead = await capture('+5491161234567', { assignedTo: 'ana' });
    await capture('+5491161234568', { assignedTo: 'bea' });
    expect(await found(lead, shop.viewer('ana', 'seller'))).toEqual([]);
    expect(await found(lead)).toHaveLength(1);
  });
});

describe('leads merged by hand', () => {
  const two = async () => {
    const one = await shop.add({ firstName: 'Ana', tags: ['a', 'both'], source: 'form' });
    const other = await shop.add({
      ...{ firstName: 'Anita', lastName: 'Pérez', email: 'ana@example.com', tags: ['BOTH', 'b'] },
      ...{ assignedTo: 'bea', source: 'referral' },
    });
    return { one, other };
  };
  const merge = (one: Lead, other: Lead, more: object = {}) => mergeReviewed(one, other, more);

  it('have one word about marketing: a no of either is the other’s too, unless they took it back in WhatsApp', async () => {
    const say = ({ leadId: contactId }: Lead, state: 'granted' | 'revoked', source: string, at: string) =>
      changeConsent(
        { shopId: shop.shopId, contactId, state, at, source, channel: 'whatsapp', by: 'customer' },
        shop.ports(),
      );
    const wordsOf = async (...leads: Lead[]) =>
      Promise.all(
        leads.map(async ({ leadId }) => (await shop.contacts.find(shop.shopId, leadId, true))?.marketing.state),
      );
    const { one, other } = await two();
    await say(other, 'revoked', 'keyword', minute(1));
    await say(one, 'granted', 'form', minute(2));
    await merge(one, other);
    expect(await wordsOf(one, other)).toEqual(['revoked', 'revoked']);
    const { items } = await shop.contacts.consents(shop.shopId, [one.leadId], { limit: 5 });
    expect(items).toContainEqual(expect.objectContaining({ state: 'revoked', source: 'merged-lead', by }));
    const back = await two();
    await say(back.one, 'revoked', 'preference', minute(1));
    await say(back.other, 'granted', 'keyword', minute(2));
    await merge(back.one, back.other);
    expect(await wordsOf(back.one, back.other)).toEqual(['revoked', 'granted']);
  });

  it('are one with what was chosen, and nothing of them is lost', async () => {
    const { one, other } = await two();
    const chat = await shop.openChat(other.leadId);
    await shop.write(chat, NOON);
    await note(one, 'on one');
    const { noteId } = await note(other, 'on other');
    const merged = await merge(one, other, { take: ['firstName'] });
    expect(merged).toMatchObject({
      ...{ leadId: one.leadId, firstName: 'Anita', lastName: 'Pérez', email: 'ana@example.com', source: 'form' },
      ...{ tags: ['a', 'both', 'b'], assignedTo: 'bea', formerLeadIds: [other.leadId], morePhones: [other.phone] },
    });
    expect(await findLead(which(other), shop.ports())).toEqual(merged);
    const texts = (await timeline(other)).flatMap((item) => (item.kind === 'note' ? item.note.text : []));
    expect(texts.toSorted()).toEqual(['on one', 'on other']);
    expect((await timeline(one)).filter(({ kind }) => kind === 'message')).toHaveLength(1);
    expect((await board()).columns[0]).toMatchObject({ count: 1, items: [{ leadId: one.leadId }] });
    // found by both phones, and written on under either name
    const { readSearch } = await import('../../functions/leads/lead-search.ts');
    for (const phone of [one.phone, other.phone]) {
      const search = readSearch(phone ?? '');
      if (search === undefined) throw new Error('nothing to look for');
      const list = { shopId: shop.shopId, filter: {}, sellers: undefined, search };
      expect((await shop.leads.search(list, { limit: 5 })).items.map(({ leadId }) => leadId)).toEqual([one.leadId]);
    }
    await editNote({ ...asked(one), noteId, text: 'changed since' }, shop.ports());
    await note(other, 'on the one that is both');
    expect((await listNotes({ ...asked(one), page: { limit: 9 } }, shop.ports())).items).toHaveLength(3);
  });

  it('leave contacts and their chats apart', async () => {
    const { one, other } = await two();
    const contacts = (await world.rows()).filter(({ pk }) => pk.includes('#CONTACT#'));
    await merge(one, other);
    expect((await world.rows()).filter(({ pk }) => pk.includes('#CONTACT#'))).toEqual(contacts);
    const again = await shop.capture({ phone: other.phone ?? '' }, { tags: ['later'] });
    expect(again).toMatchObject({ isNew: false, lead: { leadId: one.leadId } });
    expect(again.lead.tags).toContain('later');
  });

  it('are merged once, though it is asked for many times and both ways', async () => {
    const { one, other } = await two();
    world.faults.conflictInFlight();
    const done = await Promise.all([merge(one, other), merge(other, one), merge(one, other), merge(other, one)]);
    world.faults.stop();
    expect(new Set(done.map(({ leadId }) => leadId)).size).toBe(1);
    const stored = await shop.stored();
    expect(stored.filter(({ mergedInto }) => mergedInto === undefined)).toHaveLength(1);
    expect((await board()).columns[0]?.count).toBe(1);
  });

  it('stay two when one was changed since somebody looked', async () => {
    const { one, other } = await two();
    await tagLead({ ...which(other), by, input: { add: ['new'], remove: [] } }, shop.ports());
    expect(await failureOf(merge(one, other))).toMatchObject({ code: 'change.conflict' });
    expect(await failureOf(merge(one, one))).toMatchObject({ code: 'request.invalid' });
  });

  it('stay two when one has gone on in a third since, which happens to be as often changed', async () => {
    const { one, other: first } = await two();
    const other = await tagLead({ ...which(first), by, input: { add: ['new'], remove: [] } }, shop.ports());
    const third = await merge(await shop.add(), other);
    expect(third.version).toBe(other.version);
    expect(await failureOf(merge(one, other))).toMatchObject({ code: 'change.conflict' });
    expect(await merge(third, other)).toEqual(third);
  });

  it('ask which tags stay when they are too many for one', async () => {
    const many = (letter: string) => Array.from({ length: 11 }, (_, number) => `${letter}${number}`);
    const one = await shop.add({ tags: many('a') });
    const other = await shop.add({ tags: many('b') });
    expect(await failureOf(merge(one, other))).toMatchObject({ code: 'request.invalid' });
    expect((await merge(one, other, { tags: ['a1', 'b1'] })).tags).toEqual(['a1', 'b1']);
  });

  it('fit into one transaction with the most that both may have', async () => {
    const words = (letter: string) => Array.from({ length: 8 }, (_, number) => `${letter}${number}`).join(' ');
    const tags = (letter: string) => Array.from({ length: 20 }, (_, number) => `${letter}${number}`);
    const one = await shop.add({ firstName: words('x'), email: 'x@example.com', tags: tags('a'), assignedTo: 'ana' });
    const other = await shop.add({ firstName: words('y'), email: 'y@example.com', tags: tags('b'), assignedTo: 'bea' });
    const take = ['firstName', 'email', 'assignedTo', 'source'];
    const merged = await merge(one, other, { tags: tags('c'), take });
    expect(merged.tags).toEqual(tags('c'));
  });

  it('say so when they are more than one transaction takes', async () => {
    const tags = (letter: string) => Array.from({ length: 20 }, (_, number) => `${letter}${number}`);
    const words = (letter: string) => Array.from({ length: 8 }, (_, number) => `${letter}${number}`).join(' ');
    let one = await shop.add({ firstName: words('x'), email: 'x@example.com', tags: tags('a'), assignedTo: 'ana' });
    const more = await Promise.all([1, 2, 3].map(() => shop.add()));
    for (const lead of more) one = await merge(one, lead);
    const facts = { firstName: words('y'), email: 'y@example.com', tags: tags('b'), source: 'form', assignedTo: 'bea' };
    const other = await move(await shop.add(facts), 'contacted');
    const take = ['firstName', 'email', 'source', 'stage', 'assignedTo'];
    const refused = await failureOf(merge(one, other, { tags: tags('c'), take }));
    expect(refused).toMatchObject({ code: 'request.invalid' });
    expect((await merge(one, other, { tags: tags('a'), take })).tags).toEqual(tags('a'));
  });

  it('are not merged by those who see only one of them', async () => {
    const { one, other } = await two();
    const input = { otherId: other.leadId, reviewed: { version: 1, otherVersion: 1 } };
    const request = { ...which(one), viewer: shop.viewer('ana', 'seller'), by, input };
    expect(await failureOf(mergeLeads(request, shop.ports()))).toMatchObject({ code: 'not-found' });
  });
});

describe('leads of contacts that turn out to be one', () => {
  const ANA = '+5491161234567';
  const BSUID = 'AR.1000200030004000';
  const both = { phone: ANA, bsuid: BSUID };
  const alive = async () => (await shop.stored()).filter(({ mergedInto }) => mergedInto === undefined);

  it('are one in the moment in which the contacts are', async () => {
    const { lead: older } = await shop.capture({ phone: ANA }, { tags: ['phone'] });
    shop.clock.advance(MINUTE);
    const { lead: younger } = await shop.capture({ bsuid: BSUID }, { email: 'ana@example.com', tags: ['id'] });
    await note(younger, 'of the younger');
    const contact = await shop.see(both);
    expect(contact.contactId).toBe(older.leadId);
    expect(await alive()).toMatchObject([
      {
        ...{ leadId: older.leadId, email: 'ana@example.com', tags: ['phone', 'id'], formerLeadIds: [younger.leadId] },
        ...{ phone: ANA, userIds: [{ userId: BSUID }] },
      },
    ]);
    expect((await timeline(younger)).map(({ kind }) => kind)).toContain('note');
    expect((await board()).columns[0]?.count).toBe(1);
  });

  it('move to the older contact when only the younger was one', async () => {
    const older = await shop.see({ phone: ANA });
    shop.clock.advance(MINUTE);
    const { lead: younger } = await shop.capture({ bsuid: BSUID }, { tags: ['id'], assignedTo: 'ana' });
    await shop.see(both);
    expect(await alive()).toMatchObject([
      { leadId: older.contactId, phone: ANA, tags: ['id'], assignedTo: 'ana', formerLeadIds: [younger.leadId] },
    ]);
    expect(await findLead(which(younger), shop.ports())).toMatchObject({ leadId: older.contactId });
  });

  it('are the one into which the younger’s was merged by hand', async () => {
    const third = await shop.add({ tags: ['third'] });
    const older = await shop.see({ phone: ANA });
    shop.clock.advance(MINUTE);
    const { lead: younger } = await shop.capture({ bsuid: BSUID });
    await mergeReviewed(third, younger);
    await shop.see(both);
    expect(await alive()).toMatchObject([{ leadId: third.leadId }]);
    expect(await shop.capture(both)).toMatchObject({ isNew: false, lead: { leadId: third.leadId } });
    expect(await findLead(which({ leadId: older.contactId }), shop.ports())).toMatchObject({ leadId: third.leadId });
  });

  it('are none when neither was one', async () => {
    await shop.see({ phone: ANA });
    await shop.see({ bsuid: BSUID });
    await shop.see(both);
    expect(await shop.stored()).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5])('are one, whoever makes or changes them meanwhile: %i', async () => {
    await shop.capture({ phone: ANA });
    await shop.see({ bsuid: BSUID });
    world.faults.conflictInFlight();
    await Promise.all([
      shop.see(both),
      shop.capture({ bsuid: BSUID }, { tags: ['id'] }),
      shop.capture({ phone: ANA }, { tags: ['phone'] }),
      shop.capture(both, { tags: ['both'] }),
    ]);
    world.faults.stop();
    const [lead, ...others] = await alive();
    expect(others).toEqual([]);
    expect(lead?.tags.toSorted()).toEqual(['both', 'id', 'phone']);
    expect((await board()).columns[0]?.count).toBe(1);
  });

  it('take many chats and tags along in one transaction, and the rest of the chats later', async () => {
    const tags = (letter: string) => Array.from({ length: 20 }, (_, number) => `${letter}${number}`);
    const { lead: older } = await shop.capture({ phone: ANA }, { tags: tags('a'), firstName: 'a b c d e f g h' });
    shop.clock.advance(MINUTE);
    const { lead: younger } = await shop.capture({ bsuid: BSUID }, { tags: tags('b'), firstName: 's t u v w x y z' });
    await shop.openChat(older.leadId);
    await shop.openChat(younger.leadId);
    const contacts = await shop.contacts.findAll(shop.shopId, [older.leadId, younger.leadId]);
    const [one, other] = contacts;
    if (one === undefined || other === undefined) throw new Error('two contacts');
    expect(await mergeSaved([one, other], minute(5), shop.ports())).toMatchObject({ contactId: older.leadId });
    expect(await alive()).toHaveLength(1);
  });
});

describe('a lead that is deleted', () => {
  it('is gone with its notes and those merged into it; contact and chat stay, and it may come again', async () => {
    const one = await shop.add({ tags: ['tag'], email: 'ana@example.com' });
    const other = await shop.add();
    const chat = await shop.openChat(one.leadId);
    await shop.write(chat, NOON);
    await note(one, 'one');
    await note(other, 'other');
    await mergeReviewed(one, other);
    await deleteLead({ ...which(other), by }, shop.ports());
    expect(await rowsOfLead(one.leadId)).toEqual([]);
    expect(await rowsOfLead(other.leadId)).toEqual([]);
    expect(await failureOf(findLead(which(one), shop.ports()))).toMatchObject({ code: 'not-found' });
    expect(await shop.contacts.find(shop.shopId, one.leadId)).toBeDefined();
    // whoever writes next is heard for the first time again, which makes them a lead
    expect((await shop.conversations.find(shop.shopId, chat))?.heard).toBeUndefined();
    for (const { phone = '' } of [one, other]) expect(await shop.capture({ phone })).toMatchObject({ isNew: true });
    expect((await listNotes({ ...asked(one), page: { limit: 9 } }, shop.ports())).items).toEqual([]);
    const actions = (await timeline(one)).flatMap((item) => (item.kind === 'change' ? item.change.action : []));
    expect(actions).toContain('lead.deleted');
  });

  it('is deleted once, with everything, though others change it meanwhile', async () => {
    const lead = await shop.add();
    world.faults.conflictInFlight();
    const attempts = await Promise.allSettled([
      deleteLead({ ...which(lead), by }, shop.ports()),
      tagLead({ ...which(lead), by, input: { add: ['late'], remove: [] } }, shop.ports()),
      note(lead, 'late'),
      deleteLead({ ...which(lead), by }, shop.ports()),
      move(lead, 'contacted'),
    ]);
    world.faults.stop();
    for (const one of attempts) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'not-found' });
    expect(await rowsOfLead(lead.leadId)).toEqual([]);
  });

  it('is deleted by whoever has it or an admin, though other sellers see it', async () => {
    const [ofNobody, own] = await Promise.all([shop.add(), shop.add({ assignedTo: 'ana' })]);
    const viewer = shop.viewer('ana', 'seller');
    const refused = await failureOf(deleteLead({ ...which(ofNobody), viewer, by }, shop.ports()));
    expect(refused).toMatchObject({ code: 'request.forbidden' });
    await deleteLead({ ...which(own), viewer, by }, shop.ports());
    expect((await shop.stored()).map(({ leadId }) => leadId)).toEqual([ofNobody.leadId]);
  });

  it('is not deleted by those who may not see it', async () => {
    const lead = await shop.add({ assignedTo: 'bea' });
    const request = { ...which(lead), viewer: shop.viewer('ana', 'seller'), by } as const;
    expect(await failureOf(deleteLead(request, shop.ports()))).toMatchObject({ code: 'not-found' });
  });
});
