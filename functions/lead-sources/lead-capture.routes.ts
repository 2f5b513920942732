import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { pageFields, pageOf } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import { metaIdField } from '../connections/connection.ts';
import { LeadFormSecretView, LeadFormView, LeadPageView, SubmissionView } from './lead-capture-view.ts';
import { CreateLeadForm, MapLeadAdForm, UpdateLeadForm } from './lead-form-input.ts';
import { submissionStates } from './submission.ts';

const admins = ['admin'] as const;
const text = (length: number) => z.string().check(z.minLength(1), z.maxLength(length));

const FormParams = lazy(() => z.object({ formKey: text(64) }));
const PageParams = lazy(() => z.object({ pageId: text(64) }));
const PageFormParams = lazy(() => z.object({ pageId: text(64), formId: metaIdField() }));
const SubmissionParams = lazy(() => z.object({ submissionId: text(64) }));

/** A page with a token that may read its forms. */
export const ConnectPage = lazy(() =>
  z.strictObject({
    pageId: metaIdField(),
    token: z.string().check(z.regex(/^[\x21-\x7e]{16,1000}$/, 'must be the token of the page')),
    /** A number of the shop whose Meta app tells of the page; absent: the app as before, at first the one that all share. */
    phoneNumberId: z.optional(z.string().check(z.maxLength(25))),
  }),
);

const ListSubmissions = lazy(() =>
  z.object({
    ...pageFields(50, 100),
    state: z._default(z.enum(submissionStates), 'failed'),
    /** Instead of a state: what became of one lead, whatever its state. */
    leadId: z.optional(text(64)),
  }),
);

const common = { access: admins } as const;
const oneForm = { ...common, params: FormParams } as const;

const formRoutes = {
  listLeadForms: {
    ...common,
    method: 'GET',
    path: '/admin/niche/lead-forms',
    summary: 'All forms whose submissions become leads: those of the shop’s site, and those of Lead Ads with a mapping',
    answer: { status: 200, schema: lazy(() => z.object({ items: z.array(LeadFormView()) })) },
    errors: ['niche.not-enabled'],
  },
  createLeadForm: {
    ...common,
    method: 'POST',
    path: '/admin/niche/lead-forms',
    summary: 'Make a form of the shop’s own site; its secret is shown this once',
    body: CreateLeadForm,
    answer: { status: 201, schema: LeadFormSecretView },
    errors: ['niche.not-enabled', 'idempotency.key-reused'],
    idempotent: true,
  },
  getLeadForm: {
    ...oneForm,
    method: 'GET',
    path: '/admin/niche/lead-forms/{formKey}',
    summary: 'One form',
    answer: { status: 200, schema: LeadFormView },
    errors: ['niche.not-enabled'],
  },
  updateLeadForm: {
    ...oneForm,
    method: 'PATCH',
    path: '/admin/niche/lead-forms/{formKey}',
    summary: 'Change how a form is read: fields, source, tags, consent, country',
    body: UpdateLeadForm,
    answer: { status: 200, schema: LeadFormView },
    errors: ['niche.not-enabled', 'change.conflict'],
  },
  rotateLeadFormSecret: {
    ...oneForm,
    method: 'POST',
    path: '/admin/niche/lead-forms/{formKey}/secret',
    summary: 'Give a form another secret, shown this once; the one before stays good for a day',
    answer: { status: 200, schema: LeadFormSecretView },
    errors: ['niche.not-enabled', 'change.conflict'],
  },
  deleteLeadForm: {
    ...oneForm,
    method: 'DELETE',
    path: '/admin/niche/lead-forms/{formKey}',
    summary: 'Delete a form: nothing comes in under its key any more',
    answer: { status: 204 },
    errors: ['niche.not-enabled', 'change.conflict'],
  },
  retryLeadForm: {
    ...oneForm,
    method: 'POST',
    path: '/admin/niche/lead-forms/{formKey}/retry',
    summary: 'Try the latest failed submissions of a form again',
    answer: { status: 200, schema: lazy(() => z.object({ retried: z.int() })) },
    errors: ['niche.not-enabled'],
  },
} as const satisfies Routes;

const pageRoutes = {
  listLeadPages: {
    ...common,
    method: 'GET',
    path: '/admin/niche/lead-pages',
    summary: 'The Facebook pages whose Lead Ads become leads, with what is wrong with them',
    answer: { status: 200, schema: lazy(() => z.object({ items: z.array(LeadPageView()) })) },
    errors: ['niche.not-enabled'],
  },
  connectLeadPage: {
    ...common,
    method: 'POST',
    path: '/admin/niche/lead-pages',
    summary: 'Connect a page, or give it another token; what has failed for want of one is tried again',
    body: ConnectPage,
    answer: { status: 200, schema: LeadPageView },
    errors: ['niche.not-enabled', 'lead-page.refused', 'lead-page.taken', 'meta.unavailable', 'change.conflict'],
  },
  disconnectLeadPage: {
    ...common,
    method: 'DELETE',
    path: '/admin/niche/lead-pages/{pageId}',
    summary: 'Disconnect a page and remove its token; its leads stay',
    params: PageParams,
    answer: { status: 204 },
    errors: ['niche.not-enabled', 'change.conflict'],
  },
  mapLeadAdForm: {
    ...common,
    method: 'PUT',
    path: '/admin/niche/lead-pages/{pageId}/forms/{formId}',
    summary: 'Say how a form of Lead Ads is read, by Meta’s id of it',
    params: PageFormParams,
    body: MapLeadAdForm,
    answer: { status: 200, schema: LeadFormView },
    errors: ['niche.not-enabled', 'change.conflict'],
  },
} as const satisfies Routes;

const submissionRoutes = {
  listSubmissions: {
    ...common,
    method: 'GET',
    path: '/admin/niche/submissions',
    summary:
      'What was filled in, newest first: the failed ones unless another state is asked for, or what became one lead',
    query: ListSubmissions,
    answer: { status: 200, schema: lazy(() => pageOf(SubmissionView())) },
    errors: ['niche.not-enabled'],
  },
  retrySubmission: {
    ...common,
    method: 'POST',
    path: '/admin/niche/submissions/{submissionId}/retry',
    summary: 'Try to make a lead of a submission again; one that is a lead stays so',
    params: SubmissionParams,
    answer: { status: 200, schema: SubmissionView },
    errors: ['niche.not-enabled', 'change.conflict'],
  },
} as const satisfies Routes;

/** How leads come in by forms and Lead Ads: for admins. */
export const leadCaptureRoutes = { ...formRoutes, ...pageRoutes, ...submissionRoutes } as const satisfies Routes;
