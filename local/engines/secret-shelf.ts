import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { AwsError } from './engine.ts';
import { readJsonFiles, removeFile, replaceFile } from './files.ts';

/** One value of a secret. */
export interface SecretVersion {
  id: string;
  stages: string[];
  createdAt: number;
  SecretString?: string;
  /** Base64. */
  SecretBinary?: string;
}

/** A secret as it is kept. */
export interface Secret {
  name: string;
  arn: string;
  description?: string;
  tags?: { Key: string; Value: string }[];
  createdAt: number;
  changedAt: number;
  versions: SecretVersion[];
  /** When somebody asked to delete it. */
  deletedAt?: number;
  /** When it ends to be restorable. */
  deletionAt?: number;
}

/** The secrets there are, in memory and one file each. */
export interface SecretShelf {
  /** By name, ARN, or ARN without its random ending; undefined where there is none. */
  peek(id: string): Secret | undefined;
  /** As `peek`; throws ResourceNotFoundException. */
  find(id: string): Secret;
  /** A new secret that is not kept yet. Throws ResourceExistsException, and InvalidRequestException for a deleted one. */
  make(name: string, now: number): Secret;
  all(): Secret[];
  keep(secret: Secret): Promise<void>;
  drop(secret: Secret): Promise<void>;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const suffix = (): string => [...randomBytes(6)].map((byte) => LETTERS[byte % LETTERS.length]).join('');

const assertName = (name: string): void => {
  if (/^[\w/+=.@-]{1,512}$/.test(name)) return;
  throw new AwsError(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  );
};

/** Opens the secrets of a folder; in memory without one. */
export async function openSecretShelf(options: {
  clock: Clock;
  arnBase: string;
  folder?: string;
}): Promise<SecretShelf> {
  const { clock, arnBase, folder } = options;
  const loaded = folder === undefined ? [] : await readJsonFiles<Secret>(folder);
  const secrets = new Map(loaded.map((secret) => [secret.name, secret]));
  // names may hold slashes: a file is named by a digest
  const fileOf = ({ name }: Secret) => join(folder ?? '', `${createHash('sha256').update(name).digest('hex')}.json`);

  const isGone = (secret: Secret) => secret.deletionAt !== undefined && secret.deletionAt <= clock.now();
  const nameOf = (id: string): string => {
    if (!id.startsWith(arnBase)) return id;
    const tail = id.slice(arnBase.length);
    return secrets.has(tail) ? tail : tail.replace(/-[A-Za-z0-9]{6}$/, '');
  };
  const peek = (id: string): Secret | undefined => {
    const secret = secrets.get(nameOf(id));
    if (!secret || isGone(secret)) return undefined;
    // the ending of an ARN tells a secret from an earlier one of that name
    const isFullArn = id.startsWith(arnBase) && id.length === secret.arn.length;
    return isFullArn && id !== secret.arn ? undefined : secret;
  };
  return {
    peek,
    find(id) {
      const secret = peek(id);
      if (secret) return secret;
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    },
    make(name, now) {
      assertName(name);
      const there = peek(name);
      if (there?.deletionAt !== undefined) {
        const text = "You can't create this secret because a secret with this name is already scheduled for deletion.";
        throw new AwsError('InvalidRequestException', text);
      }
      if (there)
        throw new AwsError(
          'ResourceExistsException',
          `The operation failed because the secret ${name} already exists.`,
        );
      return { name, arn: `${arnBase}${name}-${suffix()}`, createdAt: now, changedAt: now, versions: [] };
    },
    all: () => [...secrets.values()].filter((secret) => !isGone(secret)),
    async keep(secret) {
      if (folder !== undefined) await replaceFile(fileOf(secret), JSON.stringify(secret, null, 2), 0o600);
      secrets.set(secret.name, secret);
    },
    async drop(secret) {
      if (folder !== undefined) await removeFile(fileOf(secret));
      secrets.delete(secret.name);
    },
  };
}
