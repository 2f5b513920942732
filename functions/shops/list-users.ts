import type { Caller } from '#core/actor.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { isActive, type User, type UserView, userView } from './user.ts';

export interface ListPorts {
  users: {
    list: (shopId: string, page: PageRequest) => Promise<Page<User>>;
    /** Whether anything is assigned to a user. */
    stillAssigned: (shopId: string, userId: string) => Promise<{ conversations: boolean; leads: boolean }>;
  };
}

/**
 * One page of a shop's users, also those who were disabled or removed, for their names still stand in the shop's history.
 * Of these it says whether anything waits to be assigned to somebody else. Sellers see no mail addresses.
 */
export const listUsers = async (caller: Caller, page: PageRequest, { users }: ListPorts): Promise<Page<UserView>> => {
  const { items, ...rest } = await users.list(caller.shopId, page);
  const views = items.map(async (user) => {
    const view = userView(user, caller);
    return isActive(user) ? view : { ...view, stillAssigned: await users.stillAssigned(user.shopId, user.userId) };
  });
  return { ...rest, items: await Promise.all(views) };
};
