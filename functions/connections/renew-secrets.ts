import type { Actor } from '#core/actor.ts';
import type { AppUsePorts } from './app-use.ts';
import type { Connection } from './connection.ts';
import { type ExaminePorts, examineConnection } from './examine-connection.ts';
import { tokenFacts } from './examine-token.ts';
import { proveNumber } from './prove-number.ts';
import {
  amendConnection,
  assertHeld,
  type ConnectionsToSettle,
  findHeldConnection,
  settleConnection,
} from './settle-connection.ts';
import { findApp, pinKeeper, readToken, type SecretVault } from './token-vault.ts';

export interface RenewPorts extends ExaminePorts {
  connections: ConnectionsToSettle & AppUsePorts['connections'];
  tokens: SecretVault;
  apps: SecretVault;
}

interface Which {
  shopId: string;
  phoneNumberId: string;
  by: Actor;
}

/**
 * Says on the row that secrets are about to be stored, so that until then nobody takes the number over: what would be
 * stored after that, would be in the place of the other's. Throws `connection.number-taken`.
 */
export const reserveSecrets = (
  connection: Connection,
  { connections, clock }: Pick<RenewPorts, 'connections' | 'clock'>,
  marks: Pick<Connection, 'renewingAt' | 'nextWebhookKey'>,
): Promise<Connection> =>
  amendConnection(connection, (current) => ({ ...assertHeld(current), ...marks }), connections, clock());

/** Checks what is new, mends what it can, and lets the connection come back from `reauth`. */
export const settleRenewed = async (connection: Connection, ports: RenewPorts): Promise<Connection> => {
  const examined = await examineConnection(connection, ports, { keep: pinKeeper(ports.tokens, connection) });
  return settleConnection(connection, examined, { connections: ports.connections, now: ports.clock() });
};

/**
 * Puts another token of the same app in the place of the one in the vault, once Meta confirms that it may use the
 * number, and checks the connection with it. Throws `not-found`, `connection.refused`, `connection.number-taken`,
 * `meta.unavailable`, `meta-app.missing`, `change.conflict`; until then the former token stays.
 */
export const rotateToken = async (
  { shopId, phoneNumberId, by, token }: Which & { token: string },
  ports: RenewPorts,
): Promise<Connection> => {
  const now = ports.clock();
  const connection = await findHeldConnection(ports.connections, shopId, phoneNumberId);
  const { wabaId, graphVersion } = connection;
  const app = await findApp(ports, connection);
  const { inspection } = await proveNumber({ token, phoneNumberId, wabaId }, app, ports.graph(graphVersion, app), now);
  const former = await readToken(ports.tokens, connection);
  const at = now.toISOString();
  const reserved = await reserveSecrets(connection, ports, { renewingAt: at });
  await ports.tokens.write(phoneNumberId, { shopId, token, ...(former?.pin && { pin: former.pin }) });
  const facts = { token: tokenFacts(token, inspection, now), tokenSetAt: at, provenAt: at };
  const renewed = await amendConnection(
    reserved,
    (current) => ({ ...current, ...facts }),
    ports.connections,
    ports.clock(),
    { deed: { by, what: 'token-rotated' } },
  );
  return settleRenewed(renewed, ports);
};
