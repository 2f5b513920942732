import { AppError } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import { type Condition, exists, missing, where } from '#platform/expression.ts';
import { findRepeat, rememberRequest } from '#platform/idempotency.ts';
import { isContention, type Table, type Write } from '#platform/table.ts';
import { keys, type Range, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import { facets } from '../leads/lead-rows.ts';
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
  const hasAny = async (range: Range): Promise<boolean> => (await table.query(range, { limit: 1 })).items.length > 0;

  return {
    find,

    /** The user of an account, in whatever shop. */
    findAnywhere: async (userId: string): Promise<User | undefined> => {
      const lookup = await table.get(keys.userBySub(userId), { consistent: true });
      return lookup && find(String(lookup.shopId), userId);
    },

    findRepeat: (request: RepeatableRequest) => findRepeat(table, request),

    async *all(shopId: string): AsyncGenerator<User> {
      for await (const item of table.queryAll(ranges.users(shopId), { consistent: true })) yield User().parse(item);
    },

    /** Throws `request.invalid` for a cursor of another list. */
    list: async (shopId: string, page: PageRequest): Promise<Page<User>> => {
      const { items, ...rest } = await table.query(ranges.users(shopId), page);
      return { ...rest, items: items.map((item) => User().parse(item)) };
    },

    /** Whether a user has open conversations, or leads. */
    stillAssigned: async (shopId: string, userId: string) => {
      const [conversations, leads] = await Promise.all([
        hasAny(ranges.inboxOf(shopId, userId, 'open')),
        hasAny(ranges.leads(shopId, facets.seller(userId), 'updated')),
      ]);
      return { conversations, leads };
    },

    /** Adds an invited user. Throws `change.conflict` when they are there, or the witness is no admin. */
    add: (invitation: NewInvitation): Promise<void> => {
      const { user, witness, entry } = invitation;
      const more = [adminStands(user.shopId, witness), auditWrite(entry), ...remembered(invitation)];
      return orConflict(table.transact([...userWrites(user), ...more]));
    },

    /** Notes that a user was invited again. Throws `change.conflict` when they or the witness are not as they were. */
    addAgain: (invitation: NewInvitation): Promise<void> => {
      const { user, witness, entry } = invitation;
      const { invitedAt } = user;
      const noted = { update: keys.user(user.shopId, user.userId), if: as(user), set: { invitedAt } };
      const more = [adminStands(user.shopId, witness), auditWrite(entry), ...remembered(invitation)];
      return orConflict(table.transact([noted, ...more]));
    },

    /** Saves a changed user. Throws `change.conflict` when they or the witness are not as they were. */
    change: ({ before, after, witness, entry }: UserChange): Promise<void> => {
      const { shopId, userId } = before;
      const { name, role, state, updatedAt } = after;
      const saved = { update: keys.user(shopId, userId), if: as(before), set: { name, role, state, updatedAt } };
      const watched = witness === undefined ? [] : [adminStands(shopId, witness)];
      return orConflict(table.transact([saved, ...watched, auditWrite(entry)]));
    },
  };
};

export type UserStore = ReturnType<typeof userStore>;
