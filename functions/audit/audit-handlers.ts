import type { RouteHandlers } from '#core/contract.ts';
import type { Page, PageRequest } from '#core/page.ts';
import type { auditRoutes } from './audit.routes.ts';
import type { AuditEntry } from './audit-entry.ts';
import { auditEntryView } from './audit-view.ts';

/** Where entries are read; see the store. */
export interface AuditPorts {
  audit: {
    list: (
      view: {
        shopId: string;
        subject?: AuditEntry['subject'] | undefined;
        by?: string | undefined;
        from?: string | undefined;
        to?: string | undefined;
      },
      page: PageRequest,
    ) => Promise<Page<AuditEntry>>;
  };
}

/** What answers each route of the audit trail. */
export const auditHandlers = ({ audit }: AuditPorts): RouteHandlers<typeof auditRoutes> => ({
  listAudit: async ({ caller: { shopId }, query: { kind, id, by, from, to, ...page } }) => {
    const subject = kind !== undefined && id !== undefined ? { kind, id } : undefined;
    const found = await audit.list({ shopId, subject, by, from, to }, page);
    return { ...found, items: found.items.map(auditEntryView) };
  },
});
