import type { Connection } from './connection.ts';
import { newWebhookKey } from './establish-connection.ts';
import { type ExaminePorts, examineConnection } from './examine-connection.ts';
import { tokenFacts } from './examine-token.ts';
import { type GivenApp, MetaApp, rotateApp } from './meta-app.ts';
import { inspected, proveNumber, refused } from './prove-number.ts';
import { amendConnection, type ConnectionsToSettle, findConnection, settleConnection } from './settle-connection.ts';
import { findApp, pinKeeper, readToken, type SecretVault } from './token-vault.ts';

export interface RenewPorts extends ExaminePorts {
  connections: ConnectionsToSettle;
  tokens: SecretVault;
  apps: SecretVault;
}

interface Which {
  shopId: string;
  phoneNumberId: string;
}

/** Checks what is new, mends what it can, and lets the connection come back from `reauth`. */
const settle = async (connection: Connection, ports: RenewPorts): Promise<Connection> => {
  const examined = await examineConnection(connection, ports, { keep: pinKeeper(ports.tokens, connection) });
  return settleConnection(connection, examined, { connections: ports.connections, now: ports.clock() });
};

/**
 * Puts another token in the place of the one in the vault, once Meta confirms that it may use the number, and checks
 * the connection with it. Throws `not-found`, `connection.refused`, `meta.unavailable`, `meta-app.missing`,
 * `change.conflict`; until then the former token stays.
 */
export const rotateToken = async (
  { shopId, phoneNumberId, token }: Which & { token: string },
  ports: RenewPorts,
): Promise<Connection> => {
  const connection = await findConnection(ports.connections, shopId, phoneNumberId);
  const now = ports.clock();
  const { wabaId, graphVersion } = connection;
  const app = await findApp(ports, connection);
  const { inspection } = await proveNumber({ token, phoneNumberId, wabaId }, app, ports.graph(graphVersion, app), now);
  const former = await readToken(ports.tokens, connection);
  await ports.tokens.write(phoneNumberId, { shopId, token, ...(former?.pin && { pin: former.pin }) });
  const facts = {
    token: tokenFacts(token, inspection, now),
    tokenSetAt: now.toISOString(),
    provenAt: now.toISOString(),
  };
  const renewed = await amendConnection(
    connection,
    (current) => ({ ...current, ...facts }),
    ports.connections,
    ports.clock(),
  );
  return settle(renewed, ports);
};

/** Has Meta confirm an app's secret, and that the connection's token is of this app. */
const assertApp = async (connection: Connection, app: GivenApp, ports: RenewPorts): Promise<void> => {
  const stored = await readToken(ports.tokens, connection);
  if (stored === undefined) throw refused('token.missing');
  const inspection = await inspected(ports.graph(connection.graphVersion, app), stored.token, app);
  if (inspection.appId !== undefined && inspection.appId !== app.appId) throw refused('app.other');
};

/**
 * Lets the shop's own Meta app deliver the webhooks of a connection, or gives that app another secret or verify token;
 * what they replace stays valid beside them. The address of the webhook is reserved on the row before anything is
 * stored under it, so that two who do this at once, or one who does it again, end with one address. Throws `not-found`,
 * `connection.refused`, `meta.unavailable`, `change.conflict`.
 */
export const setApp = async (
  { shopId, phoneNumberId, app }: Which & { app: GivenApp },
  ports: RenewPorts,
): Promise<Connection> => {
  const { connections, apps, clock } = ports;
  const connection = await findConnection(connections, shopId, phoneNumberId);
  await assertApp(connection, app, ports);
  const key = newWebhookKey();
  const reserve = (current: Connection) => (current.webhookKey ? current : { ...current, webhookKey: key });
  const reserved = await amendConnection(connection, reserve, connections, clock());
  const webhookKey = reserved.webhookKey ?? key;
  apps.forget(webhookKey);
  const { data: former } = MetaApp().safeParse(await apps.read(webhookKey));
  await apps.write(webhookKey, rotateApp(former, app));
  const own = (current: Connection): Connection => ({ ...current, app: 'own', appId: app.appId });
  return settle(await amendConnection(reserved, own, connections, clock()), ports);
};
