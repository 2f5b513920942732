import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { lazy } from '#core/lazy.ts';

const KeyParams = lazy(() => z.object({ formKey: z.string() }));

export const leadFormRoutes = {
  receiveLeadForm: {
    method: 'POST',
    path: '/webhooks/leads/{formKey}',
    access: 'public',
    summary: 'A form of the shop’s own site: JSON or form fields, signed with the secret of the form',
    params: KeyParams,
    answer: { status: 200 },
    raw: true,
  },
} as const satisfies Routes;
