import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { type KnownUsers, openAccountShelf, type PoolAccount } from './account-shelf.ts';
import type { AwsRequest, AwsResponse, Engine } from './engine.ts';
import { AwsError } from './engine.ts';
import { createTurns } from './files.ts';
import { denialText, jsonFailure, jsonResponse, readJson } from './wire.ts';

export interface UserPoolOptions {
  clock: Clock;
  region: string;
  accountId: string;
  userPoolId: string;
  known: KnownUsers;
  /** Data folder; accounts are kept below `accounts/` in it. In memory without. */
  dir?: string;
}

/** Cognito's user pool, as far as its administration goes; people sign in at the local identity provider. */
export interface UserPoolEngine extends Engine {
  /** Whether somebody has an account that is enabled. */
  maySignIn(userId: string): Promise<boolean>;
  /** Notes that somebody came, and so has a password of their own. */
  signedIn(userId: string): Promise<void>;
  /** Hears of everybody whose tokens are renewed no more. */
  onSignOut(listener: (userId: string) => void): void;
}

type Input = Record<string, unknown>;
type Operation = (input: Input) => Promise<object | undefined>;

const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);

const seconds = (epochMs: number) => epochMs / 1000;

const attributesOf = ({ userId, email, name }: PoolAccount) =>
  Object.entries({ email, email_verified: 'true', name, sub: userId }).map(([Name, Value]) => ({ Name, Value }));

const commonShape = (account: PoolAccount) => ({
  Username: account.userId,
  Enabled: account.enabled,
  UserStatus: account.status,
  UserCreateDate: seconds(account.createdAt),
  UserLastModifiedDate: seconds(account.changedAt),
});

/** AdminCreateUser and AdminGetUser call the attributes differently. */
const asMade = (account: PoolAccount) => ({ User: { ...commonShape(account), Attributes: attributesOf(account) } });

const readUsername = ({ Username }: Input): string => {
  if (typeof Username === 'string' && Username !== '') return Username;
  throw invalid("1 validation error detected: Value at 'username' failed to satisfy constraint: must not be empty");
};

const settable = new Set(['email', 'email_verified', 'name']);

const readAttributes = ({ UserAttributes: given }: Input): Record<string, string> => {
  const list = Array.isArray(given) ? (given as { Name?: unknown; Value?: unknown }[]) : [];
  const attributes = Object.fromEntries(list.map(({ Name, Value }) => [String(Name), String(Value ?? '')]));
  const odd = Object.keys(attributes).find((name) => !settable.has(name));
  if (odd)
    throw invalid(`Attributes did not conform to the schema: Type for attribute {${odd}} could not be determined`);
  return attributes;
};

const readEmail = (input: Input): string => {
  const username = readUsername(input);
  const { email = username } = readAttributes(input);
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(username)) throw invalid('Username should be an email.');
  if (email.toLowerCase() !== username.toLowerCase()) throw invalid('The address is not the username.');
  return email;
};

/**
 * Source: Amazon Cognito user pools API reference, "AdminCreateUser", "AdminGetUser", "AdminDisableUser",
 * "AdminEnableUser", "AdminUserGlobalSignOut", "AdminDeleteUser"; a pool whose users sign in with their address.
 */
const createOperations = (
  { clock }: UserPoolOptions,
  shelf: Awaited<ReturnType<typeof openAccountShelf>>,
  signOut: (userId: string) => void,
): Record<string, Operation> => {
  const find = async (input: Input): Promise<PoolAccount> => {
    const account = await shelf.find(readUsername(input));
    if (account) return account;
    throw new AwsError('UserNotFoundException', 'User does not exist.');
  };
  const change = async (account: PoolAccount, to: Partial<PoolAccount>): Promise<PoolAccount> => {
    const changed = { ...account, ...to, changedAt: clock.now() };
    await shelf.keep(changed);
    return changed;
  };
  const resend = async (input: Input) => {
    const account = await find(input);
    if (account.status === 'FORCE_CHANGE_PASSWORD') return asMade(await change(account, {}));
    throw new AwsError('UnsupportedUserStateException', `Resend not possible. ${account.userId} status is not correct`);
  };
  // whether a mail goes makes no difference here: nobody has one
  const create = async (input: Input) => {
    const email = readEmail(input);
    const { name = '' } = readAttributes(input);
    if (await shelf.find(email)) throw new AwsError('UsernameExistsException', 'User account already exists');
    const fresh = { userId: randomUUID(), email, name, enabled: true, status: 'FORCE_CHANGE_PASSWORD' } as const;
    return asMade(await change({ ...fresh, createdAt: clock.now(), changedAt: clock.now() }, {}));
  };
  return {
    AdminCreateUser: (input) => (input['MessageAction'] === 'RESEND' ? resend(input) : create(input)),
    async AdminGetUser(input) {
      const account = await find(input);
      return { ...commonShape(account), UserAttributes: attributesOf(account) };
    },
    async AdminEnableUser(input) {
      await change(await find(input), { enabled: true });
      return {};
    },
    async AdminDisableUser(input) {
      const { userId } = await change(await find(input), { enabled: false });
      signOut(userId);
      return {};
    },
    async AdminUserGlobalSignOut(input) {
      signOut((await find(input)).userId);
      return {};
    },
    async AdminDeleteUser(input) {
      const { userId } = await change(await find(input), { deletedAt: clock.now() });
      signOut(userId);
      return undefined;
    },
  };
};

const emptyAnswer: AwsResponse = { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: '' };

/** Starts the administration of the user pool with the accounts of its folder. */
export async function startUserPool(options: UserPoolOptions): Promise<UserPoolEngine> {
  const { clock, region, accountId, userPoolId, known, dir } = options;
  const folder = dir === undefined ? undefined : join(dir, 'accounts');
  const shelf = await openAccountShelf({ known, folder, now: () => clock.now() });
  const listeners: ((userId: string) => void)[] = [];
  const operations = createOperations(options, shelf, (userId) => {
    for (const listener of listeners) listener(userId);
  });
  const inTurn = createTurns();

  const handle = async (request: AwsRequest): Promise<AwsResponse> => {
    const operation = operations[request.operation ?? ''];
    if (!operation) throw new AwsError('UnknownOperationException', `the local user pool has no ${request.operation}`);
    const input = readJson(request);
    if (input['UserPoolId'] !== userPoolId) {
      throw new AwsError('ResourceNotFoundException', `User pool ${String(input['UserPoolId'])} does not exist.`);
    }
    const answer = await inTurn('all', () => operation(input));
    return answer ? jsonResponse(answer) : emptyAnswer;
  };
  return {
    service: 'cognito-idp',
    access: ({ operation = '', ...request }) => {
      const pool = String(readJson(request)['UserPoolId']);
      const resource = `arn:aws:cognito-idp:${region}:${accountId}:userpool/${pool}`;
      return [{ action: `cognito-idp:${operation}`, resource }];
    },
    handle,
    denied: (denied, principal) => jsonFailure(new AwsError('AccessDeniedException', denialText(denied, principal))),
    failure: jsonFailure,
    maySignIn: async (userId) => (await shelf.find(userId))?.enabled ?? false,
    signedIn: (userId) =>
      inTurn('all', async () => {
        const account = await shelf.find(userId);
        if (account && account.status !== 'CONFIRMED') await shelf.keep({ ...account, status: 'CONFIRMED' });
      }),
    onSignOut: (listener) => {
      listeners.push(listener);
    },
    close: async () => undefined,
  };
}
