import { actorOf, type Caller } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { AppError, notFound } from '#core/errors.ts';
import { type RepeatableRequest, repeatable } from '#core/repeatable.ts';
import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { assertGoverns, untilSettled } from './govern-user.ts';
import { type InviteUser, isActive, type User } from './user.ts';

/** What goes into the table with an invitation. */
export interface NewInvitation {
  user: User;
  /** As they were; undefined for somebody who is new. */
  there: User | undefined;
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
    forgetRequest: (request: RepeatableRequest) => Promise<void>;
    /** Throws `change.conflict` when the user is not there as said, the witness is no admin, or the request is known. */
    add: (invitation: NewInvitation) => Promise<void>;
  };
  directory: {
    /** Makes an account, or finds it; tells nobody. */
    open: (whom: { email: string; name: string }) => Promise<{ userId: string; hasSignedIn: boolean }>;
    /** Mails a password that voids the one before. */
    invite: (whom: { email: string; name: string }) => Promise<void>;
    remove: (userId: string) => Promise<void>;
  };
  clock: Clock;
}

const taken = () => new AppError('user.exists', 'somebody signs in with this address already');

/** Who invites whom. */
export interface Inviting {
  caller: Caller;
  input: InviteUser;
  idempotencyKey: string | undefined;
}

const requestOf = ({ caller, input, idempotencyKey }: Inviting): RepeatableRequest | undefined =>
  repeatable(caller.shopId, 'invite-user', idempotencyKey, input);

const invitationOf = (user: User, there: User | undefined, inviting: Inviting, now: Date): NewInvitation => {
  const { caller } = inviting;
  const changes = changesOf({ role: there?.role }, { role: user.role }, { shown: ['role'] });
  const subject = { kind: 'user', id: user.userId } as const;
  const note = { shopId: caller.shopId, subject, by: actorOf(caller), action: 'user.invited', changes };
  return { user, there, witness: caller.userId, entry: auditEntry(note, now), request: requestOf(inviting) };
};

/** Somebody who was invited before and has not come yet; of anybody else the address is taken. */
const awaited = (there: User, hasSignedIn: boolean, { caller }: Inviting): User => {
  const isAwaited = isActive(there) && there.shopId === caller.shopId && there.userId !== caller.userId && !hasSignedIn;
  if (!isAwaited) throw taken();
  return there;
};

/** A user who waits for their mail, or who was invited by the same request before. */
interface Invited {
  user: User;
  isRepeat: boolean;
}

/** The user that a request led to before. */
const repeated = async (inviting: Inviting, { users }: InvitePorts): Promise<User | undefined> => {
  const request = requestOf(inviting);
  const userId = request && (await users.findRepeat(request));
  if (userId === undefined) return undefined;
  return (await users.find(inviting.caller.shopId, userId)) ?? Promise.reject(notFound());
};

const addOnce = async (inviting: Inviting, ports: InvitePorts): Promise<Invited> => {
  const { caller, input } = inviting;
  const { users, directory, clock } = ports;
  const before = await repeated(inviting, ports);
  if (before) return { user: before, isRepeat: true };
  assertGoverns(await users.find(caller.shopId, caller.userId));
  const { role, ...whom } = input;
  const { userId, hasSignedIn } = await directory.open(whom);
  const there = await users.findAnywhere(userId);
  if (there?.state === 'removed') {
    // their removal broke off before it came to the account
    await directory.remove(userId);
    throw new AppError('change.conflict', 'the account of this address was just removed');
  }
  const now = clock();
  const invitedAt = now.toISOString();
  const made = { ...whom, userId, shopId: caller.shopId, state: 'active', createdAt: invitedAt } as const;
  const user: User = { ...(there ? awaited(there, hasSignedIn, inviting) : made), role, invitedAt };
  await users.add(invitationOf(user, there, inviting, now));
  return { user, isRepeat: false };
};

/** A mail that did not go leaves the request undone: the same one again finds the user and mails. */
const mailOrForget = async (inviting: Inviting, { email, name }: User, { users, directory }: InvitePorts) => {
  try {
    await directory.invite({ email, name });
  } catch (error) {
    const request = requestOf(inviting);
    if (request) await users.forgetRequest(request);
    throw error;
  }
};

/**
 * Invites somebody to the caller's shop:
 * 1. their account is made, or found; it has no rights, and nobody hears of it;
 * 2. their row is put, which gives them rights; the request is remembered with it;
 * 3. they are sent a mail: one for each request, however often that comes and with whom it meets, for each mail voids the
 *    password of the one before.
 * Broken off before the row, the same invitation goes on with the account; broken off before the mail, another one sends
 * it. Somebody who has not come yet is sent another mail, and gets the role of the latest invitation. Throws
 * `user.exists` for an address with which somebody signs in, here or in another shop, `request.forbidden` when the caller
 * is no admin any more, `directory.unavailable`, `idempotency.key-reused` and `change.conflict`.
 */
export const inviteUser = async (inviting: Inviting, ports: InvitePorts): Promise<User> => {
  const { user, isRepeat } = await untilSettled(() => addOnce(inviting, ports));
  if (!isRepeat) await mailOrForget(inviting, user, ports);
  return user;
};
