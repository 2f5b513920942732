import { actorOf, type Caller } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { AppError, notFound } from '#core/errors.ts';
import { type RepeatableRequest, repeatable } from '#core/repeatable.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { assertGoverns, untilSettled } from './govern-user.ts';
import { type InviteUser, isActive, type User } from './user.ts';

/** What goes into the table with an invitation. */
export interface NewInvitation {
  user: User;
  /** Who must be an admin at that very moment. */
  witness: string;
  entry: AuditEntry;
  request: RepeatableRequest | undefined;
}

export interface InvitePorts {
  users: {
    find: (shopId: string, userId: string) => Promise<User | undefined>;
    /** In whatever shop. */
    findAnywhere: (userId: string) => Promise<User | undefined>;
    findRepeat: (request: RepeatableRequest) => Promise<string | undefined>;
    /** Throws `change.conflict` when the user is there already, or the witness is no admin. */
    add: (invitation: NewInvitation) => Promise<void>;
    /** As `add`, of a user who is there. */
    addAgain: (invitation: NewInvitation) => Promise<void>;
  };
  directory: {
    invite: (whom: { email: string; name: string }) => Promise<{
      userId: string;
      isNew: boolean;
      hasSignedIn: boolean;
    }>;
    inviteAgain: (whom: { email: string; name: string }) => Promise<void>;
    remove: (userId: string) => Promise<void>;
  };
  clock: Clock;
}

const taken = () => new AppError('user.exists', 'somebody signs in with this address already');

const invitationOf = (user: User, { caller, input, idempotencyKey }: Inviting, now: Date): NewInvitation => ({
  user,
  witness: caller.userId,
  entry: auditEntry(
    {
      shopId: caller.shopId,
      subject: { kind: 'user', id: user.userId },
      by: actorOf(caller),
      action: 'user.invited',
      changes: { role: { to: user.role } },
    },
    now,
  ),
  request: repeatable(caller.shopId, 'invite-user', idempotencyKey, input),
});

/** Who invites whom. */
export interface Inviting {
  caller: Caller;
  input: InviteUser;
  idempotencyKey: string | undefined;
}

/** Somebody who was invited before and has not come yet; of anybody else the address is taken. */
const awaited = (there: User, hasSignedIn: boolean, { caller, input }: Inviting): User => {
  const isAwaited = isActive(there) && there.shopId === caller.shopId && there.role === input.role && !hasSignedIn;
  if (!isAwaited) throw taken();
  return there;
};

const inviteOnce = async (inviting: Inviting, { users, directory, clock }: InvitePorts): Promise<User> => {
  const { caller, input } = inviting;
  assertGoverns(await users.find(caller.shopId, caller.userId));
  const { role, ...whom } = input;
  const { userId, isNew, hasSignedIn } = await directory.invite(whom);
  const there = await users.findAnywhere(userId);
  if (there?.state === 'removed') {
    // their removal broke off before it came to the account
    await directory.remove(userId);
    throw new AppError('change.conflict', 'the account of this address was just removed');
  }
  const now = clock();
  const invitedAt = now.toISOString();
  if (there) {
    const user = { ...awaited(there, hasSignedIn, inviting), invitedAt };
    await directory.inviteAgain({ ...whom, name: there.name });
    await users.addAgain(invitationOf(user, inviting, now));
    return user;
  }
  if (!isNew && !hasSignedIn) await directory.inviteAgain(whom);
  const made = { ...whom, userId, shopId: caller.shopId, role, state: 'active', createdAt: invitedAt } as const;
  const user: User = { ...made, invitedAt };
  await users.add(invitationOf(user, inviting, now));
  return user;
};

/**
 * Invites somebody to the caller's shop by mail. First comes their account, which has no rights; then their row, which
 * gives them. Broken off between the two, the same invitation again finds the account and goes on. Somebody who has not
 * come yet is sent another mail. The same idempotency key again gives the same user and sends none. Throws `user.exists`
 * for an address with which somebody signs in, here or in another shop, `request.forbidden` when the caller is no admin
 * any more, `directory.unavailable`, `idempotency.key-reused` and `change.conflict`.
 */
export const inviteUser = async (inviting: Inviting, ports: InvitePorts): Promise<User> => {
  const { caller, input, idempotencyKey } = inviting;
  const request = repeatable(caller.shopId, 'invite-user', idempotencyKey, input);
  const repeated = request && (await ports.users.findRepeat(request));
  if (repeated) return (await ports.users.find(caller.shopId, repeated)) ?? Promise.reject(notFound());
  return untilSettled(() => inviteOnce(inviting, ports));
};
