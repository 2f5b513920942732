import type { Clock } from '#core/clock.ts';
import { afterFailure, type Breaker, gateOf, onTrial } from './breaker.ts';
import { originOf, SaleSecret, type SaleSource } from './sale-source.ts';
import { SourceFailed, type SourceFailure } from './source-failure.ts';

/** A source as it is set, and how these very settings have failed of late. */
export interface KnownSource {
  source: SaleSource;
  breaker?: Breaker | undefined;
}

export interface AskSourcePorts {
  sources: {
    find: (shopId: string) => Promise<KnownSource | undefined>;
    /** Keeps how a source fails; false, and nothing is kept, when settings or failures are not as known any more. */
    saveBreaker: (known: KnownSource, breaker: Breaker | undefined) => Promise<boolean>;
  };
  secrets: { read: (name: string) => Promise<unknown> };
  http: {
    read: (request: { url: URL; headers: Record<string, string>; timeoutMs: number }) => Promise<unknown>;
  };
  /** Tells whoever runs this of a failure of ours, which is none of the source's. */
  report: (error: unknown) => void;
  clock: Clock;
}

/** What the vault calls the secret of a source. */
export const secretName = ({ shopId, secretId }: Pick<SaleSource, 'shopId' | 'secretId'>): string =>
  `${shopId}/${secretId}`;

const readSecret = async (source: SaleSource, { secrets, report }: AskSourcePorts): Promise<unknown> => {
  try {
    return await secrets.read(secretName(source));
  } catch (cause) {
    report(cause);
    throw new SourceFailed('secret-unread', { cause });
  }
};

/** The header that carries the secret, for the shop and the host that it was given for and no other. */
const secretHeaders = async (
  source: SaleSource,
  urls: readonly URL[],
  ports: AskSourcePorts,
): Promise<Record<string, string>> => {
  const { shopId, header, secretId } = source;
  if (header === undefined || secretId === undefined) return {};
  const { data } = SaleSecret().safeParse(await readSecret(source, ports));
  if (data?.shopId !== shopId || urls.some(({ origin }) => origin !== data.origin)) throw new SourceFailed('no-secret');
  return { [header.name.toLowerCase()]: header.prefix === '' ? data.secret : `${header.prefix} ${data.secret}` };
};

const paused = (breaker: Breaker | undefined): SourceFailed =>
  new SourceFailed('paused', breaker?.pausedUntil === undefined ? {} : { retryAt: breaker.pausedUntil });

/** After a pause one call tries, and all others wait for what comes of it. Throws `paused`. */
const takeTrial = async (known: KnownSource, ports: AskSourcePorts): Promise<KnownSource> => {
  const { source, breaker } = known;
  const now = ports.clock();
  if (breaker === undefined || gateOf(breaker, now) === 'closed') return known;
  const trial = onTrial(breaker, now);
  if (!(await ports.sources.saveBreaker(known, trial))) throw paused(breaker);
  return { source, breaker: trial };
};

const isSameSource = (one: SaleSource, other: SaleSource): boolean =>
  one.version === other.version && one.createdAt === other.createdAt;

/** Each round counts somebody's failure, and the third pauses the source: the others meet a change of settings. */
const MOST_ROUNDS = 6;

/**
 * Counts a failure for the settings that failed, and for no others. Calls that fail at once count one by one until the
 * source is paused; from then on only the call on trial decides.
 */
const countFailure = async (known: KnownSource, reason: SourceFailure, ports: AskSourcePorts): Promise<void> => {
  const isTrial = known.breaker?.pausedUntil !== undefined;
  let current: KnownSource | undefined = known;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (await ports.sources.saveBreaker(current, afterFailure(current.breaker, reason, ports.clock()))) return;
    current = isTrial ? undefined : await ports.sources.find(known.source.shopId);
    if (current === undefined || !isSameSource(current.source, known.source)) return;
    if (current.breaker?.pausedUntil !== undefined) return;
  }
};

/**
 * Asks a shop's own system at all of these addresses at once, unless it failed three times in a row and its pause is not
 * over; reads each answer by `read`, for what can't be read is a failure too. Together they fail once or not at all. A
 * secret of ours that can't be had is no failure of the source. Throws {@link SourceFailed}.
 */
export const askSource = async <Result>(
  known: KnownSource,
  { urls, read }: { urls: readonly URL[]; read: (answer: unknown) => Result },
  ports: AskSourcePorts,
): Promise<Result[]> => {
  const { source, breaker } = known;
  if (gateOf(breaker, ports.clock()) === 'paused') throw paused(breaker);
  const headers = await secretHeaders(source, urls, ports);
  const asked = await takeTrial(known, ports);
  try {
    const { timeoutMs } = source;
    const results = await Promise.all(
      urls.map(async (url) => read(await ports.http.read({ url, headers, timeoutMs }))),
    );
    if (asked.breaker) await ports.sources.saveBreaker(asked, undefined);
    return results;
  } catch (error) {
    if (error instanceof SourceFailed) await countFailure(asked, error.reason, ports);
    throw error;
  }
};

/** True when both addresses of a source are of one host, as its secret is. */
export const isOneOrigin = ({ url, saleUrl }: Pick<SaleSource, 'url' | 'saleUrl'>): boolean =>
  saleUrl === undefined || originOf(saleUrl) === originOf(url);
