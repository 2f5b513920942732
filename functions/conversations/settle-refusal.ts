import { isAppError } from '#core/errors.ts';
import type { Connection, ConnectionState } from '../connections/connection.ts';
import { type ConsentPorts, changeConsent } from '../contacts/change-consent.ts';
import { type ChangeContactPorts, noteUndeliverable } from '../contacts/change-contact.ts';
import { reactionTo } from '../whatsapp/error-dictionary.ts';
import type { GraphError } from '../whatsapp/graph-error.ts';

type StoppedState = Exclude<ConnectionState, 'active' | 'pending'>;

export interface RefusalPorts extends ChangeContactPorts {
  contacts: ChangeContactPorts['contacts'] & ConsentPorts['contacts'];
  connections: {
    /** Stops an active connection; the first cause stays. */
    stop: (connection: Connection, state: StoppedState, reason: string, now: Date) => Promise<'stopped' | 'left'>;
  };
  /** Told, by ids and codes only, of what a person should look at. */
  report: (what: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** A refusal by Meta, and whom it concerns. */
export interface Refusal {
  connection: Connection;
  contactId: string;
  error: Pick<GraphError, 'code' | 'subcode' | 'httpStatus' | 'transient'>;
}

/** What Meta's 131050 says: the person told her that they want no marketing of this shop. */
export const toldByRefusal = { state: 'revoked', source: 'refusal', channel: 'whatsapp', by: 'customer' } as const;

const act = async ({ connection, contactId, error }: Refusal, ports: RefusalPorts, now: Date): Promise<void> => {
  const { shopId, phoneNumberId } = connection;
  const reaction = reactionTo(error);
  const which = { shopId, contactId, at: now.toISOString() };
  if (reaction.do === 'opt-out') await changeConsent({ ...which, ...toldByRefusal }, ports);
  if (reaction.do === 'mark-undeliverable') await noteUndeliverable(which, ports);
  if (reaction.do !== 'stop-connection') return;
  const outcome = await ports.connections.stop(connection, reaction.state, `meta.${error.code}`, now);
  if (outcome === 'left') return;
  ports.report('a connection was stopped', { shopId, phoneNumberId, state: reaction.state, code: error.code });
};

/**
 * What a refusal means beyond its message: an opt-out, a person whom WhatsApp does not reach, a number that must stop.
 * Never throws: the message must be settled whatever becomes of this, and the next one meets the same refusal.
 */
export const actOnRefusal = async (refusal: Refusal, ports: RefusalPorts, now: Date): Promise<void> => {
  try {
    await act(refusal, ports, now);
  } catch (error) {
    // Nobody is left to note it on.
    if (!isAppError(error, 'not-found')) ports.report('what a refusal means could not be noted', { error });
  }
};
