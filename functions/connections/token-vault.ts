import * as z from 'zod/mini';
import { AppError } from '#core/errors.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Connection } from './connection.ts';
import { MetaApp } from './meta-app.ts';

/** A place for secrets, by name. What was read may be some minutes old, unless it is forgotten first. */
export interface SecretReader {
  read: (name: string) => Promise<unknown>;
  forget: (name: string) => void;
}

/** A place for secrets that may be changed. */
export interface SecretVault extends SecretReader {
  write: (name: string, value: object) => Promise<void>;
  remove: (name: string) => Promise<void>;
}

/** What the vault holds for a number: its token, and the PIN of its two-step verification when it is ours. */
export const StoredToken = lazy(() =>
  z.object({
    token: z.string(),
    pin: z.optional(z.string()),
    shopId: z.optional(z.string()),
    /** The connection's `tokenSetAt`. */
    setAt: z.optional(z.string()),
  }),
);
export type StoredToken = z.infer<Lazy<typeof StoredToken>>;

type Owner = Pick<Connection, 'shopId' | 'phoneNumberId'>;

const readKept = async (tokens: SecretReader, { shopId, phoneNumberId }: Owner): Promise<StoredToken | undefined> => {
  const { data } = StoredToken().safeParse(await tokens.read(phoneNumberId));
  return data?.shopId === undefined || data.shopId === shopId ? data : undefined;
};

/** The token of a connection as it is now; undefined when the vault has none, or one of another shop. */
export const readToken = (tokens: SecretReader, owner: Owner): Promise<StoredToken | undefined> => {
  tokens.forget(owner.phoneNumberId);
  return readKept(tokens, owner);
};

/**
 * The token to call Meta with, as memory has it; read anew only when the connection has got another one since. So a
 * token that was replaced is not tried again, and its refusal does not stop the connection.
 */
export const tokenToUse = async (
  tokens: SecretReader,
  connection: Pick<Connection, 'shopId' | 'phoneNumberId' | 'tokenSetAt'>,
): Promise<StoredToken | undefined> => {
  const kept = await readKept(tokens, connection);
  const isCurrent = kept !== undefined && (kept.setAt ?? '') >= (connection.tokenSetAt ?? '');
  return isCurrent ? kept : readToken(tokens, connection);
};

/** Where the secrets of Meta apps are: the deployment's own, and those of shops by their webhook key. */
export interface AppSecrets {
  shared: () => Promise<unknown>;
  apps: SecretReader;
}

/** The Meta app behind a connection. Throws `meta-app.missing` when nobody has set it. */
export const findApp = async (
  { shared, apps }: AppSecrets,
  { app, webhookKey }: Pick<Connection, 'app' | 'webhookKey'>,
): Promise<MetaApp> => {
  if (app === 'own' && webhookKey !== undefined) apps.forget(webhookKey);
  const stored = app === 'own' ? await apps.read(webhookKey ?? '') : await shared();
  const { data } = MetaApp().safeParse(stored);
  if (data) return data;
  throw new AppError('meta-app.missing', 'the Meta app of this connection has not been set');
};
