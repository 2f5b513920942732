import { actorOf, type Caller } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { AppError, isAppError, notFound } from '#core/errors.ts';
import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Connection } from '../connections/connection.ts';
import { releaseEntries } from '../connections/connection-audit.ts';
import { isActiveAdmin, type User } from './user.ts';

/** A user before and after a change, and what must hold for it to be made. */
export interface UserChange {
  before: User;
  after: User;
  /** Somebody else who must be an admin at that very moment. */
  witness: string | undefined;
  /** Personal lines of theirs, as they are now, which become nobody's. */
  lines: readonly Connection[];
  entries: readonly AuditEntry[];
}

export interface UserPorts {
  users: {
    find: (shopId: string, userId: string) => Promise<User | undefined>;
    all: (shopId: string) => AsyncIterable<User>;
    /** Throws `change.conflict` when the user, the witness or a line is not as they were. */
    change: (change: UserChange) => Promise<void>;
  };
  directory: {
    /** Whether somebody has come since they were invited. */
    hasSignedIn: (userId: string) => Promise<boolean>;
  };
  clock: Clock;
}

/** What is made of a user, and with it. */
export interface Decided {
  after: User;
  action: string;
  lines?: readonly Connection[];
}

/** Asked again when somebody changed the same meanwhile; nothing when there is nothing to change. */
type Decide = (user: User) => Decided | undefined | Promise<Decided | undefined>;

/** Who changes whom. */
export interface Governing {
  caller: Caller;
  userId: string;
}

const ATTEMPTS = 4;

/**
 * A token says for some minutes more what its user was: of those who govern, the table has the last word. Throws
 * `request.forbidden` when the caller is no admin any more.
 */
export const assertGoverns = (caller: User | undefined): void => {
  if (caller && isActiveAdmin(caller)) return;
  throw new AppError('request.forbidden', 'only an admin of the shop may do that');
};

/** Who never came may never come: their mail may be lost, or its address wrong. */
const otherAdmin = async ({ shopId, userId }: User, { users, directory }: UserPorts): Promise<string> => {
  for await (const user of users.all(shopId)) {
    if (user.userId === userId || !isActiveAdmin(user)) continue;
    if (user.invitedAt === undefined || (await directory.hasSignedIn(user.userId))) return user.userId;
  }
  throw new AppError('user.last-admin', 'no other admin of the shop may sign in');
};

/** The caller; or, when admins give up their own role, anybody else who keeps it. */
const witnessOf = async (
  callerId: string,
  before: User,
  after: User,
  ports: UserPorts,
): Promise<string | undefined> => {
  if (before.userId !== callerId) return callerId;
  return isActiveAdmin(after) ? undefined : otherAdmin(before, ports);
};

const changeOnce = async ({ caller, userId }: Governing, decide: Decide, ports: UserPorts): Promise<User> => {
  const { users, clock } = ports;
  const { shopId } = caller;
  const before = await users.find(shopId, userId);
  if (before === undefined) throw notFound();
  assertGoverns(caller.userId === userId ? before : await users.find(shopId, caller.userId));
  const decided = await decide(before);
  if (decided === undefined) return before;
  const now = clock();
  const { action, lines = [] } = decided;
  const after = { ...decided.after, updatedAt: now.toISOString() };
  const witness = await witnessOf(caller.userId, before, after, ports);
  const changes = changesOf(before, after, { shown: ['role', 'state'] });
  const subject = { kind: 'user', id: userId } as const;
  const by = actorOf(caller);
  const released = lines.flatMap((line) => releaseEntries(line, by, now));
  const entries = [auditEntry({ shopId, subject, by, action, changes }, now), ...released];
  await users.change({ before, after, witness, lines, entries });
  return after;
};

/** Does it again, a few times, when others changed the same users meanwhile. Throws what the last time threw. */
export const untilSettled = async <Result>(once: () => Promise<Result>): Promise<Result> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once();
    } catch (error) {
      if (attempt >= ATTEMPTS || !isAppError(error, 'change.conflict')) throw error;
    }
  }
};

/**
 * Changes a user of the caller's shop, and tells the audit trail. An admin who is not the one changed must be there at
 * that moment: the caller, or whoever remains when admins give up their own role. So changes that meet never leave a
 * shop without one, in whatever order they come. `decide` gives nothing when there is nothing to change; it may be asked
 * again. Throws `directory.unavailable`, `not-found`, `request.forbidden`, `user.last-admin` and `change.conflict`.
 */
export const governUser = (governing: Governing, decide: Decide, ports: UserPorts): Promise<User> =>
  untilSettled(() => changeOnce(governing, decide, ports));
