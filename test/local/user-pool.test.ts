import {
  AdminCreateUserCommand,
  type AdminCreateUserCommandInput,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDirectory } from '#platform/directory.ts';
import { createClock } from '../../local/clock.ts';
import type { KnownUser } from '../../local/engines/account-shelf.ts';
import { startUserPool } from '../../local/engines/user-pool.ts';
import { aFolder, aPrincipal, type Cloud, failureOf, openCloud, place } from './local-cloud.ts';

const UserPoolId = 'eu-west-1_Users';
const arn = `arn:aws:cognito-idp:eu-west-1:123456789012:userpool/${UserPoolId}`;
const ana: KnownUser = { userId: 'ana', email: 'Ana@example.com', name: 'Ana' };
const governor = aPrincipal('governor', [
  { Statement: { Effect: 'Allow', Action: 'cognito-idp:AdminCreateUser', Resource: arn } },
]);

let clock = createClock();
let cloud: Cloud;
let client: CognitoIdentityProviderClient;
let engine: Awaited<ReturnType<typeof startUserPool>>;
let signedOut: string[];

const open = async (dir?: string) => {
  clock = createClock();
  signedOut = [];
  const known = {
    bySubject: async (userId: string) => (userId === ana.userId ? ana : undefined),
    byEmail: async (email: string) => (email === ana.email.toLowerCase() ? ana : undefined),
  };
  engine = await startUserPool({ ...place, clock, dir, userPoolId: UserPoolId, known });
  engine.onSignOut((userId) => signedOut.push(userId));
  cloud = await openCloud([engine], clock, [governor]);
  client = new CognitoIdentityProviderClient(cloud.as());
};
beforeEach(() => open());
afterEach(() => cloud.close());

const create = (Username: string, more: Partial<AdminCreateUserCommandInput> = {}) =>
  client.send(
    new AdminCreateUserCommand({
      UserPoolId,
      Username,
      DesiredDeliveryMediums: ['EMAIL'],
      UserAttributes: [
        { Name: 'email', Value: Username },
        { Name: 'email_verified', Value: 'true' },
        { Name: 'name', Value: 'Sol' },
      ],
      ...more,
    }),
  );
const get = (Username: string) => client.send(new AdminGetUserCommand({ UserPoolId, Username }));
const subOf = async (Username: string) => String((await get(Username)).Username);
const who = (Username: string) => ({ UserPoolId, Username });

describe('an account', () => {
  it('is made with a subject of its own, waiting for a password', async () => {
    const { User } = await create('Sol@example.com');
    expect(User).toMatchObject({ Enabled: true, UserStatus: 'FORCE_CHANGE_PASSWORD' });
    expect(User?.UserCreateDate).toBeInstanceOf(Date);
    const attributes = Object.fromEntries((User?.Attributes ?? []).map(({ Name, Value }) => [Name, Value]));
    expect(attributes).toEqual({ email: 'Sol@example.com', email_verified: 'true', name: 'Sol', sub: User?.Username });
    expect(User?.Username).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is found by subject and by address, whatever its case', async () => {
    const { User } = await create('sol@example.com');
    for (const name of [String(User?.Username), 'SOL@example.com'])
      expect(await get(name)).toMatchObject({ Username: User?.Username, UserStatus: 'FORCE_CHANGE_PASSWORD' });
    expect((await failureOf(get('nobody@example.com'))).name).toBe('UserNotFoundException');
  });

  it('is one for each address', async () => {
    await create('sol@example.com');
    expect((await failureOf(create('SOL@example.com'))).name).toBe('UsernameExistsException');
  });

  it('is invited again until there is a password', async () => {
    const again = () => create('sol@example.com', { MessageAction: 'RESEND' });
    expect((await failureOf(again())).name).toBe('UserNotFoundException');
    const { User } = await create('sol@example.com');
    expect((await again()).User?.Username).toBe(User?.Username);
    await engine.signedIn(String(User?.Username));
    expect((await get('sol@example.com')).UserStatus).toBe('CONFIRMED');
    expect((await failureOf(again())).name).toBe('UnsupportedUserStateException');
  });

  it('lets nobody in while it is disabled, nor renews what they have', async () => {
    await create('sol@example.com');
    const sub = await subOf('sol@example.com');
    expect(await engine.maySignIn(sub)).toBe(true);
    await client.send(new AdminDisableUserCommand(who(sub)));
    expect([await engine.maySignIn(sub), (await get(sub)).Enabled]).toEqual([false, false]);
    expect(signedOut).toEqual([sub]);
    await client.send(new AdminEnableUserCommand(who(sub)));
    expect(await engine.maySignIn(sub)).toBe(true);
    await client.send(new AdminUserGlobalSignOutCommand(who('sol@example.com')));
    expect(signedOut).toEqual([sub, sub]);
  });

  it('is gone once deleted, and its address free', async () => {
    await create('sol@example.com');
    const sub = await subOf('sol@example.com');
    await client.send(new AdminDeleteUserCommand(who(sub)));
    expect([await engine.maySignIn(sub), signedOut]).toEqual([false, [sub]]);
    for (const Command of [AdminDeleteUserCommand, AdminDisableUserCommand, AdminEnableUserCommand])
      expect((await failureOf(client.send(new Command(who(sub)) as AdminDeleteUserCommand))).name).toBe(
        'UserNotFoundException',
      );
    await create('sol@example.com');
    expect(await subOf('sol@example.com')).not.toBe(sub);
  });

  it('of somebody the table names is there from the start, and stays gone', async () => {
    expect(await get('ana@example.com')).toMatchObject({ Username: 'ana', UserStatus: 'CONFIRMED', Enabled: true });
    expect((await failureOf(create('ana@example.com'))).name).toBe('UsernameExistsException');
    await client.send(new AdminDisableUserCommand(who('ana')));
    expect(await engine.maySignIn('ana')).toBe(false);
    await client.send(new AdminDeleteUserCommand(who('ana')));
    expect((await failureOf(get('ana'))).name).toBe('UserNotFoundException');
    await create('ana@example.com');
    expect(await subOf('ana@example.com')).not.toBe('ana');
  });

  it('outlives a restart', async () => {
    const folder = await aFolder();
    await cloud.close();
    await open(folder.path);
    await create('sol@example.com');
    await client.send(new AdminDisableUserCommand(who('sol@example.com')));
    await client.send(new AdminDeleteUserCommand(who('ana')));
    await cloud.close();
    await open(folder.path);
    expect(await get('sol@example.com')).toMatchObject({ Enabled: false });
    expect((await failureOf(get('ana'))).name).toBe('UserNotFoundException');
    await folder.remove();
  });
});

describe('the pool refuses', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['another pool', () => create('sol@example.com', { UserPoolId: 'eu-west-1_Other' }), 'ResourceNotFoundException'],
    ['a name that is no address', () => create('sol'), 'InvalidParameterException'],
    [
      'a subject of the caller’s',
      () => create('sol@example.com', { UserAttributes: [{ Name: 'sub', Value: 'ana' }] }),
      'InvalidParameterException',
    ],
    [
      'what it does not play',
      () => client.send(new AdminSetUserPasswordCommand({ ...who('ana'), Password: 'x', Permanent: true })),
      'UnknownOperationException',
    ],
  ])('%s', async (_, work, name) => {
    expect((await failureOf(work())).name).toBe(name);
  });

  it('whoever has no right to the very operation', async () => {
    client = new CognitoIdentityProviderClient(cloud.as(governor));
    await create('sol@example.com');
    expect(await failureOf(get('sol@example.com'))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`cognito-idp:AdminGetUser on resource: ${arn}`),
    });
  });
});

describe('the directory of the functions', () => {
  const directory = openDirectory(UserPoolId);
  const sol = { email: 'sol@example.com', name: 'Sol' };

  beforeEach(() => {
    const { endpoint, region, credentials } = cloud.as();
    vi.stubEnv('AWS_REGION', region);
    vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  });
  afterEach(() => vi.unstubAllEnvs());

  it('does all of it, once or again', async () => {
    const made = await directory.open(sol);
    expect(made).toEqual({ userId: await subOf(sol.email), hasSignedIn: false });
    expect(await directory.open(sol)).toEqual(made);
    expect(await directory.hasSignedIn(made.userId)).toBe(false);
    await directory.invite(sol);
    await engine.signedIn(made.userId);
    await directory.invite(sol);
    expect(await directory.open(sol)).toEqual({ ...made, hasSignedIn: true });
    expect(await directory.hasSignedIn(made.userId)).toBe(true);
    expect(await directory.hasSignedIn('nobody')).toBe(false);
    for (const _ of [1, 2]) await directory.disable(made.userId);
    expect(await engine.maySignIn(made.userId)).toBe(false);
    for (const _ of [1, 2]) await directory.enable(made.userId);
    expect(await engine.maySignIn(made.userId)).toBe(true);
    for (const _ of [1, 2]) await directory.remove(made.userId);
    await directory.disable(made.userId);
    await directory.enable(made.userId);
    expect(await engine.maySignIn(made.userId)).toBe(false);
  });

  it('finds the account that a call made of which it never heard', async () => {
    cloud.door.inject({ operation: 'AdminCreateUser', kind: 'timeout-after-commit', times: 1 });
    expect(await directory.open(sol)).toMatchObject({ userId: await subOf(sol.email) });
  });

  it('says so where nothing is done for now, and names what is refused for good', async () => {
    cloud.door.inject({ kind: 'throttle', times: 3 });
    expect(await failureOf(directory.invite(sol))).toMatchObject({ code: 'directory.unavailable' });
    expect(await failureOf(directory.open({ ...sol, email: 'sol' }))).toMatchObject({ code: 'request.invalid' });
    expect((await failureOf(openDirectory('eu-west-1_Other').enable('sol'))).name).toBe('ResourceNotFoundException');
  });
});
