import * as z from 'zod/mini';
import { lazy } from '#core/lazy.ts';
import type { Table } from '#platform/table.ts';
import { keys } from '#table/schema.ts';
import { type FindPeople, findPeople } from './same-person.ts';

const text = () => z.optional(z.string());
const texts = () => z.optional(z.array(z.string()));

/** As much as says who somebody is: of a contact or of its lead. */
const ContactTies = lazy(() =>
  z.object({ contactId: z.string(), phone: text(), mergedInto: text(), formerContactIds: texts() }),
);
const LeadTies = lazy(() =>
  z.object({
    ...{ leadId: z.string(), phone: text(), morePhones: texts(), email: text(), mergedInto: text() },
    formerLeadIds: texts(),
  }),
);

/** Who is one person, as contacts and leads say. It only reads. */
export const samePersonStore = (
  table: Pick<Table, 'batchGet'>,
  { consistent = false } = {},
): { findPeople: FindPeople } => ({
  findPeople: findPeople(async (shopId, { contactIds, leadIds }) => {
    const wanted = [...contactIds.map((id) => keys.contact(shopId, id)), ...leadIds.map((id) => keys.lead(shopId, id))];
    const items = await table.batchGet(wanted, { consistent });
    return {
      contacts: items.flatMap((item) => ContactTies().safeParse(item).data ?? []),
      leads: items.flatMap((item) => LeadTies().safeParse(item).data ?? []),
    };
  }),
});
