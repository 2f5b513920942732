import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { pageOf } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import { AssignLead, CreateLead, ListLeads, MoveLead, TagLead, UpdateLead } from './lead-input.ts';
import { LeadView } from './lead-view.ts';

const users = ['admin', 'seller'] as const;

/** What is no id is no lead's either. */
export const LeadParams = lazy(() => z.object({ leadId: z.string().check(z.maxLength(64)) }));

const common = { access: users, owned: 'lead' } as const;
const one = { ...common, params: LeadParams, answer: { status: 200, schema: LeadView } } as const;

export const leadRoutes = {
  listLeads: {
    ...common,
    method: 'GET',
    path: '/admin/niche/leads',
    summary: 'Leads by status, stage, seller, source, tag and time, or found by name, phone or e-mail',
    query: ListLeads,
    answer: { status: 200, schema: lazy(() => pageOf(LeadView())) },
    errors: ['niche.not-enabled'],
  },
  createLead: {
    ...common,
    method: 'POST',
    path: '/admin/niche/leads',
    summary: 'Enter a lead by phone; a person is one lead, whichever way the phone is written',
    body: CreateLead,
    answer: { status: 201, schema: LeadView },
    errors: ['niche.not-enabled', 'lead.exists', 'idempotency.key-reused', 'change.conflict'],
    idempotent: true,
  },
  getLead: {
    ...one,
    method: 'GET',
    path: '/admin/niche/leads/{leadId}',
    summary: 'One lead; of one that was merged, the lead in which it goes on',
    errors: ['niche.not-enabled'],
  },
  updateLead: {
    ...one,
    method: 'PATCH',
    path: '/admin/niche/leads/{leadId}',
    summary: 'Change names, e-mail, source or next action of a lead; null takes a field away',
    body: UpdateLead,
    errors: ['niche.not-enabled', 'change.conflict'],
  },
  moveLead: {
    ...one,
    method: 'PUT',
    path: '/admin/niche/leads/{leadId}/stage',
    summary: 'Move a lead to a stage, or to the first stage of a status',
    body: MoveLead,
    errors: ['niche.not-enabled', 'change.conflict'],
  },
  assignLead: {
    ...one,
    method: 'POST',
    path: '/admin/niche/leads/{leadId}/assign',
    summary: 'Give a lead to a user, to nobody, or to the seller with the fewest open leads',
    body: AssignLead,
    errors: ['niche.not-enabled', 'request.forbidden', 'change.conflict'],
  },
  tagLead: {
    ...one,
    method: 'POST',
    path: '/admin/niche/leads/{leadId}/tags',
    summary: 'Put tags on a lead and take others off',
    body: TagLead,
    errors: ['niche.not-enabled', 'change.conflict'],
  },
} as const satisfies Routes;
