import * as z from 'zod/mini';
import { roles } from '#core/actor.ts';
import { idField, pageFields, textField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

/** What a user may do: everything their role may; nothing for now; nothing ever again. */
export const userStates = ['active', 'disabled', 'removed'] as const;
export type UserState = (typeof userStates)[number];

const userId = () => z.string().check(z.minLength(1), z.maxLength(128));
const email = () => z.email().check(z.maxLength(200));

/** Someone who may sign in to one shop. `userId` is the identity provider's subject. */
export const User = lazy(() =>
  z.object({
    userId: userId(),
    shopId: idField(),
    role: z.enum(roles),
    name: textField(80),
    email: email(),
    /** Users from before there were states have none stored. */
    state: z._default(z.enum(userStates), 'active'),
    /** When they were last sent an invitation; users who were there from the start were not. */
    invitedAt: z.optional(timeField()),
    createdAt: timeField(),
    /** Of users who were never changed: none. */
    updatedAt: z.optional(timeField()),
  }),
);
export type User = z.infer<Lazy<typeof User>>;

/** Whom to invite, and as what. */
export const InviteUser = lazy(() =>
  z.strictObject({
    email: z.pipe(
      z.string().check(z.trim(), z.toLowerCase()),
      // letters of other scripts can look like those of somebody else's address
      email().check(z.regex(/^[\x21-\x7e]+$/, 'must be of ASCII signs')),
    ),
    name: textField(80),
    role: z.enum(roles),
  }),
);
export type InviteUser = z.infer<Lazy<typeof InviteUser>>;

/** A change of a user: only what it names. */
export const UpdateUser = lazy(() =>
  z.strictObject({ name: z.optional(textField(80)), role: z.optional(z.enum(roles)) }),
);
export type UpdateUser = z.infer<Lazy<typeof UpdateUser>>;

export const UserParams = lazy(() => z.object({ userId: userId() }));
export const UsersQuery = lazy(() => z.object({ state: z.optional(z.enum(userStates)), ...pageFields(100, 100) }));

/** What waits with somebody: open conversations, open leads, and numbers on which new customers come to them. */
export const StillAssigned = lazy(() =>
  z.object({ conversations: z.boolean(), leads: z.boolean(), connections: z.boolean() }),
);
export type StillAssigned = z.infer<Lazy<typeof StillAssigned>>;

/** A user as the users of the shop see them. */
export const UserView = lazy(() =>
  z.object({
    userId: userId(),
    role: z.enum(roles),
    name: z.string(),
    /** For admins only. */
    email: z.optional(z.string()),
    state: z.enum(userStates),
    invitedAt: z.optional(timeField()),
    createdAt: timeField(),
    updatedAt: z.optional(timeField()),
    /** Of users who may do nothing any more: what waits to be assigned to somebody else. */
    stillAssigned: z.optional(StillAssigned()),
  }),
);
export type UserView = z.infer<Lazy<typeof UserView>>;

/** A user as that user of the shop sees them. */
export const userView = ({ shopId: _, email, ...user }: User, viewer: Pick<User, 'role'>): UserView => ({
  ...user,
  ...(viewer.role === 'admin' && { email }),
});

/** Whether a user may do anything at all, and work may be assigned to them. */
export const isActive = ({ state }: Pick<User, 'state'>): boolean => state === 'active';

/** Whether a user is one of those who keep a shop governable: at least one always remains. */
export const isActiveAdmin = (user: Pick<User, 'state' | 'role'>): boolean => isActive(user) && user.role === 'admin';
