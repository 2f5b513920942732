import type { Page, PageRequest } from '#core/page.ts';
import { fromCursor, toCursor } from '#platform/cursor.ts';
import { missing, where } from '#platform/expression.ts';
import { ConditionFailed, type Item, saved, type Table } from '#platform/table.ts';
import { indexKeys, keys, type Range, ranges } from '#table/schema.ts';
import { Submission, type SubmissionState } from './submission.ts';

/** As long as Meta keeps a filled-in form. Source: Meta for Developers, "Retrieving Leads". */
const KEPT_DAYS = 90;
const DAY_SECONDS = 86_400;

const toItem = (submission: Submission): Item => {
  const { shopId, submissionId, formId, pageId, state, receivedAt, leadId, reason } = submission;
  return {
    ...keys.submission(shopId, submissionId),
    ...indexKeys.submission(shopId, state, receivedAt, submissionId),
    ...(state === 'failed' && indexKeys.failedSubmission(shopId, formId, receivedAt, submissionId)),
    ...(pageId && reason !== undefined && indexKeys.heldSubmission(shopId, pageId, receivedAt, submissionId)),
    ...(leadId !== undefined && indexKeys.submissionOf(shopId, leadId, receivedAt, submissionId)),
    ...submission,
    ttl: Math.floor(new Date(receivedAt).getTime() / 1000) + KEPT_DAYS * DAY_SECONDS,
  };
};

/** Where one stands among those of a lead. */
const placeOf = ({ receivedAt, submissionId }: Submission): string => `${receivedAt}#${submissionId}`;

const submissionLists = (table: Table) => {
  const latest = async (range: Range, limit: number): Promise<Submission[]> => {
    const { items } = await table.query(range, { limit }, { newestFirst: true });
    return items.map((item) => Submission().parse(item));
  };
  return {
    /** One page of those in a state, newest first. */
    list: async (shopId: string, state: SubmissionState, page: PageRequest): Promise<Page<Submission>> => {
      const { items, nextCursor } = await table.query(ranges.submissions(shopId, state), page, { newestFirst: true });
      return { items: items.map((item) => Submission().parse(item)), ...(nextCursor && { nextCursor }) };
    },

    /** The latest of a form that failed. */
    failedOf: (shopId: string, formId: string, limit: number): Promise<Submission[]> =>
      latest(ranges.failedSubmissions(shopId, formId), limit),

    /** The latest of a page that failed, or wait for Meta. */
    heldOf: (shopId: string, pageId: string, limit: number): Promise<Submission[]> =>
      latest(ranges.heldSubmissions(shopId, pageId), limit),

    /**
     * One page of what became these leads, which are one person, newest first. Throws `request.invalid` for a cursor that
     * another list gave.
     */
    listOf: async (
      shopId: string,
      leadIds: readonly string[],
      { limit, cursor }: PageRequest,
    ): Promise<Page<Submission>> => {
      const scope = { attribute: 'of', value: `${shopId}#${leadIds[0]}`, attributes: ['of', 'before'] };
      const before = fromCursor(cursor, scope)?.['before'];
      // one more for the page's end, and one because the bound itself is part of the range
      const found = await Promise.all(
        leadIds.map((leadId) => latest(ranges.submissionsOf(shopId, leadId, before), limit + 2)),
      );
      const rows = found
        .flat()
        .filter((one) => before === undefined || placeOf(one) < before)
        .sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      const nextCursor = rows.length > limit && last && toCursor({ of: scope.value, before: placeOf(last) });
      return { items, ...(nextCursor && { nextCursor }) };
    },
  };
};

/** What forms sent, as it came, for ninety days. */
export const submissionStore = (table: Table) => ({
  ...submissionLists(table),

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
  save: (submission: Submission): Promise<boolean> =>
    saved(table.put(toItem(submission), [where('version', '=', submission.version - 1)])),
});
