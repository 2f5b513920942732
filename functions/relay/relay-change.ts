import type { Change } from './change.ts';
import { refreshSoldOut, type SoldOutPorts } from './refresh-sold-out.ts';
import { type RelayCheckoutPorts, relayCheckout } from './relay-checkout.ts';
import { type RelayContactPorts, relayContact } from './relay-contact.ts';
import { type RelayConversationPorts, relayConversation } from './relay-conversation.ts';
import { type RelayJobPorts, relayJob } from './relay-job.ts';
import { type RelayLeadPorts, relayLead } from './relay-lead.ts';
import { type RelayMessagePorts, relayMessage } from './relay-message.ts';
import { type RelayPipelinePorts, relayPipeline } from './relay-pipeline.ts';
import { type RelaySubmissionPorts, relaySubmission } from './relay-submission.ts';

export interface RelayPorts
  extends SoldOutPorts,
    RelayCheckoutPorts,
    RelayContactPorts,
    RelayConversationPorts,
    RelayJobPorts,
    RelayLeadPorts,
    RelayMessagePorts,
    RelayPipelinePorts,
    RelaySubmissionPorts {}

const relays: Readonly<Record<Change['kind'], (change: Change, ports: RelayPorts) => Promise<void>>> = {
  checkout: relayCheckout,
  'stock-level': refreshSoldOut,
  conversation: async (change, ports) => relayConversation(change, ports),
  message: relayMessage,
  contact: async (change, ports) => relayContact(change, ports),
  lead: async (change, ports) => relayLead(change, ports),
  submission: async (change, ports) => relaySubmission(change, ports),
  pipeline: async (change, ports) => relayPipeline(change, ports),
  job: async (change, ports) => relayJob(change, ports),
  other: async () => undefined,
};

/**
 * What follows from a committed change, outside its transaction. Safe to repeat, for a stream repeats. Throws what its
 * ports throw, to be run again.
 */
export const relayChange = (change: Change, ports: RelayPorts): Promise<void> => relays[change.kind](change, ports);
