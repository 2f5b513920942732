import { exists, missing, where } from '#platform/expression.ts';
import { saved, type Table, type Write } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { emptySummary, SaleLink, SaleSummary } from './sale-link.ts';

/** What one decision changes: a link that begins or ends, the summary that counts it, and who did it. */
export interface LinkChange {
  linked?: SaleLink;
  unlinked?: SaleLink;
  summary: SaleSummary;
  entry: AuditEntry;
}

const linkKey = ({ shopId, contactId, sale }: SaleLink) => keys.saleLink(shopId, contactId, sale.source, sale.saleId);

const linkWrites = ({ linked, unlinked }: LinkChange): Write[] => [
  ...(linked ? [{ put: { ...linkKey(linked), ...linked }, if: [missing] }] : []),
  // whoever was erased meanwhile gets no row any more
  ...(linked ? [{ check: keys.contact(linked.shopId, linked.contactId), if: [exists] }] : []),
  ...(unlinked ? [{ delete: linkKey(unlinked), if: [exists] }] : []),
];

/** Links of contacts to sales. Nothing here writes a contact or a sale. */
export const saleLinkStore = (table: Table) => ({
  /** All links of a contact. */
  list: async (shopId: string, contactId: string): Promise<SaleLink[]> => {
    const rows = await Array.fromAsync(table.queryAll(ranges.saleLinks(shopId, contactId), { consistent: true }));
    return rows.filter(({ sk }) => sk !== keys.saleSummary(shopId, contactId).sk).map((row) => SaleLink().parse(row));
  },

  /** What counts of a contact's links, as of now. */
  summary: async (shopId: string, contactId: string): Promise<SaleSummary> => {
    const item = await table.get(keys.saleSummary(shopId, contactId), { consistent: true });
    return item ? SaleSummary().parse(item) : emptySummary(shopId, contactId);
  },

  /** Saves all of this or nothing; false when somebody else was faster. */
  save: async (change: LinkChange): Promise<boolean> => {
    const { summary, entry } = change;
    const { shopId, contactId, version } = summary;
    const put: Write = {
      put: { ...keys.saleSummary(shopId, contactId), ...summary },
      if: [version === 1 ? missing : where('version', '=', version - 1)],
    };
    return saved(table.transact([...linkWrites(change), put, auditWrite(entry)]));
  },
});
