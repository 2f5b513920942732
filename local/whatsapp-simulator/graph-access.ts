import { createHmac, timingSafeEqual } from 'node:crypto';
import { GraphRefusal, noSuchObject } from './graph-refusal.ts';
import type { TokenRow, World } from './world-rows.ts';

/** Who calls. */
export interface Caller {
  appId: string;
  /** Absent: the app itself, with its id and secret. */
  token?: TokenRow;
}

const parseFailure = (): GraphRefusal =>
  new GraphRefusal(190, undefined, { message: 'Invalid OAuth access token - Cannot parse access token' });

const expired = (at: number, now: number): GraphRefusal =>
  new GraphRefusal(190, undefined, {
    subcode: 463,
    message: `Error validating access token: Session has expired on ${new Date(at).toUTCString()}. The current time is ${new Date(now).toUTCString()}.`,
  });

const isSame = (given: string, wanted: string): boolean =>
  given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));

/** The token of a request, from its header or its query. */
export const tokenTextOf = (authorization: string | undefined, query: URLSearchParams): string | undefined =>
  /^(?:Bearer|OAuth)\s+(.+)$/i.exec(authorization ?? '')?.[1]?.trim() ?? query.get('access_token') ?? undefined;

const assertProof = (world: World, token: string, appId: string, proof: string | null): void => {
  if (proof === null) return;
  const secret = world.apps.get(appId)?.appSecret ?? '';
  const wanted = createHmac('sha256', secret).update(token).digest('hex');
  if (isSame(proof, wanted)) return;
  throw new GraphRefusal(100, undefined, {
    type: 'GraphMethodException',
    message: 'Invalid appsecret_proof provided in the API argument',
  });
};

const appCaller = (world: World, text: string): Caller | undefined => {
  const [appId = '', secret = ''] = text.split('|');
  const app = world.apps.get(appId);
  return app && isSame(secret, app.appSecret) ? { appId } : undefined;
};

/** Who a token is of. Throws 190 where it is unknown or expired, 200 where there is none. */
export const callerOf = (world: World, text: string | undefined, query: URLSearchParams, now: number): Caller => {
  if (text === undefined) throw new GraphRefusal(200, undefined, { message: '(#200) Provide valid app ID' });
  if (world.knobs.tokenExpired) throw expired(now - 60_000, now);
  const app = appCaller(world, text);
  if (app) return app;
  const token = world.tokens.get(text);
  if (!token) throw parseFailure();
  if (token.expiresAt !== undefined && token.expiresAt <= now) throw expired(token.expiresAt, now);
  assertProof(world, text, token.appId, query.get('appsecret_proof'));
  return { appId: token.appId, token };
};

/** The caller may use that permission. Throws 10. */
export const assertScope = ({ token }: Caller, ...scopes: string[]): void => {
  if (!token || scopes.some((scope) => token.scopes.includes(scope))) return;
  throw new GraphRefusal(10, `The token lacks ${scopes.join(' or ')}.`);
};

/** The caller may act for that account; to others it does not exist. */
export const assertAccount = ({ token }: Caller, accountId: string, id: string, method: string): void => {
  if (!token?.accountIds.includes(accountId)) throw noSuchObject(id, method);
};
