import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Cloud } from './cloud.ts';
import { defaultWorld } from './whatsapp-simulator/default-world.ts';

const isComplete = (text: string | undefined): boolean => {
  try {
    const { appId, appSecret, verifyToken } = JSON.parse(text ?? '') as Record<string, unknown>;
    return [appId, appSecret, verifyToken].every((value) => typeof value === 'string' && value !== '');
  } catch {
    return false;
  }
};

/**
 * Makes the simulator's app the one of this deployment, as an operator does once after deploying: its id and secrets
 * into the secret that the functions read. What somebody has put there stays.
 */
export const fillMetaSecret = async (cloud: Cloud, secretId: string): Promise<void> => {
  const secrets = new SecretsManagerClient(cloud.adminClientConfig());
  try {
    const kept = await secrets.send(new GetSecretValueCommand({ SecretId: secretId })).catch(() => undefined);
    if (isComplete(kept?.SecretString)) return;
    const { appId, appSecret, verifyToken } = defaultWorld;
    const SecretString = JSON.stringify({ appId, appSecret, verifyToken });
    await secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString }));
  } finally {
    secrets.destroy();
  }
};
