import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#core/actor.ts';
import { deleteConnection, updateConnection } from '../../../functions/connections/change-connection.ts';
import { pauseConnection, resumeConnection } from '../../../functions/connections/check-connection.ts';
import { type CheckRound, checkConnections } from '../../../functions/connections/check-connections.ts';
import type { Connection } from '../../../functions/connections/connection.ts';
import { UpdateConnection } from '../../../functions/connections/connection-draft.ts';
import { connectionView } from '../../../functions/connections/connection-view.ts';
import { type MetaApp, rotateApp } from '../../../functions/connections/meta-app.ts';
import { setApp, setSharedApp } from '../../../functions/connections/move-app.ts';
import { rotateToken } from '../../../functions/connections/renew-secrets.ts';
import { aConnection, aShop } from '../../support/builders.ts';
import { HOUR, MINUTE, NOON } from '../../support/clock.ts';
import {
  ACCOUNT,
  MetaSays,
  memoryConnections,
  NUMBER,
  OWN_APP,
  SHARED_APP,
  TOKEN,
} from '../../support/memory-connections.ts';
import { failureOf } from '../../support/ports.ts';

let world: ReturnType<typeof memoryConnections>;
let which: { shopId: string; phoneNumberId: string; by: Actor };

const given = (change: Partial<Connection> = {}) => {
  world.tokens.secrets.set(NUMBER, { shopId: world.shop.shopId, token: TOKEN, pin: '111111' });
  const { by: _, ...ids } = which;
  return world.store.put(aConnection({ ...ids, wabaId: ACCOUNT, ...change }));
};

beforeEach(() => {
  world = memoryConnections();
  which = { shopId: world.shop.shopId, phoneNumberId: NUMBER, by: 'user:ana' };
  world.meta.says.subscribed = [SHARED_APP.appId];
});

describe('settings', () => {
  const update = (change: object) =>
    updateConnection({ ...which, change: UpdateConnection().parse(change) }, world.ports);

  it('change one by one', async () => {
    given({ sellerId: 'seller-1' });
    expect(await update({ name: 'Posventa' })).toMatchObject({ name: 'Posventa', sellerId: 'seller-1', version: 2 });
    expect((await update({ sellerId: null })).sellerId).toBeUndefined();
    expect(await update({ sellerId: 'seller-1', graphVersion: 'v26.0' })).toMatchObject({ sellerId: 'seller-1' });
    expect(await failureOf(update({ sellerId: 'seller-2' }))).toMatchObject({ code: 'request.invalid' });
  });

  it('keep the rate within what coexistence allows', async () => {
    given({ limits: { messagesPerSecond: 60, messagingTier: 'TIER_2K' } });
    expect((await update({ coexistence: true })).limits).toEqual({ messagesPerSecond: 20, messagingTier: 'TIER_2K' });
    expect(await failureOf(update({ messagesPerSecond: 30 }))).toMatchObject({ code: 'request.invalid' });
    expect((await update({ messagesPerSecond: 5 })).limits.messagesPerSecond).toBe(5);
    expect((await update({ coexistence: false })).limits.messagesPerSecond).toBe(5);
    await update({ coexistence: true, messagesPerSecond: 20 });
    expect((await update({ coexistence: false })).limits.messagesPerSecond).toBe(80);
  });

  it('changed by two at once all hold', async () => {
    given();
    await Promise.all([update({ name: 'Uno' }), update({ messagesPerSecond: 7 })]);
    expect(world.store.row(which.shopId)).toMatchObject({ name: 'Uno', limits: { messagesPerSecond: 7 }, version: 3 });
  });

  it('of a connection of another shop are not found', async () => {
    given();
    const foreign = updateConnection({ ...which, shopId: world.other.shopId, change: { name: 'x' } }, world.ports);
    expect(await failureOf(foreign)).toMatchObject({ code: 'not-found' });
  });
});

describe('a pause', () => {
  it('stops sending until an admin resumes it, and again is no change', async () => {
    given();
    const paused = await pauseConnection(which, world.ports);
    expect(paused).toMatchObject({ state: 'paused', stateReason: 'admin', version: 2 });
    expect(await pauseConnection(which, world.ports)).toEqual(paused);
    const resumed = await resumeConnection(which, world.ports);
    expect([resumed.state, resumed.stateReason]).toEqual(['active', undefined]);
    expect(await resumeConnection(which, world.ports)).toEqual(resumed);
  });

  it.each(['reauth', 'restricted', 'disabled', 'pending'] as const)(
    'of Meta’s (%s) ends after a passing check',
    async (state) => {
      given({ state, stateReason: 'graph-368' });
      expect(await resumeConnection(which, world.ports)).toMatchObject({ state: 'active', check: { at: NOON } });
    },
  );

  it('does not end while the check fails, which is kept', async () => {
    given({ state: 'restricted', stateReason: 'graph-368' });
    world.meta.says.facts = { ...world.meta.says.facts, status: 'BANNED' };
    const error = await failureOf(resumeConnection(which, world.ports));
    expect(error).toMatchObject({ code: 'connection.check-failed', details: { reason: 'status.banned' } });
    const row = world.store.row(which.shopId);
    expect(row).toMatchObject({ state: 'restricted', stateReason: 'graph-368', check: { at: NOON } });
  });

  it('does not end when Meta does not answer', async () => {
    given({ state: 'paused' });
    world.meta.failures.number = new Error('no answer');
    expect(await failureOf(resumeConnection(which, world.ports))).toMatchObject({ code: 'connection.check-failed' });
  });

  it('that comes while it is being resumed stands', async () => {
    const row = given({ state: 'reauth' });
    world.meta.failures.number = async () => {
      world.store.put({ ...row, state: 'paused', stateReason: 'admin', version: 2 });
    };
    expect(await failureOf(resumeConnection(which, world.ports))).toMatchObject({ code: 'change.conflict' });
    expect(world.store.row(which.shopId)).toMatchObject({ state: 'paused' });
  });
});

describe('another token', () => {
  const NEW = 'the-token-that-follows-9999';
  const rotate = () => rotateToken({ ...which, token: NEW }, world.ports);

  it('takes the place of the former, keeps the PIN, and brings the connection back', async () => {
    given({ state: 'reauth', stateReason: 'graph-190' });
    world.clock.advance(MINUTE);
    const rotated = await rotate();
    expect(rotated).toMatchObject({
      state: 'active',
      token: { last4: '9999' },
      tokenSetAt: '2026-11-21T12:01:00.000Z',
    });
    expect(world.tokens.secrets.get(NUMBER)).toEqual({
      shopId: which.shopId,
      token: NEW,
      pin: '111111',
    });
    expect(JSON.stringify(rotated)).not.toContain(NEW);
  });

  it('that Meta does not confirm changes nothing', async () => {
    const row = given();
    world.meta.says.inspection = { ...world.meta.says.inspection, isValid: false };
    expect(await failureOf(rotate())).toMatchObject({
      code: 'connection.refused',
      details: { reason: 'token.invalid' },
    });
    expect(world.tokens.secrets.get(NUMBER)).toMatchObject({ token: TOKEN });
    expect(world.store.row(which.shopId)).toEqual(row);
  });

  it('whose row could not be saved is taken up by the same again', async () => {
    given();
    const { save } = world.ports.connections;
    world.ports.connections.save = () => Promise.reject(new Error('died'));
    await failureOf(rotate());
    world.ports.connections.save = save;
    expect(await rotate()).toMatchObject({ state: 'active', token: { last4: '9999' } });
  });
});

describe('an app of the shop’s own', () => {
  const set = (change: Partial<typeof OWN_APP> = {}) =>
    setApp({ ...which, app: { ...OWN_APP, ...change } }, world.ports);
  const stored = (connection: Connection) => world.apps.secrets.get(connection.webhookKey ?? '') as MetaApp;

  beforeEach(() => {
    world.meta.says.inspection = { ...world.meta.says.inspection, appId: OWN_APP.appId };
  });

  it('gets an address of its own, is subscribed, and its secret goes to the vault alone', async () => {
    given();
    const connection = await set();
    expect(connection).toMatchObject({
      app: 'own',
      appId: OWN_APP.appId,
      webhookKey: expect.stringMatching(/^\w{32}$/),
    });
    expect(stored(connection)).toEqual(OWN_APP);
    expect(world.meta.called('subscribe')).toHaveLength(1);
    expect(JSON.stringify([...world.store.rows.values()])).not.toContain(OWN_APP.appSecret);
    const seen = { caller: { role: 'admin' }, siteUrl: 'https://tienda.example', language: 'es' } as const;
    const view = connectionView(connection, seen);
    expect(view.setUp?.callbackUrl).toBe(`https://tienda.example/webhooks/whatsapp/${connection.webhookKey}`);
    expect(connectionView(connection, { ...seen, caller: { role: 'seller' } }).setUp).toBeUndefined();
  });

  it('rotates its secret under the same address, and the former stays valid beside it', async () => {
    given();
    const first = await set();
    const second = await set({ appSecret: 'own-app-secret-00000002' });
    expect(second.webhookKey).toBe(first.webhookKey);
    expect(stored(second)).toMatchObject({
      appSecret: 'own-app-secret-00000002',
      previousAppSecret: OWN_APP.appSecret,
    });
    await set({ appSecret: 'own-app-secret-00000002' });
    expect(stored(second)).toMatchObject({ previousAppSecret: OWN_APP.appSecret });
    await set({ appSecret: 'own-app-secret-00000002', verifyToken: 'own-verify-2' });
    expect(stored(second)).toMatchObject({ verifyToken: 'own-verify-2', previousVerifyToken: 'own-verify-1' });
  });

  it('set by two at once ends with one address, under which its secret is', async () => {
    given();
    await Promise.all([set(), set()]);
    const row = world.store.row(which.shopId);
    expect(world.apps.secrets.has(row?.webhookKey ?? '')).toBe(true);
    expect(row?.app).toBe('own');
  });

  it.each([
    ['whose secret Meta refuses', () => (world.meta.failures.inspect = new MetaSays(101)), 'app.refused'],
    [
      'that the token is not of',
      () => (world.meta.says.inspection = { ...world.meta.says.inspection, appId: '5555555' }),
      'app.other',
    ],
    ['without a token to prove it with', () => void world.tokens.secrets.clear(), 'token.missing'],
  ])('%s changes nothing', async (_, prepare, reason) => {
    const row = given();
    prepare();
    expect(await failureOf(set())).toMatchObject({ code: 'connection.refused', details: { reason } });
    expect([world.store.row(which.shopId), world.apps.secrets.size]).toEqual([row, 0]);
  });

  it('leaves its key to nobody when it is another app', () => {
    expect(rotateApp(OWN_APP, { ...OWN_APP, appId: '7777777', appSecret: 'x'.repeat(16) })).not.toHaveProperty(
      'previousAppSecret',
    );
  });
});

describe('a connection that moves', () => {
  const OWN_TOKEN = 'token-of-the-own-app-0007';
  const BACK = 'token-of-the-shared-app-0008';
  const toOwn = (token: string | undefined = OWN_TOKEN) => setApp({ ...which, app: OWN_APP, token }, world.ports);
  const back = (token = BACK) => setSharedApp({ ...which, token }, world.ports);
  const vault = () => [world.tokens.secrets.get(NUMBER), [...world.apps.secrets.values()]];

  beforeEach(() => {
    world.meta.says.tokens[OWN_TOKEN] = { appId: OWN_APP.appId };
  });

  it('to an own app takes token and app together, and leaves the former app', async () => {
    given({ state: 'reauth', stateReason: 'token.invalid' });
    world.clock.advance(MINUTE);
    const moved = await toOwn();
    expect(moved).toMatchObject({
      app: 'own',
      appId: OWN_APP.appId,
      state: 'active',
      token: { last4: '0007' },
      tokenSetAt: '2026-11-21T12:01:00.000Z',
    });
    expect(moved).not.toHaveProperty('nextWebhookKey');
    expect(vault()).toEqual([{ shopId: which.shopId, token: OWN_TOKEN, pin: '111111' }, [OWN_APP]]);
    expect(world.meta.called('unsubscribe')).toEqual([['unsubscribe', TOKEN, ACCOUNT]]);
    expect(world.meta.says.subscribed).toEqual([OWN_APP.appId]);
  });

  it('back to the shared app takes a token of it, and the secret of the own one goes', async () => {
    given();
    await toOwn();
    const moved = await back();
    expect(moved).toMatchObject({ app: 'shared', state: 'active', token: { last4: '0008' } });
    for (const gone of ['appId', 'webhookKey', 'nextWebhookKey']) expect(moved).not.toHaveProperty(gone);
    expect(vault()).toEqual([{ shopId: which.shopId, token: BACK, pin: '111111' }, []]);
    expect(world.meta.says.subscribed).toEqual([SHARED_APP.appId]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['to an own app with a token of another', () => toOwn(BACK), 'app.other'],
    ['to an own app with no token of it', () => setApp({ ...which, app: OWN_APP }, world.ports), 'app.other'],
    ['back with a token of the own app', () => back(OWN_TOKEN), 'app.other'],
  ])('%s does not', async (_, move, reason) => {
    const row = given();
    expect(await failureOf(move())).toMatchObject({ code: 'connection.refused', details: { reason } });
    expect([world.store.row(which.shopId), ...vault()]).toEqual([row, expect.objectContaining({ token: TOKEN }), []]);
    expect(world.meta.called('unsubscribe')).toEqual([]);
  });

  it('from one own app to another gets another address, and leaves nothing of the first', async () => {
    given();
    const first = await toOwn();
    const other = { ...OWN_APP, appId: '900000000000009' };
    world.meta.says.tokens['token-of-the-next-app-0009'] = { appId: other.appId };
    const second = await setApp({ ...which, app: other, token: 'token-of-the-next-app-0009' }, world.ports);
    expect(second.webhookKey).not.toBe(first.webhookKey);
    expect([...world.apps.secrets]).toEqual([[second.webhookKey, other]]);
    expect(world.meta.says.subscribed).toEqual([other.appId]);
  });

  it('and dies on the way is where it was, and the same again or a deletion leaves no secret behind', async () => {
    given();
    world.tokens.failing.write = new Error('died');
    await failureOf(toOwn());
    delete world.tokens.failing.write;
    const reserved = world.store.row(which.shopId);
    expect(reserved).toMatchObject({ app: 'shared', nextWebhookKey: [...world.apps.secrets.keys()][0] });
    await deleteConnection(which, world.ports);
    expect(world.apps.secrets.size).toBe(0);
    given();
    expect(await toOwn()).toMatchObject({ app: 'own', state: 'active' });
  });
});

describe('two numbers of one app', () => {
  const SECOND = '100000000000112';
  const second = { phoneNumberId: SECOND };
  const giveBoth = async (app: 'own' | 'shared') => {
    given();
    world.meta.says.numbers = [NUMBER, SECOND];
    world.tokens.secrets.set(SECOND, { shopId: which.shopId, token: TOKEN });
    world.store.put(aConnection({ ...which, ...second, wabaId: ACCOUNT }));
    if (app === 'shared') return [];
    world.meta.says.inspection = { ...world.meta.says.inspection, appId: OWN_APP.appId };
    const made = await Promise.all([
      setApp({ ...which, app: OWN_APP }, world.ports),
      setApp({ ...which, ...second, app: OWN_APP }, world.ports),
    ]);
    return made;
  };

  it('have one address, for the app has but one, even when they are set at once', async () => {
    const keys = (await giveBoth('own')).map(({ webhookKey }) => webhookKey);
    expect(new Set(keys).size).toBe(1);
    expect([...world.apps.secrets.keys()]).toEqual([keys[0]]);
    expect(world.store.row(world.other.shopId)).toBeUndefined();
  });

  it('have the address that the older one had before', async () => {
    given({ app: 'own', appId: OWN_APP.appId, webhookKey: 'key-1', createdAt: '2026-01-01T00:00:00.000Z' });
    world.apps.secrets.set('key-1', OWN_APP);
    world.meta.says.inspection = { ...world.meta.says.inspection, appId: OWN_APP.appId };
    world.tokens.secrets.set(SECOND, { shopId: which.shopId, token: TOKEN });
    world.store.put(aConnection({ ...which, ...second, app: 'own', appId: OWN_APP.appId, webhookKey: 'key-2' }));
    world.apps.secrets.set('key-2', OWN_APP);
    const mended = await setApp({ ...which, ...second, app: OWN_APP }, world.ports);
    expect([mended.webhookKey, [...world.apps.secrets.keys()]]).toEqual(['key-1', ['key-1']]);
  });

  it('keep secret and subscription until the last of them is deleted', async () => {
    await giveBoth('own');
    await deleteConnection(which, world.ports);
    expect([world.apps.secrets.size, world.meta.called('unsubscribe').length]).toEqual([1, 0]);
    await deleteConnection({ ...which, ...second }, world.ports);
    expect([world.apps.secrets.size, world.meta.called('unsubscribe').length]).toEqual([0, 1]);
  });

  it('deleted at once leave neither secret nor subscription', async () => {
    await giveBoth('own');
    await Promise.all([deleteConnection(which, world.ports), deleteConnection({ ...which, ...second }, world.ports)]);
    expect(world.apps.secrets.size).toBe(0);
    expect(world.meta.called('unsubscribe').length).toBeGreaterThanOrEqual(1);
  });

  it('of the shared app keep its subscription when one of them moves', async () => {
    await giveBoth('shared');
    world.meta.says.tokens['token-of-the-own-app-0007'] = { appId: OWN_APP.appId };
    await setApp({ ...which, app: OWN_APP, token: 'token-of-the-own-app-0007' }, world.ports);
    expect(world.meta.called('unsubscribe')).toEqual([]);
    expect(world.meta.says.subscribed).toEqual([SHARED_APP.appId, OWN_APP.appId]);
  });
});

describe('a deletion', () => {
  it('takes row and secrets, and another shop may connect the number then', async () => {
    given({ app: 'own', webhookKey: 'key-1' });
    world.apps.secrets.set('key-1', OWN_APP);
    await deleteConnection(which, world.ports);
    expect([world.store.rows.size, world.tokens.secrets.size, world.apps.secrets.size]).toEqual([0, 0, 0]);
    expect(world.meta.called('unsubscribe')).toEqual([['unsubscribe', TOKEN, ACCOUNT]]);
    expect(await failureOf(deleteConnection(which, world.ports))).toMatchObject({ code: 'not-found' });
  });

  it.each([new MetaSays(190), new Error('no answer')])('is none of Meta’s business: %s', async (failure) => {
    given();
    world.meta.failures.unsubscribe = failure;
    await deleteConnection(which, world.ports);
    expect([world.store.rows.size, world.tokens.secrets.size]).toEqual([0, 0]);
  });

  it('that dies on the way leaves it disabled, and is finished by the same again', async () => {
    given();
    const { remove } = world.ports.connections;
    world.ports.connections.remove = () => Promise.reject(new Error('died'));
    await failureOf(deleteConnection(which, world.ports));
    expect(world.store.row(which.shopId)).toMatchObject({ state: 'disabled', stateReason: 'deleted' });
    world.ports.connections.remove = remove;
    await deleteConnection(which, world.ports);
    expect(world.store.rows.size).toBe(0);
  });
});

describe('the daily checks', () => {
  const round = async (
    connections: Connection[],
    check: (connection: Connection) => Promise<Connection>,
    until = new Date('2026-11-21T12:10:00.000Z'),
  ) => {
    const seen: string[] = [];
    const reports: string[] = [];
    const failures: string[] = [];
    const shopIds = [...new Set(connections.map(({ shopId }) => shopId))];
    const result: CheckRound = await checkConnections(until, {
      shops: (async function* () {
        for (const shopId of shopIds) yield aShop({ shopId });
      })(),
      connectionsOf: async function* (shopId) {
        yield* connections.filter((one) => one.shopId === shopId);
      },
      check: (connection) => {
        seen.push(connection.phoneNumberId);
        return check(connection);
      },
      report: ({ phoneNumberId }) => void reports.push(phoneNumberId),
      failed: ({ phoneNumberId }) => void failures.push(phoneNumberId),
      clock: world.clock,
    });
    return { ...result, seen, reports, failures };
  };
  const checkedAgo = (milliseconds: number) => ({
    check: { at: new Date(new Date(NOON).getTime() - milliseconds).toISOString(), findings: [] },
  });

  it('reach every shop, and one that fails stops no other', async () => {
    const all = Array.from({ length: 12 }, () => aConnection());
    const [bad, stopped] = all.map(({ phoneNumberId }) => phoneNumberId);
    const result = await round(all, async (connection) => {
      if (connection.phoneNumberId === bad) throw new Error('broken');
      return connection.phoneNumberId === stopped ? { ...connection, state: 'reauth' } : connection;
    });
    expect(result).toMatchObject({ checked: 11, unchecked: 1, stopped: 1, failures: [bad], reports: [stopped] });
  });

  it('leave out what was checked today, is paused, or is disabled, but count all that is stopped', async () => {
    const due = aConnection(checkedAgo(21 * HOUR));
    const others = [
      aConnection(checkedAgo(HOUR)),
      aConnection({ state: 'paused' }),
      aConnection({ state: 'disabled', stateReason: 'deleted' }),
    ];
    const stopped = aConnection({ state: 'reauth', ...checkedAgo(HOUR) });
    const unknown = aConnection({ state: 'disabled', stateReason: 'number.unknown' });
    const result = await round([due, stopped, unknown, ...others], async (one) => one);
    expect(result).toMatchObject({ seen: [due.phoneNumberId], checked: 1, stopped: 2, newlyStopped: 0, reports: [] });
  });

  it.each(['reauth', 'restricted', 'disabled'] as const)('count one that ends %s as stopped', async (state) => {
    const result = await round([aConnection()], async (one) => ({ ...one, state, stateReason: 'number.unknown' }));
    expect(result).toMatchObject({ stopped: 1, newlyStopped: 1 });
  });

  it('tell once of what stopped, in the round that stops it or in the next', async () => {
    const stoppedAgo = (milliseconds: number) => ({
      state: 'restricted' as const,
      stateChangedAt: new Date(new Date(NOON).getTime() - milliseconds).toISOString(),
    });
    const bySender = aConnection({ ...stoppedAgo(HOUR), ...checkedAgo(5 * HOUR) });
    const dueToo = aConnection(stoppedAgo(5 * HOUR));
    const byCheck = aConnection({ ...stoppedAgo(HOUR), ...checkedAgo(HOUR) });
    const longAgo = aConnection({ ...stoppedAgo(7 * HOUR), ...checkedAgo(HOUR) });
    const meanwhile = aConnection({ ...stoppedAgo(-MINUTE), ...checkedAgo(HOUR) });
    const result = await round([bySender, dueToo, byCheck, longAgo, meanwhile], async (one) => one);
    const told = [bySender, dueToo].map(({ phoneNumberId }) => phoneNumberId);
    expect(result).toMatchObject({ stopped: 5, newlyStopped: 2, reports: told });
  });

  it('know where each shop has its site', async () => {
    const shops = [aShop(), aShop()].map((shop, index) => {
      const siteUrl = index === 0 ? 'https://tienda.example' : null;
      return { ...shop, whatsapp: { ...shop.whatsapp, siteUrl } };
    });
    const seen: unknown[] = [];
    await checkConnections(new Date('2026-11-21T12:10:00.000Z'), {
      shops: (async function* () {
        yield* shops;
      })(),
      connectionsOf: async function* (shopId) {
        yield aConnection({ shopId });
      },
      check: async (connection, siteUrl) => {
        seen.push(siteUrl);
        return connection;
      },
      report: () => undefined,
      failed: () => undefined,
      clock: world.clock,
    });
    expect(seen).toEqual(['https://tienda.example', undefined]);
  });

  it('end in time, and count what is left', async () => {
    const all = Array.from({ length: 20 }, () => aConnection());
    const result = await round(all, async (connection) => {
      world.clock.advance(MINUTE);
      return connection;
    });
    expect(result.checked + result.unchecked).toBe(20);
    expect(result.checked).toBeGreaterThanOrEqual(10);
    expect(result.checked).toBeLessThan(16);
  });
});
