import * as z from 'zod/mini';
import { lazy } from '#core/lazy.ts';
import type { Table } from '#platform/table.ts';
import { keys } from '#table/schema.ts';
import { numbersEver } from '../connections/numbers-ever.store.ts';
import { conversationIdOf } from '../conversations/conversation.ts';
import type { AssigneesOf } from './see-contact.ts';

/** As much as whose it is asks of a lead or a conversation. */
const Assigned = lazy(() =>
  z.object({ assignedTo: z.optional(z.string()), mergedInto: z.optional(z.string()), leadId: z.optional(z.string()) }),
);

/** Follows a lead that was merged by hand to the one that goes on. */
const leadAfter = async (table: Table, shopId: string, leadId: string): Promise<string | undefined> => {
  const item = await table.get(keys.lead(shopId, leadId), { consistent: true });
  const { assignedTo, mergedInto } = Assigned().parse(item ?? {});
  return mergedInto === undefined ? assignedTo : leadAfter(table, shopId, mergedInto);
};

/**
 * Whose the lead and the conversations of a contact are, also on numbers that the shop has no more: its numbers, then all
 * of them in one read.
 */
export const assigneeStore = (table: Table): { assigneesOf: AssigneesOf } => ({
  assigneesOf: async ({ shopId, contactId }) => {
    const numbers = await numbersEver(table, shopId);
    const conversations = numbers.map(({ phoneNumberId }) =>
      keys.conversation(shopId, conversationIdOf(phoneNumberId, contactId)),
    );
    const items = await table.batchGet([keys.lead(shopId, contactId), ...conversations], { consistent: true });
    const found = items.map((item) => Assigned().parse(item));
    return Promise.all(
      found
        .filter(({ leadId, mergedInto }) => leadId !== undefined || mergedInto === undefined)
        .map(({ assignedTo, mergedInto }) =>
          mergedInto === undefined ? assignedTo : leadAfter(table, shopId, mergedInto),
        ),
    );
  },
});
