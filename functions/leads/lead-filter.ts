import { fold } from '#core/text.ts';
import type { Viewer } from '../shops/viewer.ts';
import type { Lead, LeadStatus } from './lead.ts';
import { facets, UNASSIGNED } from './lead-rows.ts';

/** What leads can be listed in the order of. */
export const leadOrders = ['updated', 'created', 'nextAction'] as const;
export type LeadOrder = (typeof leadOrders)[number];

/** Moments, both inclusive: ISO 8601, milliseconds. */
export interface Span {
  from?: string | undefined;
  to?: string | undefined;
}

/** Which leads; all that it names must hold. */
export interface LeadFilter {
  status?: LeadStatus | undefined;
  /** The stage that was asked for, which stays the same while the stages whose leads it has change. */
  stage?: string | undefined;
  /** In any of these stages: a stage that took another's place has its leads too. */
  stageIds?: readonly string[] | undefined;
  /** A user's id, or `unassigned`. */
  seller?: string | undefined;
  source?: string | undefined;
  tag?: string | undefined;
  updated?: Span | undefined;
  created?: Span | undefined;
  nextAction?: Span | undefined;
}

/** What a filter looks at: of a lead, or of one of the rows by which it is listed. */
export type Filtered = Pick<
  Lead,
  'status' | 'stageId' | 'assignedTo' | 'source' | 'tags' | 'updatedAt' | 'createdAt' | 'nextActionAt'
>;

/**
 * Whose leads a viewer may see of those that are asked for: users' ids, `unassigned`; undefined for everybody's, and
 * none when what is asked for is none of theirs.
 */
export const sellersShown = (viewer: Viewer | undefined, asked: string | undefined): readonly string[] | undefined => {
  const all = viewer === undefined || viewer.role === 'admin' || viewer.sellerSees === 'all';
  if (all) return asked === undefined ? undefined : [asked];
  const own = viewer.sellerSees === 'own' ? [viewer.userId] : [viewer.userId, UNASSIGNED];
  return asked === undefined ? own : own.filter((seller) => seller === asked);
};

const isWithin = ({ from, to }: Span = {}, at: string | undefined): boolean => {
  if (from === undefined && to === undefined) return true;
  return at !== undefined && (from === undefined || from <= at) && (to === undefined || at <= to);
};

const isOrAsks = <Value>(asked: Value | undefined, value: Value): boolean => asked === undefined || asked === value;

/** Whether a lead is one of those that a filter names and whose seller is among `sellers`. */
export const isMatch = (lead: Filtered, filter: LeadFilter, sellers: readonly string[] | undefined): boolean => {
  const { status, stageIds, source, tag } = filter;
  const matches = [
    isOrAsks(status, lead.status),
    stageIds === undefined || stageIds.includes(lead.stageId),
    isOrAsks(source, lead.source),
    tag === undefined || lead.tags.some((one) => fold(one) === fold(tag)),
    sellers === undefined || sellers.includes(lead.assignedTo ?? UNASSIGNED),
    isWithin(filter.updated, lead.updatedAt),
    isWithin(filter.created, lead.createdAt),
    isWithin(filter.nextAction, lead.nextActionAt),
  ];
  return !matches.includes(false);
};

/** Which lists are read, together in one order, and which part of them; and whether some of what they have is left out. */
export interface ListPlan {
  facets: readonly string[];
  order: LeadOrder;
  within: Span;
  isFiltering: boolean;
}

type Part = keyof LeadFilter | 'sellers';

const userOf = (seller: string): string | undefined => (seller === UNASSIGNED ? undefined : seller);

/** The lists by seller, and by stage when one is asked for: whoever may see only some leads always reads these. */
const bySeller = ({ stageIds }: LeadFilter, sellers: readonly string[]): [string[], Part[]] => {
  if (stageIds === undefined) return [sellers.map((seller) => facets.seller(userOf(seller))), ['sellers']];
  const both = sellers.flatMap((seller) => stageIds.map((stageId) => facets.sellerAndStage(userOf(seller), stageId)));
  return [both, ['sellers', 'stageIds']];
};

/** The lists that are likely to be the shortest, and what of the filter they fulfil. */
const shortest = (filter: LeadFilter, sellers: readonly string[] | undefined): [string[], Part[]] => {
  const { stageIds, tag, source, status } = filter;
  if (sellers) return bySeller(filter, sellers);
  if (stageIds) return [stageIds.map(facets.stage), ['stageIds']];
  if (tag !== undefined) return [[facets.tag(tag)], ['tag']];
  if (source !== undefined) return [[facets.source(source)], ['source']];
  if (status !== undefined) return [[facets.status(status)], ['status']];
  return [[facets.all], []];
};

/** The few lists that know of next actions. */
const ofNextActions = (sellers: readonly string[] | undefined): [string[], Part[]] =>
  sellers ? [sellers.map((seller) => facets.seller(userOf(seller))), ['sellers']] : [[facets.all], []];

const asksFor = (filter: LeadFilter, sellers: readonly string[] | undefined): Part[] => {
  const parts = (Object.keys(filter) as (keyof LeadFilter)[]).filter(
    (part) => part !== 'seller' && part !== 'stage' && filter[part] !== undefined,
  );
  return sellers ? [...parts, 'sellers'] : parts;
};

/** How to list what a filter names in an order, reading as little as the lists allow. */
export const planList = (filter: LeadFilter, sellers: readonly string[] | undefined, order: LeadOrder): ListPlan => {
  const [lists, fulfilled] = order === 'nextAction' ? ofNextActions(sellers) : shortest(filter, sellers);
  const isFiltering = asksFor(filter, sellers).some((part) => part !== order && !fulfilled.includes(part));
  return { facets: [...new Set(lists)], order, within: filter[order] ?? {}, isFiltering };
};
