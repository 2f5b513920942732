import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { pageFields, pageOf } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import { CreateExport, ExportParams, ExportView } from './export-input.ts';
import { CreateImport, ImportParams, StartImport } from './import-input.ts';
import { ImportPreview, PreviewQuery } from './import-preview.ts';
import { ImportUpload, ImportView } from './import-view.ts';

const Page = lazy(() => z.object(pageFields(30, 100)));
const admins = { access: ['admin'] } as const;

/** Leads that come from files, and go into them. */
export const leadFileRoutes = {
  createImport: {
    ...admins,
    method: 'POST',
    path: '/admin/niche/imports',
    summary: 'Begin an import of leads: gives an address to upload a CSV file to',
    body: CreateImport,
    answer: { status: 201, schema: ImportUpload },
    errors: ['niche.not-enabled'],
  },
  listImports: {
    ...admins,
    method: 'GET',
    path: '/admin/niche/imports',
    summary: 'Imports, the latest first',
    query: Page,
    answer: { status: 200, schema: lazy(() => pageOf(ImportView())) },
    errors: ['niche.not-enabled'],
  },
  getImport: {
    ...admins,
    method: 'GET',
    path: '/admin/niche/imports/{importId}',
    summary: 'How far an import is, and the rows that were not taken',
    params: ImportParams,
    answer: { status: 200, schema: ImportView },
    errors: ['niche.not-enabled'],
  },
  previewImport: {
    ...admins,
    method: 'GET',
    path: '/admin/niche/imports/{importId}/preview',
    summary: 'How an uploaded file is written, its first rows, and what its columns seem to be',
    params: ImportParams,
    query: PreviewQuery,
    answer: { status: 200, schema: ImportPreview },
    errors: ['niche.not-enabled', 'file.not-uploaded', 'file.not-csv', 'job.not-ready'],
  },
  startImport: {
    ...admins,
    method: 'POST',
    path: '/admin/niche/imports/{importId}/start',
    summary: 'Import an uploaded file, or try it without writing anything',
    params: ImportParams,
    body: StartImport,
    answer: { status: 200, schema: ImportView },
    errors: ['niche.not-enabled', 'file.not-uploaded', 'file.not-csv', 'job.not-ready', 'change.conflict'],
  },
  resumeImport: {
    ...admins,
    method: 'POST',
    path: '/admin/niche/imports/{importId}/resume',
    summary: 'Go on with an import that failed or was cancelled, where it stopped',
    params: ImportParams,
    answer: { status: 200, schema: ImportView },
    errors: ['niche.not-enabled', 'job.not-ready', 'change.conflict'],
  },
  cancelImport: {
    ...admins,
    method: 'POST',
    path: '/admin/niche/imports/{importId}/cancel',
    summary: 'Stop an import; what it has done stays done',
    params: ImportParams,
    answer: { status: 200, schema: ImportView },
    errors: ['niche.not-enabled', 'job.not-ready', 'change.conflict'],
  },
  createExport: {
    ...admins,
    method: 'POST',
    path: '/admin/niche/exports',
    summary: 'Take leads out into CSV files, by the same filters as the list',
    body: CreateExport,
    answer: { status: 201, schema: ExportView },
    errors: ['niche.not-enabled'],
  },
  listExports: {
    ...admins,
    method: 'GET',
    path: '/admin/niche/exports',
    summary: 'Exports, the latest first',
    query: Page,
    answer: { status: 200, schema: lazy(() => pageOf(ExportView())) },
    errors: ['niche.not-enabled'],
  },
  getExport: {
    ...admins,
    method: 'GET',
    path: '/admin/niche/exports/{exportId}',
    summary: 'How far an export is, and its files',
    params: ExportParams,
    answer: { status: 200, schema: ExportView },
    errors: ['niche.not-enabled'],
  },
  cancelExport: {
    ...admins,
    method: 'POST',
    path: '/admin/niche/exports/{exportId}/cancel',
    summary: 'Stop an export; files that are whole stay',
    params: ExportParams,
    answer: { status: 200, schema: ExportView },
    errors: ['niche.not-enabled', 'job.not-ready', 'change.conflict'],
  },
} as const satisfies Routes;
