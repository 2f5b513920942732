import * as z from 'zod/mini';
import { roles } from '#core/actor.ts';
import { idField, textField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

/** What a user may do: everything their role may; nothing for now; nothing ever again. */
export const userStates = ['active', 'disabled', 'removed'] as const;
export type UserState = (typeof userStates)[number];

/** Someone who may sign in to one shop. `userId` is the identity provider's subject. */
export const User = lazy(() =>
  z.object({
    userId: z.string().check(z.minLength(1), z.maxLength(128)),
    shopId: idField(),
    role: z.enum(roles),
    name: textField(80),
    email: z.email().check(z.maxLength(200)),
    /** Users from before there were states have none stored. */
    state: z._default(z.enum(userStates), 'active'),
    /** When they were last sent an invitation; users who were there from the start were not. */
    invitedAt: z.optional(timeField()),
    createdAt: timeField(),
  }),
);
export type User = z.infer<Lazy<typeof User>>;

/** Whether a user may do anything at all, and work may be assigned to them. */
export const isActive = ({ state }: Pick<User, 'state'>): boolean => state === 'active';

/** Whether a user is one of those who keep a shop governable: at least one always remains. */
export const isActiveAdmin = (user: Pick<User, 'state' | 'role'>): boolean => isActive(user) && user.role === 'admin';
