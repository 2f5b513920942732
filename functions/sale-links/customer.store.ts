import * as z from 'zod/mini';
import { lazy } from '#core/lazy.ts';
import type { Table } from '#platform/table.ts';
import { keys } from '#table/schema.ts';
import { Contact } from '../contacts/contact.ts';
import { Shop } from '../shops/shop.ts';

const LeadEmail = lazy(() => z.object({ email: z.optional(z.string()), mergedInto: z.optional(z.string()) }));

/** Contacts, what their leads know of them, and their shops. It only reads. */
export const customerStore = (table: Pick<Table, 'get'>) => {
  const emailOf = async (shopId: string, contactId: string): Promise<string | undefined> => {
    const { email, mergedInto } = LeadEmail().parse((await table.get(keys.lead(shopId, contactId))) ?? {});
    return mergedInto === undefined ? email : emailOf(shopId, mergedInto);
  };
  return {
    /** The e-mail address of somebody, when they are a lead that has one. */
    emailOf,

    contacts: {
      find: async (shopId: string, contactId: string, consistent = false): Promise<Contact | undefined> => {
        const item = await table.get(keys.contact(shopId, contactId), { consistent });
        return item && Contact().parse(item);
      },
    },

    findShop: async (shopId: string): Promise<Shop | undefined> => {
      const item = await table.get(keys.shop(shopId), { consistent: true });
      return item && Shop().parse(item);
    },
  };
};
