import type { Country } from '#core/countries.ts';
import { parsePhone } from '#core/phone.ts';
import { fold } from '#core/text.ts';
import { distinctTags, emailField, MOST_TAGS, sourceField } from '../leads/lead.ts';
import type { LeadPlace } from '../pipelines/pipeline.ts';
import type { ImportPlan } from './import-input.ts';
import type { ImportField } from './import-mapping.ts';
import type { RowReason } from './import-reasons.ts';

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

/** What a cell tells, if anything, and why it, or some of it, is left out. */
interface Told<Value> {
  value?: Value | undefined;
  warning?: RowReason;
}

const LONGEST_NAME = 100;
const LONGEST_TAG = 40;
/** What a spreadsheet makes of a long number: 5.49112E+12. */
const ROUNDED = /^\d([.,]\d+)?e\+?\d+$/i;

const readPhone = (cell: string, country: Country): { value: string } | { reason: RowReason } => {
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
  if (firstName.length > LONGEST_NAME || lastName.length > LONGEST_NAME) return { warning: 'name-too-long' };
  return { value: { ...(firstName && { firstName }), ...(lastName && { lastName }) } };
};

const readEmail = (cell: string): Told<string> => {
  if (cell === '') return {};
  const parsed = emailField().safeParse(cell);
  return parsed.success ? { value: parsed.data } : { warning: 'email-invalid' };
};

const readTags = (cell: string, forAll: readonly string[]): Told<string[]> => {
  const own = cell
    .split(/[,;|]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  const tags = [...forAll, ...own.filter((tag) => tag.length <= LONGEST_TAG)];
  const value = distinctTags(tags);
  if (own.some((tag) => tag.length > LONGEST_TAG)) return { value, warning: 'tag-too-long' };
  return tags.length > MOST_TAGS ? { value, warning: 'too-many-tags' } : { value };
};

const readSource = (cell: string): Told<string> => {
  if (cell === '') return {};
  const slug = fold(cell)
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  const parsed = sourceField().safeParse(slug);
  return parsed.success ? { value: parsed.data } : { warning: 'source-invalid' };
};

const named = <Value>(cell: string, find: (name: string) => Value | undefined, warning: RowReason): Told<Value> => {
  if (cell === '') return {};
  const value = find(cell);
  return value === undefined ? { warning } : { value };
};

/** A date of another century is a slip of the hand. */
const isOurs = (at: Date): boolean => at.getUTCFullYear() >= 2000 && at.getUTCFullYear() < 2100;

/** A day without a time is its noon in UTC, which is the same day all over America. */
const readDate = (cell: string): Told<string> => {
  if (cell === '') return {};
  const [, day, month, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(cell) ?? [];
  const isoDay = year ? `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}` : cell;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(isoDay);
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(isoDay);
  const at = new Date(isDay ? `${isoDay}T12:00:00.000Z` : isoDay);
  const isReal = (isDay || isMoment) && isOurs(at);
  // the thirty-first of a month that has none would be the first of the next
  if (!isReal || (isDay && at.toISOString().slice(0, 10) !== isoDay)) return { warning: 'date-invalid' };
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

/** Breaks of lines, what controls a terminal, and what turns the text behind it around. */
const UNSEEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu;

/** The text of a field's cell; empty where it has no column. */
type CellOf = (field: ImportField) => string;

const cellReader = (cells: readonly string[], { mapping }: Pick<ImportPlan, 'mapping'>): CellOf => {
  return (field) => {
    const column = mapping[field];
    const cell = column === undefined ? '' : (cells[column] ?? '');
    return cell
      .replace(UNSEEN, ' ')
      .replace(/^'(?=[=+\-@])/, '')
      .trim();
  };
};

/** What a row says, read as the import wants it; `warnings`: why some of its cells are left out. */
export interface ReadRow {
  facts: RowFacts;
  warnings: RowReason[];
}

/**
 * What a row of a file says, or why it can't be taken: only a phone makes a person. What else can't be read is left out,
 * and said.
 */
export const readImportRow = (
  cells: readonly string[],
  plan: Pick<ImportPlan, 'mapping' | 'country' | 'tags'>,
  { findPlace, findSeller }: ImportNames,
): ReadRow | { reason: RowReason } => {
  const cell = cellReader(cells, plan);
  const phone = readPhone(cell('phone'), plan.country);
  if ('reason' in phone) return phone;
  const names = readNames(cell('name'), cell('firstName'), cell('lastName'));
  const email = readEmail(cell('email'));
  const tags = readTags(cell('tags'), plan.tags);
  const source = readSource(cell('source'));
  const place = named(cell('stage'), findPlace, 'stage-unknown');
  const assignedTo = named(cell('seller'), findSeller, 'seller-unknown');
  const nextActionAt = readDate(cell('nextActionAt'));
  const told = [names, email, tags, source, place, assignedTo, nextActionAt];
  return {
    facts: {
      ...{ phone: phone.value, ...names.value, email: email.value, tags: tags.value ?? [], source: source.value },
      ...{ place: place.value, assignedTo: assignedTo.value, nextActionAt: nextActionAt.value },
      ...(plan.mapping.consent !== undefined && { consents: YES.has(fold(cell('consent'))) }),
    },
    warnings: told.flatMap(({ warning }) => warning ?? []),
  };
};
