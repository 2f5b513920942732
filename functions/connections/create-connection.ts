import type { Actor } from '#core/actor.ts';
import { invalidField, notFound } from '#core/errors.ts';
import { type RepeatableRequest, repeatable } from '#core/repeatable.ts';
import type { Connection } from './connection.ts';
import type { CreateConnection, SignUpConnection } from './connection-draft.ts';
import { type EstablishPorts, establishConnection } from './establish-connection.ts';
import { exchanged } from './prove-number.ts';
import { findApp } from './token-vault.ts';

export interface CreateConnectionPorts extends EstablishPorts {
  connections: EstablishPorts['connections'] & {
    findRepeat: (request: RepeatableRequest) => Promise<string | undefined>;
  };
  /** The shop of a user; undefined for a stranger. */
  shopOfUser: (userId: string) => Promise<string | undefined>;
}

interface Asked<Input> {
  shopId: string;
  input: Input;
  idempotencyKey: string | undefined;
  by: Actor;
}

/** Throws `request.invalid` unless the seller belongs to the shop. */
export const assertSeller = async (
  shopId: string,
  sellerId: string | null | undefined,
  { shopOfUser }: Pick<CreateConnectionPorts, 'shopOfUser'>,
): Promise<void> => {
  if (typeof sellerId !== 'string' || (await shopOfUser(sellerId)) === shopId) return;
  throw invalidField('sellerId', 'unknown', 'must be a user of the shop');
};

const findRepeated = async (
  request: RepeatableRequest | undefined,
  { connections }: CreateConnectionPorts,
): Promise<Connection | undefined> => {
  const phoneNumberId = request && (await connections.findRepeat(request));
  if (request === undefined || phoneNumberId === undefined) return undefined;
  return (await connections.find(request.shopId, phoneNumberId)) ?? Promise.reject(notFound());
};

/** A request without its secrets: of those no digest is kept either. */
const publicPart = ({ app, ...input }: Omit<CreateConnection, 'token'> & { token?: string }) => {
  const { token: _, pin: __, ...rest } = input;
  return { ...rest, appId: app?.appId };
};

/**
 * Connects a number with a token of the shop's own. The same idempotency key again gives the same connection. Throws
 * `request.invalid`, `idempotency.key-reused`, and what {@link establishConnection} throws.
 */
export const createConnection = async (
  { shopId, input, idempotencyKey, by }: Asked<CreateConnection>,
  ports: CreateConnectionPorts,
): Promise<Connection> => {
  const request = repeatable(shopId, 'create-connection', idempotencyKey, publicPart(input));
  const repeated = await findRepeated(request, ports);
  if (repeated) return repeated;
  await assertSeller(shopId, input.sellerId, ports);
  return establishConnection({ ...input, shopId, by }, ports, request);
};

/**
 * Connects a number with the code of an Embedded Signup, exchanged at once for it lives thirty seconds. The ids that
 * came with it are believed only after Meta confirms them. Throws as {@link createConnection}.
 * Source: Meta for Developers, "Embedded Signup: Onboarding customers as a Tech Provider".
 */
export const signUpConnection = async (
  { shopId, input: { code, ...input }, idempotencyKey, by }: Asked<SignUpConnection>,
  ports: CreateConnectionPorts,
): Promise<Connection> => {
  const request = repeatable(shopId, 'sign-up-connection', idempotencyKey, publicPart(input));
  const repeated = await findRepeated(request, ports);
  if (repeated) return repeated;
  const [app] = await Promise.all([findApp(ports, { app: 'shared' }), assertSeller(shopId, input.sellerId, ports)]);
  const token = await exchanged(ports.graph(input.graphVersion, app), app, code);
  return establishConnection({ ...input, shopId, token, by }, ports, request);
};
