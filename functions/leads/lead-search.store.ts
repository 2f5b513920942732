import type { Page, PageRequest } from '#core/page.ts';
import { toCursor } from '#platform/cursor.ts';
import type { Table } from '#platform/table.ts';
import { type Range, ranges } from '#table/schema.ts';
import type { Lead } from './lead.ts';
import { type LeadList, readLeads } from './lead-list.store.ts';
import { emailDigest } from './lead-rows.ts';
import type { LeadSearch } from './lead-search.ts';

/** How many a search looks at more closely for a page, which may be short then and still have a cursor. */
export const MOST_LOOKED_AT = 100;

type Row = Record<string, unknown>;

const rangeOf = (shopId: string, { term, text }: LeadSearch, secret: string): Range =>
  ranges.leadsByTerm(shopId, term, term === 'email' ? `${emailDigest(text, secret)}#` : text);

/** The word by which a row finds its lead: its place is the word and the lead's id. */
const wordOf = ({ gsi1sk }: Row): string => String(gsi1sk).split('#')[0] ?? '';

const positionOf = ({ pk, sk, gsi1pk, gsi1sk }: Row) => ({ pk, sk, gsi1pk, gsi1sk });

/** Which leads are looked for, and which of them are shown. */
export interface LeadSearchList extends Pick<LeadList, 'shopId' | 'filter' | 'sellers'> {
  search: LeadSearch;
}

const isNarrowed = ({ search, filter, sellers }: LeadSearchList): boolean =>
  !search.isExact || sellers !== undefined || Object.values(filter).some((value) => value !== undefined);

/** The leads that are meant by these rows, until a page is full; and the row at which it was, if that is not the last. */
const pickPage = (rows: readonly Row[], leads: readonly Lead[], { isMeant }: LeadSearch, limit: number) => {
  const byId = new Map(leads.map((lead) => [lead.leadId, lead]));
  const items: Lead[] = [];
  for (const [index, row] of rows.entries()) {
    const lead = byId.get(String(row['leadId']));
    if (lead && isMeant(lead, wordOf(row))) items.push(lead);
    if (items.length === limit && index < rows.length - 1) return { items, fullAt: row };
  }
  return { items };
};

/**
 * One page of the leads that are looked for, in the order of what they are found by; looks at no more than
 * `mostLookedAt` for it. Throws `request.invalid` for a cursor that another search gave.
 */
export const searchLeads = async (
  table: Table,
  list: LeadSearchList,
  { limit, cursor }: PageRequest,
  { secret, mostLookedAt = MOST_LOOKED_AT }: { secret: string; mostLookedAt?: number | undefined },
): Promise<Page<Lead>> => {
  const looked = { limit: isNarrowed(list) ? mostLookedAt : limit, ...(cursor !== undefined && { cursor }) };
  const page = await table.query(rangeOf(list.shopId, list.search, secret), looked);
  const leads = await readLeads(table, list, [...new Set(page.items.map(({ leadId }) => String(leadId)))]);
  const { items, fullAt } = pickPage(page.items, leads, list.search, limit);
  const nextCursor = fullAt ? toCursor(positionOf(fullAt)) : page.nextCursor;
  return { items, ...(nextCursor && { nextCursor }) };
};
