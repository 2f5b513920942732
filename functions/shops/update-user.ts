import { notFound } from '#core/errors.ts';
import { type Governing, governUser, type UserPorts } from './govern-user.ts';
import type { UpdateUser, User } from './user.ts';

/**
 * Changes name or role of a user. Their tokens say the new role within minutes, as they are renewed. Throws `not-found`
 * for somebody who was removed, `user.last-admin` when nobody would govern the shop, and as {@link governUser}.
 */
export const updateUser = (governing: Governing, { name, role }: UpdateUser, ports: UserPorts): Promise<User> =>
  governUser(
    governing,
    (user) => {
      if (user.state === 'removed') throw notFound();
      const after = { ...user, name: name ?? user.name, role: role ?? user.role };
      const isSame = after.name === user.name && after.role === user.role;
      return isSame ? undefined : { after, action: 'user.changed' };
    },
    ports,
  );
