import { describe, expect, it } from 'vitest';
import { showBoard } from '../../../functions/leads/show-board.ts';
import { builtInPipeline, type Pipeline } from '../../../functions/pipelines/pipeline.ts';
import { anId } from '../../support/builders.ts';
import { failureOf } from '../../support/ports.ts';

const shopId = anId();

const given = (counts: Record<string, number>, pipelines: Pipeline[] = [builtInPipeline(shopId)]) => {
  const counted: [facet: string, enough: number][] = [];
  const ports = {
    leads: {
      list: async () => ({ items: [] }),
      search: async () => ({ items: [] }),
      count: async (_: string, facet: string, enough: number) => {
        counted.push([facet, enough]);
        return Math.min(enough, counts[facet] ?? 0);
      },
    },
    contacts: { findAll: async () => [] },
    showSales: async () => new Map(),
    pipelines: { all: async () => pipelines },
  };
  const viewer = { userId: 'ana', role: 'seller', sellerSees: 'own-and-unassigned' } as const;
  const admin = { ...viewer, role: 'admin' } as const;
  const show = (query: object = {}, as: typeof viewer | typeof admin = admin) =>
    showBoard({ shopId, viewer: as, query: { limit: 10, ...query } }, ports);
  return { counted, show, viewer };
};

describe('the counts of a board', () => {
  it('stop at a thousand and say so', async () => {
    const { counted, show } = given({ 'stage:new': 5000, 'stage:contacted': 1000, 'stage:interested': 999 });
    const { columns } = await show();
    expect(columns.map(({ count, hasMore }) => [count, hasMore]).slice(0, 4)).toEqual([
      [1000, true],
      [1000, false],
      [999, false],
      [0, false],
    ]);
    expect(Math.max(...counted.map(([, enough]) => enough))).toBe(1001);
  });

  it('are of those that a seller may see, added up', async () => {
    const { show, viewer } = given({ 'seller:ana+stage:new': 600, 'seller:unassigned+stage:new': 500, 'stage:new': 9 });
    const [column] = (await show({}, viewer)).columns;
    expect(column).toMatchObject({ count: 1000, hasMore: true });
    expect((await show({ seller: 'me' }, viewer)).columns[0]).toMatchObject({ count: 600, hasMore: false });
    expect((await show({ seller: 'bea' }, viewer)).columns[0]).toMatchObject({ count: 0, items: [] });
  });

  it('have the leads of stages whose place was taken', async () => {
    const pipeline = { ...builtInPipeline(shopId), formerStages: [{ stageId: 'gone', into: 'new' }] };
    const { show } = given({ 'stage:gone': 2, 'stage:new': 3 }, [pipeline]);
    expect((await show()).columns[0]?.count).toBe(5);
  });

  it('are of a pipeline that there is', async () => {
    expect(await failureOf(given({}).show({ pipelineId: 'nothing' }))).toMatchObject({ code: 'not-found' });
  });
});
