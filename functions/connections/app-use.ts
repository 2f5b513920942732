import { createHash } from 'node:crypto';
import { type Connection, isSameApp, isTakenOver } from './connection.ts';
import type { OpenMetaGraph } from './meta-graph.ts';
import { type AppSecrets, findApp, type SecretVault } from './token-vault.ts';

export interface AppUsePorts extends AppSecrets {
  connections: {
    /** All connections of a shop as they are now. */
    ofShop: (shopId: string) => Promise<Connection[]>;
    /** All connections of a WhatsApp Business Account, whosever they are. */
    ofAccount: (wabaId: string) => Promise<Connection[]>;
  };
  apps: SecretVault;
  graph: OpenMetaGraph;
}

const isGoing = ({ state, stateReason }: Connection): boolean => state === 'disabled' && stateReason === 'deleted';

const byAge = (a: Connection, b: Connection): number => a.createdAt.localeCompare(b.createdAt);

/**
 * The part of a webhook's address that leads to the secret of a shop's own app. A Meta app has one address for all of
 * its numbers: those of a shop share one key. Derived, so that two who are connected at once have the same; what an
 * older connection of the app has stays. It is no secret: what comes to it must be signed.
 */
export const webhookKeyFor = (shopId: string, appId: string, connections: readonly Connection[]): string => {
  const [oldest] = connections
    .filter((one) => one.app === 'own' && one.appId === appId && one.webhookKey !== undefined && !isGoing(one))
    .sort(byAge);
  const derived = () => createHash('sha256').update(`webhook-key\n${shopId}\n${appId}`).digest('hex').slice(0, 32);
  return oldest?.webhookKey ?? derived();
};

const keysOf = ({ webhookKey, nextWebhookKey }: Connection): string[] =>
  [webhookKey, nextWebhookKey].filter((key) => key !== undefined);

/** Removes the secrets of the apps that a connection had, except those that some connection of its shop has by now. */
export const forgetApps = async (
  former: Connection,
  { connections, apps }: Pick<AppUsePorts, 'connections' | 'apps'>,
): Promise<void> => {
  const keys = keysOf(former);
  if (keys.length === 0) return;
  const others = (await connections.ofShop(former.shopId)).filter((one) => !isGoing(one) && !isTakenOver(one));
  const used = new Set(others.flatMap(keysOf));
  await Promise.all(keys.filter((key) => !used.has(key)).map((key) => apps.remove(key)));
};

/**
 * Lets a connection's app hear no more of its account, unless another number of the account has this app. `token` is
 * one of that app. It is a courtesy: whatever fails, nothing of ours depends on it. `former` counts no more.
 */
export const unsubscribeApp = async (
  former: Connection,
  token: string | undefined,
  ports: AppUsePorts,
): Promise<void> => {
  if (token === undefined) return;
  const { wabaId, phoneNumberId, graphVersion } = former;
  try {
    const numbers = await ports.connections.ofAccount(wabaId);
    const others = numbers.filter((one) => one.phoneNumberId !== phoneNumberId && !isGoing(one));
    if (others.some((one) => isSameApp(one, former))) return;
    await ports.graph(graphVersion, await findApp(ports, former)).unsubscribe(token, wabaId);
  } catch {
    // the token may be dead, the app gone, Meta silent
  }
};
