import type { Patience } from '#core/patience.ts';
import { appOf, type Connection } from '../connections/connection.ts';
import { amendConnection, type ConnectionsToSettle } from '../connections/settle-connection.ts';
import type { WebhookEvent } from '../whatsapp/webhook-event.ts';
import { type AccountEvent, accountEventOf, connectionChangeOf, mayChange } from './account-event.ts';

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
    /** What the shop was told of moments after this one. */
    after: (shopId: string, at: string) => Promise<AccountEvent[]>;
    put: (event: AccountEvent) => Promise<void>;
  };
  patience: Patience;
}

const brought = (connection: Connection, event: WebhookEvent, later: readonly AccountEvent[]): Connection => {
  const change = connectionChangeOf(connection, event, later);
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
 * connection up to date where it has a field for it; what was told of a later moment holds, whatever comes last. `nobody`: no shop of ours has that account.
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
    const later = mayChange(event) ? await ports.events.after(shopId, row.at) : [];
    for (const connection of connections.filter((one) => one.shopId === shopId)) {
      await amendConnection(
        connection,
        (current) => brought(current, event, later),
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
