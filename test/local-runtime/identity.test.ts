import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../functions/shops/user.ts';
import { createIdentity, createIdentityKeys, type Identity } from '../../local/identity.ts';
import { createTokenCheck } from '../../local/token-check.ts';
import { createApplication, openBrowser } from './web-session.ts';

const user: User = {
  userId: 'user-1',
  shopId: 'shop-1',
  role: 'admin',
  name: 'Ana <b>',
  email: 'ana@example.com',
  state: 'active',
  createdAt: '2026-01-01T00:00:00.000Z',
};

let server: Server;
let url: string;
let identity: Identity;
let ahead = 0;
const events: PreTokenGenerationV2TriggerEvent[] = [];

beforeAll(async () => {
  server = createServer((request, response) => void identity.handle(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  identity = createIdentity({
    url,
    keys: await createIdentityKeys(),
    clients: [{ clientId: 'console', redirectUris: [`${url}/console`], accessSeconds: 900 }],
    userPoolId: 'us-east-1_local',
    region: 'us-east-1',
    users: {
      list: async () => [user],
      find: async (userId) => (userId === user.userId ? user : undefined),
      shopNames: async () => new Map([['shop-1', 'Rare & Magic']]),
    },
    preToken: async (event) => {
      events.push(structuredClone(event));
      const claims = { shop_id: 'shop-1', role: 'admin' };
      event.response.claimsAndScopeOverrideDetails = { accessTokenGeneration: { claimsToAddOrOverride: claims } };
      return event;
    },
    now: () => Date.now() + ahead,
  });
  application = createApplication(url, 'console');
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

let application: ReturnType<typeof createApplication>;

const browser = () => openBrowser(url);
const authorizePath = (change?: Record<string, string>) => application.authorizePath(change);
const redeem = (code: string, verifier?: string) => application.redeem(code, verifier);

const signIn = async () => {
  const { back, ...session } = await application.signIn(user.userId);
  if (!back) throw new Error('the page refused the user');
  return { ...session, back };
};

describe('signing in', () => {
  it('lists the users safely, and gives a token with the claims of Cognito and of the pre-token function', async () => {
    events.length = 0;
    const { page, back } = await signIn();
    expect(page).toContain('Ana &lt;b&gt;');
    expect(page).toContain('Rare &amp; Magic');
    expect(back.searchParams.get('state')).toBe('s1');
    const tokens = await (await redeem(back.searchParams.get('code') ?? '')).json();
    expect(tokens).toMatchObject({
      token_type: 'Bearer',
      expires_in: 900,
      refresh_token: expect.any(String),
      id_token: expect.any(String),
    });
    const claims = decodeJwt(tokens.access_token);
    expect(claims).toMatchObject({
      sub: 'user-1',
      iss: `${url}/oidc`,
      client_id: 'console',
      token_use: 'access',
      scope: 'openid email profile',
      shop_id: 'shop-1',
      role: 'admin',
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(900);
    expect(events[0]).toMatchObject({
      version: '2',
      userName: 'user-1',
      callerContext: { clientId: 'console' },
      request: { userAttributes: { sub: 'user-1', email: 'ana@example.com' } },
    });
  });

  it('refuses a code without the right verifier, and a request without any', async () => {
    const { back } = await signIn();
    expect((await redeem(back.searchParams.get('code') ?? '', 'w'.repeat(64))).status).toBe(400);
    const answer = await browser()(authorizePath({ code_challenge: '', code_challenge_method: '' }));
    expect(answer.headers.get('location')).toContain('error=invalid_request');
  });

  it('does not redirect to an address that is not the application’s', async () => {
    const answer = await browser()(authorizePath({ redirect_uri: 'http://evil.example/' }));
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
  });

  it('shows the page again for a user who does not exist', async () => {
    const open = browser();
    const pagePath = (await open(authorizePath())).headers.get('location') ?? '';
    const answer = await open(pagePath, { method: 'POST', body: new URLSearchParams({ userId: 'nobody' }) });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });

  it('forgets a user who signs out, and goes back to the application only', async () => {
    const { open } = await signIn();
    expect((await open(authorizePath())).headers.get('location')).toContain('code=');
    const out = (uri: string) => open(`/oidc/logout?${new URLSearchParams({ client_id: 'console', logout_uri: uri })}`);
    expect((await out('http://evil.example/')).status).toBe(400);
    expect((await out(`${url}/console`)).headers.get('location')).toBe(`${url}/console`);
    expect((await open(authorizePath())).headers.get('location')).toContain('/oidc/interaction/');
  });

  it('renews a token with the refresh token', async () => {
    const { back } = await signIn();
    const { refresh_token } = await (await redeem(back.searchParams.get('code') ?? '')).json();
    const renewed = await application.renew(refresh_token);
    expect(decodeJwt((await renewed.json()).access_token)).toMatchObject({ role: 'admin' });
  });

  it('renews nothing for a user who was signed out everywhere, and asks them anew', async () => {
    const { open, back } = await signIn();
    const { refresh_token } = await (await redeem(back.searchParams.get('code') ?? '')).json();
    identity.signOut('somebody-else');
    expect((await application.renew(refresh_token)).status).toBe(200);
    identity.signOut(user.userId);
    expect((await application.renew(refresh_token)).status).toBe(400);
    expect((await open(authorizePath())).headers.get('location')).toContain('/oidc/interaction/');
  });
});

describe('a token', () => {
  it('passes the authorizer, and follows the clock of the cloud', async () => {
    const check = createTokenCheck(identity.publicKeys, () => Date.now() + ahead);
    const rules = { issuer: identity.issuer, audience: ['console'] };
    const before = `Bearer ${await identity.issue(user)}`;
    expect(await check(before, rules)).toMatchObject({ sub: 'user-1', shop_id: 'shop-1', token_use: 'access' });
    const { exp, iat } = decodeJwt(before.slice('Bearer '.length));
    expect(Number(exp) - Number(iat)).toBe(3600);
    ahead = 2 * 3_600_000;
    expect(await check(before, rules)).toBeUndefined();
    expect(await check(`Bearer ${await identity.issue(user)}`, rules)).toMatchObject({ sub: 'user-1' });
    ahead = 0;
  });

  it('is signed by keys that are published without their private part', async () => {
    const { keys } = await (await fetch(`${url}/oidc/jwks`)).json();
    expect(keys[0]).toMatchObject({ kty: 'RSA', use: 'sig', kid: identity.publicKeys.keys[0]?.kid });
    expect(identity.publicKeys.keys[0]).not.toHaveProperty('d');
    const discovery = await (await fetch(`${url}/oidc/.well-known/openid-configuration`)).json();
    expect(discovery).toMatchObject({ issuer: `${url}/oidc`, token_endpoint: `${url}/oidc/token` });
  });
});
