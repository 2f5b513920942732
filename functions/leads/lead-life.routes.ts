import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { idField, pageFields, pageOf } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import { placeIdField } from '../pipelines/pipeline-input.ts';
import { Duplicate } from './duplicate.ts';
import { TimelineItem } from './lead-timeline.ts';
import { LeadView } from './lead-view.ts';
import { LeadParams } from './leads.routes.ts';
import { MergeLeads } from './merge-leads.ts';
import { NoteView, WriteNote } from './note.ts';
import { Board } from './show-board.ts';

const users = ['admin', 'seller'] as const;
const common = { access: users, owned: 'lead' } as const;
const one = { ...common, params: LeadParams } as const;

const NoteParams = lazy(() => z.object({ leadId: z.string().check(z.maxLength(64)), noteId: idField() }));

/** What happens to leads beside their ordinary changes: their story, notes, merges, their end; and all of them by stage. */
export const leadLifeRoutes = {
  showBoard: {
    ...common,
    method: 'GET',
    path: '/admin/niche/leads/board',
    summary: 'A pipeline as a board: of each stage, how many leads are in it and the latest of them',
    query: lazy(() =>
      z.object({
        /** Absent: the default one. */
        pipelineId: z.optional(placeIdField()),
        /** A user’s id, `me`, or `unassigned`. */
        seller: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
        /** Of each stage. */
        limit: pageFields(20, 50).limit,
      }),
    ),
    answer: { status: 200, schema: Board },
    errors: ['niche.not-enabled'],
  },
  deleteLead: {
    ...one,
    method: 'DELETE',
    path: '/admin/niche/leads/{leadId}',
    summary: 'Delete a lead with its notes: sellers only their own; the contact and the chats stay',
    answer: { status: 204 },
    errors: ['niche.not-enabled', 'request.forbidden', 'change.conflict'],
  },
  showTimeline: {
    ...one,
    method: 'GET',
    path: '/admin/niche/leads/{leadId}/timeline',
    summary: 'The story of a lead, newest first: changes, notes, messages and checkouts in one list',
    query: lazy(() => z.object(pageFields(30, 50))),
    answer: { status: 200, schema: lazy(() => pageOf(TimelineItem())) },
    errors: ['niche.not-enabled'],
  },
  listNotes: {
    ...one,
    method: 'GET',
    path: '/admin/niche/leads/{leadId}/notes',
    summary: 'The notes of a lead, newest first',
    query: lazy(() => z.object(pageFields(30, 100))),
    answer: { status: 200, schema: lazy(() => pageOf(NoteView())) },
    errors: ['niche.not-enabled'],
  },
  addNote: {
    ...one,
    method: 'POST',
    path: '/admin/niche/leads/{leadId}/notes',
    summary: 'Write a note on a lead',
    body: WriteNote,
    answer: { status: 201, schema: NoteView },
    errors: ['niche.not-enabled', 'idempotency.key-reused', 'change.conflict'],
    idempotent: true,
  },
  editNote: {
    ...common,
    params: NoteParams,
    method: 'PATCH',
    path: '/admin/niche/leads/{leadId}/notes/{noteId}',
    summary: 'Change a note: one’s own, or any for an admin',
    body: WriteNote,
    answer: { status: 200, schema: NoteView },
    errors: ['niche.not-enabled', 'request.forbidden', 'change.conflict'],
  },
  removeNote: {
    ...common,
    params: NoteParams,
    method: 'DELETE',
    path: '/admin/niche/leads/{leadId}/notes/{noteId}',
    summary: 'Remove a note: one’s own, or any for an admin',
    answer: { status: 204 },
    errors: ['niche.not-enabled', 'request.forbidden', 'change.conflict'],
  },
  findDuplicates: {
    ...one,
    method: 'GET',
    path: '/admin/niche/leads/{leadId}/duplicates',
    summary: 'Leads that may be the same person, with the reasons and how sure it is; nothing is merged by itself',
    answer: { status: 200, schema: lazy(() => z.object({ items: z.array(Duplicate()) })) },
    errors: ['niche.not-enabled'],
  },
  mergeLeads: {
    ...one,
    method: 'POST',
    path: '/admin/niche/leads/{leadId}/merge',
    summary: 'Merge another lead into this one, with the fields that were chosen; contacts and chats stay apart',
    body: MergeLeads,
    answer: { status: 200, schema: LeadView },
    errors: ['niche.not-enabled', 'change.conflict'],
  },
} as const satisfies Routes;
