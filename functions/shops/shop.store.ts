import { AppError } from '#core/errors.ts';
import { missing, where } from '#platform/expression.ts';
import { ConditionFailed, type Item, isContention, type Table } from '#platform/table.ts';
import { indexKeys, keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { Shop } from './shop.ts';
import { userWrites } from './user.store.ts';
import { User } from './user.ts';

const toItem = (shop: Shop): Item => ({ ...keys.shop(shop.shopId), ...indexKeys.shop(shop.slug), ...shop });

/** Shops, and the users who may sign in to each. */
export const shopStore = (table: Table) => ({
  find: async (shopId: string): Promise<Shop | undefined> => {
    const item = await table.get(keys.shop(shopId), { consistent: true });
    return item && Shop().parse(item);
  },

  findBySlug: async (slug: string): Promise<Shop | undefined> => {
    const lookup = await table.get(keys.shopBySlug(slug));
    const item = lookup && (await table.get(keys.shop(String(lookup.shopId))));
    return item && Shop().parse(item);
  },

  /** Every shop of the deployment, by slug. */
  async *all(): AsyncGenerator<Shop> {
    for await (const item of table.queryAll(ranges.shops())) yield Shop().parse(item);
  },

  /** A new shop with its first user. Throws `shop.slug-taken`. */
  create: async (shop: Shop, admin: User): Promise<void> => {
    try {
      await table.transact([
        { put: { ...keys.shopBySlug(shop.slug), shopId: shop.shopId }, if: [missing] },
        { put: toItem(shop), if: [missing] },
        ...userWrites(admin),
      ]);
    } catch (error) {
      if (error instanceof ConditionFailed && error.failed[0]) {
        throw new AppError('shop.slug-taken', `the slug ${shop.slug} is taken`, { cause: error });
      }
      throw error;
    }
  },

  /** Saves a changed shop unless somebody changed it since it was read: then `change.conflict`. */
  save: async (shop: Shop, entries: readonly AuditEntry[] = []): Promise<void> => {
    const put = { put: toItem(shop), if: [where('version', '=', shop.version - 1)] };
    try {
      await table.transact([put, ...entries.map(auditWrite)]);
    } catch (error) {
      if (!isContention(error)) throw error;
      throw new AppError('change.conflict', 'the shop was changed at the same moment', { cause: error });
    }
  },

  addUser: async (user: User): Promise<void> => table.transact(userWrites(user)),

  /** The user behind an identity provider's subject. */
  findUser: async (userId: string): Promise<User | undefined> => {
    const lookup = await table.get(keys.userBySub(userId));
    const item = lookup && (await table.get(keys.user(String(lookup.shopId), userId)));
    return item && User().parse(item);
  },

  async *users(shopId: string): AsyncGenerator<User> {
    for await (const item of table.queryAll(ranges.users(shopId))) yield User().parse(item);
  },
});

export type ShopStore = ReturnType<typeof shopStore>;
