import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keys } from '#table/schema.ts';
import { connectionStore } from '../../functions/connections/connection.store.ts';
import { aConnection, aMetaId } from '../support/builders.ts';
import type { RouteName, TestRequest } from '../support/events.ts';
import { startGraph } from '../support/graph-server.ts';
import { type Answer, type Lambdas, openLambdas } from '../support/lambdas.ts';
import { type GivenShop, givenShop } from './given.ts';

let graph: Awaited<ReturnType<typeof startGraph>>;
let lambdas: Lambdas;
let given: GivenShop;
let shops = 0;

const SHARED = { appId: '900000000000001', appSecret: 'shared-app-secret-000001', verifyToken: 'shared-verify-token' };
const OWN = { appId: '900000000000002', appSecret: 'own-app-secret-000000001', verifyToken: 'own-verify-token-1' };
const TOKEN = 'EAAtoken-of-the-shop-that-nobody-may-see-0001';
const NEXT = 'EAAtoken-that-follows-and-nobody-may-see-0002';
const OWN_TOKEN = 'EAAtoken-of-the-shops-own-app-not-to-see-0003';
const SECRETS = [TOKEN, NEXT, OWN_TOKEN, SHARED.appSecret, SHARED.verifyToken, OWN.appSecret, OWN.verifyToken];
const PIN = '918273';

/** Everything that any answer has said since the start. */
let said = '';

beforeAll(async () => {
  graph = await startGraph();
  lambdas = await openLambdas({ graphUrl: graph.url });
  lambdas.services.secrets.set('vidriera-test/meta', JSON.stringify(SHARED));
});

let number: string;
let account: string;

beforeEach(async () => {
  shops += 1;
  given = await givenShop(lambdas.table, `linea-${shops}`);
  [number, account] = [aMetaId(), aMetaId()];
  const { world } = graph;
  Object.assign(world.apps, { [SHARED.appId]: SHARED.appSecret, [OWN.appId]: OWN.appSecret });
  world.tokens[TOKEN] = { appId: SHARED.appId };
  world.tokens[NEXT] = { appId: SHARED.appId };
  world.tokens[OWN_TOKEN] = { appId: OWN.appId };
  world.numbers[number] = { wabaId: account };
  world.callbacks[SHARED.appId] = 'https://tienda.example/webhooks/whatsapp';
});

afterAll(async () => {
  await lambdas.close();
  await graph.close();
});

const call = async (name: RouteName, request: TestRequest = {}): Promise<Answer> => {
  const answer = await lambdas.call(name, { as: given.as('admin'), ...request });
  said += JSON.stringify(answer);
  return answer;
};
const on = (body?: object): TestRequest => ({ params: { phoneNumberId: number }, ...(body && { body }) });
const input = (change: object = {}) => ({ name: 'Ventas', phoneNumberId: number, wabaId: account, ...change });
const create = (change: object = {}, request: TestRequest = {}) =>
  call('createConnection', { body: input({ token: TOKEN, ...change }), ...request });
const codes = ({ json }: Answer, verdict?: string) => {
  const { findings } = (json['check'] ?? { findings: [] }) as {
    findings: { check: string; code: string; verdict: string }[];
  };
  return findings.filter((one) => !verdict || one.verdict === verdict).map((one) => `${one.check}.${one.code}`);
};
const vault = (name: string) => JSON.parse(lambdas.services.secrets.get(name) ?? 'null') as Record<string, string>;
const token = () => vault(`vidriera-test/tokens/${number}`);

describe('a number', () => {
  it('is connected once for one key, shown with words in the shop’s language, and listed', async () => {
    const headers = { 'idempotency-key': 'a-connection-of-its-own' };
    const made = await create({}, { headers });
    expect(made).toMatchObject({
      status: 201,
      json: {
        phoneNumberId: number,
        displayNumber: '+5491123456789',
        state: 'active',
        quality: 'GREEN',
        setUp: {
          app: 'shared',
          businessId: '300000000000333',
          callbackUrl: 'https://tienda.example/webhooks/whatsapp',
          token: { last4: '0001', type: 'SYSTEM_USER' },
        },
      },
    });
    expect(codes(made, 'failed')).toEqual([]);
    expect(made.body).toContain('El token de Meta es válido.');
    expect((await create({}, { headers })).json).toEqual(made.json);
    expect((await create({ name: 'Otra' }, { headers })).json['code']).toBe('idempotency.key-reused');
    expect((await create()).json['code']).toBe('connection.exists');
    expect((await call('getConnection', on())).json).toEqual(made.json);
    expect((await call('listConnections')).json['items']).toEqual([made.json]);
    expect(token()).toMatchObject({ token: TOKEN, shopId: given.shop.shopId });
  });

  it('is shown to sellers without how it is set up', async () => {
    await create();
    const seller = { as: given.as('seller') };
    const { json } = await call('getConnection', { ...on(), ...seller });
    expect(json).toMatchObject({ state: 'active', name: 'Ventas' });
    expect(json).not.toHaveProperty('setUp');
    const { body } = await call('listConnections', seller);
    for (const hidden of ['last4', 'callbackUrl', 'graphVersion']) expect(body).not.toContain(hidden);
  });

  it('is connected by Embedded Signup, registered with a PIN that nobody is told', async () => {
    graph.world.numbers[number] = { wabaId: account, fields: { status: 'PENDING' } };
    graph.world.codes['the-code'] = TOKEN;
    const body = input({ code: 'the-code' });
    const made = await call('signUpConnection', { body });
    expect(made).toMatchObject({ status: 201, json: { state: 'active' } });
    expect(codes(made)).toContain('status.registered');
    const { pin } = token();
    expect(pin).toMatch(/^\d{6}$/);
    expect(JSON.stringify(made)).not.toContain(`"${pin}"`);
    const again = await call('signUpConnection', { body });
    expect(again).toMatchObject({ status: 422, json: { code: 'connection.refused', reason: 'code.refused' } });
  });

  it('of another shop is refused without telling whose, and stays as it is', async () => {
    await create();
    const first = given;
    const before = token();
    given = await givenShop(lambdas.table, `otra-${shops}`);
    const refused = await create({ token: NEXT });
    expect(refused).toMatchObject({ status: 409, json: { code: 'connection.number-taken' } });
    expect(refused.body).not.toContain(first.shop.shopId);
    expect(token()).toEqual(before);
  });

  it('that Meta does not confirm is refused with the reason, and nothing is kept', async () => {
    graph.world.tokens['EAAtoken-of-somebody-elses-app-xxxxx'] = { appId: '123456' };
    const cases: [object, string][] = [
      [{ token: 'EAAtoken-that-nobody-knows-xxxxxxxxx' }, 'token.invalid'],
      [{ token: 'EAAtoken-of-somebody-elses-app-xxxxx' }, 'app.other'],
      [{ wabaId: aMetaId() }, 'number.not-listed'],
    ];
    for (const [change, reason] of cases) {
      const refused = await create(change);
      expect(refused).toMatchObject({ status: 422, json: { code: 'connection.refused', reason } });
    }
    expect(token()).toBeNull();
    expect(await lambdas.table.get(keys.shopByNumber(number))).toBeUndefined();
  });

  it('needs a seller of the shop, a token, and a version that we speak', async () => {
    for (const change of [{ sellerId: 'nobody' }, { token: 'short' }, { graphVersion: 'v20.0' }, { pin: '12' }]) {
      expect((await create(change)).status).toBe(400);
    }
  });
});

describe('a connection', () => {
  it('changes its settings, is paused and resumed', async () => {
    await create();
    const { userId } = given.as('seller');
    const changed = await call('updateConnection', on({ name: 'Posventa', sellerId: userId, messagesPerSecond: 10 }));
    expect(changed.json).toMatchObject({ name: 'Posventa', sellerId: userId, limits: { messagesPerSecond: 10 } });
    expect((await call('pauseConnection', on())).json).toMatchObject({ state: 'paused', stateReason: 'admin' });
    const resumed = await call('resumeConnection', on());
    expect(resumed.json['state']).toBe('active');
    expect(resumed.json).not.toHaveProperty('stateReason');
  });

  it('is stopped by a check when its token is refused, and comes back with another one', async () => {
    await create();
    graph.world.tokens[TOKEN] = { appId: SHARED.appId, revoked: true };
    const checked = await call('checkConnection', on({}));
    expect(checked.json).toMatchObject({ state: 'reauth', stateReason: 'token.invalid' });
    expect(checked.body).toContain('Meta ya no acepta el token');
    const stuck = await call('resumeConnection', on());
    expect(stuck).toMatchObject({ status: 409, json: { code: 'connection.check-failed', reason: 'token.invalid' } });
    const renewed = await call('rotateToken', on({ token: NEXT }));
    expect(renewed.json).toMatchObject({ state: 'active', setUp: { token: { last4: '0002' } } });
    expect(token()['token']).toBe(NEXT);
  });

  it('of an app that requires its secret is looked at with it, and said to be unable to send', async () => {
    graph.world.requireProof = [SHARED.appId];
    const made = await create();
    graph.world.requireProof = [];
    expect(made.json).toMatchObject({ state: 'pending', stateReason: 'app.proof-required' });
    expect(codes(made)).toEqual(
      expect.arrayContaining(['token.ok', 'number.ok', 'subscription.repaired', 'status.ok']),
    );
    expect((await call('checkConnection', on({}))).json['state']).toBe('active');
  });

  it('whose webhooks go to another host is told so', async () => {
    graph.world.callbacks[SHARED.appId] = 'https://otra.example/webhooks/whatsapp';
    const made = await create();
    expect([made.json['state'], codes(made, 'warning')]).toEqual(['active', ['webhook.other-host']]);
    expect(made.body).toContain('otra.example');
  });

  it('has its subscription mended when asked', async () => {
    await create();
    graph.world.subscribed[account] = [];
    expect(codes(await call('checkConnection', on({})), 'failed')).toEqual(['subscription.missing']);
    expect(codes(await call('checkConnection', on({ repair: true })))).toContain('subscription.repaired');
    expect(graph.world.subscribed[account]).toEqual([SHARED.appId]);
  });

  it('moves to an app of the shop’s own, whose secret rotates under one address', async () => {
    await create();
    expect((await call('setApp', on(OWN))).json).toMatchObject({ code: 'connection.refused', reason: 'app.other' });
    const made = await call('setApp', on({ ...OWN, token: OWN_TOKEN }));
    expect(made).toMatchObject({ status: 200, json: { setUp: { app: 'own', token: { last4: '0003' } } } });
    expect(graph.world.subscribed[account]).toEqual([OWN.appId]);
    const { callbackUrl } = made.json['setUp'] as { callbackUrl: string };
    const key = /^https:\/\/tienda\.example\/webhooks\/whatsapp\/([0-9a-f]{32})$/.exec(callbackUrl)?.[1];
    expect(vault(`vidriera-test/apps/${key}`)).toEqual(OWN);
    graph.world.apps[OWN.appId] = 'own-app-secret-000000002';
    const rotated = await call('setApp', on({ ...OWN, appSecret: 'own-app-secret-000000002' }));
    expect(rotated.json['setUp']).toMatchObject({ app: 'own', appId: OWN.appId, callbackUrl });
    expect(vault(`vidriera-test/apps/${key}`)).toEqual({
      ...OWN,
      appSecret: 'own-app-secret-000000002',
      previousAppSecret: OWN.appSecret,
    });
    const back = await call('setSharedApp', on({ token: NEXT }));
    expect(back.json['setUp']).toMatchObject({
      app: 'shared',
      callbackUrl: 'https://tienda.example/webhooks/whatsapp',
    });
    expect(lambdas.services.deleted).toContain(`vidriera-test/apps/${key}`);
    expect(graph.world.subscribed[account]).toEqual([SHARED.appId]);
  });

  it('shares address and secret with the others of its app, until the last goes', async () => {
    const second = aMetaId();
    graph.world.numbers[second] = { wabaId: account };
    const addressOf = ({ json }: Answer) => (json['setUp'] as { callbackUrl: string }).callbackUrl;
    const first = await create({ token: OWN_TOKEN, app: OWN });
    const other = await create({ token: OWN_TOKEN, app: OWN, phoneNumberId: second });
    expect(addressOf(other)).toBe(addressOf(first));
    const secret = `vidriera-test/apps/${addressOf(first).split('/').at(-1)}`;
    await call('deleteConnection', on());
    expect([lambdas.services.deleted.has(secret), graph.world.subscribed[account]]).toEqual([false, [OWN.appId]]);
    await call('deleteConnection', { params: { phoneNumberId: second } });
    expect([lambdas.services.deleted.has(secret), graph.world.subscribed[account]]).toEqual([true, []]);
  });

  it('goes to the shop that proves it, once the former one has lost it', async () => {
    await create();
    const former = given;
    given = await givenShop(lambdas.table, `nueva-${shops}`);
    const store = connectionStore(lambdas.table);
    const row = await store.find(former.shop.shopId, number);
    if (!row) throw new Error('it was made');
    const { renewingAt: _, ...settled } = row;
    await store.save({ ...settled, version: row.version + 1 });
    expect(await create({ token: NEXT })).toMatchObject({ status: 409, json: { code: 'connection.number-taken' } });
    graph.world.tokens[TOKEN] = { appId: SHARED.appId, revoked: true };
    expect(await create({ token: NEXT })).toMatchObject({ status: 201, json: { state: 'active' } });
    expect(token()).toMatchObject({ token: NEXT, shopId: given.shop.shopId });
    given = former;
    const seen = await call('getConnection', on());
    expect(seen.json).toMatchObject({ state: 'disabled', stateReason: 'taken-over' });
    expect((await call('rotateToken', on({ token: NEXT }))).json['code']).toBe('connection.number-taken');
    expect((await call('deleteConnection', on())).status).toBe(204);
    expect(token()).toMatchObject({ token: NEXT });
  });

  it('is deleted with its secrets, and may be connected again by another shop', async () => {
    await create({ pin: PIN });
    const gone = await call('deleteConnection', on());
    expect([gone.status, gone.body]).toEqual([204, '']);
    expect(lambdas.services.deleted).toContain(`vidriera-test/tokens/${number}`);
    expect((await call('getConnection', on())).status).toBe(404);
    given = await givenShop(lambdas.table, `luego-${shops}`);
    expect(await create({ token: NEXT })).toMatchObject({ status: 201, json: { state: 'active' } });
    expect(token()).toMatchObject({ token: NEXT, shopId: given.shop.shopId });
    expect(token()).not.toHaveProperty('pin');
  });

  it('is not there for the other routes when it is not there', async () => {
    for (const name of ['pauseConnection', 'resumeConnection', 'checkConnection', 'deleteConnection'] as const) {
      expect((await call(name, on(name === 'checkConnection' ? {} : undefined))).status).toBe(404);
    }
  });
});

describe('without Meta', () => {
  it('nothing is connected while no Meta app is set', async () => {
    const shared = lambdas.services.secrets.get('vidriera-test/meta') ?? '';
    lambdas.services.secrets.set('vidriera-test/meta', '{"appId":"","appSecret":"","verifyToken":"x"}');
    lambdas.coldStart();
    expect(await create()).toMatchObject({ status: 409, json: { code: 'meta-app.missing' } });
    lambdas.services.secrets.set('vidriera-test/meta', shared);
    lambdas.coldStart();
  });
});

describe('check-connections', () => {
  it('checks every shop, stops what Meta refuses, and one that breaks stops no other', async () => {
    await create();
    const { shopId } = given.shop;
    const store = connectionStore(lambdas.table);
    const sick = aConnection({ shopId, name: 'Sin token' });
    const broken = aConnection({ shopId, app: 'own', webhookKey: 'f'.repeat(32) });
    await store.claim(sick, undefined);
    await store.claim(broken, undefined);
    lambdas.clear();
    const round = (await lambdas.run('checkConnections')) as Record<string, number>;
    expect(round).toMatchObject({ unchecked: 1 });
    expect(round['stopped']).toBeGreaterThanOrEqual(1);
    expect(await store.find(shopId, sick.phoneNumberId)).toMatchObject({
      state: 'reauth',
      stateReason: 'token.missing',
    });
    expect(await store.find(shopId, broken.phoneNumberId)).toEqual(broken);
    expect(lambdas.logs()).toContainEqual(
      expect.objectContaining({ message: 'a connection cannot send', shopId, state: 'reauth' }),
    );
    expect(lambdas.logs()).toContainEqual(expect.objectContaining({ message: 'a check failed', shopId }));
    const metrics = lambdas.logs().filter((line) => '_aws' in line);
    expect(metrics).toContainEqual(expect.objectContaining({ ConnectionsNotChecked: 1 }));
    await store.remove(broken);
    expect(await lambdas.run('checkConnections')).toMatchObject({ checked: 0, unchecked: 0 });
  });
});

describe('secrets', () => {
  it('were in no answer, no log line and no item of all of the above', async () => {
    const everything = { answers: said, logs: lambdas.logText(), rows: (await lambdas.rows()).join('\n') };
    expect(said.length).toBeGreaterThan(10_000);
    for (const [where, text] of Object.entries(everything)) {
      for (const secret of [...SECRETS, 'own-app-secret-000000002', `"${PIN}"`]) {
        expect({ where, secret, found: text.includes(secret) }).toEqual({ where, secret, found: false });
      }
    }
  });

  it('travel to Meta in a header, never in the address of a number or an account', () => {
    for (const { path } of graph.calls) for (const secret of SECRETS) expect(path).not.toContain(secret);
  });
});
