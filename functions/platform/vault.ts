import { randomUUID } from 'node:crypto';
import type { Clock } from '#core/clock.ts';
import { AwsCallError } from './aws-call.ts';
import { callSecrets, readSecret } from './light-secret.ts';

const KEPT_MS = 5 * 60_000;
const ABSENT_MS = 30_000;
const MOST_KEPT = 1000;

/** A secret that is deleted can be had back for so long. Secrets Manager takes no fewer days. */
const RECOVERY_DAYS = 7;

interface Kept {
  value: Promise<unknown>;
  until: number;
}

const isCalled = (error: unknown, ...names: string[]): boolean =>
  error instanceof AwsCallError && names.includes(error.name);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // the words of the parser would show a part of the secret
    throw new Error('a secret of the vault is not JSON');
  }
};

const readJson = async (secretId: string): Promise<unknown> => {
  const text = await readSecret(secretId);
  return text === undefined ? undefined : parse(text);
};

/** Puts a value where there is a secret, one that is on its way to be deleted too; false where there is none. */
const putValue = async (secretId: string, SecretString: string): Promise<boolean> => {
  const put = () =>
    callSecrets('PutSecretValue', { SecretId: secretId, SecretString, ClientRequestToken: randomUUID() });
  try {
    await put();
  } catch (error) {
    if (isCalled(error, 'ResourceNotFoundException')) return false;
    if (!isCalled(error, 'InvalidRequestException')) throw error;
    await callSecrets('RestoreSecret', { SecretId: secretId });
    await put();
  }
  return true;
};

const writeSecret = async (secretId: string, SecretString: string): Promise<void> => {
  if (await putValue(secretId, SecretString)) return;
  try {
    await callSecrets('CreateSecret', { Name: secretId, SecretString, ClientRequestToken: randomUUID() });
  } catch (error) {
    if (!isCalled(error, 'ResourceExistsException')) throw error;
    await putValue(secretId, SecretString);
  }
};

const deleteSecret = async (secretId: string): Promise<void> => {
  try {
    await callSecrets('DeleteSecret', { SecretId: secretId, RecoveryWindowInDays: RECOVERY_DAYS });
  } catch (error) {
    if (!isCalled(error, 'ResourceNotFoundException', 'InvalidRequestException')) throw error;
  }
};

/** What was read, for a while; a failure is not kept. */
const createMemory = (clock: Clock) => {
  const kept = new Map<string, Kept>();
  const now = () => clock().getTime();
  const keep = (name: string, value: Promise<unknown>): Promise<unknown> => {
    const entry = { value, until: now() + ABSENT_MS };
    kept.delete(name);
    kept.set(name, entry);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    value.then(
      (found) => {
        if (found !== undefined) entry.until = now() + KEPT_MS;
      },
      () => {
        if (kept.get(name) === entry) kept.delete(name);
      },
    );
    return value;
  };
  return {
    find: (name: string): Promise<unknown> | undefined => {
      const entry = kept.get(name);
      return entry && now() < entry.until ? entry.value : undefined;
    },
    keep,
    forget: (name: string): void => {
      kept.delete(name);
    },
  };
};

/**
 * Secrets below a common prefix, each JSON under a name of its own. What was read is kept in memory for five minutes, and
 * that there is nothing for half a minute: other environments of the function see a change as late as that. What was
 * removed can be had back for a week, by writing it again. Throws `AwsCallError` where Secrets Manager refuses.
 */
export const openVault = (prefix: string, clock: Clock = () => new Date()) => {
  const memory = createMemory(clock);
  return {
    /** The value of a name, or undefined. */
    read: (name: string): Promise<unknown> => memory.find(name) ?? memory.keep(name, readJson(prefix + name)),

    /** Reads a name anew the next time. */
    forget: (name: string): void => memory.forget(name),

    /** Makes the secret, or gives it another value. */
    write: async (name: string, value: object): Promise<void> => {
      memory.forget(name);
      await writeSecret(prefix + name, JSON.stringify(value));
      memory.forget(name);
    },

    /** Removes the secret, if there is one. */
    remove: async (name: string): Promise<void> => {
      memory.forget(name);
      await deleteSecret(prefix + name);
      memory.forget(name);
    },
  };
};
