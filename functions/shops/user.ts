import * as z from 'zod/mini';
import { roles } from '#core/actor.ts';
import { idField, textField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

/** Someone who may sign in to one shop. `userId` is the identity provider's subject. */
export const User = lazy(() =>
  z.object({
    userId: z.string().check(z.minLength(1), z.maxLength(128)),
    shopId: idField(),
    role: z.enum(roles),
    name: textField(80),
    email: z.email().check(z.maxLength(200)),
    createdAt: timeField(),
  }),
);
export type User = z.infer<Lazy<typeof User>>;
