import type { Table } from '#platform/table.ts';
import { keys } from '#table/schema.ts';
import { Contact } from '../contacts/contact.ts';
import { samePersonStore } from '../contacts/same-person.store.ts';
import { Shop } from '../shops/shop.ts';

/** Contacts, who of them is one person, and their shops. It only reads. */
export const customerStore = (table: Pick<Table, 'get' | 'batchGet'>) => ({
  ...samePersonStore(table, { consistent: true }),

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
});
