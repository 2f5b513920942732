import * as z from 'zod/mini';
import { contentDigest } from '#core/ids.ts';
import { lazy } from '#core/lazy.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { fromCursor, toCursor } from '#platform/cursor.ts';
import type { Table } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { Lead } from './lead.ts';
import { isMatch, type LeadFilter, type LeadOrder, type ListPlan, planList } from './lead-filter.ts';

/** Which leads a list shows, and how. */
export interface LeadList {
  shopId: string;
  filter: LeadFilter;
  /** Users' ids, `unassigned`; absent: everybody's. */
  sellers?: readonly string[] | undefined;
  order: LeadOrder;
  newestFirst: boolean;
}

/** How many rows a list reads for a page at most; the page may be short then and still have a cursor. */
export const MOST_EVALUATED = 300;

/** What a row by which a lead is listed tells of it. */
const FacetRow = lazy(() =>
  z.pick(Lead(), {
    ...{ leadId: true, status: true, stageId: true, assignedTo: true, source: true, tags: true },
    ...{ createdAt: true, updatedAt: true, nextActionAt: true },
  }),
);
type FacetRow = z.infer<ReturnType<typeof FacetRow>>;

const momentOf = (row: FacetRow, order: LeadOrder): string =>
  ({ updated: row.updatedAt, created: row.createdAt, nextAction: row.nextActionAt ?? '' })[order];

/** Where a lead stands in all lists of an order; the position after which a page goes on. */
const placeOf = (row: FacetRow, order: LeadOrder): string => `${momentOf(row, order)}#${row.leadId}`;

/** The bound right before a place: nothing stands between the two, for places end in ids of one length. */
const justBefore = (place: string): string =>
  `${place.slice(0, -1)}${String.fromCharCode(place.charCodeAt(place.length - 1) - 1)}~`;

type Bounds = readonly [first: string, last: string];

/** The part of the lists that comes after a place; undefined when that is nothing. */
const boundsAfter = (after: string | undefined, { within }: ListPlan, newestFirst: boolean): Bounds | undefined => {
  const [first, last] = [within.from ?? '0', within.to === undefined ? '~' : `${within.to}#~`];
  const bounds: Record<'first' | 'last', string> = { first, last };
  if (after !== undefined && newestFirst) bounds.last = justBefore(after);
  if (after !== undefined && !newestFirst) bounds.first = `${after}!`;
  return bounds.first <= bounds.last ? [bounds.first, bounds.last] : undefined;
};

/** Rows of several lists in their common order, and how far it is known: no row of any list is missing before that. */
interface Merged {
  rows: FacetRow[];
  /** The place up to which all were read; absent: there is no more. */
  upTo?: string | undefined;
}

const readMerged = async (
  table: Table,
  list: LeadList,
  { plan, bounds, limit, mostEvaluated }: { plan: ListPlan; bounds: Bounds; limit: number; mostEvaluated: number },
): Promise<Merged> => {
  const { order } = plan;
  const comesFirst = (one: string, other: string) => (list.newestFirst ? one > other : one < other);
  const share = Math.max(1, Math.floor(mostEvaluated / plan.facets.length));
  const each = plan.isFiltering ? share : Math.min(limit, share);
  const pages = await Promise.all(
    plan.facets.map(async (facet) => {
      const range = ranges.leads(list.shopId, facet, order, bounds);
      const page = await table.query(range, { limit: each }, { newestFirst: list.newestFirst });
      return { ...page, rows: page.items.map((item) => FacetRow().parse(item)) };
    }),
  );
  const ends = pages.flatMap(({ rows, nextCursor }) => {
    const last = rows.at(-1);
    return nextCursor && last ? [placeOf(last, order)] : [];
  });
  const [upTo] = ends.toSorted((one, other) => (comesFirst(one, other) ? -1 : 1));
  const known = pages
    .flatMap(({ rows }) => rows)
    .filter((row) => upTo === undefined || !comesFirst(upTo, placeOf(row, order)));
  const inOrder = known.toSorted((one, other) => (comesFirst(placeOf(one, order), placeOf(other, order)) ? -1 : 1));
  return { rows: inOrder, upTo };
};

/** The first rows that match, no more than a page, and the place up to which rows were looked at; absent: at the end. */
const pickPage = (
  { rows, upTo }: Merged,
  list: LeadList,
  limit: number,
): { picked: string[]; end?: string | undefined } => {
  const picked = new Set<string>();
  for (const [index, row] of rows.entries()) {
    if (isMatch(row, list.filter, list.sellers)) picked.add(row.leadId);
    const isLast = index === rows.length - 1 && upTo === undefined;
    if (picked.size === limit && !isLast) return { picked: [...picked], end: placeOf(row, list.order) };
  }
  return { picked: [...picked], end: upTo };
};

/** Leads in the order of their ids, without those that are gone or match no more: rows follow a lead a moment late. */
export const readLeads = async (
  table: Table,
  { shopId, filter, sellers }: Pick<LeadList, 'shopId' | 'filter' | 'sellers'>,
  leadIds: readonly string[],
): Promise<Lead[]> => {
  const items = await table.batchGet(leadIds.map((leadId) => keys.lead(shopId, leadId)));
  const leads = new Map(items.map((item) => Lead().parse(item)).map((lead) => [lead.leadId, lead]));
  const found = leadIds.flatMap((leadId) => leads.get(leadId) ?? []);
  return found.filter((lead) => lead.mergedInto === undefined && isMatch(lead, filter, sellers));
};

/**
 * Another filter or order is another list, which does not take this one's cursors. A stage is the same list also while
 * others' leads become its own, for a place is one in all lists of an order.
 */
const nameOf = ({ shopId, filter, ...list }: LeadList): string => {
  const { stageIds, ...asked } = filter;
  return `${shopId}#${contentDigest([asked.stage === undefined ? filter : asked, list])}`;
};

/**
 * One page of leads, from the lists that fit best; reads at most `mostEvaluated` rows of them, and just a page when
 * they have nothing else. Throws `request.invalid` for a cursor that another list gave.
 */
export const listLeads = async (
  table: Table,
  list: LeadList,
  { limit, cursor }: PageRequest,
  mostEvaluated = MOST_EVALUATED,
): Promise<Page<Lead>> => {
  const plan = planList(list.filter, list.sellers, list.order);
  const name = nameOf(list);
  const after = fromCursor(cursor, { attribute: 'list', value: name, attributes: ['list', 'after'] })?.['after'];
  const bounds = boundsAfter(after, plan, list.newestFirst);
  if (bounds === undefined || plan.facets.length === 0) return { items: [] };
  const merged = await readMerged(table, list, { plan, bounds, limit, mostEvaluated });
  const { picked, end } = pickPage(merged, list, limit);
  const items = await readLeads(table, list, picked);
  return { items, ...(end !== undefined && { nextCursor: toCursor({ list: name, after: end }) }) };
};
