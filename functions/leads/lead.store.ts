import type { Page, PageRequest } from '#core/page.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import { type Condition, exists, missing, where } from '#platform/expression.ts';
import { findRepeat, rememberRequest } from '#platform/idempotency.ts';
import { type Item, saved, type Table, type Write } from '#platform/table.ts';
import { indexKeys, keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { pipelineCheck } from '../pipelines/pipeline.store.ts';
import type { Pipeline } from '../pipelines/pipeline.ts';
import { Lead } from './lead.ts';
import { type LeadList, listLeads } from './lead-list.store.ts';
import { emailDigest, facets, facetsOf, listsNextActions, rowChangesOf, type Term, termsOf } from './lead-rows.ts';
import { type LeadSearchList, searchLeads } from './lead-search.store.ts';
import { Turn, type TurnTaken } from './round-robin.ts';

type Secret = () => Promise<string>;

const facetItem = (lead: Lead, facet: string): Item => {
  const { shopId, leadId, status, stageId, assignedTo, source, tags, createdAt, updatedAt, nextActionAt } = lead;
  const place = { leadId, facet, createdAt, updatedAt };
  return {
    ...keys.leadFacet(shopId, leadId, facet),
    ...indexKeys.leadFacet(shopId, { ...place, ...(listsNextActions(lead, facet) && { nextActionAt }) }),
    ...{ leadId, status, stageId, assignedTo, source, tags, createdAt, updatedAt, nextActionAt },
  };
};

const termItem = ({ shopId, leadId }: Lead, { term, place, text }: Term, secret: string): Item => ({
  ...keys.leadTerm(shopId, leadId, term, place),
  ...indexKeys.leadTerm(shopId, leadId, term, term === 'email' ? emailDigest(text, secret) : text),
  leadId,
});

const versionCondition = ({ version }: Lead): Condition =>
  version === 1 ? missing : where('version', '=', version - 1);

const metaItem = (lead: Lead): Item => ({ ...keys.lead(lead.shopId, lead.leadId), ...lead });

/**
 * The writes that turn `before` (nothing, for a new lead) into `after` with all rows by which it is listed and found, for
 * a transaction: at most eighty. They fail when somebody changed the lead since `before` was read.
 */
export const leadWrites = (before: Lead | undefined, after: Lead, secret: string): Write[] => {
  const { shopId, leadId } = after;
  const { facets: lists, terms } = rowChangesOf(before, after);
  return [
    { put: metaItem(after), if: [versionCondition(after)] },
    ...lists.put.map((facet): Write => ({ put: facetItem(after, facet) })),
    ...lists.gone.map((facet): Write => ({ delete: keys.leadFacet(shopId, leadId, facet) })),
    ...terms.put.map((term): Write => ({ put: termItem(after, term, secret) })),
    ...terms.gone.map(({ term, place }): Write => ({ delete: keys.leadTerm(shopId, leadId, term, place) })),
  ];
};

/** The writes that take a lead away with all rows by which it is listed and found, for a transaction. */
export const leadRemovalWrites = (lead: Lead): Write[] => {
  const { shopId, leadId } = lead;
  return [
    { delete: keys.lead(shopId, leadId), if: [where('version', '=', lead.version)] },
    ...facetsOf(lead).map((facet): Write => ({ delete: keys.leadFacet(shopId, leadId, facet) })),
    ...termsOf(lead).map(({ term, place }): Write => ({ delete: keys.leadTerm(shopId, leadId, term, place) })),
  ];
};

const notMerged: Condition = { attribute: 'mergedInto', exists: false };

/** A lead is only made of a contact that is there and goes on in no other, which would not learn of it. */
const contactCheck = ({ shopId, leadId }: Lead): Write => ({
  check: keys.contact(shopId, leadId),
  if: [exists, notMerged],
});

/** A turn is taken once: whoever is late sees how things are then. */
const turnWrite = (shopId: string, { turn, before }: TurnTaken): Write => ({
  put: { ...keys.leadTurn(shopId, turn.userId), ...turn },
  if: [before === undefined ? missing : where('number', '=', before.number)],
});

const leadReads = (table: Table) => ({
  /** One lead as it stands, also one that goes on in another. */
  find: async (shopId: string, leadId: string, consistent = true): Promise<Lead | undefined> => {
    const item = await table.get(keys.lead(shopId, leadId), { consistent });
    return item && Lead().parse(item);
  },

  /** Those of these leads that there are, in no order, perhaps as they were a moment ago. */
  findAll: async (shopId: string, leadIds: readonly string[]): Promise<Lead[]> => {
    const items = await table.batchGet([...new Set(leadIds)].map((leadId) => keys.lead(shopId, leadId)));
    return items.map((item) => Lead().parse(item));
  },

  /** How many leads stand in a list, counted no further than `enough`. */
  count: async (shopId: string, facet: string, enough: number): Promise<number> =>
    Math.min(enough, await table.count(ranges.leads(shopId, facet, 'updated'), enough)),

  /** How many leads in these stages a seller has, counted no further than `enough`. */
  countOf: async (shopId: string, sellerId: string, stageIds: readonly string[], enough: number): Promise<number> => {
    let sum = 0;
    for (const stageId of stageIds) {
      const list = ranges.leads(shopId, facets.sellerAndStage(sellerId, stageId), 'updated');
      sum += await table.count(list, enough - sum);
      if (sum >= enough) return enough;
    }
    return sum;
  },

  /** When each seller was last given a lead in turn. */
  turns: async (shopId: string): Promise<Turn[]> => {
    const items = await Array.fromAsync(table.queryAll(ranges.leadTurns(shopId), { consistent: true }));
    return items.map((item) => Turn().parse(item));
  },

  /** What the same request led to the first time. Throws `idempotency.key-reused`. */
  findRepeat: (request: RepeatableRequest): Promise<string | undefined> => findRepeat(table, request),
});

/**
 * Leads with the rows by which they are listed and found; all rows of a lead change together with it, and with the audit
 * entries of the change. `secret` keys the digests of e-mail addresses; `most` is how many rows a page may take.
 */
export const leadStore = (table: Table, secret: Secret, most: { evaluated?: number; lookedAt?: number } = {}) => ({
  ...leadReads(table),

  /** One page of leads. Throws `request.invalid` for a cursor that another list gave. */
  list: (list: LeadList, page: PageRequest): Promise<Page<Lead>> => listLeads(table, list, page, most.evaluated),

  /** One page of the leads that are looked for. Throws `request.invalid` for a cursor that another search gave. */
  search: async (list: LeadSearchList, page: PageRequest): Promise<Page<Lead>> =>
    searchLeads(table, list, page, { secret: await secret(), mostLookedAt: most.lookedAt }),

  /** Makes a lead of a contact; false when there is one, or the contact is gone, or somebody was faster. */
  create: async (
    lead: Lead,
    {
      request,
      now,
      entries = [],
    }: { request?: RepeatableRequest | undefined; now?: Date; entries?: readonly AuditEntry[] } = {},
  ): Promise<boolean> => {
    const remembered = request && now ? [rememberRequest(request, lead.leadId, now)] : [];
    const writes = leadWrites(undefined, lead, await secret());
    return saved(table.transact([...writes, contactCheck(lead), ...entries.map(auditWrite), ...remembered]));
  },

  /** Saves a changed lead with the entries that tell of it; false when somebody was faster with it or with `inside`. */
  save: async (before: Lead, after: Lead, entries: readonly AuditEntry[] = [], inside?: Pipeline): Promise<boolean> => {
    const writes = [...leadWrites(before, after, await secret()), ...entries.map(auditWrite)];
    return saved(table.transact([...writes, ...(inside ? [pipelineCheck(inside)] : [])]));
  },

  /** Saves a lead with the turn in which it was given; false when somebody was faster with either. */
  saveTurn: async (before: Lead, after: Lead, entries: readonly AuditEntry[], turn: TurnTaken): Promise<boolean> => {
    const writes = leadWrites(before, after, await secret());
    return saved(table.transact([...writes, ...entries.map(auditWrite), turnWrite(after.shopId, turn)]));
  },
});
