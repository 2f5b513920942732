import { AppError, notFound } from '#core/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { type Decided, type Governing, governUser, type UserPorts } from './govern-user.ts';
import type { User, UserState } from './user.ts';

/** The accounts at the identity provider. Each call may be repeated, also of accounts that are gone. */
export interface AccountPorts {
  directory: {
    enable: (userId: string) => Promise<void>;
    disable: (userId: string) => Promise<void>;
    remove: (userId: string) => Promise<void>;
  };
  connections: {
    /** All numbers of a shop as they are now. */
    ofShop: (shopId: string) => Promise<Connection[]>;
  };
}

const actions = {
  active: 'user.enabled',
  disabled: 'user.disabled',
  removed: 'user.removed',
} as const satisfies Record<UserState, string>;

const ROUNDS = 3;

/** Makes the account what the row says, until the row was the same before and after: changes may meet here too. */
const alignAccount = async ({ shopId, userId, state }: User, { users, directory }: UserPorts & AccountPorts) => {
  const make = { active: directory.enable, disabled: directory.disable, removed: directory.remove };
  let wanted = state;
  for (let round = 0; round < ROUNDS; round += 1) {
    await make[wanted](userId);
    const now = (await users.find(shopId, userId))?.state ?? wanted;
    if (now === wanted) return;
    wanted = now;
  }
  throw new AppError('change.conflict', 'the user was changed again and again at the same moment');
};

/** Numbers on which new customers come to this user. */
const linesOf = async ({ shopId, userId }: User, { connections }: AccountPorts): Promise<Connection[]> =>
  (await connections.ofShop(shopId)).filter(({ sellerId }) => sellerId === userId);

/**
 * Disables, enables or removes a user. The row is first and decides: whoever is not active in it gets no rights from a
 * new token, whatever became of their account. The account follows; where that fails, the same call again mends it, for
 * a state that is there already is made once more. What is assigned to the user stays so until somebody reassigns it;
 * their personal lines become nobody's, so that new customers come to somebody, and stay so when the user comes back.
 * Throws `user.self` for one's own account, `not-found` for somebody who was removed (but not to remove them again),
 * `directory.unavailable`, and as {@link governUser}.
 */
export const setUserState = async (
  governing: Governing,
  state: UserState,
  ports: UserPorts & AccountPorts,
): Promise<User> => {
  const decide = async (user: User): Promise<Decided | undefined> => {
    if (user.state === 'removed' && state !== 'removed') throw notFound();
    if (user.userId === governing.caller.userId && state !== 'active')
      throw new AppError('user.self', 'somebody else has to do that');
    if (user.state === state) return undefined;
    const lines = state === 'active' ? [] : await linesOf(user, ports);
    return { after: { ...user, state }, action: actions[state], lines };
  };
  const user = await governUser(governing, decide, ports);
  await alignAccount(user, ports);
  return user;
};
