import { invalidField } from '#core/errors.ts';
import { isActive, type User } from '../shops/user.ts';

export interface AssignablePorts {
  users: { find: (userId: string) => Promise<User | undefined> };
}

/** Throws `request.invalid` unless this is a user of the shop who may sign in; undefined is nobody, and always good. */
export const assertAssignable = async (
  shopId: string,
  userId: string | undefined,
  { users }: AssignablePorts,
): Promise<void> => {
  if (userId === undefined) return;
  const user = await users.find(userId);
  if (user?.shopId === shopId && isActive(user)) return;
  throw invalidField('userId', 'unknown', 'must be a user of the shop who may sign in');
};
