import type { Clock } from '#core/clock.ts';
import { afterFailure, type Breaker, gateOf, onTrial } from './breaker.ts';
import { originOf, SaleSecret, type SaleSource } from './sale-source.ts';
import { SourceFailed, type SourceFailure } from './source-failure.ts';

/** A source, and how it has failed of late. */
export interface KnownSource {
  source: SaleSource;
  breaker?: Breaker | undefined;
}

export interface AskSourcePorts {
  sources: {
    /** Keeps how a source fails; false when somebody else was faster, where `since` says what was known before. */
    saveBreaker: (shopId: string, breaker: Breaker | undefined, since?: Breaker) => Promise<boolean>;
  };
  secrets: { read: (name: string) => Promise<unknown> };
  http: {
    read: (request: { url: URL; headers: Record<string, string>; timeoutMs: number }) => Promise<unknown>;
  };
  clock: Clock;
}

/** What the vault calls the secret of a source. */
export const secretName = ({ shopId, secretId }: Pick<SaleSource, 'shopId' | 'secretId'>): string =>
  `${shopId}/${secretId}`;

/** The header that carries the secret, for the host that it was given for and no other. */
const secretHeaders = async (
  source: SaleSource,
  url: URL,
  { secrets }: AskSourcePorts,
): Promise<Record<string, string>> => {
  const { shopId, header, secretId } = source;
  if (header === undefined || secretId === undefined) return {};
  const { data } = SaleSecret().safeParse(await secrets.read(secretName(source)));
  if (data?.shopId !== shopId || data.origin !== url.origin) throw new SourceFailed('no-secret');
  return { [header.name.toLowerCase()]: header.prefix === '' ? data.secret : `${header.prefix} ${data.secret}` };
};

/** Lets a call pass, or throws `paused`; after a pause one call tries, and all others wait for what comes of it. */
const passGate = async ({ source, breaker }: KnownSource, ports: AskSourcePorts): Promise<void> => {
  const now = ports.clock();
  const gate = gateOf(breaker, now);
  if (breaker === undefined || gate === 'closed') return;
  const isOurs = gate === 'trial' && (await ports.sources.saveBreaker(source.shopId, onTrial(breaker, now), breaker));
  if (!isOurs) {
    throw new SourceFailed('paused', breaker.pausedUntil === undefined ? {} : { retryAt: breaker.pausedUntil });
  }
};

const asFailure = (error: unknown): SourceFailed => {
  if (error instanceof SourceFailed) return error;
  throw error;
};

/**
 * Asks a shop's own system, unless it failed three times in a row and its pause is not over; reads the answer by `read`,
 * for what can't be read is a failure too. Throws {@link SourceFailed}.
 */
export const askSource = async <Result>(
  known: KnownSource,
  { url, read }: { url: URL; read: (answer: unknown) => Result },
  ports: AskSourcePorts,
): Promise<Result> => {
  const { source, breaker } = known;
  await passGate(known, ports);
  try {
    const headers = await secretHeaders(source, url, ports);
    const result = read(await ports.http.read({ url, headers, timeoutMs: source.timeoutMs }));
    if (breaker) await ports.sources.saveBreaker(source.shopId, undefined);
    return result;
  } catch (error) {
    const { reason }: { reason: SourceFailure } = asFailure(error);
    await ports.sources.saveBreaker(source.shopId, afterFailure(breaker, reason, ports.clock()));
    throw error;
  }
};

/** True when both addresses of a source are of one host, as its secret is. */
export const isOneOrigin = ({ url, saleUrl }: Pick<SaleSource, 'url' | 'saleUrl'>): boolean =>
  saleUrl === undefined || originOf(saleUrl) === originOf(url);
