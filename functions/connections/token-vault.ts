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
  z.object({ token: z.string(), pin: z.optional(z.string()), shopId: z.optional(z.string()) }),
);
export type StoredToken = z.infer<Lazy<typeof StoredToken>>;

/** The token of a connection as it is now; undefined when the vault has none, or one of another shop. */
export const readToken = async (
  tokens: SecretReader,
  { shopId, phoneNumberId }: Pick<Connection, 'shopId' | 'phoneNumberId'>,
): Promise<StoredToken | undefined> => {
  tokens.forget(phoneNumberId);
  const { data } = StoredToken().safeParse(await tokens.read(phoneNumberId));
  return data?.shopId === undefined || data.shopId === shopId ? data : undefined;
};

/** Keeps a number's PIN beside its token, whichever that is by then. */
export const pinKeeper =
  (tokens: SecretVault, owner: Pick<Connection, 'shopId' | 'phoneNumberId'>) =>
  async (pin: string): Promise<void> => {
    const stored = await readToken(tokens, owner);
    if (stored) await tokens.write(owner.phoneNumberId, { ...stored, pin });
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
