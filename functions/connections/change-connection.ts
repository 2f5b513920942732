import type { Actor } from '#core/actor.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { type AppUsePorts, forgetApps, unsubscribeApp } from './app-use.ts';
import { type Connection, isTakenOver } from './connection.ts';
import { connectionEntries } from './connection-audit.ts';
import { changeConnection, type UpdateConnection } from './connection-draft.ts';
import { assertSeller, type CreateConnectionPorts } from './create-connection.ts';
import { amendConnection, type ConnectionsToSettle, findConnection, inState } from './settle-connection.ts';
import { readToken, type SecretVault } from './token-vault.ts';

interface Which {
  shopId: string;
  phoneNumberId: string;
  by: Actor;
}

/** Changes name, seller, limits and the like. Throws `not-found`, `request.invalid`, `change.conflict`. */
export const updateConnection = async (
  { shopId, phoneNumberId, change, by }: Which & { change: UpdateConnection },
  ports: Pick<CreateConnectionPorts, 'clock' | 'shopOfUser'> & { connections: ConnectionsToSettle },
): Promise<Connection> => {
  const [connection] = await Promise.all([
    findConnection(ports.connections, shopId, phoneNumberId),
    assertSeller(shopId, change.sellerId, ports),
  ]);
  const changed = (current: Connection) => changeConnection(current, change);
  return amendConnection(connection, changed, ports.connections, ports.clock(), { deed: { by, what: 'changed' } });
};

export interface DeleteConnectionPorts extends Pick<CreateConnectionPorts, 'clock'>, AppUsePorts {
  connections: ConnectionsToSettle &
    AppUsePorts['connections'] & {
      /** The row and its look-ups, all or nothing, unless somebody changed it since: then `change.conflict`. */
      remove: (connection: Connection, entries: readonly AuditEntry[]) => Promise<void>;
    };
  tokens: Pick<SecretVault, 'read' | 'forget' | 'remove'>;
}

const disable = (current: Connection): Connection =>
  isTakenOver(current) ? current : inState(current, { state: 'disabled', stateReason: 'deleted' });

/** The token goes after its last use: to let Meta tell our app no more of an account of which we have no number. */
const giveUpToken = async (connection: Connection, ports: DeleteConnectionPorts): Promise<void> => {
  const stored = await readToken(ports.tokens, connection);
  await unsubscribeApp(connection, stored?.token, ports);
  await ports.tokens.remove(connection.phoneNumberId);
};

/**
 * Deletes a connection and its secrets; messages stay. It is disabled first and its row goes last, so that who dies on
 * the way can do it again, and the number is free for others only once the vault holds nothing of it. What another shop
 * has taken over leaves only its row. Throws `not-found`, `change.conflict`.
 */
export const deleteConnection = async (
  { shopId, phoneNumberId, by }: Which,
  ports: DeleteConnectionPorts,
): Promise<void> => {
  const { connections, clock } = ports;
  const connection = await findConnection(connections, shopId, phoneNumberId);
  const disabled = await amendConnection(connection, disable, connections, clock());
  if (!isTakenOver(disabled)) await giveUpToken(disabled, ports);
  await forgetApps(disabled, ports);
  await connections.remove(disabled, connectionEntries({ before: connection }, { by, what: 'deleted' }, clock()));
};
