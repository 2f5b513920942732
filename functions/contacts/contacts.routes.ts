import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { idField, languageField, pageFields, pageOf, textField, timeField } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import { consentChannels, consentStatesSaid, MOST_CONSENT_TEXT } from './consent-entry.ts';
import { ContactView } from './contact-view.ts';
import { ErasureCounts } from './erasure.ts';

const users = ['admin', 'seller'] as const;
const admins = ['admin'] as const;

const ContactParams = lazy(() => z.object({ contactId: idField() }));
const JobParams = lazy(() => z.object({ jobId: idField() }));

/** What people of the shop write on a contact. */
export const UpdateContact = lazy(() =>
  z.strictObject({
    name: z.optional(z.nullable(textField(120))),
    language: z.optional(z.nullable(languageField())),
    review: z.optional(z.null()),
  }),
);

/** What a person said about marketing, as somebody of the shop heard it. */
export const SetConsent = lazy(() =>
  z.strictObject({
    state: z.enum(consentStatesSaid),
    channel: z.enum(consentChannels),
    /** The words that were said, or agreed to. */
    text: z.optional(textField(MOST_CONSENT_TEXT)),
    /** When it was said; now, if nobody says. */
    at: z.optional(timeField()),
    /** Admins: this yes was given after a no, and is to take it back. */
    overRefusal: z.optional(z.boolean()),
  }),
);

/** One word of a person about marketing. */
export const ConsentView = lazy(() =>
  z.object({
    state: z.enum(consentStatesSaid),
    at: timeField(),
    source: z.string(),
    channel: z.enum(consentChannels),
    text: z.optional(z.string()),
    /** They agreed by what they did, with no word and no tick for it. */
    isImplied: z.optional(z.boolean()),
    by: z.string(),
  }),
);

/** The export or the erasure of a person: how far it has come, and what it found. */
export const PersonJob = lazy(() =>
  z.object({
    jobId: idField(),
    contactId: idField(),
    state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
    counts: ErasureCounts(),
    error: z.optional(z.string()),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);

/** Files of an export, each at an address that lives for some minutes. */
export const PersonExport = lazy(() =>
  z.extend(PersonJob(), {
    files: z.array(z.object({ name: z.string(), bytes: z.int(), url: z.string(), expiresAt: timeField() })),
    /** There are more files. */
    nextCursor: z.optional(z.string()),
  }),
);

/** What stays of an erased person. */
export const ErasureView = lazy(() =>
  z.object({ contactId: idField(), jobId: idField(), by: z.string(), at: timeField(), counts: ErasureCounts() }),
);

export const contactRoutes = {
  getContact: {
    method: 'GET',
    path: '/admin/contacts/{contactId}',
    access: users,
    owned: 'contact',
    summary: 'One contact',
    params: ContactParams,
    answer: { status: 200, schema: ContactView },
  },
  updateContact: {
    method: 'PATCH',
    path: '/admin/contacts/{contactId}',
    access: users,
    owned: 'contact',
    summary: 'Name a contact, note their language, or end a review; null takes a name or a language away',
    params: ContactParams,
    body: UpdateContact,
    answer: { status: 200, schema: ContactView },
    errors: ['change.conflict'],
  },
  listConsents: {
    method: 'GET',
    path: '/admin/contacts/{contactId}/consents',
    access: users,
    owned: 'contact',
    summary: 'What a person said about marketing: when, where and in which words, latest first',
    params: ContactParams,
    query: lazy(() => z.object(pageFields(20, 100))),
    answer: { status: 200, schema: lazy(() => pageOf(ConsentView())) },
  },
  setConsent: {
    method: 'PUT',
    path: '/admin/contacts/{contactId}/consent',
    access: users,
    owned: 'contact',
    summary: 'Write down what a person said about marketing; a no yields to few',
    params: ContactParams,
    body: SetConsent,
    answer: { status: 200, schema: ContactView },
    errors: ['change.conflict', 'consent.revoked', 'request.forbidden'],
  },
  exportPerson: {
    method: 'POST',
    path: '/admin/contacts/{contactId}/export',
    access: admins,
    owned: 'contact',
    summary: 'Begin to put all that the shop has of a person into files',
    params: ContactParams,
    answer: { status: 201, schema: PersonJob },
  },
  getPersonExport: {
    method: 'GET',
    path: '/admin/person-exports/{jobId}',
    access: admins,
    summary: 'How far the export of a person has come, and a page of its files',
    params: JobParams,
    query: lazy(() => z.object({ cursor: z.optional(z.string().check(z.regex(/^[1-9]\d{0,5}$/))) })),
    answer: { status: 200, schema: PersonExport },
  },
  erasePerson: {
    method: 'POST',
    path: '/admin/contacts/{contactId}/erase',
    access: admins,
    owned: 'contact',
    summary: 'Begin to erase a person: chats, files, lead, consents; checkouts stay as figures. There is no way back',
    params: ContactParams,
    answer: { status: 201, schema: PersonJob },
  },
  getErasure: {
    method: 'GET',
    path: '/admin/erasures/{jobId}',
    access: admins,
    summary: 'How far the erasure of a person has come, and how much was erased',
    params: JobParams,
    answer: { status: 200, schema: PersonJob },
  },
  repeatErasure: {
    method: 'POST',
    path: '/admin/erasures/{jobId}/repeat',
    access: admins,
    summary: 'Go on with an erasure that failed, or erase the same person again, within 90 days',
    params: JobParams,
    answer: { status: 200, schema: PersonJob },
    errors: ['change.conflict'],
  },
  listErasures: {
    method: 'GET',
    path: '/admin/erasures',
    access: admins,
    summary: 'Who was erased when, and how much, latest first: without anything personal',
    query: lazy(() => z.object(pageFields(20, 100))),
    answer: { status: 200, schema: lazy(() => pageOf(ErasureView())) },
  },
} as const satisfies Routes;
