import type { Change } from './change.ts';
import { refreshSoldOut, type SoldOutPorts } from './refresh-sold-out.ts';
import { type RelayCheckoutPorts, relayCheckout } from './relay-checkout.ts';
import { type RelayConversationPorts, relayConversation } from './relay-conversation.ts';
import { type RelayMessagePorts, relayMessage } from './relay-message.ts';

export interface RelayPorts extends SoldOutPorts, RelayCheckoutPorts, RelayConversationPorts, RelayMessagePorts {}

const relays: Readonly<Record<Change['kind'], (change: Change, ports: RelayPorts) => Promise<void>>> = {
  checkout: relayCheckout,
  'stock-level': refreshSoldOut,
  conversation: async (change, ports) => relayConversation(change, ports),
  message: relayMessage,
  contact: async () => undefined,
  lead: async () => undefined,
  submission: async () => undefined,
  job: async () => undefined,
  other: async () => undefined,
};

/**
 * What follows from a committed change, outside its transaction. Safe to repeat, for a stream repeats. Throws what its
 * ports throw, to be run again.
 */
export const relayChange = (change: Change, ports: RelayPorts): Promise<void> => relays[change.kind](change, ports);
