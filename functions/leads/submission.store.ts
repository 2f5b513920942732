import type { Page, PageRequest } from '#core/page.ts';
import { missing, where } from '#platform/expression.ts';
import { ConditionFailed, type Item, isContention, type Table } from '#platform/table.ts';
import { indexKeys, keys, ranges } from '#table/schema.ts';
import { Submission, type SubmissionState } from './submission.ts';

/** As long as Meta keeps a filled-in form. Source: Meta for Developers, "Retrieving Leads". */
const KEPT_DAYS = 90;
const DAY_SECONDS = 86_400;

const toItem = (submission: Submission): Item => {
  const { shopId, submissionId, state, receivedAt, leadId } = submission;
  return {
    ...keys.submission(shopId, submissionId),
    ...indexKeys.submission(shopId, state, receivedAt, submissionId),
    ...(leadId !== undefined && indexKeys.submissionOf(shopId, leadId, receivedAt, submissionId)),
    ...submission,
    ttl: Math.floor(new Date(receivedAt).getTime() / 1000) + KEPT_DAYS * DAY_SECONDS,
  };
};

/** What forms sent, as it came, for ninety days. */
export const submissionStore = (table: Table) => ({
  find: async (shopId: string, submissionId: string): Promise<Submission | undefined> => {
    const item = await table.get(keys.submission(shopId, submissionId), { consistent: true });
    return item && Submission().parse(item);
  },

  /** Keeps a new one; false when it is there already. */
  put: async (submission: Submission): Promise<boolean> => {
    try {
      await table.put(toItem(submission), [missing]);
      return true;
    } catch (error) {
      if (error instanceof ConditionFailed) return false;
      throw error;
    }
  },

  /** Saves a changed one; false when somebody was faster. */
  save: async (submission: Submission): Promise<boolean> => {
    try {
      await table.put(toItem(submission), [where('version', '=', submission.version - 1)]);
      return true;
    } catch (error) {
      if (isContention(error)) return false;
      throw error;
    }
  },

  /** One page of those in a state, newest first. */
  list: async (shopId: string, state: SubmissionState, page: PageRequest): Promise<Page<Submission>> => {
    const { items, nextCursor } = await table.query(ranges.submissions(shopId, state), page, { newestFirst: true });
    return { items: items.map((item) => Submission().parse(item)), ...(nextCursor && { nextCursor }) };
  },

  /** One page of what became one lead, newest first. */
  listOf: async (shopId: string, leadId: string, page: PageRequest): Promise<Page<Submission>> => {
    const { items, nextCursor } = await table.query(ranges.submissionsOf(shopId, leadId), page, { newestFirst: true });
    return { items: items.map((item) => Submission().parse(item)), ...(nextCursor && { nextCursor }) };
  },
});
