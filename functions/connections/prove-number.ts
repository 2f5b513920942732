import { AppError } from '#core/errors.ts';
import type { Finding } from './connection.ts';
import { examineToken } from './examine-token.ts';
import { keyOf } from './finding.ts';
import {
  type AppCredentials,
  appRefusalOf,
  failureOf,
  type MetaGraph,
  type NumberFacts,
  type TokenInspection,
} from './meta-graph.ts';

/** What is claimed: that this token may use this number of this account. */
export interface Claim {
  token: string;
  phoneNumberId: string;
  wabaId: string;
}

/** What Meta itself says of a claim. */
export interface Proof {
  inspection: TokenInspection;
  facts: NumberFacts;
  /** The business portfolio; the account's id where Meta does not tell. */
  businessId: string;
}

/** Why Meta does not confirm a connection, as a code that the doctor has words for. */
export const refused = (reason: string, cause?: unknown): AppError => {
  const { code } = failureOf(cause);
  const details = { reason, ...(code !== undefined && { metaCode: code }) };
  return new AppError('connection.refused', `Meta does not confirm it: ${reason}`, { details });
};

/**
 * One call to Meta. Throws `meta.unavailable` when there is no answer, `connection.refused` with the reason when it is
 * no. What Meta said goes no further: its words may carry what was sent.
 */
export const called = async <Answer>(reason: string, call: Promise<Answer>): Promise<Answer> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (failureOf(error).transient) throw new AppError('meta.unavailable', 'Meta does not answer; try again');
    throw refused(reason, error);
  }
};

/** Meta's codes for an app id or an app secret that is wrong, of which the first means many things elsewhere. */
const REFUSED_APP = [1, 101];

/** The token behind the code of an Embedded Signup. Throws as {@link called}. */
export const exchanged = (graph: MetaGraph, app: AppCredentials, code: string): Promise<string> =>
  called(
    'code.refused',
    graph.exchangeCode(app, code).catch((error: unknown) => {
      throw REFUSED_APP.includes(failureOf(error).code ?? -1) ? refused('app.refused', error) : error;
    }),
  );

/** What an app may tell of a token. Throws as {@link called}. */
export const inspected = (graph: MetaGraph, token: string, app: AppCredentials): Promise<TokenInspection> =>
  called(
    'app.refused',
    graph.inspect(token, app).catch((error: unknown) => {
      throw appRefusalOf(error) === 'other' ? refused('app.other', error) : error;
    }),
  );

const failed = (findings: readonly Finding[]): Finding | undefined =>
  findings.find(({ verdict }) => verdict === 'failed');

const portfolioOf = ({ health }: NumberFacts): string | undefined =>
  health?.entities.find(({ type }) => type === 'BUSINESS')?.id;

/**
 * Has Meta confirm a claim, whatever its sender says: the token lives, belongs to this app, may use the account, and
 * the account has the number. Throws `connection.refused` with the reason, `meta.unavailable`.
 */
export const proveNumber = async (
  { token, phoneNumberId, wabaId }: Claim,
  app: AppCredentials,
  graph: MetaGraph,
  now: Date,
): Promise<Proof> => {
  const inspection = await inspected(graph, token, app);
  const wrong = failed(examineToken(inspection, { appId: app.appId, wabaId }, now));
  if (wrong) throw refused(keyOf(wrong));
  const [numbers, facts] = await Promise.all([
    called('permissions.other-account', graph.numbersOf(token, wabaId)),
    called('number.unknown', graph.number(token, phoneNumberId)),
  ]);
  if (!numbers.includes(phoneNumberId)) throw refused('number.not-listed');
  return { inspection, facts, businessId: portfolioOf(facts) ?? wabaId };
};
