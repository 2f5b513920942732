import type { Connection } from './connection.ts';
import { changeConnection, type UpdateConnection } from './connection-draft.ts';
import { assertSeller, type CreateConnectionPorts } from './create-connection.ts';
import { amendConnection, type ConnectionsToSettle, findConnection, inState } from './settle-connection.ts';
import type { SecretVault } from './token-vault.ts';

interface Which {
  shopId: string;
  phoneNumberId: string;
}

/** Changes name, seller, limits and the like. Throws `not-found`, `request.invalid`, `change.conflict`. */
export const updateConnection = async (
  { shopId, phoneNumberId, change }: Which & { change: UpdateConnection },
  ports: Pick<CreateConnectionPorts, 'clock' | 'shopOfUser'> & { connections: ConnectionsToSettle },
): Promise<Connection> => {
  const [connection] = await Promise.all([
    findConnection(ports.connections, shopId, phoneNumberId),
    assertSeller(shopId, change.sellerId, ports),
  ]);
  return amendConnection(connection, (current) => changeConnection(current, change), ports.connections, ports.clock());
};

export interface DeleteConnectionPorts extends Pick<CreateConnectionPorts, 'clock'> {
  connections: ConnectionsToSettle & {
    /** The row and its look-ups, all or nothing, unless somebody changed it since: then `change.conflict`. */
    remove: (connection: Connection) => Promise<void>;
  };
  tokens: Pick<SecretVault, 'remove'>;
  apps: Pick<SecretVault, 'remove'>;
}

/**
 * Deletes a connection and its secrets; messages stay. It is disabled first and its row goes last, so that who dies on
 * the way can do it again, and the number is free for others only once the vault holds nothing of it. Throws
 * `not-found`, `change.conflict`.
 */
export const deleteConnection = async (
  { shopId, phoneNumberId }: Which,
  { connections, tokens, apps, clock }: DeleteConnectionPorts,
): Promise<void> => {
  const connection = await findConnection(connections, shopId, phoneNumberId);
  const disable = (current: Connection) => inState(current, { state: 'disabled', stateReason: 'deleted' });
  const disabled = await amendConnection(connection, disable, connections, clock());
  await Promise.all([
    tokens.remove(phoneNumberId),
    disabled.webhookKey !== undefined && apps.remove(disabled.webhookKey),
  ]);
  await connections.remove(disabled);
};
