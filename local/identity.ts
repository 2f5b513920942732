import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose';
import Provider, { type AdapterFactory, type ClientMetadata, type Configuration } from 'oidc-provider';
import type { User } from '../functions/shops/user.ts';
import { identityPage } from './identity-page.ts';
import { createIdentityStore } from './identity-store.ts';
import { pageLanguage } from './page-frame.ts';

/** Keys of the identity provider; kept, so that tokens and cookies outlive a restart. */
export interface IdentityKeys {
  signing: JWK;
  cookies: string[];
}

/** An application that may sign users in. */
export interface IdentityClient {
  clientId: string;
  redirectUris: string[];
  /** How long its access tokens are valid. */
  accessSeconds: number;
}

/** Where an application signs its users in and out. */
interface SignInAddresses {
  authorizeUrl: string;
  tokenUrl: string;
  logoutUrl: string;
  clientId: string;
}

/** What the identity provider is made of. */
export interface IdentityOptions {
  /** Address of the local cloud. */
  url: string;
  keys: IdentityKeys;
  clients: readonly IdentityClient[];
  userPoolId: string;
  region: string;
  users: {
    list: () => Promise<User[]>;
    find: (userId: string) => Promise<User | undefined>;
    /** Hears of everybody who signs in. */
    signedIn?: (userId: string) => Promise<void>;
    shopNames: () => Promise<ReadonlyMap<string, string>>;
  };
  /** Runs the pre-token function, as Cognito would before it issues a token. */
  preToken: (event: PreTokenGenerationV2TriggerEvent) => Promise<unknown>;
  now: () => number;
}

/** Signs users in and gives tokens as Cognito does. */
export interface Identity {
  issuer: string;
  /** For the first application. */
  signIn: SignInAddresses;
  publicKeys: JSONWebKeySet;
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Ends what somebody has: they must sign in anew once their access token has run out. */
  signOut: (userId: string) => void;
  /** An access token of a user, by the same path as after a sign-in. */
  issue: (user: User) => Promise<string>;
}

/** Of a token that is issued without a sign-in. */
const ISSUED_SECONDS = 3600;
const DAY_SECONDS = 86_400;
const SCOPE = 'openid email profile';
const MAX_FORM_BYTES = 4096;

/** New keys for an identity provider. */
export const createIdentityKeys = async (): Promise<IdentityKeys> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const signing = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256', use: 'sig' };
  return { signing, cookies: [randomBytes(32).toString('base64url')] };
};

const publicPart = ({ kty, kid, alg, use, n, e }: JWK): JWK => ({ kty, kid, alg, use, n, e });

/** Source: Cognito developer guide, "Pre token generation Lambda trigger", event version 2. */
const preTokenEvent = (options: IdentityOptions, user: User, clientId: string): PreTokenGenerationV2TriggerEvent => ({
  version: '2',
  triggerSource: 'TokenGeneration_HostedAuth',
  region: options.region,
  userPoolId: options.userPoolId,
  userName: user.userId,
  callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId },
  request: {
    userAttributes: {
      sub: user.userId,
      email: user.email,
      email_verified: 'true',
      'cognito:user_status': 'CONFIRMED',
    },
    groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [] },
    scopes: SCOPE.split(' '),
  },
  response: { claimsAndScopeOverrideDetails: {} },
});

/** What the pre-token function adds to an access token. */
const addedClaims = async (options: IdentityOptions, userId: string, clientId: string) => {
  const user = await options.users.find(userId);
  if (!user) throw new Error(`there is no user ${userId}`);
  const answer = (await options.preToken(preTokenEvent(options, user, clientId))) as PreTokenGenerationV2TriggerEvent;
  return answer.response.claimsAndScopeOverrideDetails?.accessTokenGeneration?.claimsToAddOrOverride ?? {};
};

/** Source: Cognito developer guide, "Understanding the access token". */
const cognitoClaims = (userId: string, clientId: string) => ({
  client_id: clientId,
  aud: clientId,
  username: userId,
  token_use: 'access',
  scope: SCOPE,
  version: 2,
});

const errorPage: Configuration['renderError'] = (context, { error, error_description: description }) => {
  context.type = 'text';
  context.body = [error, description].filter(Boolean).join(': ');
};

const toClient = ({ clientId, redirectUris }: IdentityClient): ClientMetadata => ({
  client_id: clientId,
  redirect_uris: redirectUris,
  post_logout_redirect_uris: redirectUris,
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
});

const lifetimes = (clients: readonly IdentityClient[]): Configuration['ttl'] => ({
  AccessToken: (context, _, client) => {
    const own = clients.find(({ clientId }) => clientId === client.clientId);
    return (context && own?.accessSeconds) ?? ISSUED_SECONDS;
  },
  AuthorizationCode: 60,
  Grant: 30 * DAY_SECONDS,
  IdToken: ISSUED_SECONDS,
  Interaction: 3600,
  RefreshToken: 30 * DAY_SECONDS,
  Session: 14 * DAY_SECONDS,
});

const resourceServer = {
  audience: 'api',
  scope: SCOPE,
  accessTokenFormat: 'jwt',
  jwt: { sign: { alg: 'RS256' } },
} as const;

const features = (apiUri: string): Configuration['features'] => ({
  devInteractions: { enabled: false },
  resourceIndicators: {
    enabled: true,
    defaultResource: () => apiUri,
    useGrantedResource: () => true,
    getResourceServerInfo: () => resourceServer,
  },
});

/** Everybody who signs in has agreed to everything: there is one application, and it is ours. */
const grantAll: Configuration['loadExistingGrant'] = async ({ oidc }) => {
  const { client, session, provider } = oidc;
  if (!client || !session?.accountId) return undefined;
  const known = session.grantIdFor(client.clientId);
  const found = known ? await provider.Grant.find(known) : undefined;
  if (found) return found;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(SCOPE);
  for (const resource of Object.keys(oidc.resourceServers ?? {})) grant.addResourceScope(resource, SCOPE);
  await grant.save();
  return grant;
};

const configuration = (options: IdentityOptions, adapter: AdapterFactory): Configuration => ({
  adapter,
  clients: options.clients.map(toClient),
  jwks: { keys: [options.keys.signing] },
  cookies: { keys: options.keys.cookies },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  scopes: SCOPE.split(' '),
  features: features(`${options.url}/`),
  findAccount: async (_, accountId) => {
    const user = await options.users.find(accountId);
    const claims = { sub: accountId, email: user?.email, email_verified: true, name: user?.name };
    return user && { accountId, claims: async () => claims };
  },
  loadExistingGrant: grantAll,
  issueRefreshToken: () => true,
  rotateRefreshToken: false,
  clientBasedCORS: () => false,
  interactions: { url: (_, { uid }) => `/oidc/interaction/${uid}` },
  ttl: lifetimes(options.clients),
  renderError: errorPage,
  extraTokenClaims: async (_, token) => {
    if (token.kind !== 'AccessToken' || !token.clientId) return undefined;
    return addedClaims(options, token.accountId, token.clientId);
  },
  formats: {
    customizers: {
      jwt: (_, token, { payload }) => {
        if (token.kind !== 'AccessToken' || !token.clientId) return;
        const issuedAt = Math.floor(options.now() / 1000);
        const exp = issuedAt + Number(payload.exp) - Number(payload.iat);
        const times = { auth_time: issuedAt, iat: issuedAt, exp };
        Object.assign(payload, cognitoClaims(token.accountId, token.clientId), times);
      },
    },
  },
});

const readForm = async (request: IncomingMessage): Promise<URLSearchParams> => {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_FORM_BYTES) throw new Error('the form is too large');
  }
  return new URLSearchParams(text);
};

/** The sign-in page, and what it sends. */
const createSignIn = (provider: Provider, { users }: IdentityOptions) => {
  const show = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    await provider.interactionDetails(request, response);
    const [list, shopNames] = await Promise.all([users.list(), users.shopNames()]);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(identityPage(pageLanguage(request.headers['accept-language']), list, shopNames));
  };
  const choose = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const userId = (await readForm(request)).get('userId') ?? '';
    if (!(await users.find(userId))) return show(request, response);
    await users.signedIn?.(userId);
    await provider.interactionFinished(request, response, { login: { accountId: userId } });
  };
  return (request: IncomingMessage, response: ServerResponse) =>
    request.method === 'POST' ? choose(request, response) : show(request, response);
};

/**
 * Forgets who is signed in, and goes back where the application wants. The parameters are those of Cognito.
 * Source: Cognito developer guide, "The managed login user sign-out endpoint: /logout".
 */
const signOut = ({ clients }: IdentityOptions, request: IncomingMessage, response: ServerResponse): void => {
  const query = new URL(request.url ?? '', 'http://local').searchParams;
  const client = clients.find(({ clientId }) => clientId === query.get('client_id'));
  const back = client?.redirectUris.find((uri) => uri === query.get('logout_uri'));
  if (back === undefined) {
    response.writeHead(400, { 'content-type': 'text/plain' }).end('logout_uri is not registered for this client_id');
    return;
  }
  const gone = ['_session', '_session.legacy'].flatMap((name) => [name, `${name}.sig`]);
  response.writeHead(302, { location: back, 'set-cookie': gone.map((name) => `${name}=; path=/; max-age=0`) }).end();
};

/**
 * An OpenID provider in the place of Cognito: code flow with PKCE, access tokens with Cognito's claims and those of the
 * real pre-token function, valid by the clock of the cloud.
 */
export const createIdentity = (options: IdentityOptions): Identity => {
  const issuer = `${options.url}/oidc`;
  const store = createIdentityStore();
  const provider = new Provider(issuer, configuration(options, store.adapter));
  const answer = provider.callback();
  const signIn = createSignIn(provider, options);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/';
    if (path.startsWith('/oidc/interaction/')) return signIn(request, response);
    if (path.startsWith('/oidc/logout?')) return signOut(options, request, response);
    Object.assign(request, { originalUrl: path, url: path.slice('/oidc'.length) || '/' });
    await answer(request, response);
  };
  const issue = async (user: User): Promise<string> => {
    const client = await provider.Client.find(options.clients[0]?.clientId ?? '');
    if (!client) throw new Error('the template has no user pool client');
    const gty = 'authorization_code';
    const who = { accountId: user.userId, client, grantId: randomUUID() };
    const token = new provider.AccessToken({ ...who, scope: SCOPE, gty });
    token.resourceServer = new provider.ResourceServer(`${options.url}/`, { ...resourceServer });
    return token.save();
  };
  const addresses: SignInAddresses = {
    authorizeUrl: `${issuer}/auth`,
    tokenUrl: `${issuer}/token`,
    logoutUrl: `${issuer}/logout`,
    clientId: options.clients[0]?.clientId ?? '',
  };
  const publicKeys = { keys: [publicPart(options.keys.signing)] };
  return { issuer, signIn: addresses, publicKeys, handle, issue, signOut: store.signOut };
};
