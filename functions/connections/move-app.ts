import type { Actor } from '#core/actor.ts';
import { AppError } from '#core/errors.ts';
import { forgetApps, unsubscribeApp, webhookKeyFor } from './app-use.ts';
import { type Connection, isSameApp } from './connection.ts';
import { tokenFacts } from './examine-token.ts';
import { type GivenApp, MetaApp, rotateApp } from './meta-app.ts';
import { inspected, proveNumber, refused } from './prove-number.ts';
import { type RenewPorts, reserveSecrets, settleRenewed } from './renew-secrets.ts';
import { amendConnection, findHeldConnection } from './settle-connection.ts';
import { findApp, readToken, type StoredToken } from './token-vault.ts';

interface Which {
  shopId: string;
  phoneNumberId: string;
  by: Actor;
}

/** What is stored, and where to. */
interface Move {
  app: MetaApp | GivenApp;
  /** Absent: the stored token stays, and is of this app already. */
  token: string | undefined;
  /** Absent: the app is the deployment's own. */
  webhookKey?: string;
  stored: StoredToken | undefined;
  now: Date;
  by: Actor;
}

type TokenChange = Partial<Pick<Connection, 'token' | 'tokenSetAt' | 'provenAt'>>;

/** Has Meta confirm app and token together; or, without a new token, that the stored one is of this app. */
const prove = async (
  connection: Connection,
  { app, token, stored, now }: Omit<Move, 'webhookKey' | 'by'>,
  ports: RenewPorts,
): Promise<TokenChange> => {
  const graph = ports.graph(connection.graphVersion, app);
  if (token !== undefined) {
    const { inspection } = await proveNumber({ ...connection, token }, app, graph, now);
    const at = now.toISOString();
    return { token: tokenFacts(token, inspection, now), tokenSetAt: at, provenAt: at };
  }
  if (stored === undefined) throw refused('token.missing');
  const { appId } = await inspected(graph, stored.token, app);
  if (appId !== undefined && appId !== app.appId) throw refused('app.other');
  return {};
};

const keep = async (
  { shopId, phoneNumberId }: Pick<Which, 'shopId' | 'phoneNumberId'>,
  { app, token, webhookKey, stored }: Move,
  { apps, tokens }: RenewPorts,
): Promise<void> => {
  if (webhookKey !== undefined) {
    apps.forget(webhookKey);
    const { data: former } = MetaApp().safeParse(await apps.read(webhookKey));
    await apps.write(webhookKey, rotateApp(former, app));
  }
  if (token === undefined) return;
  await tokens.write(phoneNumberId, { shopId, token, ...(stored?.pin && { pin: stored.pin }) });
};

/** The connection on another app; a conflict when somebody else began to move it elsewhere meanwhile. */
const moved = (
  { app: _, appId: __, webhookKey: former, nextWebhookKey: next, ...connection }: Connection,
  { app, webhookKey }: Move,
): Connection => {
  if (webhookKey === undefined) return { ...connection, app: 'shared' };
  if (webhookKey !== next && webhookKey !== former) {
    throw new AppError('change.conflict', 'the connection was moved to another app at the same moment');
  }
  return { ...connection, app: 'own', appId: app.appId, webhookKey };
};

/**
 * Everything that is new is proven before anything is stored. The address of the webhook is reserved on the row before
 * the secret is stored under it, so that who dies on the way leaves no secret that nobody knows of. The app that is left
 * hears no more of the account, and its secret goes, unless other numbers have it.
 */
const moveConnection = async (connection: Connection, move: Move, ports: RenewPorts): Promise<Connection> => {
  const { connections, clock } = ports;
  const change = await prove(connection, move, ports);
  const { webhookKey, stored } = move;
  const reserved = await reserveSecrets(connection, ports, {
    renewingAt: move.now.toISOString(),
    ...(webhookKey !== undefined && webhookKey !== connection.webhookKey && { nextWebhookKey: webhookKey }),
  });
  await keep(connection, move, ports);
  const onOther = await amendConnection(
    reserved,
    (current) => ({ ...moved(current, move), ...change }),
    connections,
    clock(),
    { deed: { by: move.by, what: 'app-changed' } },
  );
  const settled = await settleRenewed(onOther, ports);
  // without a new token the stored one was of the new app all along
  const left = move.token !== undefined && !isSameApp(connection, onOther);
  if (left) await unsubscribeApp(connection, stored?.token, ports);
  await forgetApps(connection, ports);
  return settled;
};

/**
 * Lets the shop's own Meta app deliver the webhooks of a connection, with a token of that app; or gives the app it has
 * another secret or verify token, beside which the former stay valid. Throws `not-found`, `connection.refused`,
 * `connection.number-taken`, `meta.unavailable`, `change.conflict`.
 */
export const setApp = async (
  { shopId, phoneNumberId, by, app, token }: Which & { app: GivenApp; token?: string | undefined },
  ports: RenewPorts,
): Promise<Connection> => {
  const now = ports.clock();
  const connection = await findHeldConnection(ports.connections, shopId, phoneNumberId);
  const [stored, all] = await Promise.all([readToken(ports.tokens, connection), ports.connections.ofShop(shopId)]);
  const webhookKey = webhookKeyFor(shopId, app.appId, all);
  return moveConnection(connection, { app, token, webhookKey, stored, now, by }, ports);
};

/**
 * Takes a connection back to the deployment's own Meta app, with a token of that app. Throws as {@link setApp}, and
 * `meta-app.missing`.
 */
export const setSharedApp = async (
  { shopId, phoneNumberId, by, token }: Which & { token: string },
  ports: RenewPorts,
): Promise<Connection> => {
  const now = ports.clock();
  const connection = await findHeldConnection(ports.connections, shopId, phoneNumberId);
  const [stored, app] = await Promise.all([readToken(ports.tokens, connection), findApp(ports, { app: 'shared' })]);
  return moveConnection(connection, { app, token, stored, now, by }, ports);
};
