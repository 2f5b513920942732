import { AppError } from '#core/errors.ts';
import { type AskSourcePorts, askSource, type KnownSource } from './ask-source.ts';
import type { Wanted } from './match-sale.ts';
import { readSales } from './read-sales.ts';
import type { FoundSale, Sale, SaleSourceName } from './sale.ts';
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
  /** One sale as it is now. Throws `sale-source.unavailable` when nobody can say. */
  find: (wanted: Wanted, saleId: string) => Promise<Sale | undefined>;
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

/** Asks a source for the sales of somebody, by their phone or e-mail. Throws {@link SourceFailed}. */
export const searchSource = async (
  known: KnownSource,
  { phone, email }: Pick<Wanted, 'phone' | 'email'>,
  ports: AskSourcePorts,
): Promise<SalesFound> => {
  const url = fillUrl(known.source.url, { phone, phoneDigits: phone?.replace(/\D/g, ''), email });
  if (url === undefined) return { found: [], source: { state: 'off' } };
  const read = (answer: unknown) =>
    answer === undefined ? { found: [], unreadable: 0 } : readSales(answer, known.source);
  const { found, unreadable } = await askSource(known, { url, read }, ports);
  return { found, source: { state: 'ok', ...(unreadable > 0 && { unreadable }) } };
};

const findOne = async (
  known: KnownSource,
  { wanted, saleId }: { wanted: Wanted; saleId: string },
  ports: AskSourcePorts,
): Promise<Sale | undefined> => {
  const url = known.source.saleUrl && fillUrl(known.source.saleUrl, { saleId });
  const read = (answer: unknown) =>
    answer === undefined
      ? []
      : readSales(answer, { ...known.source, mapping: withoutList(known.source.mapping) }).found;
  const found = url ? await askSource(known, { url, read }, ports) : (await searchSource(known, wanted, ports)).found;
  return found.find(({ sale }) => sale.saleId === saleId)?.sale;
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
