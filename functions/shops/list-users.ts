import type { Caller } from '#core/actor.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { isActive, type StillAssigned, type User, type UserState, type UserView, userView } from './user.ts';

export interface ListPorts {
  users: { list: (shopId: string, page: PageRequest, state: UserState | undefined) => Promise<Page<User>> };
  work: {
    /** What waits with each of these users. */
    stillAssigned: (shopId: string, userIds: readonly string[]) => Promise<ReadonlyMap<string, StillAssigned>>;
  };
}

/**
 * One page of a shop's users, also those who were disabled or removed, for their names still stand in the shop's history;
 * or of those in one state: then a page may be short and still have a cursor. Of those who may do nothing it says whether
 * anything waits to be assigned to somebody else. Sellers see no mail addresses.
 */
export const listUsers = async (
  caller: Caller,
  { state, ...page }: PageRequest & { state?: UserState | undefined },
  { users, work }: ListPorts,
): Promise<Page<UserView>> => {
  const { items, ...rest } = await users.list(caller.shopId, page, state);
  const idle = items.filter((user) => !isActive(user)).map(({ userId }) => userId);
  const waiting = await work.stillAssigned(caller.shopId, idle);
  const views = items.map((user) => {
    const stillAssigned = waiting.get(user.userId);
    return { ...userView(user, caller), ...(stillAssigned && { stillAssigned }) };
  });
  return { ...rest, items: views };
};
