import { missing } from '#platform/expression.ts';
import type { Table, Write } from '#platform/table.ts';
import { keys } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import { leadWrites } from './lead.store.ts';
import { Lead } from './lead.ts';
import type { LeadChange, MergedLeads } from './merge-leads-of-contacts.ts';

/** These leads as they stand now, and those in which they went on. */
export const leadsBehind = async (table: Table, shopId: string, leadIds: readonly string[]): Promise<Lead[]> => {
  const found = new Map<string, Lead>();
  let wanted = [...new Set(leadIds)];
  while (wanted.length > 0) {
    const items = await table.batchGet(
      wanted.map((leadId) => keys.lead(shopId, leadId)),
      { consistent: true },
    );
    const leads = items.map((item) => Lead().parse(item));
    for (const lead of leads) found.set(lead.leadId, lead);
    const next = new Set(leads.flatMap(({ mergedInto }) => mergedInto ?? []));
    wanted = [...next].filter((leadId) => !found.has(leadId));
  }
  return [...found.values()];
};

/** The writes of changed leads and of what tells of it, for a transaction. */
export const leadChangeWrites = (changes: readonly LeadChange[], secret: string): Write[] =>
  changes.flatMap(({ before, after, entries }) => [...leadWrites(before, after, secret), ...entries.map(auditWrite)]);

/** The writes for leads whose contacts become one, for the transaction in which they do. */
export const mergedLeadWrites = ({ changes, absent }: MergedLeads, shopId: string, secret: string): Write[] => [
  ...leadChangeWrites(changes, secret),
  ...absent.map((leadId): Write => ({ check: keys.lead(shopId, leadId), if: [missing] })),
];
