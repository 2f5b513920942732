import { type Currency, currencies } from '#core/money.ts';
import { readAmount } from './read-amount.ts';
import { type FoundSale, Sale } from './sale.ts';
import type { SaleMapping, SaleSource } from './sale-source.ts';
import { SourceFailed } from './source-failure.ts';

type Reading = Pick<SaleSource, 'mapping' | 'amounts' | 'currency' | 'soldStatuses'>;

/** More of one person are not looked at. */
const MOST_ROWS = 200;

const isOwn = (value: unknown, name: string): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name);

/** The value at a path of names joined by dots; a number is a place in a list. Undefined where there is none. */
export const valueAt = (json: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (isOwn(value, name) ? value[name] : undefined), json);

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
};

const shortText = (value: unknown, most: number): string | undefined => textOf(value)?.slice(0, most).toWellFormed();

const EPOCH_MS_FROM = 100_000_000_000;

/** A moment as systems write them: ISO 8601 (UTC where it names no zone), or seconds or milliseconds since 1970. */
const timeOf = (value: unknown): string | undefined => {
  const text = textOf(value) ?? '';
  const isNumber = /^\d{9,14}$/.test(text);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  if (!isNumber && !/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const iso = text.replace(' ', 'T').replace(/(T[\d:.,]+)$/, '$1Z');
  const at = isNumber
    ? new Date(Number(text) * (Number(text) < EPOCH_MS_FROM ? 1000 : 1))
    : new Date(isDay ? text : iso);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
};

const currencyOf = (value: unknown, otherwise: Currency): Currency | undefined => {
  if (value === undefined || value === null) return otherwise;
  const code = textOf(value)?.toUpperCase() ?? '';
  return Object.hasOwn(currencies, code) ? (code as Currency) : undefined;
};

type Fact = (name: keyof SaleMapping) => unknown;

const saleOf = (fact: Fact, { amounts, currency: usual }: Reading): Sale | undefined => {
  const currency = currencyOf(fact('currency'), usual);
  const [reference, status] = [shortText(fact('reference'), 120), shortText(fact('status'), 60)];
  const { data } = Sale().safeParse({
    source: 'http',
    saleId: textOf(fact('saleId')),
    total: currency && readAmount(fact('total'), amounts, currency),
    currency,
    at: timeOf(fact('at')),
    ...(reference && { reference }),
    ...(status && { status }),
  });
  return data;
};

/** `unsold`: a row of a status that makes it no sale. `unreadable`: a row that lacks an id, a total or a time. */
const readRow = (row: unknown, reading: Reading): FoundSale | 'unsold' | 'unreadable' => {
  const fact: Fact = (name) => {
    const path = reading.mapping[name];
    return path === undefined ? undefined : valueAt(row, path);
  };
  const { soldStatuses } = reading;
  if (soldStatuses && !soldStatuses.includes(shortText(fact('status'), 60) ?? '')) return 'unsold';
  const sale = saleOf(fact, reading);
  return sale ? { sale, buyer: { phone: textOf(fact('phone')), email: textOf(fact('email')) } } : 'unreadable';
};

const rowsOf = (answer: unknown, path: string | undefined): readonly unknown[] => {
  const list = path === undefined ? answer : valueAt(answer, path);
  if (Array.isArray(list)) return list.slice(0, MOST_ROWS);
  if (list === null) return [];
  if (typeof list !== 'object') throw new SourceFailed('unreadable');
  return [list];
};

/**
 * The sales in an answer of a shop's own system, as the settings say where things are, each once. `unreadable` counts
 * rows that lack an id, a total in a currency we know that can be read in one way only, or a time. Throws {@link SourceFailed} where there is no list.
 */
export const readSales = (answer: unknown, reading: Reading): { found: FoundSale[]; unreadable: number } => {
  const rows = rowsOf(answer, reading.mapping.items).map((row) => readRow(row, reading));
  const sold = rows.filter((row) => typeof row !== 'string');
  const found = [...new Map(sold.map((one) => [one.sale.saleId, one])).values()];
  return { found, unreadable: rows.filter((row) => row === 'unreadable').length };
};
