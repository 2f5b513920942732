import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditStore } from '../../functions/audit/audit.store.ts';
import { userStore } from '../../functions/shops/user.store.ts';
import type { RouteName, TestRequest } from '../support/events.ts';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { type GivenShop, givenShop } from './given.ts';
import { openAccounts } from './user-attacks.ts';

let lambdas: Lambdas;
let given: GivenShop;
let opened = 0;

beforeAll(async () => {
  lambdas = await openLambdas();
});
afterAll(() => lambdas.close());
beforeEach(async () => {
  opened += 1;
  given = await givenShop(lambdas.table, `norte-${opened}`);
  openAccounts(lambdas, given);
  lambdas.services.refusals.clear();
});

const call = (name: RouteName, request: TestRequest = {}) => lambdas.call(name, { as: given.as('admin'), ...request });
const onUser = (name: RouteName, userId: string, body?: object) =>
  call(name, { params: { userId }, ...(body && { body }) });
const stored = (userId: string) => userStore(lambdas.table).find(given.shop.shopId, userId);
const sellerId = () => given.as('seller').userId;
const adminId = () => given.as('admin').userId;
const account = (userId: string) => lambdas.services.accounts.get(userId);
const refuse = (operation: string, name: string, status: number, times = 3) =>
  lambdas.services.refusals.set(operation, { name, status, times });

const invitation = (more: object = {}) => ({
  email: `sol@${given.shop.slug}.example`,
  name: 'Sol',
  role: 'seller',
  ...more,
});
const invite = (more: object = {}, headers: Record<string, string> = {}) =>
  call('inviteUser', { body: invitation(more), headers });

const auditOf = async (userId: string) => {
  const view = { shopId: given.shop.shopId, subject: { kind: 'user', id: userId } } as const;
  return (await auditStore(lambdas.table).list(view, { limit: 50 })).items.reverse();
};

/** What an access token of the user says. */
const claimsFor = async (userId: string) => {
  const event = { request: { userAttributes: { sub: userId } }, response: {} };
  await lambdas.run('addTokenClaims', event);
  type Details = { claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride: object } } };
  return (event.response as Details).claimsAndScopeOverrideDetails.accessTokenGeneration.claimsToAddOrOverride;
};

describe('an invitation', () => {
  it('makes an account and a user who may sign in as what they were invited as', async () => {
    const { status, json } = await invite({ email: ` SOL@${given.shop.slug}.example ` });
    expect(status).toBe(201);
    expect(json).toMatchObject({ ...invitation(), state: 'active', invitedAt: expect.any(String) });
    const userId = String(json['userId']);
    expect(account(userId)).toMatchObject({ email: invitation().email, name: 'Sol', enabled: true, mails: 1 });
    expect(await claimsFor(userId)).toEqual({ shop_id: given.shop.shopId, role: 'seller' });
    expect(await auditOf(userId)).toMatchObject([
      { action: 'user.invited', by: `user:${adminId()}`, changes: { role: { to: 'seller' } } },
    ]);
  });

  it('again mails again while they have not come, and gives them the role of the latest one', async () => {
    const first = await invite();
    const second = await invite({ name: 'Other' });
    expect(second.status).toBe(201);
    expect(second.json).toMatchObject({ userId: first.json['userId'], name: 'Sol' });
    expect(account(String(first.json['userId']))?.mails).toBe(2);
    expect((await invite({ role: 'admin' })).json).toMatchObject({ userId: first.json['userId'], role: 'admin' });
    expect(await auditOf(String(first.json['userId']))).toMatchObject([
      { changes: { role: { to: 'seller' } } },
      {},
      { changes: { role: { from: 'seller', to: 'admin' } } },
    ]);
  });

  it('under the same key is one, with one mail', async () => {
    const key = { 'idempotency-key': `an-invitation-of-${given.shop.slug}` };
    const [first, second] = [await invite({}, key), await invite({}, key)];
    expect(first.status).toBe(201);
    expect([second.status, second.json]).toEqual([first.status, first.json]);
    expect(account(String(first.json['userId']))?.mails).toBe(1);
    expect((await invite({ name: 'Other' }, key)).json).toMatchObject({ code: 'idempotency.key-reused' });
  });

  it('under the same key at once is one, with one mail', async () => {
    const key = { 'idempotency-key': `at-once-of-${given.shop.slug}` };
    const answers = await Promise.all([invite({}, key), invite({}, key), invite({}, key)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(account(String(answers[0]?.json['userId']))?.mails).toBe(1);
  });

  it.each(['here', 'elsewhere'])('is refused for an address with which somebody signs in %s', async (where) => {
    const other = where === 'here' ? given : await givenShop(lambdas.table, `sur-${opened}`);
    if (where === 'elsewhere') openAccounts(lambdas, other);
    const { status, json } = await invite({ email: `seller@${other.shop.slug}.example` });
    expect([status, json['code']]).toEqual([409, 'user.exists']);
  });

  it('that broke off before the row goes on with the account that is there', async () => {
    const account = { name: 'Sol', enabled: true, status: 'FORCE_CHANGE_PASSWORD', mails: 1, signOuts: 0 } as const;
    lambdas.services.accounts.set('half-invited', { ...account, email: invitation().email });
    expect((await invite()).json).toMatchObject({ userId: 'half-invited', role: 'seller' });
    expect(await stored('half-invited')).toMatchObject({ state: 'active' });
  });

  it('of somebody whose removal broke off finishes that first', async () => {
    refuse('AdminDeleteUser', 'InternalErrorException', 500);
    expect((await onUser('removeUser', sellerId())).status).toBe(503);
    const { status, json } = await invite({ email: `seller@${given.shop.slug}.example` });
    expect(status).toBe(201);
    expect(json['userId']).not.toBe(sellerId());
    expect(account(sellerId())).toBeUndefined();
    expect((await stored(sellerId()))?.state).toBe('removed');
  });

  it.each([
    ['TooManyRequestsException', 400, 503, 'directory.unavailable'],
    ['LimitExceededException', 400, 503, 'directory.unavailable'],
    ['InternalErrorException', 500, 503, 'directory.unavailable'],
    ['InvalidParameterException', 400, 400, 'request.invalid'],
    ['NotAuthorizedException', 400, 500, 'internal'],
  ])('met with %s of Cognito leaves nobody', async (name, of, status, code) => {
    refuse('AdminCreateUser', name, of);
    const answer = await invite();
    expect([answer.status, answer.json['code']]).toEqual([status, code]);
    expect((await call('listUsers')).json['items']).toHaveLength(2);
    expect(answer.body).not.toContain(invitation().email);
  });

  it('is tried again by itself where Cognito failed once', async () => {
    refuse('AdminCreateUser', 'InternalErrorException', 500, 1);
    expect((await invite()).status).toBe(201);
  });

  it.each([
    ['no address', { email: 'sol' }],
    ['an address in letters of another script', { email: 'sоl@example.com' }],
    ['a role nobody has', { role: 'owner' }],
    ['no name', { name: ' ' }],
  ])('is not taken with %s', async (_, more) => {
    expect((await invite(more)).status).toBe(400);
  });
});

describe('a list of users', () => {
  it('shows everybody, and mail addresses to admins alone', async () => {
    const { json } = await call('listUsers');
    const emails = (json['items'] as { email?: string }[]).map(({ email }) => email);
    expect(emails).toEqual([`admin@${given.shop.slug}.example`, `admin@${given.shop.slug}.example`]);
    const toSeller = await call('listUsers', { as: given.as('seller') });
    expect(toSeller.json['items']).toHaveLength(2);
    expect(toSeller.body).not.toContain('@');
  });

  it('goes page by page', async () => {
    const first = await call('listUsers', { query: { limit: '1' } });
    const second = await call('listUsers', { query: { limit: '1', cursor: String(first.json['nextCursor']) } });
    const ids = [first, second].flatMap(({ json }) => (json['items'] as { userId: string }[]).map((one) => one.userId));
    expect(ids.sort()).toEqual([adminId(), sellerId()].sort());
  });
});

describe('a user', () => {
  it('gets another name and role, and the trail tells the role but not the name', async () => {
    const { status, json } = await onUser('updateUser', sellerId(), { name: 'Sol María', role: 'admin' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ name: 'Sol María', role: 'admin', updatedAt: expect.any(String) });
    expect(await claimsFor(sellerId())).toMatchObject({ role: 'admin' });
    expect(await auditOf(sellerId())).toMatchObject([
      { action: 'user.changed', changes: { role: { from: 'seller', to: 'admin' }, name: {} } },
    ]);
    await onUser('updateUser', sellerId(), { role: 'admin' });
    expect(await auditOf(sellerId())).toHaveLength(1);
  });

  it('who is disabled can do nothing, until enabled', async () => {
    expect((await onUser('disableUser', sellerId())).json).toMatchObject({
      state: 'disabled',
      updatedAt: expect.any(String),
    });
    expect(account(sellerId())).toMatchObject({ enabled: false, signOuts: 1 });
    expect(await claimsFor(sellerId())).toEqual({});
    const listed = (await call('listUsers')).json['items'] as { userId: string; stillAssigned?: object }[];
    expect(listed.find(({ userId }) => userId === sellerId())?.stillAssigned).toEqual({
      conversations: false,
      leads: false,
      connections: false,
    });
    const active = (await call('listUsers', { query: { state: 'active' } })).json['items'];
    expect(active).toMatchObject([{ userId: adminId() }]);
    expect(listed.find(({ userId }) => userId === adminId())).not.toHaveProperty('stillAssigned');
    expect((await onUser('enableUser', sellerId())).json).toMatchObject({ state: 'active' });
    expect(account(sellerId())).toMatchObject({ enabled: true });
    expect(await claimsFor(sellerId())).toMatchObject({ role: 'seller' });
    expect((await auditOf(sellerId())).map(({ action }) => action)).toEqual(['user.disabled', 'user.enabled']);
  });

  it('who is removed is gone for good, but for their name', async () => {
    expect((await onUser('removeUser', sellerId())).status).toBe(204);
    expect(account(sellerId())).toBeUndefined();
    expect(await claimsFor(sellerId())).toEqual({});
    expect((await call('listUsers')).body).toContain('"removed"');
    for (const name of ['enableUser', 'disableUser'] as const)
      expect((await onUser(name, sellerId())).status).toBe(404);
    expect((await onUser('updateUser', sellerId(), { role: 'admin' })).status).toBe(404);
    expect((await onUser('removeUser', sellerId())).status).toBe(204);
    expect(await auditOf(sellerId())).toHaveLength(1);
  });

  it.each([
    ['disableUser', 'AdminDisableUser', 'disabled'],
    ['disableUser', 'AdminUserGlobalSignOut', 'disabled'],
    ['removeUser', 'AdminDeleteUser', 'removed'],
  ] as const)('is kept out by the row where %s fails at %s, and the same call mends it', async (name, at, state) => {
    refuse(at, 'InternalErrorException', 500);
    const answer = await onUser(name, sellerId());
    expect([answer.status, answer.json['code']]).toEqual([503, 'directory.unavailable']);
    expect((await stored(sellerId()))?.state).toBe(state);
    expect(await claimsFor(sellerId())).toEqual({});
    expect((await onUser(name, sellerId())).status).toBeLessThan(300);
    expect(account(sellerId())?.enabled ?? false).toBe(false);
    expect(await auditOf(sellerId())).toHaveLength(1);
  });

  it('whose account is gone can still be disabled, enabled and removed', async () => {
    lambdas.services.accounts.delete(sellerId());
    expect((await onUser('disableUser', sellerId())).status).toBe(200);
    expect((await onUser('enableUser', sellerId())).status).toBe(200);
    expect((await onUser('removeUser', sellerId())).status).toBe(204);
  });

  it('neither disables nor removes themself', async () => {
    for (const name of ['disableUser', 'removeUser'] as const) {
      const { status, json } = await onUser(name, adminId());
      expect([status, json['code']]).toEqual([409, 'user.self']);
    }
    expect(account(adminId())).toMatchObject({ enabled: true });
  });
});

describe('an admin always remains', () => {
  it('who is the last one stays it', async () => {
    const { status, json } = await onUser('updateUser', adminId(), { role: 'seller' });
    expect([status, json['code']]).toEqual([409, 'user.last-admin']);
    expect((await onUser('updateUser', adminId(), { name: 'Ana' })).status).toBe(200);
  });

  it('not counting those who are disabled', async () => {
    await onUser('updateUser', sellerId(), { role: 'admin' });
    await onUser('disableUser', sellerId());
    expect((await onUser('updateUser', adminId(), { role: 'seller' })).json).toMatchObject({ code: 'user.last-admin' });
    await onUser('enableUser', sellerId());
    expect((await onUser('updateUser', adminId(), { role: 'seller' })).status).toBe(200);
  });

  it('and whose token still says so, but whose row does not, governs nobody', async () => {
    await onUser('updateUser', sellerId(), { role: 'admin' });
    await onUser('updateUser', adminId(), { role: 'seller' });
    for (const answer of [
      await onUser('disableUser', sellerId()),
      await onUser('removeUser', sellerId()),
      await onUser('updateUser', sellerId(), { role: 'seller' }),
      await onUser('updateUser', adminId(), { role: 'admin' }),
      await invite(),
    ])
      expect([answer.status, answer.json['code']]).toEqual([403, 'request.forbidden']);
    expect(await stored(sellerId())).toMatchObject({ role: 'admin', state: 'active' });
  });
});
