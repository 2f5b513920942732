import { type AppCredentials, failureOf, isUnknown } from '../connections/meta-graph.ts';
import type { PageProblem } from './lead-page.ts';

/** What Lead Ads ask of Meta's Graph API, with the token of a page. Every call may fail. */
export interface PageGraph {
  page: (token: string, pageId: string) => Promise<{ name: string }>;
  /** The id of the Meta app that a token is of, asked in the name of an app; undefined when Meta does not say. */
  appIdOf: (token: string, app: AppCredentials) => Promise<string | undefined>;
  /** Lets the token's app hear of the page's filled-in forms. May be repeated. */
  subscribe: (token: string, pageId: string) => Promise<void>;
  unsubscribe: (token: string, pageId: string) => Promise<void>;
  /** A filled-in form, as Meta tells it. */
  lead: (token: string, leadgenId: string) => Promise<Readonly<Record<string, unknown>>>;
}

/** Expired, revoked, of another user, or no token at all. Source: Meta for Developers, "Graph API: Error handling". */
const tokenRefused: ReadonlySet<number> = new Set([102, 190, 463, 467]);
const isPermission = (code: number): boolean => code === 3 || code === 10 || (code >= 200 && code <= 299);

/** Why Meta gave nothing: something that a person of the shop can mend, or `gone`, or nothing that lasts. */
export const problemOf = (error: unknown): PageProblem | 'gone' | 'unavailable' => {
  const failure = failureOf(error);
  if (failure.transient || failure.code === undefined) return 'unavailable';
  if (tokenRefused.has(failure.code)) return 'token-refused';
  if (isPermission(failure.code)) return 'permission-missing';
  return isUnknown(failure) || failure.code === 100 ? 'gone' : 'unavailable';
};
