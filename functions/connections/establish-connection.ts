import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { AppError, isAppError } from '#core/errors.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { type AppUsePorts, forgetApps, webhookKeyFor } from './app-use.ts';
import { type Connection, isTakenOver } from './connection.ts';
import { connectionEntries, lossEntry } from './connection-audit.ts';
import { type CreateConnection, rateFor } from './connection-draft.ts';
import { type ExaminePorts, examineConnection } from './examine-connection.ts';
import { tokenFacts } from './examine-token.ts';
import { type GivenApp, MetaApp, rotateApp } from './meta-app.ts';
import { type Proof, proveNumber } from './prove-number.ts';
import { type ConnectionsToSettle, settleConnection, toE164 } from './settle-connection.ts';
import { lostHolder, type TakeOverPorts } from './take-over.ts';
import { findApp, pinKeeper, type SecretVault, type StoredToken } from './token-vault.ts';

export interface EstablishPorts extends ExaminePorts {
  connections: ConnectionsToSettle & {
    /**
     * Takes the number for the shop: all of row and look-ups or nothing. `former` is the shop's own row that this one
     * replaces, `holder` that of another shop, which loses the number. Throws `connection.number-taken`,
     * `change.conflict`.
     */
    claim: (
      connection: Connection,
      former: Connection | undefined,
      holder: Connection | undefined,
      entries: readonly AuditEntry[],
    ) => Promise<void>;
  } & AppUsePorts['connections'] &
    TakeOverPorts['connections'];
  tokens: SecretVault;
  apps: SecretVault;
  clock: Clock;
}

/** What is needed to connect a number, however the token came. */
export type Draft = Omit<CreateConnection, 'app'> & {
  shopId: string;
  app?: GivenApp | undefined;
  by: Actor;
};

interface Known {
  former: Connection | undefined;
  /** Of the draft's own app. */
  webhookKey: string | undefined;
}

const draftConnection = (draft: Draft, proof: Proof, { former, webhookKey }: Known, now: Date): Connection => {
  const at = now.toISOString();
  const { facts, inspection, businessId } = proof;
  const { shopId, phoneNumberId, wabaId, name, sellerId, graphVersion, coexistence, app } = draft;
  return {
    ...{ shopId, phoneNumberId, wabaId, businessId, name, graphVersion, coexistence },
    displayNumber: toE164(facts.displayNumber),
    ...(facts.verifiedName && { verifiedName: facts.verifiedName }),
    ...(sellerId && { sellerId }),
    app: app ? 'own' : 'shared',
    ...(app && webhookKey && { appId: app.appId, webhookKey }),
    state: 'pending',
    stateReason: 'unfinished',
    stateChangedAt: at,
    token: tokenFacts(draft.token, inspection, now),
    tokenSetAt: at,
    renewingAt: at,
    limits: { messagesPerSecond: rateFor(coexistence, draft.messagesPerSecond) },
    version: (former?.version ?? 0) + 1,
    createdAt: former?.createdAt ?? at,
    updatedAt: at,
  };
};

const keepApp = async (webhookKey: string, app: GivenApp, { apps }: EstablishPorts): Promise<void> => {
  apps.forget(webhookKey);
  const { data: former } = MetaApp().safeParse(await apps.read(webhookKey));
  await apps.write(webhookKey, rotateApp(former, app));
};

const keepSecrets = async (
  { webhookKey }: Connection,
  { app, shopId, phoneNumberId, token, pin }: Draft,
  ports: EstablishPorts,
): Promise<void> => {
  const stored: StoredToken = { shopId, token, ...(pin && { pin }) };
  await Promise.all([
    ports.tokens.write(phoneNumberId, stored),
    app && webhookKey !== undefined && keepApp(webhookKey, app, ports),
  ]);
};

const knownOf = async ({ shopId, phoneNumberId, app }: Draft, { connections }: EstablishPorts): Promise<Known> => {
  const all = await connections.ofShop(shopId);
  const former = all.find((one) => one.phoneNumberId === phoneNumberId);
  if (former && former.state !== 'pending' && !isTakenOver(former)) {
    throw new AppError('connection.exists', 'the shop has this number already');
  }
  return { former, webhookKey: app && webhookKeyFor(shopId, app.appId, all) };
};

/** Takes the number, from another shop too if that one has lost it at Meta. */
const claim = async (
  connection: Connection,
  { former, by }: { former: Connection | undefined; by: Actor },
  ports: EstablishPorts,
): Promise<void> => {
  const now = ports.clock();
  const entries = connectionEntries({ after: connection }, { by, what: 'connected' }, now);
  try {
    await ports.connections.claim(connection, former, undefined, entries);
  } catch (error) {
    const holder = isAppError(error, 'connection.number-taken') ? await lostHolder(connection, ports) : undefined;
    if (holder === undefined) throw error;
    await ports.connections.claim(connection, former, holder, [...entries, lossEntry(holder, now)]);
  }
};

/**
 * Connects a number: Meta confirms the claim; the shop takes the number, which nobody else then can while it may use it;
 * token and app go to the vault; app and number are subscribed and registered as needed; the check decides whether it is active.
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
  const known = await knownOf(draft, ports);
  const connection = draftConnection(draft, proof, known, now);
  await claim(connection, { former: known.former, by: draft.by }, ports);
  await keepSecrets(connection, draft, ports);
  if (known.former) await forgetApps(known.former, ports);
  const examined = await examineConnection(connection, ports, { pin: draft.pin, keep: pinKeeper(ports.tokens, draft) });
  return settleConnection(connection, examined, { ...ports, now: ports.clock(), making: { request } });
};
