import { randomInt } from 'node:crypto';
import type { Clock } from '#core/clock.ts';
import type { Connection, Finding, TokenFacts } from './connection.ts';
import { examineNumber, examineWebhook } from './examine-number.ts';
import { examineToken, examineVersion, tokenFacts } from './examine-token.ts';
import { finding, keyOf } from './finding.ts';
import type { MetaApp } from './meta-app.ts';
import {
  appRefusalOf,
  failureOf,
  isUnknown,
  type MetaGraph,
  type NumberFacts,
  type OpenMetaGraph,
} from './meta-graph.ts';
import { type AppSecrets, findApp, readToken, type SecretReader, type StoredToken } from './token-vault.ts';

/** What may be mended on the way: the subscription of the app, the registration of the number. */
export interface Repair {
  /** The PIN of the number's two-step verification. Without it the one we know is used, or a new one. */
  pin?: string | undefined;
  /** Keeps the PIN, before it is used. */
  keep: (pin: string) => Promise<void>;
}

export interface ExaminePorts extends AppSecrets {
  tokens: SecretReader;
  graph: OpenMetaGraph;
  clock: Clock;
  /** Where the site is, and with it the address for webhooks. Absent where nobody knows: then any host will do. */
  siteUrl?: string | undefined;
}

/** What a check came to. */
export interface Examined {
  findings: Finding[];
  facts?: NumberFacts;
  token?: TokenFacts;
}

/** One check under way. */
interface Round {
  connection: Connection;
  stored: StoredToken;
  app: MetaApp;
  /** Proves itself with the app's secret when the token is of this app. */
  graph: MetaGraph;
  /** As messages are sent: without a proof. */
  plain: MetaGraph;
  repair: Repair | undefined;
}

type Answered<Answer> = { answer: Answer } | { refusal: Finding };

/** Source: "Cloud API: Error codes". */
const REFUSED_TOKEN = [0, 190];
const BAD_PARAMETER = 100;
const WRONG_PIN = 133005;

/** True when Meta no longer takes the token at all. */
export const isRefusedToken = (error: unknown): boolean => REFUSED_TOKEN.includes(failureOf(error).code ?? -1);

const refusalOf = (error: unknown, about: 'number' | 'token'): Finding => {
  const failure = failureOf(error);
  const { code } = failure;
  if (isRefusedToken(error)) return finding('token.invalid');
  if (failure.needsProof) return finding('app.proof-required');
  if (about === 'number' && isUnknown(failure)) return finding('number.unknown');
  // what we asked wrongly says nothing about the number
  if (failure.transient || code === undefined || code === BAD_PARAMETER) return finding('graph.unanswered');
  return finding('permissions.refused', String(code));
};

const ask = async <Answer>(about: 'number' | 'token', call: Promise<Answer>): Promise<Answered<Answer>> => {
  try {
    return { answer: await call };
  } catch (error) {
    return { refusal: refusalOf(error, about) };
  }
};

const answerOf = <Answer>(asked: Answered<Answer>): Answer | undefined =>
  'answer' in asked ? asked.answer : undefined;

const subscription = async ({ connection, stored, app, graph, repair }: Round): Promise<Finding> => {
  const asked = await ask('token', graph.subscribedApps(stored.token, connection.wabaId));
  if ('refusal' in asked) return asked.refusal;
  if (asked.answer.includes(app.appId)) return finding('subscription.ok');
  if (!repair) return finding('subscription.missing');
  const repaired = await ask('token', graph.subscribe(stored.token, connection.wabaId));
  return finding('answer' in repaired ? 'subscription.repaired' : 'subscription.missing');
};

const newPin = (): string => String(randomInt(1_000_000)).padStart(6, '0');

/** Registers the number; its PIN is kept first, for whoever loses it can't register again. */
const register = async ({ connection, stored, graph }: Round, { pin, keep }: Repair): Promise<Finding> => {
  const chosen = pin ?? stored.pin ?? newPin();
  if (chosen !== stored.pin) await keep(chosen);
  try {
    await graph.register(stored.token, connection.phoneNumberId, chosen);
    return finding('status.registered');
  } catch (error) {
    const { code } = failureOf(error);
    return finding(code === WRONG_PIN ? 'status.pin-wrong' : 'status.not-registered');
  }
};

const registration = async (round: Round, found: Finding[]): Promise<Finding[]> => {
  const { repair, connection } = round;
  const missing = found.find(({ check, code }) => check === 'status' && code === 'not-registered');
  if (!missing || !repair || connection.coexistence) return found;
  const repaired = await register(round, repair);
  return found.map((one) => (one === missing ? repaired : one));
};

const membership = (asked: Answered<readonly string[]>, phoneNumberId: string): Finding => {
  if ('refusal' in asked) return asked.refusal;
  return finding(asked.answer.includes(phoneNumberId) ? 'number.ok' : 'number.not-listed');
};

interface AskedNumber {
  number: Answered<NumberFacts>;
  refused: Finding[];
}

/** What Meta says of the number when asked as messages are sent; an app that does not let us send so still tells of it. */
const askNumber = async ({ connection, stored, graph, plain }: Round): Promise<AskedNumber> => {
  const number = await ask('number', plain.number(stored.token, connection.phoneNumberId));
  if ('answer' in number) return { number, refused: [] };
  const refused = [number.refusal];
  if (keyOf(number.refusal) !== 'app.proof-required') return { number, refused };
  return { number: await ask('number', graph.number(stored.token, connection.phoneNumberId)), refused };
};

const examineRest = async (
  round: Round,
  siteUrl: string | undefined,
): Promise<Pick<Examined, 'findings' | 'facts'>> => {
  const { connection, stored, app, graph } = round;
  const [numbers, { number, refused }, hears, own] = await Promise.all([
    ask('number', graph.numbersOf(stored.token, connection.wabaId)),
    askNumber(round),
    subscription(round),
    ask('token', graph.subscriptionOf(app)),
  ]);
  const facts = answerOf(number);
  const listed = membership(numbers, connection.phoneNumberId);
  const about = facts ? await registration(round, examineNumber(facts, connection)) : [];
  const webhook = examineWebhook(facts, 'answer' in own ? own.answer : 'untold', connection, siteUrl);
  return { findings: [...refused, listed, hears, webhook, ...about], ...(facts && { facts }) };
};

/** Each finding once; a failure of a check stands before what else was found in it. */
const distinct = (findings: readonly Finding[]): Finding[] => {
  const byCheck = new Map<string, Finding>();
  for (const one of findings) {
    const known = byCheck.get(one.check);
    if (known === undefined || (known.verdict !== 'failed' && one.verdict === 'failed')) byCheck.set(one.check, one);
  }
  return [...byCheck.values()];
};

/** What the app may tell of the token. That Meta refuses the app's own secret says nothing against the token. */
const inspection = async (
  { connection, stored, app, graph }: Pick<Round, 'connection' | 'stored' | 'app' | 'graph'>,
  now: Date,
): Promise<Pick<Examined, 'findings' | 'token'>> => {
  try {
    const inspected = await graph.inspect(stored.token, app);
    const findings = examineToken(inspected, { ...connection, appId: app.appId }, now);
    return { findings, token: tokenFacts(stored.token, inspected, now) };
  } catch (error) {
    return { findings: [finding(failureOf(error).transient ? 'graph.unanswered' : `app.${appRefusalOf(error)}`)] };
  }
};

/**
 * Looks a connection over, from its token to its quality, and mends what may be mended when there is a `repair`.
 * Whatever Meta answers, or does not, becomes a finding. Throws `meta-app.missing`.
 */
export const examineConnection = async (
  connection: Connection,
  ports: ExaminePorts,
  repair?: Repair,
): Promise<Examined> => {
  const now = ports.clock();
  const version = examineVersion(connection, now);
  const [stored, app] = await Promise.all([readToken(ports.tokens, connection), findApp(ports, connection)]);
  if (stored === undefined) return { findings: [finding('token.missing'), version] };
  const open = (proven?: MetaApp) => ports.graph(connection.graphVersion, proven);
  const asked = { connection, stored, app, graph: open(app) };
  const inspected = await inspection(asked, now);
  const isDead = inspected.findings.some(({ check, verdict }) => check === 'token' && verdict === 'failed');
  if (isDead) return { ...inspected, findings: [...inspected.findings, version] };
  const isOfApp = inspected.findings.some((one) => keyOf(one) === 'app.ok');
  const round: Round = { ...asked, repair, plain: open(), ...(!isOfApp && { graph: open() }) };
  const rest = await examineRest(round, ports.siteUrl);
  return { ...inspected, ...rest, findings: distinct([...inspected.findings, ...rest.findings, version]) };
};
