import { type Connection, isTakenOver } from './connection.ts';
import { type ExaminePorts, isRefusedToken } from './examine-connection.ts';
import { findApp, readToken } from './token-vault.ts';

export interface TakeOverPorts extends ExaminePorts {
  connections: { findByNumber: (phoneNumberId: string) => Promise<Connection | undefined> };
}

/** Longer than any call of ours takes: what was begun before that is over, well or badly. */
const RENEWAL_MS = 60_000;

/** Its shop is giving it up, or storing secrets, and would not notice that the number is another's. */
const isBusy = ({ state, stateReason, renewingAt }: Connection, now: Date): boolean =>
  (state === 'disabled' && stateReason === 'deleted') ||
  (renewingAt !== undefined && now.getTime() - new Date(renewingAt).getTime() < RENEWAL_MS);

/** What Meta says at this moment to the holder's own token. Whatever is no clear loss leaves the number with its holder. */
const hasLost = async (holder: Connection, ports: TakeOverPorts): Promise<boolean> => {
  const stored = await readToken(ports.tokens, holder);
  if (stored === undefined) return false;
  try {
    const app = await findApp(ports, holder).catch(() => undefined);
    const numbers = await ports.graph(holder.graphVersion, app).numbersOf(stored.token, holder.wabaId);
    return !numbers.includes(holder.phoneNumberId);
  } catch (error) {
    return isRefusedToken(error);
  }
};

/**
 * The connection of another shop that has a number and has lost it at Meta: its token is refused, or its account lists
 * the number no more. Undefined when nobody else has the number, or who has it may still use it, or nobody knows.
 */
export const lostHolder = async (
  { shopId, phoneNumberId }: Pick<Connection, 'shopId' | 'phoneNumberId'>,
  ports: TakeOverPorts,
): Promise<Connection | undefined> => {
  const holder = await ports.connections.findByNumber(phoneNumberId);
  if (holder === undefined || holder.shopId === shopId) return undefined;
  if (isTakenOver(holder) || isBusy(holder, ports.clock())) return undefined;
  return (await hasLost(holder, ports)) ? holder : undefined;
};
