import * as z from 'zod/mini';
import { notFound } from '#core/errors.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { defaultPipeline, type Pipeline, type Stage, stageIdsOf } from '../pipelines/pipeline.ts';
import type { Viewer } from '../shops/viewer.ts';
import { type Lead, leadStatuses } from './lead.ts';
import { planList } from './lead-filter.ts';
import { LeadView, type LeadViewPorts, leadViews } from './lead-view.ts';
import { type ListLeadsPorts, listLeads, sellersOf } from './list-leads.ts';

/** Counting reads what it counts: nobody needs to know how many more than a thousand there are. */
export const MOST_COUNTED = 1000;

/** One stage of a board: how many leads are in it, and the latest of them. */
export const BoardColumn = lazy(() =>
  z.object({
    stageId: z.string(),
    name: z.string(),
    status: z.enum(leadStatuses),
    /** At most a thousand. */
    count: z.int(),
    /** There are more than `count` says. */
    hasMore: z.boolean(),
    items: z.array(LeadView()),
    /** For the next page of `GET /admin/niche/leads` with this `stage`, and the `seller` that the board was asked for. */
    nextCursor: z.optional(z.string()),
  }),
);
export type BoardColumn = z.infer<Lazy<typeof BoardColumn>>;

/** A pipeline with its leads. */
export const Board = lazy(() =>
  z.object({ pipelineId: z.string(), name: z.string(), columns: z.array(BoardColumn()) }),
);
export type Board = z.infer<Lazy<typeof Board>>;

export interface BoardPorts extends ListLeadsPorts, LeadViewPorts {
  leads: ListLeadsPorts['leads'] & {
    /** How many leads stand in a list, counted no further than `enough`. */
    count: (shopId: string, facet: string, enough: number) => Promise<number>;
  };
}

/** What a board is asked for. `pipelineId`: absent, the default one. `seller`: a user's id, `me`, or `unassigned`. */
export interface BoardQuery {
  pipelineId?: string | undefined;
  seller?: string | undefined;
  /** Of each stage. */
  limit: number;
}

interface Asked {
  shopId: string;
  viewer: Viewer;
  query: BoardQuery;
}

const countStage = async (
  { shopId, viewer, query: { seller } }: Asked,
  stageIds: readonly string[],
  { leads }: BoardPorts,
): Promise<Pick<BoardColumn, 'count' | 'hasMore'>> => {
  const { facets } = planList({ stageIds }, sellersOf(viewer, { seller }), 'updated');
  const counts = await Promise.all(facets.map((facet) => leads.count(shopId, facet, MOST_COUNTED + 1)));
  const sum = counts.reduce((total, count) => total + count, 0);
  return { count: Math.min(sum, MOST_COUNTED), hasMore: sum > MOST_COUNTED };
};

/** A stage with its leads as they are stored. */
type Column = Omit<BoardColumn, 'items'> & { leads: readonly Lead[] };

const columnOf = async (
  asked: Asked,
  stage: Stage,
  pipelines: readonly Pipeline[],
  ports: BoardPorts,
): Promise<Column> => {
  const { shopId, viewer, query } = asked;
  const { seller, limit } = query;
  const [counted, { items, ...page }] = await Promise.all([
    countStage(asked, stageIdsOf(pipelines, stage.stageId), ports),
    listLeads({ shopId, viewer, query: { stage: stage.stageId, seller, limit, sort: 'updated' } }, ports),
  ]);
  return { ...stage, ...counted, ...page, leads: items };
};

/** All leads of a board in one go, whatever is shown with them. */
const shownColumns = async (shopId: string, columns: readonly Column[], ports: BoardPorts): Promise<BoardColumn[]> => {
  const all = columns.flatMap(({ leads }) => leads);
  const views = new Map((await leadViews(shopId, all, ports)).map((view) => [view.leadId, view]));
  return columns.map(({ leads, ...column }) => ({
    ...column,
    items: leads.flatMap(({ leadId }) => views.get(leadId) ?? []),
  }));
};

/**
 * A pipeline's leads by stage, each with its count and its first page, of those that the viewer may see.
 * Throws `not-found` for an unknown pipeline.
 */
export const showBoard = async (asked: Asked, ports: BoardPorts): Promise<Board> => {
  const { shopId, query } = asked;
  const pipelines = await ports.pipelines.all(shopId);
  const { pipelineId } = query;
  const pipeline =
    pipelineId === undefined ? defaultPipeline(pipelines) : pipelines.find((one) => one.pipelineId === pipelineId);
  if (pipeline === undefined) throw notFound();
  const known = { ...ports, pipelines: { all: async () => pipelines } };
  const columns = await Promise.all(pipeline.stages.map((stage) => columnOf(asked, stage, pipelines, known)));
  return {
    pipelineId: pipeline.pipelineId,
    name: pipeline.name,
    columns: await shownColumns(shopId, columns, ports),
  };
};
