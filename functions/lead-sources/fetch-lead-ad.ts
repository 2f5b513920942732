import type { SecretReader } from '../connections/token-vault.ts';
import { type LeadPage, type PageProblem, PageToken } from './lead-page.ts';
import { type PageGraph, problemOf } from './page-graph.ts';
import type { Submission } from './submission.ts';

export interface FetchLeadAdPorts {
  pages: {
    find: (shopId: string, pageId: string) => Promise<LeadPage | undefined>;
    /** Notes what is wrong with the page, or that nothing is any more. */
    note: (page: LeadPage, problem: PageProblem | undefined, at: string) => Promise<void>;
  };
  tokens: SecretReader;
  pageGraph: PageGraph;
}

/** Why Meta's words of a filled-in form are not here. */
export type NotFetched = PageProblem | 'page-disconnected' | 'gone' | 'unavailable';

/** The id by which Meta knows a filled-in form, as the webhook told it. */
export const leadgenIdOf = ({ payload }: Pick<Submission, 'payload'>): string => {
  const told = JSON.parse(payload) as Record<string, unknown>;
  return String(told['leadgen_id'] ?? told['id'] ?? '');
};

const tokenOf = async (page: LeadPage, tokens: SecretReader): Promise<string | undefined> => {
  // the page may have got another token a moment ago
  tokens.forget(page.pageId);
  const { data } = PageToken().safeParse(await tokens.read(page.pageId));
  return data?.shopId === page.shopId ? data.token : undefined;
};

const problems: ReadonlySet<string> = new Set(['token-missing', 'token-refused', 'permission-missing']);

const isPageProblem = (reason: string): reason is PageProblem => problems.has(reason);

const ask = async (
  { payload }: Submission,
  page: LeadPage,
  { tokens, pageGraph }: FetchLeadAdPorts,
): Promise<{ payload: string } | { reason: NotFetched }> => {
  const token = await tokenOf(page, tokens);
  if (token === undefined) return { reason: 'token-missing' };
  try {
    return { payload: JSON.stringify(await pageGraph.lead(token, leadgenIdOf({ payload }))) };
  } catch (error) {
    return { reason: problemOf(error) };
  }
};

/**
 * Meta's words of a filled-in form, by the token of its page; or why they are not to be had. What is wrong with the page
 * is noted on it, and so is that it is well again. `at`: ISO 8601, milliseconds.
 */
export const fetchLeadAd = async (
  submission: Submission,
  at: string,
  ports: FetchLeadAdPorts,
): Promise<{ payload: string } | { reason: NotFetched }> => {
  const page = await ports.pages.find(submission.shopId, submission.pageId ?? '');
  if (page === undefined) return { reason: 'page-disconnected' };
  const fetched = await ask(submission, page, ports);
  const problem = 'reason' in fetched && isPageProblem(fetched.reason) ? fetched.reason : undefined;
  const isTold = 'payload' in fetched || problem !== undefined;
  if (isTold && problem !== page.problem) await ports.pages.note(page, problem, at);
  return fetched;
};
