import type { RouteHandlers } from '#core/contract.ts';
import type { UserPorts } from './govern-user.ts';
import { type InvitePorts, inviteUser } from './invite-user.ts';
import { type ListPorts, listUsers } from './list-users.ts';
import { type AccountPorts, setUserState } from './set-user-state.ts';
import { updateUser } from './update-user.ts';
import { userView } from './user.ts';
import type { userRoutes } from './users.routes.ts';

type Ports = UserPorts & AccountPorts & InvitePorts & ListPorts;

/** What answers each route about users. */
export const userHandlers = (ports: Ports): RouteHandlers<typeof userRoutes> => ({
  listUsers: ({ caller, query }) => listUsers(caller, query, ports),
  inviteUser: async ({ caller, body: input, idempotencyKey }) =>
    userView(await inviteUser({ caller, input, idempotencyKey }, ports), caller),
  updateUser: async ({ caller, params, body }) =>
    userView(await updateUser({ caller, ...params }, body, ports), caller),
  disableUser: async ({ caller, params }) =>
    userView(await setUserState({ caller, ...params }, 'disabled', ports), caller),
  enableUser: async ({ caller, params }) =>
    userView(await setUserState({ caller, ...params }, 'active', ports), caller),
  removeUser: async ({ caller, params }) => {
    await setUserState({ caller, ...params }, 'removed', ports);
    return undefined;
  },
});
