import type { Routes } from '#core/contract.ts';
import { pageOf } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import { InviteUser, UpdateUser, UserParams, UsersQuery, UserView } from './user.ts';

/** Who works in a shop. */
export const userRoutes = {
  listUsers: {
    method: 'GET',
    path: '/admin/users',
    access: ['admin', 'seller'],
    summary: 'The users of your shop, also those who were sent away, and whether work still waits with these',
    query: UsersQuery,
    answer: { status: 200, schema: lazy(() => pageOf(UserView())) },
  },
  inviteUser: {
    method: 'POST',
    path: '/admin/users',
    access: ['admin'],
    summary: 'Invite somebody by mail; again, while they have not come yet',
    body: InviteUser,
    answer: { status: 201, schema: UserView },
    errors: ['user.exists', 'directory.unavailable', 'idempotency.key-reused', 'change.conflict'],
    idempotent: true,
  },
  updateUser: {
    method: 'PATCH',
    path: '/admin/users/{userId}',
    access: ['admin'],
    summary: 'Change the name or the role of a user; one admin always remains',
    params: UserParams,
    body: UpdateUser,
    answer: { status: 200, schema: UserView },
    errors: ['user.last-admin', 'change.conflict'],
  },
  disableUser: {
    method: 'POST',
    path: '/admin/users/{userId}/disable',
    access: ['admin'],
    summary: 'Let a user sign in no more; what is assigned to them stays so',
    params: UserParams,
    answer: { status: 200, schema: UserView },
    errors: ['user.self', 'directory.unavailable', 'change.conflict'],
  },
  enableUser: {
    method: 'POST',
    path: '/admin/users/{userId}/enable',
    access: ['admin'],
    summary: 'Let a disabled user sign in again',
    params: UserParams,
    answer: { status: 200, schema: UserView },
    errors: ['directory.unavailable', 'change.conflict'],
  },
  removeUser: {
    method: 'DELETE',
    path: '/admin/users/{userId}',
    access: ['admin'],
    summary:
      'Remove a user for good; their name stays in what they did, and their work with them until it is reassigned',
    params: UserParams,
    answer: { status: 204 },
    errors: ['user.self', 'directory.unavailable', 'change.conflict'],
  },
} as const satisfies Routes;
