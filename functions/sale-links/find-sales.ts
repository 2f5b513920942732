import { AppError } from '#core/errors.ts';
import { type AskSourcePorts, askSource, type KnownSource } from './ask-source.ts';
import type { Wanted } from './match-sale.ts';
import { readSales } from './read-sales.ts';
import type { FoundSale, SaleSourceName } from './sale.ts';
import { fillUrl } from './sale-source.ts';
import type { SourceStateView } from './sale-views.ts';
import { SourceFailed } from './source-failure.ts';

/** What a source knows of somebody's sales. */
export interface SalesFound {
  found: FoundSale[];
  source: SourceStateView;
}

/** Where sales are read, and never written. Both of our sources are one of these. */
export interface SalesPort {
  /** Sales that may be somebody's. Never throws for a source that is down: it says so. */
  search: (wanted: Wanted) => Promise<SalesFound>;
  /** One sale as it is now, and whose it is said to be. Throws `sale-source.unavailable` when nobody can say. */
  find: (wanted: Wanted, saleId: string) => Promise<FoundSale | undefined>;
}

export type SalesPorts = Readonly<Record<SaleSourceName, SalesPort>>;

const down = (error: unknown): SalesFound => {
  if (!(error instanceof SourceFailed)) throw error;
  const { reason, retryAt } = error;
  return { found: [], source: { state: 'down', reason, ...(retryAt !== undefined && { retryAt }) } };
};

const unavailable = (cause: unknown): unknown =>
  cause instanceof SourceFailed
    ? new AppError('sale-source.unavailable', 'the source of sales does not answer', {
        cause,
        details: { reason: cause.reason, ...(cause.retryAt !== undefined && { retryAt: cause.retryAt }) },
      })
    : cause;

type AskedBy = Pick<Wanted, 'phones' | 'email'>;

/** More phones of one person are not asked for. */
const MOST_PHONES = 5;

const urlsOf = (template: string, { phones, email }: AskedBy): URL[] => {
  const askedBy = phones.length === 0 ? [undefined] : phones.slice(0, MOST_PHONES);
  const urls = askedBy.flatMap(
    (phone) => fillUrl(template, { phone, phoneDigits: phone?.replace(/\D/g, ''), email }) ?? [],
  );
  return [...new Map(urls.map((url) => [url.href, url])).values()];
};

/** Asks a source for the sales of somebody, by all their phones and their e-mail. Throws {@link SourceFailed}. */
export const searchSource = async (
  known: KnownSource,
  askedBy: AskedBy,
  ports: AskSourcePorts,
): Promise<SalesFound> => {
  const urls = urlsOf(known.source.url, askedBy);
  if (urls.length === 0) return { found: [], source: { state: 'off' } };
  const read = (answer: unknown) =>
    answer === undefined ? { found: [], unreadable: 0 } : readSales(answer, known.source);
  const answers = await askSource(known, { urls, read }, ports);
  const found = new Map(answers.flatMap((one) => one.found).map((one) => [one.sale.saleId, one]));
  const unreadable = answers.reduce((sum, one) => sum + one.unreadable, 0);
  return { found: [...found.values()], source: { state: 'ok', ...(unreadable > 0 && { unreadable }) } };
};

const findOne = async (
  known: KnownSource,
  { wanted, saleId }: { wanted: Wanted; saleId: string },
  ports: AskSourcePorts,
): Promise<FoundSale | undefined> => {
  const url = known.source.saleUrl && fillUrl(known.source.saleUrl, { saleId });
  const read = (answer: unknown) =>
    answer === undefined
      ? []
      : readSales(answer, { ...known.source, mapping: withoutList(known.source.mapping) }).found;
  const found = url
    ? (await askSource(known, { urls: [url], read }, ports)).flat()
    : (await searchSource(known, wanted, ports)).found;
  return found.find(({ sale }) => sale.saleId === saleId);
};

/** The address of one sale answers with the sale itself. */
const withoutList = <Mapping extends { items?: string | undefined }>({ items: _, ...mapping }: Mapping) => mapping;

/** Sales of the shop's own system, over HTTP, as its settings say. A shop without settings has none. */
export const httpSales = (ports: AskSourcePorts): SalesPort => ({
  search: async (wanted) => {
    const known = await ports.sources.find(wanted.shopId);
    if (known === undefined) return { found: [], source: { state: 'off' } };
    return searchSource(known, wanted, ports).catch(down);
  },
  find: async (wanted, saleId) => {
    const known = await ports.sources.find(wanted.shopId);
    if (known === undefined) return undefined;
    try {
      return await findOne(known, { wanted, saleId }, ports);
    } catch (error) {
      throw unavailable(error);
    }
  },
});
