import { invalidField } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { type Pipeline, stageIdsOf } from '../pipelines/pipeline.ts';
import type { Viewer } from '../shops/viewer.ts';
import type { Lead } from './lead.ts';
import { type LeadFilter, type LeadOrder, type Span, sellersShown } from './lead-filter.ts';
import type { LeadFilterQuery, ListLeads } from './lead-input.ts';
import { type LeadSearch, readSearch } from './lead-search.ts';

/** Which of a shop's leads are meant; see {@link sellersShown} for `sellers`. */
interface Which {
  shopId: string;
  filter: LeadFilter;
  sellers: readonly string[] | undefined;
}

export interface ListLeadsPorts {
  leads: {
    list: (list: Which & { order: LeadOrder; newestFirst: boolean }, page: PageRequest) => Promise<Page<Lead>>;
    search: (list: Which & { search: LeadSearch }, page: PageRequest) => Promise<Page<Lead>>;
  };
  pipelines: { all: (shopId: string) => Promise<Pipeline[]> };
}

const spanOf = (from: string | undefined, to: string | undefined): Span | undefined =>
  from === undefined && to === undefined ? undefined : { from, to };

/** What a query names, but for whose leads. A stage has the leads of those whose place it took. */
export const filterOf = async (
  shopId: string,
  query: LeadFilterQuery,
  { pipelines }: Pick<ListLeadsPorts, 'pipelines'>,
): Promise<LeadFilter> => {
  const { status, stage, source, tag } = query;
  return {
    ...{ status, stage, source, tag },
    stageIds: stage === undefined ? undefined : stageIdsOf(await pipelines.all(shopId), stage),
    created: spanOf(query.createdFrom, query.createdTo),
    updated: spanOf(query.updatedFrom, query.updatedTo),
    nextAction: spanOf(query.nextActionFrom, query.nextActionTo),
  };
};

/** Whose leads a viewer is shown when they ask for a user's, `me`, or `unassigned`. */
export const sellersOf = (viewer: Viewer, { seller }: Pick<LeadFilterQuery, 'seller'>): readonly string[] | undefined =>
  sellersShown(viewer, seller === 'me' ? viewer.userId : seller);

/**
 * One page of the leads that a viewer may see and asks for. What is asked for beyond what one index knows is sorted out
 * within that index, from no more rows than a few pages have: a page may be short and still have a cursor.
 * Throws `request.invalid` for a cursor that another list gave, and for a search for nothing.
 */
export const listLeads = async (
  { shopId, viewer, query }: { shopId: string; viewer: Viewer; query: ListLeads },
  ports: ListLeadsPorts,
): Promise<Page<Lead>> => {
  const { q, sort, order, limit, cursor } = query;
  const page = { limit, ...(cursor !== undefined && { cursor }) };
  const which = { shopId, filter: await filterOf(shopId, query, ports), sellers: sellersOf(viewer, query) };
  if (q === undefined) {
    const newestFirst = order === undefined ? sort !== 'nextAction' : order === 'desc';
    return ports.leads.list({ ...which, order: sort, newestFirst }, page);
  }
  const search = readSearch(q);
  if (search === undefined) throw invalidField('q', 'nothing-to-find', 'must have a letter or a digit to look for');
  return ports.leads.search({ ...which, search }, page);
};
