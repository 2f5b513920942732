import { notFound } from '#core/errors.ts';
import type { AskSourcePorts } from './ask-source.ts';
import { type SalesFound, searchSource } from './find-sales.ts';
import type { Sale } from './sale.ts';
import type { SourceStateView } from './sale-views.ts';
import { SourceFailed } from './source-failure.ts';

/** So many sales are shown of what a trial found. */
const SHOWN = 5;

const failure = (error: unknown): SalesFound => {
  if (!(error instanceof SourceFailed)) throw error;
  return { found: [], source: { state: 'down', reason: error.reason } };
};

/**
 * Asks the source for one phone or e-mail now, for whoever sets it up: what came of it, and the first sales as they were
 * read. A pause is passed over. Throws `not-found` without settings.
 */
export const trySource = async (
  { shopId, phone, email }: { shopId: string; phone?: string | undefined; email?: string | undefined },
  ports: AskSourcePorts,
): Promise<{ source: SourceStateView; found: number; sales: Sale[] }> => {
  const known = await ports.sources.find(shopId);
  if (known === undefined) throw notFound();
  // a person asks, once: what was wrong may have been mended, and what is wrong still is no news
  const asking = { ...ports, sources: { ...ports.sources, saveBreaker: async () => true } };
  const phones = phone === undefined ? [] : [phone];
  const { found, source } = await searchSource({ source: known.source }, { phones, email }, asking).catch(failure);
  if (source.state === 'ok' && known.breaker) await ports.sources.saveBreaker(known, undefined);
  return { source, found: found.length, sales: found.slice(0, SHOWN).map(({ sale }) => sale) };
};
