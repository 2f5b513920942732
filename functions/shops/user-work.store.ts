import type { Table } from '#platform/table.ts';
import { type Range, ranges } from '#table/schema.ts';
import { connectionStore } from '../connections/connection.store.ts';
import { facets } from '../leads/lead-rows.ts';
import { pipelineStore } from '../pipelines/pipeline.store.ts';
import { openStageIds } from '../pipelines/pipeline.ts';
import type { StillAssigned } from './user.ts';

/** Users who are looked at in parallel: each takes some reads, and a page may have a hundred of them. */
const AT_ONCE = 5;

/** What waits with the users of a shop. */
export const userWorkStore = (table: Table) => {
  const hasAny = async (range: Range): Promise<boolean> => (await table.query(range, { limit: 1 })).items.length > 0;

  const hasOpenLeads = async (shopId: string, userId: string, stageIds: readonly string[]): Promise<boolean> => {
    for (const stageId of stageIds) {
      if (await hasAny(ranges.leads(shopId, facets.sellerAndStage(userId, stageId), 'updated'))) return true;
    }
    return false;
  };

  return {
    /** What waits with each of these users, by their ids. */
    stillAssigned: async (shopId: string, userIds: readonly string[]): Promise<Map<string, StillAssigned>> => {
      const found = new Map<string, StillAssigned>();
      if (userIds.length === 0) return found;
      const [lines, pipelines] = await Promise.all([
        connectionStore(table).ofShop(shopId),
        pipelineStore(table).all(shopId),
      ]);
      const owners = new Set(lines.map(({ sellerId }) => sellerId));
      const stageIds = openStageIds(pipelines);
      const lookAt = async (userId: string): Promise<void> => {
        const [conversations, leads] = await Promise.all([
          hasAny(ranges.inboxOf(shopId, userId, 'open')),
          hasOpenLeads(shopId, userId, stageIds),
        ]);
        found.set(userId, { conversations, leads, connections: owners.has(userId) });
      };
      for (let first = 0; first < userIds.length; first += AT_ONCE) {
        await Promise.all(userIds.slice(first, first + AT_ONCE).map(lookAt));
      }
      return found;
    },
  };
};
