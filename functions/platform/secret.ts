import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientDefaults } from './clients.ts';

/** Reads a secret string once and keeps it in memory for the life of this environment; a failed read is tried again. */
export const openSecret = (
  secretId: string,
  client: SecretsManagerClient = new SecretsManagerClient(clientDefaults),
): (() => Promise<string>) => {
  let kept: Promise<string> | undefined;
  const read = async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (!SecretString) throw new Error(`the secret ${secretId} is empty`);
    return SecretString;
  };
  return () => {
    kept ??= read().catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
};
