import * as z from 'zod/mini';
import { csvDelimiters } from '#core/csv-rows.ts';
import { idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { jobStates } from '../jobs/job.ts';
import { LeadFilterQuery, leadFilterFields } from '../leads/lead-input.ts';
import { FileLink } from './import-view.ts';

/** Which leads to take out: those that the list would show for the same words. */
export const CreateExport = lazy(() =>
  z.strictObject({
    filter: z._default(z.strictObject(leadFilterFields()), {}),
    delimiter: z._default(z.enum(csvDelimiters), ','),
  }),
);
export type CreateExport = z.infer<Lazy<typeof CreateExport>>;

/** What is kept of an export's beginning. */
export const ExportInput = lazy(() => z.object({ filter: LeadFilterQuery(), delimiter: z.enum(csvDelimiters) }));
export type ExportInput = z.infer<Lazy<typeof ExportInput>>;

/** Where the files of an export are. */
export const exportFolder = (shopId: string, exportId: string): string => `exports/${shopId}/${exportId}/`;

/** A file of an export. */
const ExportFile = lazy(() => z.object({ key: z.string(), name: z.string(), bytes: z.int(), rows: z.int() }));
export type ExportFile = z.infer<Lazy<typeof ExportFile>>;

/** How far an export has come: its files, and where it goes on. */
export const ExportProgress = lazy(() =>
  z.object({
    rows: z._default(z.int(), 0),
    cursor: z.optional(z.string()),
    files: z._default(z.array(ExportFile()), []),
    /** The last of the files has room for more. */
    isOpen: z.optional(z.boolean()),
  }),
);
export type ExportProgress = z.infer<Lazy<typeof ExportProgress>>;

export const ExportParams = lazy(() => z.object({ exportId: idField() }));

/** An export as admins see it. */
export const ExportView = lazy(() =>
  z.object({
    exportId: z.string(),
    state: z.enum(jobStates),
    filter: LeadFilterQuery(),
    /** How many leads are in its files already. */
    rows: z.int(),
    /** Only where one export is shown. */
    files: z.optional(z.array(FileLink())),
    error: z.optional(z.string()),
    cancelledAt: z.optional(timeField()),
    by: z.string(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type ExportView = z.infer<Lazy<typeof ExportView>>;
