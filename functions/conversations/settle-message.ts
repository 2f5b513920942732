import type { Patience } from '#core/patience.ts';
import type { Message, MessageError } from './message.ts';

/** How an attempt ended. */
export type Settlement =
  | { state: 'sent'; metaId: string; held: boolean }
  | { state: 'failed'; error: MessageError }
  | { state: 'unknown' };

export interface SettlePorts {
  patience: Pick<Patience, 'clock' | 'pause'>;
  outbound: {
    /**
     * Notes how it ended and takes it off the list of those to be sent. Never lowers a rank: what a status said
     * meanwhile stands. Failed and unknown are only noted on the row as it was given, else nothing happens.
     */
    settle: (message: Message, settlement: Settlement, now: Date) => Promise<unknown>;
  };
}

const TRIES = 5;
const FIRST_PAUSE_MS = 100;

/**
 * Writes what became of an attempt, trying for some seconds: what Meta has answered should not wait for a webhook to be
 * known. Throws what the table throws when it never gets through; the claim then runs out and the row is parked.
 */
export const insist = async (
  write: () => Promise<unknown>,
  { patience }: Pick<SettlePorts, 'patience'>,
): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      await write();
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
      await patience.pause(FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  }
};

/** Notes how an attempt ended, as {@link insist} does. */
export const settleMessage = (message: Message, settlement: Settlement, ports: SettlePorts): Promise<void> =>
  insist(() => ports.outbound.settle(message, settlement, ports.patience.clock()), ports);
