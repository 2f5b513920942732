import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Access, AwsRequest, AwsResponse, Engine } from './engine.ts';
import { AwsError } from './engine.ts';
import { createTurns } from './files.ts';
import { openSecretShelf, type Secret, type SecretShelf, type SecretVersion } from './secret-shelf.ts';
import { denialText, jsonFailure, jsonResponse, readJson } from './wire.ts';

export interface SecretsManagerOptions {
  clock: Clock;
  region: string;
  accountId: string;
  /** Data folder; secrets are kept below `secrets/` in it, readable by their owner only. In memory without. */
  dir?: string;
}

type Input = Record<string, unknown>;

const DAY_MS = 24 * 3600 * 1000;
const PAGE = 100;

const text = (input: Input, field: string): string | undefined => {
  const value = input[field];
  return typeof value === 'string' ? value : undefined;
};

const required = (input: Input, field: string): string => {
  const value = text(input, field);
  if (value) return value;
  throw new AwsError('ValidationException', `1 validation error detected: ${field} must not be empty`);
};

const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequestException', message);
const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameterException', message);

const seconds = (epochMs: number | undefined) => (epochMs === undefined ? undefined : epochMs / 1000);

const assertAlive = (secret: Secret): void => {
  if (secret.deletionAt === undefined) return;
  throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
};

const readValue = (input: Input): Pick<SecretVersion, 'SecretString' | 'SecretBinary'> | undefined => {
  const SecretString = text(input, 'SecretString');
  const SecretBinary = text(input, 'SecretBinary');
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter('You can provide either SecretString or SecretBinary, not both.');
  }
  if (SecretString === undefined && SecretBinary === undefined) return undefined;
  return SecretString === undefined ? { SecretBinary } : { SecretString };
};

/** The versions with their stages, as DescribeSecret shows them. */
const stagesOf = (secret: Secret): Record<string, string[]> =>
  Object.fromEntries(secret.versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages]));

/** The stages that a version keeps when another one takes `taken`: what was current becomes the previous one. */
const stagesAfter = (had: string[], taken: string[]): string[] => {
  const isDemoted = taken.includes('AWSCURRENT');
  const kept = had.filter((stage) => !taken.includes(stage) && !(isDemoted && stage === 'AWSPREVIOUS'));
  return isDemoted && had.includes('AWSCURRENT') ? [...kept, 'AWSPREVIOUS'] : kept;
};

/** Adds a value; a repeated call with the same token and value changes nothing, another value is refused. */
const withVersion = (secret: Secret, id: string, value: object, stages: string[], now: number): Secret => {
  const there = secret.versions.find((version) => version.id === id);
  if (there) {
    const isSame = Object.entries(value).every(([field, given]) => there[field as keyof SecretVersion] === given);
    if (isSame) return secret;
    throw new AwsError('ResourceExistsException', `A version with the token ${id} has another value already.`);
  }
  const moved = secret.versions.map((version) => ({ ...version, stages: stagesAfter(version.stages, stages) }));
  const versions = [...moved, { id, ...value, stages, createdAt: now }];
  // a version without a stage is one that AWS may drop at any time
  return { ...secret, changedAt: now, versions: versions.filter((version) => version.stages.length > 0) };
};

const findVersion = (secret: Secret, input: Input): SecretVersion => {
  const id = text(input, 'VersionId');
  const stage = text(input, 'VersionStage') ?? (id === undefined ? 'AWSCURRENT' : undefined);
  const found = secret.versions.find(
    (version) => (id === undefined || version.id === id) && (stage === undefined || version.stages.includes(stage)),
  );
  if (found) return found;
  const wanted = stage === undefined ? `VersionId: ${id}` : `staging label: ${stage}`;
  throw new AwsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${wanted}`,
  );
};

const describe = (secret: Secret) => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  Tags: secret.tags,
  CreatedDate: seconds(secret.createdAt),
  LastChangedDate: seconds(secret.changedAt),
  DeletedDate: seconds(secret.deletedAt),
  VersionIdsToStages: stagesOf(secret),
});

type Operation = (input: Input) => Promise<object>;

const createReaders = (shelf: SecretShelf): Record<string, Operation> => ({
  async GetSecretValue(input) {
    const secret = shelf.find(required(input, 'SecretId'));
    assertAlive(secret);
    const { id, stages, createdAt, ...value } = findVersion(secret, input);
    const common = { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: stages };
    return { ...common, CreatedDate: seconds(createdAt), ...value };
  },
  DescribeSecret: async (input) => describe(shelf.find(required(input, 'SecretId'))),
  async ListSecrets(input) {
    const after = text(input, 'NextToken') ?? '';
    const size = Math.min(Number(input['MaxResults'] ?? PAGE), PAGE);
    const all = shelf.all().filter((secret) => input['IncludePlannedDeletion'] === true || !secret.deletionAt);
    const left = all.filter(({ name }) => name > after).sort((a, b) => (a.name < b.name ? -1 : 1));
    const shown = left.slice(0, size);
    const SecretList = shown.map(describe).map(({ VersionIdsToStages, ...row }) => ({
      ...row,
      SecretVersionsToStages: VersionIdsToStages,
    }));
    return { SecretList, NextToken: left.length > size ? shown.at(-1)?.name : undefined };
  },
});

const createWriters = (shelf: SecretShelf, clock: Clock): Record<string, Operation> => {
  const token = (input: Input) => text(input, 'ClientRequestToken') ?? randomUUID();
  const identity = (secret: Secret) => ({ ARN: secret.arn, Name: secret.name });
  /** Puts a value, where one is given, and says which version it became. */
  const put = async (secret: Secret, input: Input, stages: string[]) => {
    const value = readValue(input);
    const VersionId = value && token(input);
    const next = value && VersionId ? withVersion(secret, VersionId, value, stages, clock.now()) : secret;
    await shelf.keep(next);
    return { ...identity(secret), VersionId };
  };
  return {
    async CreateSecret(input) {
      const name = required(input, 'Name');
      const there = shelf.peek(name);
      if (there?.versions.some((version) => version.id === text(input, 'ClientRequestToken'))) {
        return put(there, input, ['AWSCURRENT']);
      }
      const fresh = shelf.make(name, clock.now());
      const tags = Array.isArray(input['Tags']) ? (input['Tags'] as Secret['tags']) : undefined;
      return put({ ...fresh, description: text(input, 'Description'), tags }, input, ['AWSCURRENT']);
    },
    async PutSecretValue(input) {
      const secret = shelf.find(required(input, 'SecretId'));
      assertAlive(secret);
      if (!readValue(input)) throw invalidRequest('You must provide either SecretString or SecretBinary.');
      const given = input['VersionStages'];
      const stages = Array.isArray(given) && given.length > 0 ? given.map(String) : ['AWSCURRENT'];
      return { ...(await put(secret, input, stages)), VersionStages: stages };
    },
    async UpdateSecret(input) {
      const secret = shelf.find(required(input, 'SecretId'));
      assertAlive(secret);
      const description = text(input, 'Description') ?? secret.description;
      return put({ ...secret, description }, input, ['AWSCURRENT']);
    },
  };
};

/** Days of grace that a deletion leaves; none where it is forced. */
const recoveryDays = (input: Input): number => {
  const days = input['RecoveryWindowInDays'];
  const isForced = input['ForceDeleteWithoutRecovery'] === true;
  if (isForced && days !== undefined) {
    throw invalidParameter('You can use either RecoveryWindowInDays or ForceDeleteWithoutRecovery, not both.');
  }
  if (isForced) return 0;
  const window = Number(days ?? 30);
  if (window >= 7 && window <= 30) return window;
  throw invalidParameter('RecoveryWindowInDays must be between 7 and 30 days.');
};

const createEnders = (shelf: SecretShelf, clock: Clock): Record<string, Operation> => ({
  async DeleteSecret(input) {
    const days = recoveryDays(input);
    const secret = shelf.find(required(input, 'SecretId'));
    assertAlive(secret);
    const deletionAt = clock.now() + days * DAY_MS;
    if (days === 0) await shelf.drop(secret);
    else await shelf.keep({ ...secret, deletedAt: clock.now(), deletionAt });
    return { ARN: secret.arn, Name: secret.name, DeletionDate: seconds(deletionAt) };
  },
  async RestoreSecret(input) {
    const secret = shelf.find(required(input, 'SecretId'));
    const { deletedAt: _, deletionAt: __, ...restored } = secret;
    await shelf.keep(restored);
    return { ARN: secret.arn, Name: secret.name };
  },
});

/** Secrets Manager. */
export interface SecretsManagerEngine extends Engine {
  /** Makes a secret unless there is one of that name, whose value then stays. Its ARN. */
  ensureSecret(name: string, value: string): Promise<string>;
}

/** Starts Secrets Manager with the secrets of its folder. */
export async function startSecretsManager(options: SecretsManagerOptions): Promise<SecretsManagerEngine> {
  const { clock, region, accountId, dir } = options;
  const arnBase = `arn:aws:secretsmanager:${region}:${accountId}:secret:`;
  const folder = dir === undefined ? undefined : join(dir, 'secrets');
  const shelf = await openSecretShelf({ clock, arnBase, folder });
  const operations = { ...createReaders(shelf), ...createWriters(shelf, clock), ...createEnders(shelf, clock) };
  const inTurn = createTurns();

  const resourceOf = (input: Input): string => {
    const id = text(input, 'SecretId') ?? text(input, 'Name') ?? '';
    // where there is no such secret AWS asks about the name with any ending
    return shelf.peek(id)?.arn ?? (id.startsWith('arn:') ? id : `${arnBase}${id}-??????`);
  };
  const access = ({ operation = '', ...request }: AwsRequest): Access[] => {
    const action = `secretsmanager:${operation}`;
    if (operation === 'ListSecrets') return [{ action, resource: '*' }];
    return [{ action, resource: resourceOf(readJson(request)) }];
  };
  const handle = async (request: AwsRequest): Promise<AwsResponse> => {
    const operation = operations[request.operation ?? ''];
    if (operation) return jsonResponse(await inTurn('all', () => operation(readJson(request))));
    throw new AwsError('UnknownOperationException', `the local Secrets Manager has no ${request.operation}`);
  };
  return {
    service: 'secretsmanager',
    access,
    handle,
    denied: (denied, principal) => jsonFailure(new AwsError('AccessDeniedException', denialText(denied, principal))),
    failure: jsonFailure,
    ensureSecret: (name, value) =>
      inTurn('all', async () => {
        const there = shelf.peek(name);
        if (there) return there.arn;
        const fresh = shelf.make(name, clock.now());
        const secret = withVersion(fresh, randomUUID(), { SecretString: value }, ['AWSCURRENT'], clock.now());
        await shelf.keep(secret);
        return secret.arn;
      }),
    close: async () => undefined,
  };
}
