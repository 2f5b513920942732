import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import type { DataFolder } from './data-folder.ts';
import type { Directory } from './directory.ts';
import type { UserPoolEngine } from './engines/user-pool.ts';
import type { FunctionsHost } from './functions-host.ts';
import type { Place } from './identities.ts';
import { createIdentity, createIdentityKeys, type Identity, type IdentityClient } from './identity.ts';
import type { CloudModel, ResourceModel, RouteModel } from './template.ts';

/** What signing in needs of the rest of the local cloud. */
export interface SignInOptions {
  place: Place;
  model: CloudModel;
  host: FunctionsHost;
  directory: Directory;
  /** Who has an account, and who was sent away. */
  userPool: UserPoolEngine;
  now: () => number;
  folder?: DataFolder;
}

const unitSeconds: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

/** Source: CloudFormation template reference, "AWS::Cognito::UserPoolClient": an hour unless said, in hours. */
const accessSeconds = ({ AccessTokenValidity, TokenValidityUnits }: Record<string, unknown>): number => {
  const { AccessToken = 'hours' } = (TokenValidityUnits ?? {}) as { AccessToken?: string };
  return Number(AccessTokenValidity ?? 1) * (unitSeconds[AccessToken] ?? 3600);
};

/** Where an application wants its users back: the paths of the template, on this machine; and how long its tokens live. */
const toClient = ({ ref, properties }: ResourceModel, url: string): IdentityClient => {
  const callbacks = (properties.CallbackURLs as string[] | undefined) ?? [`${url}/console`];
  const bases = [url, url.replace('127.0.0.1', 'localhost')];
  const paths = callbacks.map((callback) => new URL(callback).pathname);
  return {
    clientId: ref,
    redirectUris: [...new Set(bases.flatMap((base) => paths.map((path) => base + path)))],
    accessSeconds: accessSeconds(properties),
  };
};

/** Whoever has an account, is not disabled, and stands in the table. */
const signInUsers = ({ directory, userPool }: SignInOptions) => {
  const find = async (userId: string) => ((await userPool.maySignIn(userId)) ? directory.findUser(userId) : undefined);
  return {
    find,
    list: async () => {
      const found = await Promise.all((await directory.users()).map(({ userId }) => find(userId)));
      return found.filter((user) => user !== undefined);
    },
    signedIn: userPool.signedIn,
    shopNames: async () => new Map((await directory.shops()).map((shop) => [shop.shopId, shop.name])),
  };
};

const keptKeys = async (folder: DataFolder | undefined) => {
  const keys = folder?.state().identityKeys ?? (await createIdentityKeys());
  folder?.remember({ identityKeys: keys });
  return keys;
};

/** Starts the identity provider in the place of the template's user pool. */
export const startSignIn = async (options: SignInOptions): Promise<Identity> => {
  const { place, model, host, userPool, now, folder } = options;
  const { preTokenFunction } = model;
  const identity = createIdentity({
    url: place.url,
    region: place.region,
    userPoolId: model.userPools[0]?.ref ?? '',
    keys: await keptKeys(folder),
    clients: model.userPoolClients.map((client) => toClient(client, place.url)),
    users: signInUsers(options),
    preToken: async (event: PreTokenGenerationV2TriggerEvent) =>
      preTokenFunction ? host.invoke(preTokenFunction, event) : event,
    now,
  });
  userPool.onSignOut(identity.signOut);
  return identity;
};

/** The routes with the local provider in the place of the user pool. Throws for an authorizer of another issuer. */
export const withLocalIssuer = (model: CloudModel, issuer: string): RouteModel[] => {
  const isOurs = (given: string) =>
    given === issuer ||
    model.userPools.some(({ ref }) => given.startsWith('https://cognito-idp.') && given.endsWith(`/${ref}`));
  return model.routes.map((route) => {
    if (!route.authorizer) return route;
    if (!isOurs(route.authorizer.issuer)) {
      throw new Error(`the route ${route.routeKey} takes tokens of ${route.authorizer.issuer}, not of our user pool`);
    }
    return { ...route, authorizer: { ...route.authorizer, issuer } };
  });
};
