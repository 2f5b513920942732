import type { ShopStore } from '../functions/shops/shop.store.ts';
import type { Shop } from '../functions/shops/shop.ts';
import { isActive, type User } from '../functions/shops/user.ts';

/** Shops and users of the local cloud, as its own pages need them. */
export interface Directory {
  shops: () => Promise<Shop[]>;
  /** Those who may do anything. */
  users: () => Promise<User[]>;
  findUser: (userId: string) => Promise<User | undefined>;
  /** A user of the shop in that role who may do anything; `who` is an id, an e-mail address or a name. */
  pick: (slug: string, role: string | undefined, who: string | undefined) => Promise<User | undefined>;
}

const isCalled = (user: User, who: string | undefined): boolean =>
  who === undefined || [user.userId, user.email, user.name].includes(who);

/** Opens the directory over the shops of the table. */
export const openDirectory = (store: ShopStore): Directory => {
  const shops = () => Array.fromAsync(store.all());
  const usersOf = async (shopId: string) => (await Array.fromAsync(store.users(shopId))).filter(isActive);
  return {
    shops,
    users: async () => (await Promise.all((await shops()).map(({ shopId }) => usersOf(shopId)))).flat(),
    findUser: (userId) => store.findUser(userId),
    pick: async (slug, role, who) => {
      const shop = await store.findBySlug(slug);
      const users = shop ? await usersOf(shop.shopId) : [];
      return users.find((user) => (role === undefined || user.role === role) && isCalled(user, who));
    },
  };
};
