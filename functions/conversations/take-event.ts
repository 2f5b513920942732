import type { WebhookEvent } from '../whatsapp/webhook-event.ts';
import { type ReceiveEventPorts, receiveEvent } from './receive-event.ts';
import { type ReceiveStatusPorts, receiveStatus } from './receive-status.ts';

/** Told, by ids and words of our own only, of an event that is for nobody. */
type Report = (facts: Readonly<Record<string, unknown>>) => void;

/** `later`: it may find what it is about in a moment. */
export type Taking = 'done' | 'later';

/** A number may be connected, or given to another app, at this moment; what is told of it meanwhile is tried again. */
const TRIES_FOR_NUMBER = 3;

/**
 * After so many tries the answer to a message is given up, and not the message. What waits behind another in its group
 * is counted as tried too, so this is far below the count at which the queue puts an event aside.
 */
const TRIES_FOR_ANSWER = 8;

/** A status may beat the row that it is about by some seconds. */
const TRIES_FOR_ROW = 5;

interface Leaving {
  report: Report;
  /** Whether the archive has this: its key is given before it is written. */
  isArchived: (archiveKey: string) => Promise<boolean>;
}

const isLeft = (outcome: string): outcome is 'nobody' | 'foreign' => outcome === 'nobody' || outcome === 'foreign';

/**
 * An event for a number or an account of nobody, or signed by another app than the number's, changes nothing. The whole
 * body is in the archive; without that, throwing keeps it among the dead letters: nothing that Meta told is ever lost.
 */
const leave = async (
  event: WebhookEvent,
  outcome: 'nobody' | 'foreign',
  { report, isArchived }: Leaving,
): Promise<Taking> => {
  const { kind, field, accountId, phoneNumberId, archiveKey } = event;
  if (archiveKey === undefined || !(await isArchived(archiveKey))) {
    throw new Error('an event for nobody, which is kept nowhere else');
  }
  report({ outcome, kind, field, accountId, phoneNumberId, archiveKey });
  return 'done';
};

const isEarly = (outcome: string, { phoneNumberId }: WebhookEvent, tries: number): boolean =>
  isLeft(outcome) && phoneNumberId !== undefined && tries < TRIES_FOR_NUMBER;

/** Takes in one event of the inbound queue, at its nth try. Throws what may work another time. */
export const takeEvent = async (
  event: WebhookEvent,
  tries: number,
  ports: ReceiveEventPorts & Leaving,
): Promise<Taking> => {
  const outcome = await receiveEvent(event, { lastTry: tries >= TRIES_FOR_ANSWER }, ports);
  if (isEarly(outcome, event, tries)) return 'later';
  return isLeft(outcome) ? leave(event, outcome, ports) : 'done';
};

/** Notes one status, at its nth try. Throws what may work another time. */
export const takeStatus = async (
  event: WebhookEvent,
  tries: number,
  ports: ReceiveStatusPorts & Leaving,
): Promise<Taking> => {
  const outcome = await receiveStatus(event, { lastTry: tries >= TRIES_FOR_ROW }, ports);
  if (outcome === 'early' || isEarly(outcome, event, tries)) return 'later';
  if (outcome === 'kept') ports.report({ outcome, kind: event.kind, phoneNumberId: event.phoneNumberId });
  return isLeft(outcome) ? leave(event, outcome, ports) : 'done';
};
