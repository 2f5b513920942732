import * as z from 'zod/mini';
import { csvEncodings } from '#core/csv-encoding.ts';
import { csvDelimiters } from '#core/csv-rows.ts';
import { countField, countryField, idField, languageField, textField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { MOST_TAGS, sourceField, tagField } from '../leads/lead.ts';
import { ImportMapping } from './import-mapping.ts';
import { rowReasons } from './import-reasons.ts';

const MB = 1024 * 1024;
/** A file of this size has some two million rows. */
export const LARGEST_IMPORT = 200 * MB;

const MOST_ROWS = LARGEST_IMPORT;

const fileName = () => textField(200);

/** A file is to be imported: what it is called, and how large it is. */
export const CreateImport = lazy(() =>
  z.strictObject({ fileName: fileName(), bytes: z.int().check(z.minimum(1), z.maximum(LARGEST_IMPORT)) }),
);
export type CreateImport = z.infer<Lazy<typeof CreateImport>>;

/** What becomes of a row whose person is a lead already. */
export const duplicatePolicies = ['skip', 'fill', 'overwrite'] as const;

/** How the file is written; what is left out is detected. */
const formatFields = () => ({
  encoding: z.optional(z.enum(csvEncodings)),
  delimiter: z.optional(z.enum(csvDelimiters)),
  hasHeader: z.optional(z.boolean()),
});

/** Who gets new leads: nobody, one user, or active sellers in turn. */
const Assignment = lazy(() =>
  z.discriminatedUnion('to', [
    z.strictObject({ to: z.literal('nobody') }),
    z.strictObject({ to: z.literal('user'), userId: z.string().check(z.minLength(1), z.maxLength(128)) }),
    z.strictObject({ to: z.literal('sellers-in-turn') }),
  ]),
);
export type Assignment = z.infer<Lazy<typeof Assignment>>;

/** The people of the file agreed to marketing, in these words. Whoever said no before is left as they are. */
const GivenConsent = lazy(() => z.strictObject({ text: textField(1000), at: z.optional(timeField()) }));

/** How to import a file that was uploaded. */
export const StartImport = lazy(() =>
  z.strictObject({
    ...formatFields(),
    mapping: ImportMapping(),
    /** Of phones without a country code; the shop's own when it is left out. */
    country: z.optional(countryField()),
    duplicates: z._default(z.enum(duplicatePolicies), 'skip'),
    /** For every row, beside its own. */
    tags: z._default(z.array(tagField()).check(z.maxLength(MOST_TAGS)), []),
    /** For new leads whose row names none. */
    source: z._default(sourceField(), 'import'),
    stageId: z.optional(z.string().check(z.minLength(1), z.maxLength(60))),
    assign: z._default(Assignment(), { to: 'nobody' }),
    consent: z.optional(GivenConsent()),
    /**
     * Only counts what would become of each row. Of a long file, who stands in it again may be counted as new: phones that
     * were met are forgotten every twelve minutes.
     */
    dryRun: z._default(z.boolean(), false),
  }),
);
export type StartImport = z.infer<Lazy<typeof StartImport>>;

/** What an import works by, once it was started: everything that was detected or left out is said. */
export const ImportPlan = lazy(() =>
  z.object({
    encoding: z.enum(csvEncodings),
    delimiter: z.enum(csvDelimiters),
    hasHeader: z.boolean(),
    /** The number of the row that names the columns; absent: there is none. */
    headerRow: z.optional(z.int()),
    /** The first byte that is text of a row. */
    start: z.int(),
    bytes: z.int(),
    /** The file's, when it was started: another one under its name is not read on. */
    etag: z.string(),
    mapping: ImportMapping(),
    country: countryField(),
    language: languageField(),
    duplicates: z.enum(duplicatePolicies),
    tags: z.array(z.string()),
    source: z.string(),
    stageId: z.optional(z.string()),
    /** Who gets new leads, in turn; empty: nobody. */
    sellers: z.array(z.string()),
    consent: z.optional(z.object({ text: z.string(), at: timeField() })),
    dryRun: z.boolean(),
    startedAt: timeField(),
  }),
);
export type ImportPlan = z.infer<Lazy<typeof ImportPlan>>;

/** Where the files of an import are. */
export const importFolder = (shopId: string, importId: string): string => `imports/${shopId}/${importId}/`;

/** What is kept of an import's beginning. */
export const ImportInput = lazy(() =>
  z.object({ fileName: z.string(), fileKey: z.string(), bytes: z.int(), plan: z.optional(ImportPlan()) }),
);
export type ImportInput = z.infer<Lazy<typeof ImportInput>>;

/**
 * Rows read, by what became of them. Those that were read are always the sum of the others: made, changed, left as they
 * were because nothing was new, or by the policy, or not taken.
 */
const countFields = () => ({
  rows: countField(MOST_ROWS),
  created: countField(MOST_ROWS),
  updated: countField(MOST_ROWS),
  unchanged: countField(MOST_ROWS),
  skipped: countField(MOST_ROWS),
  failed: countField(MOST_ROWS),
});
export const ImportCounts = lazy(() => z.object(countFields()));
export type ImportCounts = z.infer<Lazy<typeof ImportCounts>>;

export const noRows: ImportCounts = { rows: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };

/** A file of rows that were not taken, and how much of it counts. */
const ErrorFile = lazy(() => z.object({ key: z.string(), bytes: z.int() }));
export type ErrorFile = z.infer<Lazy<typeof ErrorFile>>;

/** How far an import has come: all rows before the byte are done, and counted. */
export const ImportProgress = lazy(() =>
  z.object({
    /** The number of the last row that is done, as a spreadsheet counts them. */
    row: z.int(),
    byte: z.int(),
    counts: ImportCounts(),
    /** How many rows failed for which reason. */
    reasons: z._default(z.partialRecord(z.enum(rowReasons), z.int()), {}),
    /** How many of the rows that were taken are without some of their cells, and for which reasons. */
    warned: z._default(z.int(), 0),
    warnings: z._default(z.partialRecord(z.enum(rowReasons), z.int()), {}),
    errors: z._default(z.array(ErrorFile()), []),
  }),
);
export type ImportProgress = z.infer<Lazy<typeof ImportProgress>>;

export const ImportParams = lazy(() => z.object({ importId: idField() }));
