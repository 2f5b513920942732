import { type Currency, formatMoney } from '../money.ts';
import type { Language } from './core-types.ts';
import { localeFor } from './languages.ts';

interface Bought {
  count: number;
  totals: readonly { currency: Currency; total: number }[];
  /** ISO 8601. */
  lastAt: string;
}

interface Words {
  sentence: (count: number) => string;
  /** One sum for each currency, and the day of the last sale. */
  detail: (sums: string, day: string, count: number) => string;
  and: string;
}

const words = {
  es: {
    sentence: (count) => `Este cliente tiene ${count} ${count === 1 ? 'venta anterior' : 'ventas anteriores'}`,
    detail: (sums, day, count) => (count === 1 ? `${sums}, el ${day}` : `${sums} en total, la última el ${day}`),
    and: 'y',
  },
  pt: {
    sentence: (count) => `Este cliente tem ${count} ${count === 1 ? 'venda anterior' : 'vendas anteriores'}`,
    detail: (sums, day, count) => (count === 1 ? `${sums}, em ${day}` : `${sums} no total, a última em ${day}`),
    and: 'e',
  },
  en: {
    sentence: (count) => `This customer has ${count} previous ${count === 1 ? 'sale' : 'sales'}`,
    detail: (sums, day, count) => (count === 1 ? `${sums}, on ${day}` : `${sums} in total, the last on ${day}`),
    and: 'and',
  },
} as const satisfies Record<Language, Words>;

/** What stands over a chat: «Este cliente tiene 3 ventas anteriores». */
export const salesSentence = (language: Language, count: number): string => words[language].sentence(count);

/** Where a shop is, and how it speaks. */
interface Speaker {
  language: Language;
  country: string;
  timeZone: string;
}

/** Sums per currency and the day of the last sale where the shop is: «$ 45.000 y US$ 20 en total, la última el …». */
export const salesDetail = (bought: Bought, { language, country, timeZone }: Speaker): string => {
  const { count, totals, lastAt } = bought;
  const { detail, and } = words[language];
  const locale = localeFor(language, country);
  const sums = totals.map(({ currency, total }) => formatMoney(total, currency, locale));
  const listed = sums.length > 1 ? `${sums.slice(0, -1).join(', ')} ${and} ${sums.at(-1)}` : (sums[0] ?? '');
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }).format(new Date(lastAt));
  return detail(listed, day, count);
};
