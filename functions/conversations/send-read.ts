import type { Connection } from '../connections/connection.ts';
import { reactionTo } from '../whatsapp/error-dictionary.ts';
import { GraphError } from '../whatsapp/graph-error.ts';
import type { SendOutcome } from './send-message.ts';

export interface ReadPorts {
  connections: { find: (shopId: string, phoneNumberId: string) => Promise<Connection | undefined> };
  openLine: (connection: Connection) => Promise<{ markRead: (metaId: string) => Promise<void> } | undefined>;
  report: (what: string, facts: Readonly<Record<string, unknown>>) => void;
}

const MOST_TRIES = 3;

const mayWork = (error: unknown): boolean =>
  !(error instanceof GraphError) || error.code === undefined || 'delays' in reactionTo(error);

/**
 * Tells Meta that the shop has read up to a message. May be repeated. Others of the conversation wait behind it, and
 * nobody is hurt by two grey ticks: after three tries it is dropped.
 */
export const sendRead = async (
  { shopId, phoneNumberId, metaId }: { shopId: string; phoneNumberId: string; metaId: string },
  { tries }: { tries: number },
  ports: ReadPorts,
): Promise<SendOutcome> => {
  const connection = await ports.connections.find(shopId, phoneNumberId);
  const line = connection?.state === 'active' ? await ports.openLine(connection) : undefined;
  if (line === undefined) return { did: 'nothing' };
  try {
    await line.markRead(metaId);
    return { did: 'sent' };
  } catch (error) {
    if (tries < MOST_TRIES && mayWork(error)) return { did: 'later', seconds: 2 ** tries };
    ports.report('a customer was not told that the shop has read', { shopId, phoneNumberId, error });
    return { did: 'failed' };
  }
};
