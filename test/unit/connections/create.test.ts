import { beforeEach, describe, expect, it } from 'vitest';
import { deleteConnection } from '../../../functions/connections/change-connection.ts';
import { checkConnection, pauseConnection, resumeConnection } from '../../../functions/connections/check-connection.ts';
import type { Connection } from '../../../functions/connections/connection.ts';
import type { CreateConnection } from '../../../functions/connections/connection-draft.ts';
import {
  CreateConnection as CreateSchema,
  SignUpConnection as SignUpSchema,
} from '../../../functions/connections/connection-draft.ts';
import { createConnection, signUpConnection } from '../../../functions/connections/create-connection.ts';
import { setApp } from '../../../functions/connections/move-app.ts';
import { rotateToken } from '../../../functions/connections/renew-secrets.ts';
import { aShop } from '../../support/builders.ts';
import { MINUTE } from '../../support/clock.ts';
import {
  ACCOUNT,
  MetaSays,
  memoryConnections,
  NUMBER,
  OWN_APP,
  PORTFOLIO,
  SHARED_APP,
  TOKEN,
} from '../../support/memory-connections.ts';
import { failureOf } from '../../support/ports.ts';

let world: ReturnType<typeof memoryConnections>;
beforeEach(() => {
  world = memoryConnections();
});

const by = 'user:ana' as const;
const KEY = 'a-key-of-sixteen-characters';
const ids = { phoneNumberId: NUMBER, wabaId: ACCOUNT };
const input = (change: Partial<CreateConnection> = {}) =>
  CreateSchema().parse({ ...ids, name: 'Ventas', token: TOKEN, ...change });
const create = (change: Partial<CreateConnection> = {}, { shopId = world.shop.shopId, key = '' } = {}) =>
  createConnection({ shopId, input: input(change), idempotencyKey: key || undefined, by }, world.ports);
const signUp = (change: object = {}, { shopId = world.shop.shopId, key = '' } = {}) => {
  const body = SignUpSchema().parse({ ...ids, name: 'Ventas', code: 'the-code', ...change });
  return signUpConnection({ shopId, input: body, idempotencyKey: key || undefined, by }, world.ports);
};

describe('a number with a token of the shop’s own', () => {
  it('becomes active: proven, subscribed, its token in the vault alone', async () => {
    const connection = await create({ sellerId: 'seller-1' });
    expect(connection).toMatchObject({
      ...ids,
      shopId: world.shop.shopId,
      businessId: PORTFOLIO,
      displayNumber: '+5491123456789',
      verifiedName: 'Rara y Mágica',
      sellerId: 'seller-1',
      app: 'shared',
      state: 'active',
      token: { last4: '0001', type: 'SYSTEM_USER' },
      limits: { messagesPerSecond: 80, messagingTier: 'TIER_2K' },
      quality: 'GREEN',
    });
    expect(connection.stateReason).toBeUndefined();
    expect(world.store.row(world.shop.shopId)).toEqual(connection);
    expect(JSON.stringify([...world.store.rows.values()])).not.toContain(TOKEN);
    expect(world.tokens.secrets.get(NUMBER)).toEqual({ shopId: world.shop.shopId, token: TOKEN });
    expect(world.meta.called('subscribe')).toEqual([['subscribe', TOKEN, ACCOUNT]]);
    expect(world.meta.called('register')).toEqual([]);
    expect(world.meta.called('inspect')[0]?.[2]).toEqual(SHARED_APP);
  });

  it('of the shop’s own app gets a webhook of its own, and the app goes to its vault', async () => {
    world.meta.says.inspection = { ...world.meta.says.inspection, appId: OWN_APP.appId };
    const connection = await create({ app: OWN_APP });
    expect(connection).toMatchObject({
      app: 'own',
      appId: OWN_APP.appId,
      webhookKey: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect([...world.apps.secrets]).toEqual([[connection.webhookKey, OWN_APP]]);
    expect(JSON.stringify(connection)).not.toContain(OWN_APP.appSecret);
    expect(world.meta.called('inspect').map(([, , app]) => app)).toEqual([OWN_APP, OWN_APP]);
  });

  it('used on the phone too is slower and never registered', async () => {
    world.meta.says.facts = { ...world.meta.says.facts, status: 'PENDING', onPhoneApp: true };
    const connection = await create({ coexistence: true });
    expect(connection).toMatchObject({ limits: { messagesPerSecond: 20 }, state: 'pending' });
    expect(world.meta.called('register')).toEqual([]);
    const tooFast = await failureOf(create({ coexistence: true, messagesPerSecond: 21 }));
    expect(tooFast).toMatchObject({ code: 'request.invalid' });
  });

  it('is not taken with a seller of another shop', async () => {
    for (const sellerId of ['seller-2', 'nobody']) {
      expect(await failureOf(create({ sellerId }))).toMatchObject({ code: 'request.invalid' });
    }
    expect(world.meta.calls).toEqual([]);
  });

  it.each<[string, () => void]>([
    ['token.invalid', () => (world.meta.says.inspection = { ...world.meta.says.inspection, isValid: false })],
    [
      'token.expired',
      () => (world.meta.says.inspection = { ...world.meta.says.inspection, isValid: false, subcode: 463 }),
    ],
    ['app.other', () => (world.meta.says.inspection = { ...world.meta.says.inspection, appId: '1234567' })],
    ['permissions.missing', () => (world.meta.says.inspection = { ...world.meta.says.inspection, scopes: [] })],
    [
      'permissions.other-account',
      () => {
        const granular = [{ scope: 'whatsapp_business_messaging', targetIds: ['777777'] }];
        world.meta.says.inspection = { ...world.meta.says.inspection, granular };
      },
    ],
    ['number.not-listed', () => (world.meta.says.numbers = ['100000000000999'])],
    ['number.unknown', () => (world.meta.failures.number = new MetaSays(100))],
    ['app.refused', () => (world.meta.failures.inspect = new MetaSays(190))],
    ['app.other', () => (world.meta.failures.inspect = new MetaSays(100))],
    ['permissions.other-account', () => (world.meta.failures.numbersOf = new MetaSays(200))],
  ])('that Meta does not confirm (%s) leaves nothing anywhere', async (reason, prepare) => {
    prepare();
    const error = await failureOf(create());
    expect(error).toMatchObject({ code: 'connection.refused', details: { reason } });
    expect(JSON.stringify(error) + String((error as Error).stack) + String((error as Error).cause)).not.toContain(
      TOKEN,
    );
    expect([world.store.rows.size, world.tokens.secrets.size]).toEqual([0, 0]);
  });

  it.each(['inspect', 'number', 'numbersOf'] as const)(
    'asks to try again when Meta does not answer %s',
    async (name) => {
      world.meta.failures[name] = new Error('no answer');
      expect(await failureOf(create())).toMatchObject({ code: 'meta.unavailable', retryable: true });
      world.meta.failures[name] = new MetaSays(2);
      expect(await failureOf(create())).toMatchObject({ code: 'meta.unavailable' });
      expect(world.tokens.secrets.size).toBe(0);
    },
  );
});

describe('a number belongs to one shop', () => {
  it('so another’s is refused without a word about whose, and its token stays', async () => {
    await create({}, { shopId: world.other.shopId });
    const before = structuredClone([...world.tokens.secrets]);
    world.meta.says.code.token = 'another-token-of-the-number';
    for (const attempt of [create({ token: 'another-token-of-the-number' }), signUp()]) {
      const error = await failureOf(attempt);
      expect(error).toMatchObject({ code: 'connection.number-taken', status: 409, details: {} });
      expect(String(error)).not.toContain(world.other.shopId);
    }
    expect([...world.tokens.secrets]).toEqual(before);
    expect(world.store.row(world.shop.shopId)).toBeUndefined();
  });

  it('and of two at once one wins, with its own token in the vault', async () => {
    const tokens = { [world.shop.shopId]: 'token-of-the-first-shop', [world.other.shopId]: 'token-of-the-other-shop' };
    const results = await Promise.allSettled(
      Object.entries(tokens).map(([shopId, token]) => create({ token }, { shopId })),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [winner] = [...world.store.rows.values()];
    expect(world.store.rows.size).toBe(1);
    expect(world.tokens.secrets.get(NUMBER)).toMatchObject({ token: tokens[winner?.shopId ?? ''] });
  });

  it('which is told when it has it already', async () => {
    await create();
    expect(await failureOf(create())).toMatchObject({ code: 'connection.exists' });
  });
});

describe('a second number of one app', () => {
  const SECOND = '100000000000112';
  it('gets the address of the first, and what signed until a moment ago still does', async () => {
    world.meta.says.inspection = { ...world.meta.says.inspection, appId: OWN_APP.appId };
    world.meta.says.numbers = [NUMBER, SECOND];
    const first = await create({ app: OWN_APP });
    const next = { ...OWN_APP, appSecret: 'own-app-secret-00000002' };
    const second = await create({ phoneNumberId: SECOND, app: next });
    expect(second.webhookKey).toBe(first.webhookKey);
    expect([...world.apps.secrets]).toEqual([[first.webhookKey, { ...next, previousAppSecret: OWN_APP.appSecret }]]);
  });

  it('of another shop has an address of its own', async () => {
    world.meta.says.inspection = { ...world.meta.says.inspection, appId: OWN_APP.appId };
    world.meta.says.numbers = [NUMBER, SECOND];
    const first = await create({ app: OWN_APP });
    const second = await create({ phoneNumberId: SECOND, app: OWN_APP }, { shopId: world.other.shopId });
    expect(second.webhookKey).not.toBe(first.webhookKey);
  });
});

describe('a number that its shop has lost at Meta', () => {
  const NEXT = 'token-of-the-next-shop-0009';
  const ELSEWHERE = '200000000000999';
  let loser: string;
  const take = (change: Partial<CreateConnection> = {}) => create({ token: NEXT, wabaId: ELSEWHERE, ...change });

  beforeEach(async () => {
    loser = world.other.shopId;
    await create({}, { shopId: loser });
    world.clock.advance(2 * MINUTE);
  });
  const loses = (answer: () => string[] | Promise<string[]>) => {
    world.meta.numbersFor[TOKEN] = answer;
  };

  it.each<[string, () => string[] | Promise<string[]>]>([
    ['whose token is refused', () => Promise.reject(new MetaSays(190))],
    ['whose account lists it no more', () => []],
  ])('%s goes to whoever proves it', async (_, answer) => {
    loses(answer);
    const won = await take();
    expect(won).toMatchObject({ shopId: world.shop.shopId, state: 'active', wabaId: ELSEWHERE });
    expect(world.store.row(loser)).toMatchObject({ state: 'disabled', stateReason: 'taken-over' });
    expect(world.tokens.secrets.get(NUMBER)).toEqual({ shopId: world.shop.shopId, token: NEXT });
  });

  it.each<[string, () => string[] | Promise<string[]>]>([
    ['still lists it', () => [NUMBER]],
    ['gives no answer', () => Promise.reject(new Error('no answer'))],
    ['is busy', () => Promise.reject(new MetaSays(4))],
    ['does not show the account', () => Promise.reject(new MetaSays(100, 33))],
    ['lacks a permission', () => Promise.reject(new MetaSays(200))],
  ])('is not lost while Meta %s', async (_, answer) => {
    loses(answer);
    const before = [world.store.row(loser), world.tokens.secrets.get(NUMBER)];
    expect(await failureOf(take())).toMatchObject({ code: 'connection.number-taken', details: {} });
    expect([world.store.row(loser), world.tokens.secrets.get(NUMBER)]).toEqual(before);
  });

  it('is not lost while its shop stores another token, or gives it up', async () => {
    loses(() => []);
    const row = world.store.row(loser) as Connection;
    const busy = [{ renewingAt: world.clock().toISOString() }, { state: 'disabled', stateReason: 'deleted' } as const];
    for (const change of busy) {
      world.store.put({ ...row, ...change });
      expect(await failureOf(take())).toMatchObject({ code: 'connection.number-taken' });
    }
    world.store.put(row);
    world.tokens.secrets.delete(NUMBER);
    expect(await failureOf(take())).toMatchObject({ code: 'connection.number-taken' });
  });

  it('does not go to whom Meta does not confirm', async () => {
    loses(() => []);
    world.meta.says.tokens[NEXT] = { isValid: false };
    expect(await failureOf(take())).toMatchObject({ code: 'connection.refused' });
    expect(world.store.row(loser)).toMatchObject({ state: 'active' });
  });

  it('goes to one of two at once', async () => {
    loses(() => []);
    const third = aShop().shopId;
    const results = await Promise.allSettled([take(), create({ token: NEXT, wabaId: ELSEWHERE }, { shopId: third })]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const active = [...world.store.rows.values()].filter(({ state }) => state === 'active');
    expect(active).toHaveLength(1);
    expect(world.tokens.secrets.get(NUMBER)).toMatchObject({ shopId: active[0]?.shopId });
  });

  it('stays when its shop brings another token at the same moment', async () => {
    loses(async () => {
      await rotateToken({ shopId: loser, phoneNumberId: NUMBER, by, token: 'token-brought-in-time-0010' }, world.ports);
      throw new MetaSays(190);
    });
    expect(await failureOf(take())).toMatchObject({ code: 'change.conflict' });
    expect(world.store.row(loser)).toMatchObject({ state: 'active', token: { last4: '0010' } });
    expect(world.tokens.secrets.get(NUMBER)).toMatchObject({ shopId: loser, token: 'token-brought-in-time-0010' });
  });

  it('is left alone by its former shop from then on, which may only forget it', async () => {
    loses(() => []);
    const won = await take();
    const which = { shopId: loser, phoneNumberId: NUMBER, by };
    for (const attempt of [
      () => rotateToken({ ...which, token: TOKEN }, world.ports),
      () => setApp({ ...which, app: OWN_APP, token: TOKEN }, world.ports),
      () => checkConnection({ ...which, repair: true }, world.ports),
      () => pauseConnection(which, world.ports),
      () => resumeConnection(which, world.ports),
    ]) {
      expect(await failureOf(attempt())).toMatchObject({ code: 'connection.number-taken' });
    }
    await deleteConnection(which, world.ports);
    expect(world.store.row(loser)).toBeUndefined();
    expect(world.store.row(world.shop.shopId)).toEqual(won);
    expect(world.tokens.secrets.get(NUMBER)).toMatchObject({ token: NEXT });
    expect(world.meta.called('unsubscribe')).toEqual([]);
  });

  it('lost while its former shop is storing a token is not stored over', async () => {
    world.meta.failures.inspect = async () => {
      delete world.meta.failures.inspect;
      loses(() => []);
      await take();
      delete world.meta.numbersFor[TOKEN];
    };
    const rotated = rotateToken(
      { shopId: loser, phoneNumberId: NUMBER, by, token: 'token-that-comes-late-0011' },
      world.ports,
    );
    expect(await failureOf(rotated)).toMatchObject({ code: 'connection.number-taken' });
    expect(world.tokens.secrets.get(NUMBER)).toMatchObject({ shopId: world.shop.shopId, token: NEXT });
  });

  it('comes back to its former shop the same way', async () => {
    loses(() => []);
    await take();
    world.clock.advance(2 * MINUTE);
    delete world.meta.numbersFor[TOKEN];
    world.meta.numbersFor[NEXT] = () => Promise.reject(new MetaSays(190));
    expect(await create({}, { shopId: loser })).toMatchObject({ state: 'active', shopId: loser });
    expect(world.store.row(world.shop.shopId)).toMatchObject({ stateReason: 'taken-over' });
  });
});

describe('the same request again', () => {
  it('gives the same connection, with no second call to Meta', async () => {
    const first = await create({}, { key: KEY });
    const calls = world.meta.calls.length;
    expect(await create({}, { key: KEY })).toEqual(first);
    expect(world.meta.calls).toHaveLength(calls);
    expect(await failureOf(create({ name: 'Otra' }, { key: KEY }))).toMatchObject({ code: 'idempotency.key-reused' });
  });

  it('twice at once makes one connection', async () => {
    const results = await Promise.allSettled([create({}, { key: KEY }), create({}, { key: KEY })]);
    const codes = results.map((one) => (one.status === 'fulfilled' ? 'made' : (one.reason as { code: string }).code));
    expect(codes).toContain('made');
    expect(codes.every((code) => code === 'made' || code === 'change.conflict')).toBe(true);
    expect(world.store.rows.size).toBe(1);
    expect(await create({}, { key: KEY })).toMatchObject({ state: 'active' });
  });

  it('a moment later, while the first is under way, leaves it to the second', async () => {
    let second: Promise<unknown> | undefined;
    world.meta.failures.subscribedApps = async () => {
      delete world.meta.failures.subscribedApps;
      world.clock.advance(1);
      second = create({}, { key: KEY });
      await second;
    };
    expect(await failureOf(create({}, { key: KEY }))).toMatchObject({ code: 'change.conflict' });
    expect(await second).toMatchObject({ state: 'active' });
    expect(await create({}, { key: KEY })).toEqual(await second);
  });

  it.each([
    ['before the vault', () => (world.tokens.failing.write = new Error('died'))],
    ['after the vault', () => (world.meta.failures.inspect = afterThe(2))],
  ])('finishes what died %s, and until then nothing is usable', async (_, prepare) => {
    prepare();
    const { save } = world.ports.connections;
    world.ports.connections.save = () => Promise.reject(new Error('died'));
    expect(await failureOf(create({}, { key: KEY }))).toMatchObject({ message: 'died' });
    expect(world.store.row(world.shop.shopId)).toMatchObject({ state: 'pending', stateReason: 'unfinished' });
    world.ports.connections.save = save;
    delete world.tokens.failing.write;
    delete world.meta.failures.inspect;
    expect(await create({}, { key: KEY })).toMatchObject({ state: 'active' });
    expect(world.tokens.secrets.get(NUMBER)).toMatchObject({ token: TOKEN });
  });

  it('by another shop finds the number taken even while the first is unfinished', async () => {
    world.tokens.failing.write = new Error('died');
    await failureOf(create());
    delete world.tokens.failing.write;
    const error = await failureOf(create({}, { shopId: world.other.shopId }));
    expect(error).toMatchObject({ code: 'connection.number-taken' });
    expect(world.tokens.secrets.size).toBe(0);
  });
});

/** Fails from a certain call on. */
const afterThe = (count: number) => {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls >= count) throw new Error('died');
  };
};

describe('Embedded Signup', () => {
  it('exchanges the code at once, registers the number with a PIN of ours and subscribes our app', async () => {
    world.meta.says.facts = { ...world.meta.says.facts, status: 'PENDING' };
    const connection = await signUp();
    expect(connection).toMatchObject({ state: 'active', app: 'shared' });
    expect(world.meta.calls[0]).toEqual(['exchangeCode', SHARED_APP, 'the-code']);
    const { pin } = world.tokens.secrets.get(NUMBER) as { pin: string };
    expect(pin).toMatch(/^\d{6}$/);
    expect(world.meta.called('register')).toEqual([['register', TOKEN, NUMBER, pin]]);
    expect(world.meta.called('subscribe')).toHaveLength(1);
  });

  it('stays pending with the reason when the number has another PIN', async () => {
    world.meta.says.facts = { ...world.meta.says.facts, status: 'PENDING' };
    world.meta.says.pin = '123456';
    expect(await signUp()).toMatchObject({ state: 'pending', stateReason: 'status.pin-wrong' });
    world.meta.says.code.value = 'the-code';
    expect(await signUp({ pin: '123456' })).toMatchObject({ state: 'active' });
  });

  it('believes no id that the browser says', async () => {
    world.meta.says.numbers = ['100000000000999'];
    expect(await failureOf(signUp())).toMatchObject({ details: { reason: 'number.not-listed' } });
    expect(world.tokens.secrets.size).toBe(0);
  });

  it('refuses a code that is used or late', async () => {
    expect(await failureOf(signUp({ code: 'old' }))).toMatchObject({
      code: 'connection.refused',
      details: { reason: 'code.refused', metaCode: 100 },
    });
  });

  it.each([1, 101])('says when it is the app that Meta refuses (%s)', async (code) => {
    world.meta.failures.exchangeCode = new MetaSays(code);
    expect(await failureOf(signUp())).toMatchObject({ details: { reason: 'app.refused' } });
    world.meta.failures.exchangeCode = new MetaSays(2);
    expect(await failureOf(signUp())).toMatchObject({ code: 'meta.unavailable' });
  });

  it('sent twice with one key spends the code once', async () => {
    const first = await signUp({}, { key: KEY });
    expect(await signUp({}, { key: KEY })).toEqual(first);
    expect(world.meta.called('exchangeCode')).toHaveLength(1);
  });

  it('is not possible while the deployment has no Meta app', async () => {
    world.ports.shared = async () => undefined;
    expect(await failureOf(signUp())).toMatchObject({ code: 'meta-app.missing' });
  });
});

describe('what may be asked', () => {
  it.each<[string, object]>([
    ['a token with spaces', { token: 'two words make no token at all' }],
    ['a number with letters', { phoneNumberId: '123abc' }],
    ['a PIN of five digits', { pin: '12345' }],
    ['a version without its v', { graphVersion: '25.0' }],
    ['a version that lacks what we ask for', { graphVersion: 'v23.0' }],
    ['more messages than Meta ever lets through', { messagesPerSecond: 1001 }],
    ['a field there is not', { state: 'active' }],
  ])('is not %s', (_, change) => {
    expect(CreateSchema().safeParse({ ...ids, name: 'x', token: TOKEN, ...change }).success).toBe(false);
  });
});
