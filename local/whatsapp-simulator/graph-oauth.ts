import type { Context } from './context.ts';
import type { GraphCall, GraphResult } from './graph-call.ts';
import { GraphRefusal } from './graph-refusal.ts';
import type { TokenRow } from './world-rows.ts';

const CODE_SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging', 'business_management'];
const codeError = (message: string, subcode: number): GraphRefusal =>
  new GraphRefusal(100, undefined, { message, subcode });

const secondsOf = (ms: number | undefined): number => (ms === undefined ? 0 : Math.floor(ms / 1000));

/**
 * `GET /oauth/access_token`: exchanges a code of embedded signup, which lives 30 seconds and serves once, for a
 * business token. Needs no token itself.
 */
export const exchangeCode = ({ world, random }: Context, query: URLSearchParams, now: number): GraphResult => {
  const app = world.apps.get(query.get('client_id') ?? '');
  if (!app)
    throw new GraphRefusal(101, undefined, {
      status: 400,
      message: 'Error validating application. Cannot get application info due to a system error.',
    });
  if (query.get('client_secret') !== app.appSecret) {
    throw new GraphRefusal(1, undefined, { status: 400, message: 'Error validating client secret.' });
  }
  if (query.get('grant_type') === 'client_credentials') {
    return { access_token: `${app.appId}|${app.appSecret}`, token_type: 'bearer' };
  }
  const code = world.codes.get(query.get('code') ?? '');
  if (!code || code.appId !== app.appId) throw codeError('Invalid verification code format.', 36_008);
  if (code.used) throw codeError('This authorization code has been used.', 36_009);
  if (now >= code.expiresAt) throw codeError('This authorization code has expired.', 36_007);
  code.used = true;
  const token: TokenRow = {
    token: `EAA${random.word(60)}`,
    appId: app.appId,
    type: 'SYSTEM_USER',
    accountIds: [code.accountId],
    pageIds: [],
    scopes: CODE_SCOPES,
    issuedAt: now,
  };
  world.tokens.set(token.token, token);
  return { access_token: token.token, token_type: 'bearer' };
};

const factsOf = (token: TokenRow, appName: string | undefined, now: number) => {
  const isExpired = token.expiresAt !== undefined && token.expiresAt <= now;
  return {
    app_id: token.appId,
    type: token.type,
    application: appName,
    ...(token.type === 'SYSTEM_USER' && { user_id: '1200000000000001' }),
    data_access_expires_at: 0,
    expires_at: secondsOf(token.expiresAt),
    is_valid: !isExpired,
    issued_at: secondsOf(token.issuedAt),
    ...(isExpired && {
      error: { code: 190, message: 'Error validating access token: Session has expired.', subcode: 463 },
    }),
    scopes: token.scopes,
    granular_scopes: token.scopes.map((scope) => {
      const isOfAccounts = scope.startsWith('whatsapp_');
      return isOfAccounts ? { scope, target_ids: token.accountIds } : { scope };
    }),
  };
};

/** `GET /debug_token`: what a token may, asked by its app or by itself. */
export const debugToken = ({ context: { world }, caller, query, now }: GraphCall): GraphResult => {
  const input = query.get('input_token');
  if (input === null)
    throw new GraphRefusal(100, undefined, { message: '(#100) The parameter input_token is required.' });
  const token = world.tokens.get(input);
  if (!token) {
    const error = { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' };
    return { data: { error, is_valid: false, scopes: [] } };
  }
  if (token.appId !== caller.appId) {
    throw new GraphRefusal(100, undefined, {
      message: '(#100) The App_id in the input_token did not match the Viewing App',
    });
  }
  const facts = factsOf(token, world.apps.get(token.appId)?.name, now);
  const isExpired = world.knobs.tokenExpired && { is_valid: false, expires_at: secondsOf(now - 60_000) };
  return { data: { ...facts, ...isExpired } };
};
