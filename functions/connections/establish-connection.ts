import { randomBytes } from 'node:crypto';
import type { Clock } from '#core/clock.ts';
import { AppError } from '#core/errors.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import type { Connection } from './connection.ts';
import { type CreateConnection, rateFor } from './connection-draft.ts';
import { type ExaminePorts, examineConnection } from './examine-connection.ts';
import { tokenFacts } from './examine-token.ts';
import { type GivenApp, rotateApp } from './meta-app.ts';
import { type Proof, proveNumber } from './prove-number.ts';
import { type ConnectionsToSettle, settleConnection, toE164 } from './settle-connection.ts';
import { findApp, pinKeeper, type SecretVault, type StoredToken } from './token-vault.ts';

export interface EstablishPorts extends ExaminePorts {
  connections: ConnectionsToSettle & {
    /**
     * Takes the number for the shop: all of row and look-ups or nothing. `former` is the shop's own unfinished
     * connection that this one replaces. Throws `connection.number-taken`, `connection.exists`, `change.conflict`.
     */
    claim: (connection: Connection, former: Connection | undefined) => Promise<void>;
  };
  tokens: SecretVault;
  apps: SecretVault;
  clock: Clock;
}

/** What is needed to connect a number, however the token came. */
export type Draft = Omit<CreateConnection, 'app'> & { shopId: string; app?: GivenApp | undefined };

/** The part of a webhook's address that leads to the secret of a shop's own app: 128 bits. */
export const newWebhookKey = (): string => randomBytes(16).toString('hex');

const draftConnection = (draft: Draft, proof: Proof, former: Connection | undefined, now: Date): Connection => {
  const at = now.toISOString();
  const { facts, inspection, businessId } = proof;
  const { shopId, phoneNumberId, wabaId, name, sellerId, graphVersion, coexistence, app } = draft;
  return {
    ...{ shopId, phoneNumberId, wabaId, businessId, name, graphVersion, coexistence },
    displayNumber: toE164(facts.displayNumber),
    ...(facts.verifiedName && { verifiedName: facts.verifiedName }),
    ...(sellerId && { sellerId }),
    app: app ? 'own' : 'shared',
    ...(former?.webhookKey && { webhookKey: former.webhookKey }),
    ...(app && { appId: app.appId, webhookKey: former?.webhookKey ?? newWebhookKey() }),
    state: 'pending',
    stateReason: 'unfinished',
    stateChangedAt: at,
    token: tokenFacts(draft.token, inspection, now),
    tokenSetAt: at,
    limits: { messagesPerSecond: rateFor(coexistence, draft.messagesPerSecond) },
    version: (former?.version ?? 0) + 1,
    createdAt: former?.createdAt ?? at,
    updatedAt: at,
  };
};

const keepSecrets = async (
  { webhookKey }: Connection,
  { app, shopId, phoneNumberId, token, pin }: Draft,
  { tokens, apps }: EstablishPorts,
): Promise<void> => {
  const stored: StoredToken = { shopId, token, ...(pin && { pin }) };
  await Promise.all([
    tokens.write(phoneNumberId, stored),
    app && webhookKey !== undefined && apps.write(webhookKey, rotateApp(undefined, app)),
  ]);
};

/**
 * Connects a number: Meta confirms the claim; the shop takes the number, which nobody else then can; token and app go
 * to the vault; app and number are subscribed and registered as needed; the check decides whether it is active.
 *
 * The vault is written only once the number is the shop's, so a loser of a race never touches the winner's token. Who
 * dies on the way leaves an unfinished connection that nothing sends with; the same again takes it up and finishes.
 * Throws `connection.refused`, `connection.number-taken`, `connection.exists`, `meta.unavailable`, `meta-app.missing`,
 * `change.conflict`.
 */
export const establishConnection = async (
  draft: Draft,
  ports: EstablishPorts,
  request: RepeatableRequest | undefined,
): Promise<Connection> => {
  const now = ports.clock();
  const app = draft.app ?? (await findApp(ports, { app: 'shared' }));
  rateFor(draft.coexistence, draft.messagesPerSecond);
  const proof = await proveNumber(draft, app, ports.graph(draft.graphVersion, app), now);
  const former = await ports.connections.find(draft.shopId, draft.phoneNumberId);
  if (former && former.state !== 'pending') throw new AppError('connection.exists', 'the shop has this number already');
  const connection = draftConnection(draft, proof, former, now);
  await ports.connections.claim(connection, former);
  await keepSecrets(connection, draft, ports);
  const examined = await examineConnection(connection, ports, { pin: draft.pin, keep: pinKeeper(ports.tokens, draft) });
  return settleConnection(connection, examined, { ...ports, now: ports.clock(), making: { request } });
};
