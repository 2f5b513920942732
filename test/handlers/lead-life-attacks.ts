import type { TestRequest } from '../support/events.ts';
import type { Lambdas } from '../support/lambdas.ts';
import type { GivenShop } from './given.ts';

/** What happened to a shop's leads, and its own pipeline. */
export interface LeadLife {
  leadId: string;
  otherId: string;
  noteId: string;
  pipelineId: string;
  stageId: string;
  notesCursor: string;
  timelineCursor: string;
}

type Attack = { what: string; request: TestRequest; status: 200 | 201 | 204 | 400 | 404 | 409 };

/** Notes on a lead of a shop, and a pipeline beside the built-in one. Its leads are there already. */
export const openLeadLife = async (lambdas: Lambdas, given: GivenShop, leadId: string): Promise<LeadLife> => {
  const as = given.as('admin');
  const { slug } = given.shop;
  const params = { leadId };
  const note = (text: string) => lambdas.call('addNote', { as, params, body: { text } });
  await note(`${slug} note`);
  const { json } = await note(`${slug} second note`);
  const stages = [{ name: `${slug} stage`, status: 'new' }];
  const pipeline = (await lambdas.call('createPipeline', { as, body: { name: `${slug} pipeline`, stages } })).json;
  const query = { limit: '1' };
  const leads = (await lambdas.call('listLeads', { as })).json['items'] as { leadId: string }[];
  return {
    ...{ leadId, noteId: String(json['noteId']), pipelineId: String(pipeline['pipelineId']) },
    otherId: leads.find((one) => one.leadId !== leadId)?.leadId ?? '',
    stageId: (pipeline['stages'] as { stageId: string }[])[0]?.stageId ?? '',
    notesCursor: String((await lambdas.call('listNotes', { as, params, query })).json['nextCursor']),
    timelineCursor: String((await lambdas.call('showTimeline', { as, params, query })).json['nextCursor']),
  };
};

interface Side {
  given: GivenShop;
  life: LeadLife;
}

type Asked = (params: Record<string, string>, more?: TestRequest) => TestRequest;

const noteAttacks = (sides: () => { a: Side; b: Side }, asked: Asked) => ({
  listNotes: (): Attack[] => {
    const { a, b } = sides();
    return [
      { what: "B's lead", request: asked({ leadId: b.life.leadId }), status: 404 },
      {
        what: "B's cursor",
        request: asked({ leadId: a.life.leadId }, { query: { cursor: b.life.notesCursor } }),
        status: 400,
      },
    ];
  },
  addNote: (): Attack[] => [
    { what: "B's lead", request: asked({ leadId: sides().b.life.leadId }, { body: { text: 'mine' } }), status: 404 },
  ],
  editNote: (): Attack[] => {
    const { a, b } = sides();
    const body = { text: 'mine' };
    const { leadId, noteId } = b.life;
    return [
      { what: "B's note", request: asked({ leadId, noteId }, { body }), status: 404 },
      { what: "B's note on A's lead", request: asked({ leadId: a.life.leadId, noteId }, { body }), status: 404 },
    ];
  },
  removeNote: (): Attack[] => {
    const { a, b } = sides();
    const { leadId, noteId } = b.life;
    return [
      { what: "B's note", request: asked({ leadId, noteId }), status: 404 },
      { what: "B's note on A's lead", request: asked({ leadId: a.life.leadId, noteId }), status: 404 },
    ];
  },
});

const pipelineAttacks = (sides: () => { a: Side; b: Side }, asked: Asked) => ({
  listPipelines: (): Attack[] => [
    { what: 'own pipelines', request: asked({}, { query: { shopId: sides().b.given.shop.shopId } }), status: 200 },
  ],
  createPipeline: (): Attack[] => {
    const stages = [{ name: 'Mine', status: 'new' }];
    const body = { name: 'Mine', stages, shopId: sides().b.given.shop.shopId };
    return [{ what: "B's shop id", request: asked({}, { body }), status: 400 }];
  },
  updatePipeline: (): Attack[] => {
    const { a, b } = sides();
    const { pipelineId, stageId } = b.life;
    const own = { pipelineId: a.life.pipelineId };
    const stages = [{ stageId, name: 'Mine', status: 'new' }];
    return [
      { what: "B's pipeline", request: asked({ pipelineId }, { body: { name: 'Mine' } }), status: 404 },
      { what: "B's stage", request: asked(own, { body: { stages } }), status: 400 },
      {
        what: "B's stage to move to",
        request: asked(own, { body: { stages: [{ name: 'Mine', status: 'new' }], moveTo: stageId } }),
        status: 400,
      },
    ];
  },
  deletePipeline: (): Attack[] => {
    const { a, b } = sides();
    const { pipelineId, stageId } = b.life;
    return [
      { what: "B's pipeline", request: asked({ pipelineId }), status: 404 },
      {
        what: "B's stage to move to",
        request: asked({ pipelineId: a.life.pipelineId }, { query: { moveTo: stageId } }),
        status: 400,
      },
    ];
  },
});

/** What happened to B's leads, named by a user of A, on every route of it. */
export const leadLifeAttacks = (sides: () => { a: Side; b: Side }) => {
  const asked: Asked = (params, more = {}) => ({ as: sides().a.given.as('admin'), params, ...more });
  const onTheirs = () => [
    { what: "B's lead", request: asked({ leadId: sides().b.life.leadId }), status: 404 as const },
  ];
  return {
    ...noteAttacks(sides, asked),
    ...pipelineAttacks(sides, asked),
    showBoard: (): Attack[] => {
      const { given, life } = sides().b;
      return [
        { what: "B's pipeline", request: asked({}, { query: { pipelineId: life.pipelineId } }), status: 404 },
        { what: "B's seller", request: asked({}, { query: { seller: given.as('seller').userId } }), status: 200 },
      ];
    },
    deleteLead: onTheirs,
    showTimeline: (): Attack[] => {
      const { a, b } = sides();
      const query = { cursor: b.life.timelineCursor };
      return [...onTheirs(), { what: "B's cursor", request: asked({ leadId: a.life.leadId }, { query }), status: 400 }];
    },
    findDuplicates: onTheirs,
    mergeLeads: (): Attack[] => {
      const { a, b } = sides();
      const into = (leadId: string, otherId: string) =>
        asked({ leadId }, { body: { otherId, reviewed: { version: 1, otherVersion: 1 } } });
      return [
        { what: "two of B's leads", request: into(b.life.leadId, b.life.otherId), status: 404 },
        { what: "B's lead into A's", request: into(a.life.leadId, b.life.otherId), status: 404 },
        { what: "A's lead into B's", request: into(b.life.leadId, a.life.leadId), status: 404 },
      ];
    },
  };
};
