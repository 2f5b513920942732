import type { Patience } from '#core/patience.ts';
import { appOf, type Connection } from '../connections/connection.ts';
import { amendConnection, type ConnectionsToSettle } from '../connections/settle-connection.ts';
import type { WebhookEvent } from '../whatsapp/webhook-event.ts';
import { type AccountEvent, accountEventOf, connectionChangeOf } from './account-event.ts';

export interface AccountEventPorts {
  connections: ConnectionsToSettle & {
    /** Every connection of an account, whosever it is. */
    ofAccount: (wabaId: string) => Promise<Connection[]>;
    /** May be a minute old. */
    findByNumber: (phoneNumberId: string) => Promise<Connection | undefined>;
    findByNumberNow: (phoneNumberId: string) => Promise<Connection | undefined>;
  };
  events: {
    isKnown: (event: AccountEvent) => Promise<boolean>;
    put: (event: AccountEvent) => Promise<void>;
  };
  patience: Patience;
}

const brought = (connection: Connection, event: WebhookEvent): Connection => {
  const change = connectionChangeOf(connection, event);
  return Object.keys(change).length > 0 ? { ...connection, ...change } : connection;
};

/**
 * The connection that an event came through, if the number is anybody's. What is remembered of it is not believed when
 * another app signed: the number may have just moved to that app, or to another shop.
 */
export const connectionOf = async (
  { phoneNumberId, app }: Pick<WebhookEvent, 'phoneNumberId' | 'app'>,
  { connections }: { connections: Pick<AccountEventPorts['connections'], 'findByNumber' | 'findByNumberNow'> },
): Promise<Connection | undefined> => {
  if (phoneNumberId === undefined) return undefined;
  const known = await connections.findByNumber(phoneNumberId);
  return known === undefined || appOf(known) === app ? known : connections.findByNumberNow(phoneNumberId);
};

const concerned = async (event: WebhookEvent, ports: AccountEventPorts): Promise<Connection[]> => {
  const { connections } = ports;
  const { accountId } = event;
  const own = await connectionOf(event, ports);
  if (own) return [own];
  return accountId === '' ? [] : connections.ofAccount(accountId);
};

/**
 * Keeps what Meta tells of an account, a number or a template, once for each shop that it concerns, and brings the
 * connection up to date where it has a field for it. `nobody`: no shop of ours has that account.
 */
export const receiveAccountEvent = async (
  event: WebhookEvent,
  isOwn: (connection: Connection) => boolean,
  ports: AccountEventPorts,
): Promise<'received' | 'repeated' | 'nobody'> => {
  const connections = (await concerned(event, ports)).filter(isOwn);
  const shops = [...new Set(connections.map(({ shopId }) => shopId))];
  if (shops.length === 0) return 'nobody';
  let outcome: 'received' | 'repeated' = 'repeated';
  for (const shopId of shops) {
    const row = accountEventOf(shopId, event);
    if (await ports.events.isKnown(row)) continue;
    for (const connection of connections.filter((one) => one.shopId === shopId)) {
      await amendConnection(
        connection,
        (current) => brought(current, event),
        ports.connections,
        ports.patience.clock(),
      );
    }
    // last: a row that is there says that all of this was done
    await ports.events.put(row);
    outcome = 'received';
  }
  return outcome;
};
