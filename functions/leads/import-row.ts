import type { Country } from '#core/countries.ts';
import { parsePhone } from '#core/phone.ts';
import { fold } from '#core/text.ts';
import type { ImportPlan } from './import-input.ts';
import type { ImportField } from './import-mapping.ts';
import type { RowReason } from './import-reasons.ts';
import { distinctTags, emailField, MOST_TAGS, sourceField } from './lead.ts';
import type { LeadPlace } from './pipeline.ts';

/** What the names in a file stand for in the shop. */
export interface ImportNames {
  /** The stage of this id or name. */
  findPlace: (name: string) => LeadPlace | undefined;
  /** The active user of this name or address. */
  findSeller: (name: string) => string | undefined;
}

/** What a row tells of a person. */
export interface RowFacts {
  phone: string;
  firstName?: string | undefined;
  lastName?: string | undefined;
  email?: string | undefined;
  tags: string[];
  source?: string | undefined;
  place?: LeadPlace | undefined;
  assignedTo?: string | undefined;
  nextActionAt?: string | undefined;
  /** Only where the file has a column for it. */
  consents?: boolean | undefined;
}

/** What a cell tells, if anything, or why it is not taken. */
type Told<Value> = { value?: Value | undefined } | { reason: RowReason };

const LONGEST_NAME = 100;
const LONGEST_TAG = 40;
/** What a spreadsheet makes of a long number: 5.49112E+12. */
const ROUNDED = /^\d([.,]\d+)?e\+?\d+$/i;

const readPhone = (cell: string, country: Country): Told<string> => {
  if (cell === '') return { reason: 'phone-missing' };
  if (ROUNDED.test(cell)) return { reason: 'phone-rounded' };
  // several in one cell, as address books write them: the first
  const [first = ''] = cell.split(/:::|[;,|]|\s\/\s/);
  const value = parsePhone(first.replace(/^(tel|p):/i, ''), country);
  return value ? { value } : { reason: 'phone-invalid' };
};

/** A whole name is cut behind its first word. */
const readNames = (name: string, first: string, last: string): Told<Pick<RowFacts, 'firstName' | 'lastName'>> => {
  const [head = '', ...rest] = name.split(/\s+/);
  const [firstName, lastName] = first || last ? [first, last] : [head, rest.join(' ')];
  if (firstName.length > LONGEST_NAME || lastName.length > LONGEST_NAME) return { reason: 'name-too-long' };
  return { value: { ...(firstName && { firstName }), ...(lastName && { lastName }) } };
};

const readEmail = (cell: string): Told<string> => {
  if (cell === '') return {};
  const parsed = emailField().safeParse(cell);
  return parsed.success ? { value: parsed.data } : { reason: 'email-invalid' };
};

const readTags = (cell: string, forAll: readonly string[]): Told<string[]> => {
  const own = cell
    .split(/[,;|]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  if (own.some((tag) => tag.length > LONGEST_TAG)) return { reason: 'tag-too-long' };
  const tags = [...forAll, ...own];
  return tags.length > MOST_TAGS ? { reason: 'too-many-tags' } : { value: distinctTags(tags) };
};

const readSource = (cell: string): Told<string> => {
  if (cell === '') return {};
  const slug = fold(cell)
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  const parsed = sourceField().safeParse(slug);
  return parsed.success ? { value: parsed.data } : { reason: 'source-invalid' };
};

const named = <Value>(cell: string, find: (name: string) => Value | undefined, reason: RowReason): Told<Value> => {
  if (cell === '') return {};
  const value = find(cell);
  return value === undefined ? { reason } : { value };
};

/** A day without a time is its noon in UTC, which is the same day all over America. */
const readDate = (cell: string): Told<string> => {
  if (cell === '') return {};
  const [, day, month, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(cell) ?? [];
  const isoDay = year ? `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}` : cell;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(isoDay);
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(isoDay);
  const at = new Date(isDay ? `${isoDay}T12:00:00.000Z` : isoDay);
  const isReal = (isDay || isMoment) && !Number.isNaN(at.getTime());
  // the thirty-first of a month that has none would be the first of the next
  if (!isReal || (isDay && at.toISOString().slice(0, 10) !== isoDay)) return { reason: 'date-invalid' };
  return { value: at.toISOString() };
};

const YES = new Set([
  'si',
  's',
  'sim',
  'yes',
  'y',
  'true',
  'verdadero',
  'verdadeiro',
  '1',
  'x',
  'ok',
  'acepto',
  'aceito',
]);

/** The text of a field's cell; empty where it has no column. */
type CellOf = (field: ImportField) => string;

const cellReader = (cells: readonly string[], { mapping }: Pick<ImportPlan, 'mapping'>): CellOf => {
  return (field) => {
    const column = mapping[field];
    return column === undefined ? '' : (cells[column] ?? '').replace(/^'(?=[=+\-@])/, '').trim();
  };
};

/** The value of each field, or the first reason not to take the row. */
const together = <Fields extends object>(
  told: {
    [Field in keyof Fields]: Told<Fields[Field]>;
  },
): { facts: Fields } | { reason: RowReason } => {
  const entries = Object.entries<Told<unknown>>(told);
  for (const [, one] of entries) if ('reason' in one) return { reason: one.reason };
  const values = entries.map(([field, one]) => [field, 'value' in one ? one.value : undefined]);
  return { facts: Object.fromEntries(values) as Fields };
};

/** What a row of a file says, read as the import wants it, or why it can't be taken. */
export const readImportRow = (
  cells: readonly string[],
  plan: Pick<ImportPlan, 'mapping' | 'country' | 'tags'>,
  { findPlace, findSeller }: ImportNames,
): { facts: RowFacts } | { reason: RowReason } => {
  const cell = cellReader(cells, plan);
  const read = together<Omit<RowFacts, 'firstName' | 'lastName'> & { names: Pick<RowFacts, 'firstName' | 'lastName'> }>(
    {
      phone: readPhone(cell('phone'), plan.country),
      names: readNames(cell('name'), cell('firstName'), cell('lastName')),
      email: readEmail(cell('email')),
      tags: readTags(cell('tags'), plan.tags),
      source: readSource(cell('source')),
      place: named(cell('stage'), findPlace, 'stage-unknown'),
      assignedTo: named(cell('seller'), findSeller, 'seller-unknown'),
      nextActionAt: readDate(cell('nextActionAt')),
      consents: plan.mapping.consent === undefined ? {} : { value: YES.has(fold(cell('consent'))) },
    },
  );
  if ('reason' in read) return read;
  const { names, ...facts } = read.facts;
  return { facts: { ...facts, ...names } };
};
