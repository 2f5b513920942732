import { AppError } from '#core/errors.ts';
import { type Condition, exists, missing, where } from '#platform/expression.ts';
import { ConditionFailed, isContention, saved, type Table } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { LeadPage, type PageProblem } from './lead-page.ts';

const versionCondition = (version: number): Condition => (version === 1 ? missing : where('version', '=', version - 1));

/** Why a page could not be taken: another shop's, or changed at this moment. Tells nothing of the other shop. */
const refusalOf = (error: unknown): unknown => {
  if (!isContention(error)) return error;
  return error instanceof ConditionFailed && error.failed[0]
    ? new AppError('lead-page.taken', 'this page is connected elsewhere', { cause: error })
    : new AppError('change.conflict', 'the page was changed at the same moment', { cause: error });
};

/** Pages, each of one shop. */
export const leadPageStore = (table: Table) => {
  const find = async (shopId: string, pageId: string): Promise<LeadPage | undefined> => {
    const item = await table.get(keys.leadPage(shopId, pageId), { consistent: true });
    return item && LeadPage().parse(item);
  };
  return {
    find,

    /** The page whatever its shop. */
    findById: async (pageId: string): Promise<LeadPage | undefined> => {
      const item = await table.get(keys.shopByPage(pageId), { consistent: true });
      return typeof item?.['shopId'] === 'string' ? find(item['shopId'], pageId) : undefined;
    },

    /** All of a shop: there are few. */
    all: async (shopId: string): Promise<LeadPage[]> => {
      const items = await Array.fromAsync(table.queryAll(ranges.leadPages(shopId)));
      return items.map((item) => LeadPage().parse(item));
    },

    /** Saves a new or a changed page, which no other shop may have. Throws `lead-page.taken`, `change.conflict`. */
    save: async (page: LeadPage, entries: readonly AuditEntry[] = []): Promise<void> => {
      const { shopId, pageId } = page;
      const ownOrFree: Condition = { anyOf: [missing, where('shopId', '=', shopId)] };
      try {
        await table.transact([
          { put: { ...keys.shopByPage(pageId), shopId }, if: [ownOrFree] },
          { put: { ...keys.leadPage(shopId, pageId), ...page }, if: [versionCondition(page.version)] },
          ...entries.map(auditWrite),
        ]);
      } catch (error) {
        throw refusalOf(error);
      }
    },

    /** Notes what is wrong with a page, or that nothing is any more; of the token that it is true of, and no later one. */
    note: async (
      { shopId, pageId, tokenSetAt }: LeadPage,
      problem: PageProblem | undefined,
      at: string,
    ): Promise<void> => {
      const change = problem ? { set: { problem, problemAt: at } } : { remove: ['problem', 'problemAt'] };
      try {
        await table.update(keys.leadPage(shopId, pageId), change, [exists, where('tokenSetAt', '=', tokenSetAt)]);
      } catch (error) {
        if (!isContention(error)) throw error;
      }
    },

    /** Lets a page go; false when somebody was faster. */
    remove: ({ shopId, pageId, version }: LeadPage, entries: readonly AuditEntry[]): Promise<boolean> =>
      saved(
        table.transact([
          { delete: keys.shopByPage(pageId), if: [where('shopId', '=', shopId)] },
          { delete: keys.leadPage(shopId, pageId), if: [where('version', '=', version)] },
          ...entries.map(auditWrite),
        ]),
      ),
  };
};
