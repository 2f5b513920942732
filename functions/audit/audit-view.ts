import * as z from 'zod/mini';
import { timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { type AuditEntry, auditKinds, FieldChange } from './audit-entry.ts';

/** An entry as admins see it. */
export const AuditEntryView = lazy(() =>
  z.object({
    entryId: z.string(),
    subject: z.object({ kind: z.enum(auditKinds), id: z.string() }),
    at: timeField(),
    /** `user:<id>`, or the part of the system that did it. */
    by: z.string(),
    /** Subject and what happened to it, like `shop.changed`. */
    action: z.string(),
    /** Fields that changed, and how; of personal ones only that they did. */
    changes: z.optional(z.record(z.string(), FieldChange())),
    reason: z.optional(z.string()),
  }),
);
export type AuditEntryView = z.infer<Lazy<typeof AuditEntryView>>;

/** An entry as admins see it. */
export const auditEntryView = ({ shopId: _, ...entry }: AuditEntry): AuditEntryView => entry;
