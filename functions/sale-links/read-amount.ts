import { type Currency, currencies } from '#core/money.ts';

/** How a source writes amounts: `major`, like 12.50, or `minor`, like 1250. */
type AmountStyle = 'major' | 'minor';

interface Decimal {
  whole: string;
  fraction: string;
}

const PLAIN = /^\d{1,15}$/;
/** One separator that can't be of thousands: it has not exactly three digits after it. */
const WITH_FRACTION = /^(\d{1,15})[.,](\d{1,2}|\d{4,12})$/;
/** Groups of three that say by their number, or by the other separator after them, that they are thousands. */
const GROUPED = [/^(\d{1,3}(?:\.\d{3}){2,4})$/, /^(\d{1,3}(?:,\d{3}){2,4})$/];
const GROUPED_WITH_FRACTION = [/^(\d{1,3}(?:\.\d{3}){1,4}),(\d{1,12})$/, /^(\d{1,3}(?:,\d{3}){1,4})\.(\d{1,12})$/];

const written = (text: string): Decimal | undefined => {
  if (PLAIN.test(text)) return { whole: text, fraction: '' };
  for (const form of [WITH_FRACTION, ...GROUPED, ...GROUPED_WITH_FRACTION]) {
    const [, whole, fraction = ''] = form.exec(text) ?? [];
    if (whole !== undefined) return { whole: whole.replace(/[.,]/g, ''), fraction };
  }
  return undefined;
};

/** A number of JSON has a point for its fraction and no thousands, so that it means one thing only. */
const counted = (value: number): Decimal | undefined => {
  const [, whole, fraction = ''] = /^(\d{1,15})(?:\.(\d+))?$/.exec(String(value)) ?? [];
  return whole === undefined ? undefined : { whole, fraction };
};

const decimalOf = (value: unknown): Decimal | undefined => {
  if (typeof value === 'number') return counted(value);
  return typeof value === 'string' ? written(value.trim()) : undefined;
};

/**
 * An amount of somebody else's system in minor units, or undefined for what can be read in two ways, or not at all: a
 * wrong total without a word is worse than none. Digits are moved, never computed with.
 *
 * - Numbers of JSON are as they are: 1234.5.
 * - In text, the fraction stands after a point or a comma: `1234.50`, `12,5`.
 * - Thousands are taken where they can be nothing else: two groups of three or more (`1.234.567`), or groups followed by
 *   the other separator (`1.234,50`, `1,234.50`).
 * - One separator with three digits after it (`1.500`, `12,345`) may be either, and is not read.
 * - More decimals than the currency has are not read, unless all that are too many are zeros (pesos of Chile as
 *   `1500.00`).
 * - `minor` are whole numbers, without any separator.
 */
export const readAmount = (value: unknown, style: AmountStyle, currency: Currency): number | undefined => {
  const { whole, fraction } = decimalOf(value) ?? {};
  if (whole === undefined || fraction === undefined) return undefined;
  const digits = style === 'minor' ? 0 : currencies[currency];
  if (style === 'minor' && (fraction !== '' || (typeof value === 'string' && !PLAIN.test(value.trim()))))
    return undefined;
  if (/[^0]/.test(fraction.slice(digits))) return undefined;
  const amount = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  return Number.isSafeInteger(amount) ? amount : undefined;
};
