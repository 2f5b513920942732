import { AppError } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import { type Condition, exists, missing, where } from '#platform/expression.ts';
import { findRepeat, forgetRequest, rememberRequest } from '#platform/idempotency.ts';
import { isContention, type Table, type Write } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { Connection } from '../connections/connection.ts';
import type { UserChange } from './govern-user.ts';
import type { NewInvitation } from './invite-user.ts';
import { User } from './user.ts';

/** The writes of a new user. They fail where the user belongs to a shop already. */
export const userWrites = (user: User): Write[] => [
  { put: { ...keys.user(user.shopId, user.userId), ...user }, if: [missing] },
  { put: { ...keys.userBySub(user.userId), shopId: user.shopId }, if: [missing] },
];

/** Users from before there were states are active. */
const inState = (state: User['state']): Condition =>
  state === 'active'
    ? { anyOf: [{ attribute: 'state', exists: false }, where('state', '=', 'active')] }
    : where('state', '=', state);

const as = ({ role, state }: Pick<User, 'role' | 'state'>): Condition[] => [
  exists,
  where('role', '=', role),
  inState(state),
];

const adminStands = (shopId: string, userId: string): Write => ({
  check: keys.user(shopId, userId),
  if: as({ role: 'admin', state: 'active' }),
});

const changeable = ['name', 'role', 'state', 'invitedAt', 'updatedAt'] as const satisfies (keyof User)[];

/** Only what changed, beside the state that is a condition anyway: others change other fields of the same user at the same moment. */
const changeWrite = (before: User, after: User): Write => ({
  update: keys.user(before.shopId, before.userId),
  if: as(before),
  set: Object.fromEntries(
    changeable
      .filter((field) => field === 'state' || after[field] !== before[field])
      .map((field) => [field, after[field]]),
  ),
});

/** A line that is nobody's from now on. */
const releaseWrite = ({ shopId, phoneNumberId, version }: Connection, { updatedAt }: User): Write => ({
  update: keys.connection(shopId, phoneNumberId),
  if: [where('version', '=', version)],
  set: { updatedAt },
  add: { version: 1 },
  remove: ['sellerId'],
});

const orConflict = async (work: Promise<void>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!isContention(error)) throw error;
    throw new AppError('change.conflict', 'the user was changed at the same moment', { cause: error });
  }
};

const remembered = ({ request, user }: NewInvitation): Write[] =>
  request ? [rememberRequest(request, user.userId, new Date(user.invitedAt ?? user.createdAt))] : [];

/** The users of shops. Their last word is the row: an account at the identity provider follows it. */
export const userStore = (table: Table) => {
  const find = async (shopId: string, userId: string): Promise<User | undefined> => {
    const item = await table.get(keys.user(shopId, userId), { consistent: true });
    return item && User().parse(item);
  };

  return {
    find,

    /** The user of an account, in whatever shop. */
    findAnywhere: async (userId: string): Promise<User | undefined> => {
      const lookup = await table.get(keys.userBySub(userId), { consistent: true });
      return lookup && find(String(lookup.shopId), userId);
    },

    findRepeat: (request: RepeatableRequest) => findRepeat(table, request),
    forgetRequest: (request: RepeatableRequest) => forgetRequest(table, request),

    async *all(shopId: string): AsyncGenerator<User> {
      for await (const item of table.queryAll(ranges.users(shopId), { consistent: true })) yield User().parse(item);
    },

    /** Only those in a state, if one is named. Throws `request.invalid` for a cursor of another list. */
    list: async (shopId: string, page: PageRequest, state?: User['state']): Promise<Page<User>> => {
      const { items, ...rest } = await table.query(ranges.users(shopId), page);
      const users = items.map((item) => User().parse(item));
      return { ...rest, items: state === undefined ? users : users.filter((user) => user.state === state) };
    },

    /**
     * Adds an invited user, or notes that they were invited again. Throws `change.conflict` when they or the witness are
     * not as they were, or the request is known.
     */
    add: (invitation: NewInvitation): Promise<void> => {
      const { user, there, witness, entry } = invitation;
      const more = [adminStands(user.shopId, witness), auditWrite(entry), ...remembered(invitation)];
      return orConflict(table.transact([...(there ? [changeWrite(there, user)] : userWrites(user)), ...more]));
    },

    /** Saves a changed user. Throws `change.conflict` when they, the witness or the lines are not as they were. */
    change: ({ before, after, witness, lines, entries }: UserChange): Promise<void> => {
      const watched = witness === undefined ? [] : [adminStands(before.shopId, witness)];
      const released = lines.map((line) => releaseWrite(line, after));
      return orConflict(
        table.transact([changeWrite(before, after), ...watched, ...released, ...entries.map(auditWrite)]),
      );
    },
  };
};

export type UserStore = ReturnType<typeof userStore>;
