import { appOf, type Connection } from '../connections/connection.ts';
import { type ConsentPorts, changeConsent } from '../contacts/change-consent.ts';
import { type ChangeContactPorts, noteUndeliverable } from '../contacts/change-contact.ts';
import { reactionTo } from '../whatsapp/error-dictionary.ts';
import { readStatus, type Status, statusRanks } from '../whatsapp/status.ts';
import type { WebhookEvent } from '../whatsapp/webhook-event.ts';
import { type AccountEventPorts, connectionOf, receiveAccountEvent } from './receive-account-event.ts';
import { toldByRefusal } from './settle-refusal.ts';
import { type Failure, type StatusNews, type StatusPorts, updateStatus } from './update-status.ts';

export interface ReceiveStatusPorts extends Omit<StatusPorts, 'react'>, AccountEventPorts {
  contacts: ChangeContactPorts['contacts'] & ConsentPorts['contacts'];
  /** Stops an active connection unless it was proven good after the moment of the news; the first cause stays. */
  stopConnection: (
    connection: Connection,
    state: 'reauth' | 'restricted' | 'disabled',
    reason: string,
    at: Date,
    now: Date,
  ) => Promise<unknown>;
}

/**
 * `early`: there is no row of it yet, and there may be one in a moment; `kept`: put aside, raw; `gone`: dropped, for its
 * row was erased with the person whose phone it names.
 */
export type StatusEventOutcome = 'advanced' | 'behind' | 'early' | 'kept' | 'gone' | 'nobody' | 'foreign';

const isKnown = (status: string): status is StatusNews['state'] => Object.hasOwn(statusRanks, status);

const newsOf = (status: Status, { time, receivedAt }: WebhookEvent): StatusNews | undefined => {
  if (!isKnown(status.status)) return undefined;
  const [error] = status.errors;
  const { type, category } = status.pricing ?? {};
  return {
    metaId: status.metaId,
    state: status.status,
    at: status.at ?? time ?? receivedAt,
    callbackData: status.callbackData,
    ...(error && status.status === 'failed' && { error }),
    ...(status.pricing && { pricing: { ...(type && { type }), ...(category && { category }) } }),
  };
};

/** What a failure that came by webhook means beyond its message: as for one that Meta tells at once. */
const reactWith =
  (ports: ReceiveStatusPorts) =>
  async ({ connection, contactId, error, at }: Failure): Promise<void> => {
    const reaction = reactionTo({ code: error.code });
    const which = { shopId: connection.shopId, contactId, at };
    if (reaction.do === 'opt-out') await changeConsent({ ...which, ...toldByRefusal }, ports);
    if (reaction.do === 'mark-undeliverable') await noteUndeliverable(which, ports);
    if (reaction.do === 'stop-connection') {
      const [told, now] = [new Date(at), ports.patience.clock()];
      await ports.stopConnection(connection, reaction.state, `meta.${error.code}`, told, now);
    }
  };

/**
 * Notes what Meta tells of a message that went out. A status that finds no row is `early` for some tries, for it may
 * beat its row; at the last try, and when it says what we don't know, it is kept raw for the shop. Safe to repeat.
 */
export const receiveStatus = async (
  event: WebhookEvent,
  { lastTry }: { lastTry: boolean },
  ports: ReceiveStatusPorts,
): Promise<StatusEventOutcome> => {
  const connection = await connectionOf(event, ports);
  if (!connection) return 'nobody';
  if (appOf(connection) !== event.app) return 'foreign';
  const news = newsOf(readStatus(event.payload), event);
  const outcome = news ? await updateStatus(connection, news, { ...ports, react: reactWith(ports) }) : 'unknown';
  if (outcome !== 'unknown' && outcome !== 'gone') return outcome;
  if (news && !lastTry) return 'early';
  if (outcome === 'gone') return outcome;
  await receiveAccountEvent(event, () => true, ports);
  return 'kept';
};
