import * as z from 'zod/mini';
import { idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

/** What a change may be about. */
export const auditKinds = [
  'shop',
  'user',
  'connection',
  'product',
  'category',
  'conversation',
  'contact',
  'lead',
  'pipeline',
  'form',
  'page',
  'import',
  'export',
  'erasure',
  'sale-link',
  'sale-source',
] as const;

/** How a field changed. Of personal fields only that they did. */
export const FieldChange = lazy(() => z.object({ from: z.optional(z.unknown()), to: z.optional(z.unknown()) }));
export type FieldChange = z.infer<Lazy<typeof FieldChange>>;

/** Who changed what, and when. Written with the change itself, and never after. */
export const AuditEntry = lazy(() =>
  z.object({
    shopId: idField(),
    entryId: z.string(),
    subject: z.object({ kind: z.enum(auditKinds), id: z.string() }),
    at: timeField(),
    /** `user:<id>`, or the part of the system that did it. */
    by: z.string(),
    /** Subject and what happened to it, like `lead.stage-moved`. */
    action: z.string(),
    changes: z.optional(z.record(z.string(), FieldChange())),
    reason: z.optional(z.string()),
  }),
);
export type AuditEntry = z.infer<Lazy<typeof AuditEntry>>;
