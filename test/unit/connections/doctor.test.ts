import { beforeEach, describe, expect, it } from 'vitest';
import { languages } from '#core/fields.ts';
import { connectionFindings, connectionFindingWords } from '#core/messages/connection-findings.ts';
import { checkConnection } from '../../../functions/connections/check-connection.ts';
import type { Connection, Finding } from '../../../functions/connections/connection.ts';
import { finding, keyOf } from '../../../functions/connections/finding.ts';
import type { AppSubscription, NumberFacts, TokenInspection } from '../../../functions/connections/meta-graph.ts';
import { aConnection } from '../../support/builders.ts';
import { NOON } from '../../support/clock.ts';
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

const given = (change: Partial<Connection> = {}) => {
  const { shopId } = world.shop;
  world.tokens.secrets.set(NUMBER, { shopId, token: TOKEN });
  return world.store.put(aConnection({ shopId, phoneNumberId: NUMBER, wabaId: ACCOUNT, ...change }));
};

const check = (options: { repair?: boolean; pin?: string } = {}) =>
  checkConnection({ shopId: world.shop.shopId, phoneNumberId: NUMBER, by: 'user:ana', ...options }, world.ports);

const findingsOf = ({ check: done }: Connection): Finding[] => done?.findings ?? [];
const keysOf = (connection: Connection) => findingsOf(connection).map(keyOf);
const about = (connection: Connection, name: string) => findingsOf(connection).find((one) => one.check === name);

const inspection = (change: Partial<TokenInspection>) => {
  world.meta.says.inspection = { ...world.meta.says.inspection, ...change };
};
const facts = (change: Partial<NumberFacts>) => {
  world.meta.says.facts = { ...world.meta.says.facts, ...change };
};
const health = (canSend: string, errorCodes: number[] = []) =>
  facts({ health: { canSend, entities: [{ type: 'WABA', id: ACCOUNT, canSend, errorCodes }] } });

beforeEach(() => {
  world = memoryConnections();
  world.meta.says.subscribed = [SHARED_APP.appId];
});

describe('a connection with nothing wrong', () => {
  it('passes every check, and what Meta told is kept on it', async () => {
    given();
    const checked = await check();
    expect(keysOf(checked).sort()).toEqual(
      [
        ...['token.ok', 'app.ok', 'permissions.ok', 'number.ok', 'subscription.ok', 'webhook.ok', 'status.ok'],
        ...['quality.ok', 'throughput.ok', 'messaging-limit.ok', 'health.ok', 'payment.ok', 'display-name.ok'],
        ...['coexistence.ok', 'version.ok'],
      ].sort(),
    );
    expect(checked).toMatchObject({
      state: 'active',
      version: 2,
      displayNumber: '+5491123456789',
      quality: 'GREEN',
      limits: { messagesPerSecond: 80, messagingTier: 'TIER_2K' },
      token: { last4: '0001', checkedAt: NOON },
      check: { at: NOON },
    });
    expect(world.store.row(world.shop.shopId)).toEqual(checked);
    expect(JSON.stringify(checked)).not.toContain(TOKEN);
  });

  it('is not there for whoever asks for one that is not', async () => {
    expect(await failureOf(check())).toMatchObject({ code: 'not-found' });
  });
});

describe('one thing wrong', () => {
  it.each<[string, Finding['verdict'], Connection['state'], () => void]>([
    ['token.invalid', 'failed', 'reauth', () => inspection({ isValid: false })],
    ['token.expired', 'failed', 'reauth', () => inspection({ isValid: false, subcode: 463 })],
    ['token.expired', 'failed', 'reauth', () => inspection({ expiresAt: new Date(NOON) })],
    ['token.expires-soon', 'warning', 'active', () => inspection({ expiresAt: new Date('2026-11-28T12:00:00Z') })],
    ['token.ok', 'ok', 'active', () => inspection({ expiresAt: new Date('2026-11-28T12:00:01Z') })],
    ['token.missing', 'failed', 'reauth', () => void world.tokens.secrets.clear()],
    ['token.missing', 'failed', 'reauth', () => void world.tokens.secrets.set(NUMBER, { token: TOKEN, shopId: 'x' })],
    ['token.invalid', 'failed', 'reauth', () => (world.meta.failures.number = new MetaSays(190))],
    ['app.other', 'failed', 'active', () => inspection({ appId: '12345' })],
    ['app.refused', 'failed', 'active', () => (world.meta.failures.inspect = new MetaSays(190))],
    ['app.other', 'failed', 'active', () => (world.meta.failures.inspect = new MetaSays(100))],
    ['permissions.missing', 'failed', 'reauth', () => inspection({ scopes: ['whatsapp_business_management'] })],
    ['permissions.refused', 'failed', 'reauth', () => (world.meta.failures.numbersOf = new MetaSays(200))],
    ['number.not-listed', 'failed', 'disabled', () => (world.meta.says.numbers = [])],
    ['number.unknown', 'failed', 'disabled', () => (world.meta.failures.number = new MetaSays(33))],
    ['number.unknown', 'failed', 'disabled', () => (world.meta.failures.number = new MetaSays(100, 33))],
    ['graph.unanswered', 'warning', 'active', () => (world.meta.failures.number = new MetaSays(100))],
    ['subscription.missing', 'failed', 'active', () => (world.meta.says.subscribed = ['12345'])],
    ['webhook.other-address', 'failed', 'active', () => facts({ webhooks: { number: 'https://else.example/hook' } })],
    ['webhook.inactive', 'failed', 'active', () => subscription({ active: false })],
    ['webhook.fields-missing', 'failed', 'active', () => subscription({ fields: ['account_update'] })],
    ['webhook.fields-missing', 'warning', 'active', () => subscription({ fields: ['messages'] })],
    ['webhook.not-set', 'failed', 'active', () => noWebhook(undefined)],
    ['webhook.ok', 'ok', 'active', () => facts({ webhooks: { number: '', account: '' } })],
    ['webhook.untold', 'ok', 'active', () => noWebhook(new MetaSays(10))],
    ['status.not-registered', 'failed', 'restricted', () => facts({ status: 'DISCONNECTED' })],
    ['status.banned', 'failed', 'restricted', () => facts({ status: 'BANNED' })],
    ['status.limited', 'warning', 'active', () => facts({ status: 'FLAGGED' })],
    ['status.other', 'warning', 'active', () => facts({ status: 'SOMETHING_NEW' })],
    ['quality.medium', 'warning', 'active', () => facts({ quality: 'YELLOW' })],
    ['quality.low', 'warning', 'active', () => facts({ quality: 'RED' })],
    ['quality.unrated', 'ok', 'active', () => facts({ quality: undefined })],
    ['messaging-limit.low', 'warning', 'active', () => facts({ messagingLimit: 'TIER_250' })],
    ['messaging-limit.unlimited', 'ok', 'active', () => facts({ messagingLimit: 'TIER_UNLIMITED' })],
    ['messaging-limit.untold', 'ok', 'active', () => facts({ messagingLimit: undefined })],
    ['health.limited', 'warning', 'active', () => health('LIMITED', [138001])],
    ['health.blocked', 'failed', 'restricted', () => health('BLOCKED', [131031])],
    ['health.untold', 'ok', 'active', () => facts({ health: undefined })],
    ['payment.missing', 'failed', 'restricted', () => health('BLOCKED', [141006])],
    ['payment.missing', 'failed', 'active', () => health('LIMITED', [131042])],
    ['display-name.pending', 'warning', 'active', () => facts({ nameStatus: 'PENDING_REVIEW' })],
    ['display-name.declined', 'warning', 'active', () => facts({ nameStatus: 'DECLINED' })],
    ['coexistence.on-phone-app', 'warning', 'active', () => facts({ onPhoneApp: true })],
    ['graph.unanswered', 'warning', 'active', () => (world.meta.failures.number = new Error('no answer'))],
    ['graph.unanswered', 'warning', 'active', () => (world.meta.failures.inspect = new MetaSays(4))],
  ])('%s is a thing that is %s and leaves it %s', async (key, verdict, state, prepare) => {
    given();
    prepare();
    const checked = await check();
    expect(findingsOf(checked)).toContainEqual(expect.objectContaining({ ...asFinding(key), verdict }));
    expect(checked.state).toBe(state);
    expect(checked.stateReason).toBe(state === 'active' ? undefined : key);
    expect(new Set(findingsOf(checked).map((one) => one.check)).size).toBe(findingsOf(checked).length);
  });

  it.each([
    ['v19.0', 'version.ended', undefined],
    ['v20.0', 'version.ended', undefined],
    ['v21.0', 'version.ends-soon', '2027-01-21'],
    ['v24.0', 'version.ok', undefined],
    ['v31.0', 'version.ok', undefined],
  ])('is said of the version %s: %s', async (graphVersion, key, detail) => {
    given({ graphVersion });
    expect(about(await check(), 'version')).toMatchObject({ ...asFinding(key), ...(detail && { detail }) });
  });

  it('is a rate above what Meta lets through', async () => {
    given({ limits: { messagesPerSecond: 100 } });
    expect(about(await check(), 'throughput')).toMatchObject({ code: 'above', detail: '80' });
    facts({ throughput: 'HIGH' });
    expect(about(await check(), 'throughput')).toMatchObject({ code: 'ok' });
  });

  it('is a webhook key other than the connection’s own', async () => {
    inspection({ appId: OWN_APP.appId });
    world.meta.says.subscribed = [OWN_APP.appId];
    world.apps.secrets.set('key-1', OWN_APP);
    given({ app: 'own', appId: OWN_APP.appId, webhookKey: 'key-1' });
    expect(about(await check(), 'webhook')).toMatchObject({ code: 'other-address' });
    facts({ webhooks: { application: 'https://tienda.example/webhooks/whatsapp/key-1' } });
    expect(about(await check(), 'webhook')).toMatchObject({ code: 'ok' });
  });
});

describe('the host that webhooks go to', () => {
  const seen = (siteUrl?: string) =>
    checkConnection({ shopId: world.shop.shopId, phoneNumberId: NUMBER, by: 'user:ana' }, { ...world.ports, siteUrl });

  it.each([
    ['https://tienda.example', 'ok'],
    [undefined, 'ok'],
    ['https://otra.example', 'other-host'],
    ['http://tienda.example', 'other-host'],
    ['https://tienda.example:8443', 'other-host'],
  ])('seen from %s is %s', async (siteUrl, code) => {
    given();
    const checked = await seen(siteUrl);
    const verdict = code === 'ok' ? 'ok' : 'warning';
    expect(about(checked, 'webhook')).toMatchObject({ code, verdict });
    expect(checked.state).toBe('active');
  });

  it('matters less than that nothing comes there', async () => {
    given();
    subscription({ active: false });
    expect(about(await seen('https://otra.example'), 'webhook')).toMatchObject({ code: 'inactive', verdict: 'failed' });
  });
});

describe('an app that requires its secret', () => {
  beforeEach(() => {
    world.meta.says.requiresProof = true;
  });

  it('is asked with a proof, and it is said that messages go without one', async () => {
    given();
    const checked = await check();
    expect(about(checked, 'app')).toMatchObject({ code: 'proof-required', verdict: 'failed' });
    expect(keysOf(checked)).toEqual(expect.arrayContaining(['token.ok', 'number.ok', 'subscription.ok', 'status.ok']));
    expect(keysOf(checked)).not.toContain('graph.unanswered');
  });

  it('keeps a new number pending, for it could not send', async () => {
    given({ state: 'pending' });
    expect(await check()).toMatchObject({ state: 'pending', stateReason: 'app.proof-required' });
  });

  it('is not proven with the secret of another app', async () => {
    inspection({ appId: '12345' });
    given();
    const checked = await check();
    expect(keysOf(checked)).toContain('app.other');
    expect(keysOf(checked)).not.toContain('status.ok');
  });
});

const asFinding = (key: string) => {
  const [name, code] = key.split('.');
  return { check: name, code };
};
const subscription = (change: object) => {
  world.meta.says.subscription = { ...(world.meta.says.subscription as AppSubscription), ...change };
};
const noWebhook = (failure: MetaSays | undefined) => {
  facts({ webhooks: {} });
  world.meta.says.subscription = undefined;
  if (failure) world.meta.failures.subscriptionOf = failure;
};

describe('a repair', () => {
  it('subscribes the app again, but only when asked', async () => {
    given();
    world.meta.says.subscribed = [];
    await check();
    expect(world.meta.called('subscribe')).toEqual([]);
    expect(about(await check({ repair: true }), 'subscription')).toMatchObject({ code: 'repaired', verdict: 'ok' });
    expect(about(await check(), 'subscription')).toMatchObject({ code: 'ok' });
  });

  it('that Meta refuses is said', async () => {
    given();
    world.meta.says.subscribed = [];
    world.meta.failures.subscribe = new MetaSays(200);
    expect(about(await check({ repair: true }), 'subscription')).toMatchObject({ code: 'missing', verdict: 'failed' });
  });

  it('registers the number with the PIN given, which is kept before it is used', async () => {
    given({ state: 'pending' });
    facts({ status: 'PENDING' });
    world.meta.says.pin = '246810';
    expect(await check({ repair: true })).toMatchObject({ state: 'pending', stateReason: 'status.pin-wrong' });
    expect(await check({ repair: true, pin: '246810' })).toMatchObject({ state: 'active' });
    expect(world.tokens.secrets.get(NUMBER)).toMatchObject({ token: TOKEN, pin: '246810' });
  });
});

it('a repair keeps the PIN beside the token that is there by then', async () => {
  given({ state: 'pending' });
  facts({ status: 'PENDING' });
  world.meta.failures.number = async () => {
    world.tokens.secrets.set(NUMBER, { shopId: world.shop.shopId, token: 'another-token-by-now' });
  };
  await check({ repair: true, pin: '246810' });
  expect(world.tokens.secrets.get(NUMBER)).toMatchObject({ token: 'another-token-by-now', pin: '246810' });
});

describe('what a check does to a state', () => {
  const reauth = { state: 'reauth', stateReason: 'graph-190' } as const;

  it('a good token brings a connection back from reauth', async () => {
    given(reauth);
    const checked = await check();
    expect([checked.state, checked.stateReason]).toEqual(['active', undefined]);
  });

  it('but not while nobody knows whether it is good', async () => {
    given(reauth);
    world.meta.failures.inspect = new Error('no answer');
    expect(await check()).toMatchObject(reauth);
  });

  it('a pending one becomes active only when everything it needs is proven', async () => {
    given({ state: 'pending', stateReason: 'unfinished' });
    world.meta.says.subscribed = [];
    expect(await check()).toMatchObject({ state: 'pending', stateReason: 'subscription.missing' });
    world.meta.says.subscribed = [SHARED_APP.appId];
    expect(await check()).toMatchObject({ state: 'active' });
  });

  it.each([
    ['paused', 'admin'],
    ['restricted', 'graph-368'],
    ['disabled', 'graph-33'],
  ] as const)('%s stays so, whatever is found: the first cause stands', async (state, stateReason) => {
    given({ state, stateReason });
    expect(await check()).toMatchObject({ state, stateReason });
    inspection({ isValid: false });
    expect(await check()).toMatchObject({ state, stateReason });
  });

  it('it keeps since when a state holds, and when an active connection was last proven good', async () => {
    const stateChangedAt = '2026-11-01T12:00:00.000Z';
    given({ stateChangedAt });
    expect(await check()).toMatchObject({ stateChangedAt, provenAt: NOON });
    world.clock.advance(1000);
    world.meta.failures.number = new Error('no answer');
    expect(await check()).toMatchObject({ stateChangedAt, provenAt: NOON });
    delete world.meta.failures.number;
    inspection({ isValid: false });
    expect(await check()).toMatchObject({ stateChangedAt: '2026-11-21T12:00:01.000Z', provenAt: NOON });
    world.clock.advance(1000);
    inspection({ isValid: true });
    const at = '2026-11-21T12:00:02.000Z';
    expect(await check()).toMatchObject({ state: 'active', stateChangedAt: at, provenAt: at });
  });

  it('that somebody stopped while it ran does not start it again', async () => {
    const row = given(reauth);
    world.meta.failures.number = async () => {
      world.store.put({ ...row, state: 'paused', stateReason: 'admin', version: 2 });
    };
    const checked = await check();
    expect(checked).toMatchObject({ state: 'paused', stateReason: 'admin', version: 3 });
    expect(checked.check).toBeDefined();
  });

  it('of a token that was replaced while it ran says nothing', async () => {
    const row = given();
    inspection({ isValid: false });
    world.meta.failures.inspect = async () => {
      world.store.put({ ...row, tokenSetAt: '2026-11-21T12:00:01.000Z', version: 2 });
    };
    expect(await check()).toMatchObject({ state: 'active', version: 2 });
  });
});

describe('words', () => {
  it.each(languages)('are there for every finding in %s, with what to do about what is not well', (language) => {
    for (const key of connectionFindings) {
      const { check: name, code, verdict } = finding(key);
      const words = connectionFindingWords(language, { check: name, code, detail: 'X1' });
      expect([key, words.say.length > 10, words.say.includes('undefined')]).toEqual([key, true, false]);
      expect([key, words.do !== '']).toEqual([key, verdict !== 'ok']);
    }
  });

  it('differ between languages', () => {
    for (const key of connectionFindings) {
      const said = languages.map((language) => connectionFindingWords(language, finding(key)).say);
      expect([key, new Set(said).size]).toEqual([key, languages.length]);
    }
  });

  it('are none for a finding that nobody makes any more', () => {
    expect(connectionFindingWords('es', { check: 'old', code: 'gone' })).toEqual({ say: '', do: '' });
  });
});
