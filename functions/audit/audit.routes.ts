import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { pageFields, pageOf, timeField } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import { auditKinds } from './audit-entry.ts';
import { AuditEntryView } from './audit-view.ts';

const nameField = () => z.string().check(z.minLength(1), z.maxLength(200));

/** What happened to one thing, what one user did, or all of it, between two moments. */
export const AuditQuery = lazy(() =>
  z
    .object({
      kind: z.optional(z.enum(auditKinds)),
      id: z.optional(nameField()),
      /** `user:<id>`, or a part of the system. */
      by: z.optional(nameField()),
      from: z.optional(timeField()),
      to: z.optional(timeField()),
      ...pageFields(50, 100),
    })
    .check(
      z.refine(({ kind, id }) => (kind === undefined) === (id === undefined), {
        path: ['id'],
        error: 'kind and id go together',
      }),
    ),
);

/** Who changed what in a shop. */
export const auditRoutes = {
  listAudit: {
    method: 'GET',
    path: '/admin/audit',
    access: ['admin'],
    summary: 'Who changed what and when, latest first: of one thing, by one user, between two moments, or all',
    query: AuditQuery,
    answer: { status: 200, schema: lazy(() => pageOf(AuditEntryView())) },
  },
} as const satisfies Routes;
