import type { Actor } from '#core/actor.ts';
import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { type Connection, takenOver } from './connection.ts';

/** Who does what to a connection. What nobody of the shop does leaves no entry. */
export interface Deed {
  by: Actor;
  /** What happened to it, like `paused`. */
  what: string;
}

/** Of names, numbers and tokens only that they changed; nothing of what checks find and when. */
const fields = {
  shown: [
    'wabaId',
    'sellerId',
    'app',
    'appId',
    'graphVersion',
    'coexistence',
    'state',
    'stateReason',
    'limits',
  ] satisfies (keyof Connection)[],
  ignored: [
    'phoneNumberId',
    'businessId',
    'webhookKey',
    'nextWebhookKey',
    'stateChangedAt',
    'provenAt',
    'tokenSetAt',
    'renewingAt',
    'quality',
    'check',
  ] satisfies (keyof Connection)[],
};

/** What a deed leaves in the audit trail: nothing when nothing changed that people decide, or nobody did it. */
export const connectionEntries = (
  { before, after }: { before?: Connection; after?: Connection },
  deed: Deed | undefined,
  now: Date,
): AuditEntry[] => {
  const connection = after ?? before;
  const changes = changesOf(before ?? {}, after ?? {}, fields);
  if (connection === undefined || deed === undefined || Object.keys(changes).length === 0) return [];
  const { shopId, phoneNumberId: id } = connection;
  const action = `connection.${deed.what}`;
  return [auditEntry({ shopId, subject: { kind: 'connection', id }, by: deed.by, action, changes }, now)];
};

/** What it leaves in the audit trail that the line of somebody who was sent away is nobody's. */
export const releaseEntries = (line: Connection, by: Actor, now: Date): AuditEntry[] => {
  const { sellerId: _, ...after } = line;
  return connectionEntries({ before: line, after }, { by, what: 'changed' }, now);
};

/** What the shop finds in its audit trail that lost a number to another: which one, is not its business. */
export const lossEntry = (loser: Connection, now: Date): AuditEntry => {
  const { shopId, phoneNumberId: id, state } = loser;
  const changes = { state: { from: state, to: takenOver.state }, stateReason: { to: takenOver.stateReason } };
  const subject = { kind: 'connection', id } as const;
  return auditEntry({ shopId, subject, by: 'meta', action: 'connection.taken-over', changes }, now);
};
