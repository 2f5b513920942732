import { actorOf, type Caller } from '#core/actor.ts';
import type { RouteHandlers } from '#core/contract.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { findShop } from '../shops/find-shop.ts';
import type { Shop } from '../shops/shop.ts';
import { type DeleteConnectionPorts, deleteConnection, updateConnection } from './change-connection.ts';
import { checkConnection, pauseConnection, resumeConnection } from './check-connection.ts';
import type { Connection } from './connection.ts';
import { connectionView } from './connection-view.ts';
import type { connectionRoutes } from './connections.routes.ts';
import { type CreateConnectionPorts, createConnection, signUpConnection } from './create-connection.ts';
import { setApp, setSharedApp } from './move-app.ts';
import { rotateToken } from './renew-secrets.ts';
import { findConnection } from './settle-connection.ts';

/** Everything that managing connections needs. */
export interface ConnectionPorts extends CreateConnectionPorts {
  connections: CreateConnectionPorts['connections'] &
    DeleteConnectionPorts['connections'] & {
      list: (shopId: string, page: PageRequest) => Promise<Page<Connection>>;
    };
  findShop: (shopId: string) => Promise<Shop | undefined>;
}

interface Seen {
  caller: Caller;
  siteUrl: string;
}

type Handlers = RouteHandlers<typeof connectionRoutes>;

/** Shows connections in the language of the caller's shop. */
const viewer = (ports: ConnectionPorts) => {
  const showAll = async (connections: readonly Connection[], { caller, siteUrl }: Seen) => {
    const { language } = await findShop(ports.findShop, caller.shopId);
    return connections.map((one) => connectionView(one, { caller, siteUrl, language }));
  };
  const show = async (change: Promise<Connection>, seen: Seen) => {
    const connection = await change;
    const { language } = await findShop(ports.findShop, seen.caller.shopId);
    return connectionView(connection, { ...seen, language });
  };
  return { showAll, show };
};

/** The ports of one call, which tells where the site is. */
const seenFrom = (ports: ConnectionPorts, { siteUrl }: Pick<Seen, 'siteUrl'>): ConnectionPorts => ({
  ...ports,
  siteUrl,
});

const numberOf = ({ caller, params }: { caller: Caller; params: { phoneNumberId: string } }) => ({
  shopId: caller.shopId,
  phoneNumberId: params.phoneNumberId,
  by: actorOf(caller),
});

const askedBy = <Body>({
  caller,
  body,
  idempotencyKey,
}: {
  caller: Caller;
  body: Body;
  idempotencyKey: string | undefined;
}) => ({
  shopId: caller.shopId,
  input: body,
  idempotencyKey,
  by: actorOf(caller),
});

const makingHandlers = (ports: ConnectionPorts) => {
  const { show } = viewer(ports);
  return {
    createConnection: (input) => show(createConnection(askedBy(input), seenFrom(ports, input)), input),
    signUpConnection: (input) => show(signUpConnection(askedBy(input), seenFrom(ports, input)), input),
    rotateToken: (input) =>
      show(rotateToken({ ...numberOf(input), token: input.body.token }, seenFrom(ports, input)), input),
    setApp: ({ body: { token, ...app }, ...input }) =>
      show(setApp({ ...numberOf(input), app, token }, seenFrom(ports, input)), input),
    setSharedApp: (input) =>
      show(setSharedApp({ ...numberOf(input), token: input.body.token }, seenFrom(ports, input)), input),
  } satisfies Partial<Handlers>;
};

/** What each route of {@link connectionRoutes} does. */
export const connectionHandlers = (ports: ConnectionPorts): Handlers => {
  const { show, showAll } = viewer(ports);
  return {
    ...makingHandlers(ports),
    listConnections: async (input) => {
      const page = await ports.connections.list(input.caller.shopId, input.query);
      return { ...page, items: await showAll(page.items, input) };
    },
    getConnection: (input) => {
      const { shopId, phoneNumberId } = numberOf(input);
      return show(findConnection(ports.connections, shopId, phoneNumberId), input);
    },
    updateConnection: (input) => show(updateConnection({ ...numberOf(input), change: input.body }, ports), input),
    deleteConnection: async (input) => {
      await deleteConnection(numberOf(input), ports);
      return undefined;
    },
    checkConnection: (input) =>
      show(checkConnection({ ...numberOf(input), ...input.body }, seenFrom(ports, input)), input),
    pauseConnection: (input) => show(pauseConnection(numberOf(input), ports), input),
    resumeConnection: (input) => show(resumeConnection(numberOf(input), seenFrom(ports, input)), input),
  };
};
