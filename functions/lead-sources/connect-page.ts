import type { Actor } from '#core/actor.ts';
import { AppError, isAppError, notFound } from '#core/errors.ts';
import type { Patience } from '#core/patience.ts';
import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { appOf, type Connection } from '../connections/connection.ts';
import type { MetaApp } from '../connections/meta-app.ts';
import { failureOf, type GraphFailure } from '../connections/meta-graph.ts';
import { type AppSecrets, findApp, type SecretVault } from '../connections/token-vault.ts';
import { type LeadPage, PageToken } from './lead-page.ts';
import { type PageGraph, problemOf } from './page-graph.ts';
import { type RetrySubmissionPorts, retryOfPage } from './retry-submission.ts';

export interface ConnectPagePorts extends RetrySubmissionPorts {
  pages: {
    find: (shopId: string, pageId: string) => Promise<LeadPage | undefined>;
    /** Throws `lead-page.taken`, `change.conflict`. */
    save: (page: LeadPage, entries?: readonly AuditEntry[]) => Promise<void>;
    remove: (page: LeadPage, entries: readonly AuditEntry[]) => Promise<boolean>;
  };
  connections: { find: (shopId: string, phoneNumberId: string) => Promise<Connection | undefined> };
  tokens: SecretVault;
  /** The Meta apps that tell of pages. */
  appSecrets: AppSecrets;
  pageGraph: PageGraph;
  patience: Patience;
}

/** A page to be connected, or to get another token. */
export interface PageToConnect {
  shopId: string;
  pageId: string;
  token: string;
  /**
   * A number of the shop whose Meta app tells of the page; absent: the app that told of it before, or for a new page the
   * one that all shops share.
   */
  phoneNumberId?: string | undefined;
  by: Actor;
}

const words = {
  'token-refused': 'Meta does not accept this token',
  'permission-missing':
    'the token lacks a permission: leads_retrieval, pages_manage_metadata and pages_read_engagement',
  gone: 'the token does not show this page',
} as const;

/** Meta's no as an answer that says what to do; an outage is one. */
const refusal = (error: unknown): AppError => {
  const problem = problemOf(error);
  if (problem in words) {
    const reason = problem as keyof typeof words;
    return new AppError('lead-page.refused', words[reason], { cause: error, details: { reason } });
  }
  return new AppError('meta.unavailable', 'Meta does not answer; try again', { cause: error });
};

const asked = async <Answer>(call: Promise<Answer>): Promise<Answer> => {
  try {
    return await call;
  } catch (error) {
    throw refusal(error);
  }
};

const appFor = async (
  { shopId, phoneNumberId }: PageToConnect,
  known: LeadPage | undefined,
  { connections }: ConnectPagePorts,
): Promise<string> => {
  if (phoneNumberId === undefined) return known?.app ?? 'shared';
  const connection = await connections.find(shopId, phoneNumberId);
  if (connection === undefined) throw notFound();
  return appOf(connection);
};

/** The app whose webhooks are to tell of the page, when anybody has set it. */
const storedApp = async (app: string, { appSecrets }: ConnectPagePorts): Promise<MetaApp | undefined> => {
  try {
    return await findApp(appSecrets, app === 'shared' ? { app } : { app: 'own', webhookKey: app });
  } catch (error) {
    if (isAppError(error, 'meta-app.missing')) return undefined;
    throw error;
  }
};

/** Asked about a token of another app, Meta refuses. Source: Meta for Developers, "Debug-Token". */
const isOtherApp = ({ code, needsProof }: GraphFailure): boolean => code === 100 && needsProof !== true;

/** Meta tells the app that a token is of: with another one's, everything looks well and no form ever comes. */
const assertApp = async (token: string, app: string, ports: ConnectPagePorts): Promise<void> => {
  const expected = await storedApp(app, ports);
  if (expected === undefined) return;
  const isOther = await ports.pageGraph.appIdOf(token, expected).then(
    (appId) => appId !== undefined && appId !== expected.appId,
    (error: unknown) => isOtherApp(failureOf(error)),
  );
  if (!isOther) return;
  const text = 'this token is of another Meta app than the one that is to tell of the page: name a number of that app';
  throw new AppError('lead-page.refused', text, { details: { reason: 'app-other' } });
};

const entryOf = (before: LeadPage | undefined, after: LeadPage | undefined, by: Actor, now: Date): AuditEntry => {
  const { shopId, pageId } = (after ?? before) as LeadPage;
  const action = after === undefined ? 'page.disconnected' : before ? 'page.token-changed' : 'page.connected';
  const changes = changesOf(before ?? {}, after ?? {}, {
    shown: ['name', 'app'],
    ignored: ['problem', 'problemAt', 'leavingAt'],
  });
  return auditEntry({ shopId, subject: { kind: 'page', id: pageId }, by, action, changes }, now);
};

const pageFrom = (
  { shopId, pageId, token }: PageToConnect,
  known: LeadPage | undefined,
  { name, app }: Pick<LeadPage, 'name' | 'app'>,
  now: string,
): LeadPage => ({
  ...{ shopId, pageId, name, app, tokenLast4: token.slice(-4), tokenSetAt: now },
  // until the token is in the vault and Meta tells us of the page
  problem: 'not-subscribed',
  problemAt: now,
  version: (known?.version ?? 0) + 1,
  createdAt: known?.createdAt ?? now,
  updatedAt: now,
});

const conflict = () => new AppError('change.conflict', 'the page was changed; try again');

/** Letting a page go takes seconds; what takes longer has failed on the way. */
const LEAVING_MS = 60_000;

const isLeaving = ({ leavingAt }: LeadPage, now: Date): boolean =>
  leavingAt !== undefined && now.getTime() < Date.parse(leavingAt) + LEAVING_MS;

/** Nothing is left of a page with Meta, as far as its token is still good, nor in the vault. */
const clear = async ({ shopId, pageId }: LeadPage, { tokens, pageGraph }: ConnectPagePorts): Promise<void> => {
  tokens.forget(pageId);
  const { data } = PageToken().safeParse(await tokens.read(pageId));
  if (data?.shopId !== shopId) return;
  await pageGraph.unsubscribe(data.token, pageId).catch(() => undefined);
  await tokens.remove(pageId);
};

/** Saves a connected page; when it was let go meanwhile, its token is taken back too. */
const saveOrClear = async (page: LeadPage, ports: ConnectPagePorts): Promise<void> => {
  try {
    await ports.pages.save(page);
  } catch (error) {
    if ((await ports.pages.find(page.shopId, page.pageId)) === undefined) await clear(page, ports);
    throw error;
  }
};

/**
 * Connects a page, so that its filled-in forms become leads, or gives it another token:
 * 1. Meta says whether the token is good, how the page is called, and whose app's token it is;
 * 2. the page is taken, unless another shop has it;
 * 3. its token goes into the vault, and Meta is asked to tell our app of its forms;
 * 4. what has failed for want of a token is tried again.
 * May be repeated, and repeats what it did not come to. Throws `lead-page.refused`, `lead-page.taken`,
 * `meta.unavailable`, `not-found` for a number that is not the shop's, `change.conflict`.
 */
export const connectPage = async (wish: PageToConnect, ports: ConnectPagePorts): Promise<LeadPage> => {
  const { shopId, pageId, token, by } = wish;
  const { pages, tokens, pageGraph, patience } = ports;
  const known = await pages.find(shopId, pageId);
  const now = patience.clock();
  if (known && isLeaving(known, now)) throw conflict();
  const app = await appFor(wish, known, ports);
  const { name } = await asked(pageGraph.page(token, pageId));
  await assertApp(token, app, ports);
  const taken = pageFrom(wish, known, { name, app }, now.toISOString());
  await pages.save(taken, [entryOf(known, taken, by, now)]);
  await tokens.write(pageId, { token, shopId } satisfies PageToken);
  await asked(pageGraph.subscribe(token, pageId));
  const { problem: _, problemAt: __, ...well } = taken;
  const connected: LeadPage = { ...well, version: taken.version + 1 };
  await saveOrClear(connected, ports);
  await retryOfPage(shopId, pageId, ports);
  return connected;
};

/**
 * Lets a page go: first it is marked, so that nobody connects it meanwhile; then Meta is asked to tell us no more of it, as
 * far as its token is still good; its token is removed, and the page. Its leads and what was filled in stay. May be
 * repeated. Throws `not-found`, and `change.conflict` before anything is undone.
 */
export const disconnectPage = async (
  { shopId, pageId, by }: Pick<PageToConnect, 'shopId' | 'pageId' | 'by'>,
  ports: ConnectPagePorts,
): Promise<void> => {
  const { pages, patience } = ports;
  const page = await pages.find(shopId, pageId);
  if (page === undefined) throw notFound();
  const now = patience.clock();
  const at = now.toISOString();
  const mark = { leavingAt: at, problem: 'not-subscribed', problemAt: at, updatedAt: at } as const;
  const leaving: LeadPage = { ...page, ...mark, version: page.version + 1 };
  await pages.save(leaving);
  await clear(leaving, ports);
  if (!(await pages.remove(leaving, [entryOf(page, undefined, by, now)]))) throw conflict();
};
