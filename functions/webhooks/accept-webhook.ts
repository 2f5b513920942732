import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { archiveKeyOf } from './archived-body.ts';
import { type EventQueues, eventsOf, queueEvents } from './queue-events.ts';

const compress = promisify(gzip);

/**
 * What became of a webhook, and the figure that counts it, for those who watch over us: `accepted` and `refused` are of
 * the shared app, `own-refused` of a shop's own; `unaddressed` came to an address that is nobody's.
 */
export const webhookFigures = {
  accepted: 'WebhooksAccepted',
  refused: 'WebhooksRefused',
  'own-refused': 'OwnWebhooksRefused',
  unaddressed: 'WebhooksUnaddressed',
  unreadable: 'UnreadableWebhooks',
  'not-archived': 'WebhooksNotArchived',
} as const;
export type WebhookFate = keyof typeof webhookFigures;

export interface AcceptPorts {
  queues: EventQueues;
  /** Keeps compressed bytes under a key. */
  archive: (key: string, compressed: Buffer) => Promise<void>;
  /** Counts what nobody else would learn of. */
  report: (fate: WebhookFate, cause?: unknown) => void;
}

/** A body whose signature is good. */
export interface SignedBody {
  raw: Buffer;
  /** Whose secret it was signed with: `shared`, or a webhook key. */
  app: string;
  now: Date;
}

/**
 * Takes a signed body over: puts what it tells on the queues and, meanwhile, the body into the archive. Returns when it
 * can't be lost any more: the queues have all of it, though the archive may have failed; what can't be read has no
 * events, and only the archive. Throws when Meta must send it again.
 */
export const acceptWebhook = async ({ raw, app, now }: SignedBody, ports: AcceptPorts): Promise<void> => {
  const receivedAt = now.toISOString();
  const archiveKey = archiveKeyOf(raw, { app, receivedAt });
  const archive = async () => ports.archive(archiveKey, await compress(raw));
  const events = eventsOf(raw, { app, receivedAt, archiveKey });
  if (events === undefined) {
    ports.report('unreadable');
    await archive();
    return;
  }
  const [queued, archived] = await Promise.allSettled([queueEvents(events, ports.queues), archive()]);
  if (archived.status === 'rejected') ports.report('not-archived', archived.reason);
  if (queued.status === 'rejected') throw queued.reason;
};
