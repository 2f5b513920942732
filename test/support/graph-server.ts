import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A number of the Graph server, with whatever of its fields a test wants otherwise. */
export interface GraphNumber {
  wabaId: string;
  fields?: Record<string, unknown>;
}

/** What the Graph server knows. */
export interface GraphWorld {
  /** App secrets by app id. */
  apps: Record<string, string>;
  /** What each token may do, and until when (seconds since 1970, 0 is never). */
  tokens: Record<string, { appId: string; scopes?: string[]; expiresAt?: number; revoked?: boolean }>;
  numbers: Record<string, GraphNumber>;
  /** Facebook pages by id, and filled-in forms of their advertisements by Meta's id. */
  pages: Record<string, { name: string }>;
  leads: Record<string, object>;
  /** Codes of Embedded Signup and the tokens they lead to. */
  codes: Record<string, string>;
  /** App ids by account. */
  subscribed: Record<string, string[]>;
  /** Where each app's webhooks go. */
  callbacks: Record<string, string>;
  /** Apps that answer no call without a proof of their secret. */
  requireProof: string[];
}

interface GraphCall {
  method: string;
  path: string;
  token: string;
}

class Refusal extends Error {
  readonly code: number;
  readonly subcode: number | undefined;
  constructor(code: number, subcode?: number, message = 'Meta says no') {
    super(message);
    this.code = code;
    this.subcode = subcode;
  }
}

const bodyOf = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text.startsWith('{')
    ? (JSON.parse(text) as Record<string, unknown>)
    : Object.fromEntries(new URLSearchParams(text));
};

const scopes = ['whatsapp_business_management', 'whatsapp_business_messaging'];

/** The Graph API as far as connections ask it, over HTTP. Everything it knows is in `world`, and may be changed. */
export const startGraph = async () => {
  const world: GraphWorld = {
    apps: {},
    tokens: {},
    numbers: {},
    pages: {},
    leads: {},
    codes: {},
    subscribed: {},
    callbacks: {},
    requireProof: [],
  };
  const calls: GraphCall[] = [];

  const tokenOf = (token: string) => {
    const known = world.tokens[token];
    if (known === undefined || known.revoked) throw new Refusal(190, 467);
    return known;
  };
  const debugToken = (input: string, token: string) => {
    const [appId = '', secret] = token.split('|');
    if (world.apps[appId] !== secret) throw new Refusal(190);
    const known = world.tokens[input];
    if (known === undefined || known.revoked) {
      return {
        data: { app_id: appId, is_valid: false, scopes: [], error: { code: 190, subcode: 467, message: input } },
      };
    }
    const granted = known.scopes ?? scopes;
    const { appId: app_id, expiresAt: expires_at = 0 } = known;
    return { data: { app_id, type: 'SYSTEM_USER', is_valid: true, expires_at, scopes: granted, granular_scopes: [] } };
  };
  const exchange = (query: URLSearchParams) => {
    if (world.apps[query.get('client_id') ?? ''] !== query.get('client_secret')) throw new Refusal(101);
    const token = world.codes[query.get('code') ?? ''];
    if (token === undefined) throw new Refusal(100, 36009);
    delete world.codes[query.get('code') ?? ''];
    return { access_token: token, token_type: 'bearer' };
  };
  const numberOf = (id: string) => {
    const number = world.numbers[id];
    if (number === undefined) throw new Refusal(100, 33);
    const health = [{ entity_type: 'BUSINESS', id: '300000000000333', can_send_message: 'AVAILABLE' }];
    return {
      id,
      display_phone_number: '+54 9 11 2345-6789',
      verified_name: 'Rara y Mágica',
      name_status: 'APPROVED',
      quality_rating: 'GREEN',
      status: 'CONNECTED',
      platform_type: 'CLOUD_API',
      throughput: { level: 'STANDARD' },
      whatsapp_business_manager_messaging_limit: 'TIER_2K',
      is_on_biz_app: false,
      health_status: { can_send_message: 'AVAILABLE', entities: health },
      ...number.fields,
    };
  };
  const subscriptions = (appId: string, token: string) => {
    if (token !== `${appId}|${world.apps[appId]}`) throw new Refusal(190);
    const callback_url = world.callbacks[appId];
    if (callback_url === undefined) return { data: [] };
    const fields = ['messages', 'user_preferences', 'account_update', 'phone_number_quality_update'];
    const object = 'whatsapp_business_account';
    return {
      data: [{ object, callback_url, active: true, fields: fields.map((name) => ({ name, version: 'v25.0' })) }],
    };
  };
  const subscribedApps = (wabaId: string, method: string, token: string) => {
    const { appId } = tokenOf(token);
    const apps = world.subscribed[wabaId] ?? [];
    world.subscribed[wabaId] = apps;
    if (method === 'DELETE') {
      world.subscribed[wabaId] = apps.filter((id) => id !== appId);
      return { success: true };
    }
    if (method === 'POST') {
      if (!apps.includes(appId)) apps.push(appId);
      return { success: true };
    }
    return { data: apps.map((id) => ({ whatsapp_business_api_data: { id, name: 'App', link: 'https://x' } })) };
  };
  const node = (id: string, edge: string | undefined, method: string, token: string) => {
    if (edge === 'subscriptions') return subscriptions(id, token);
    tokenOf(token);
    if (edge === 'subscribed_apps') return subscribedApps(id, method, token);
    if (edge === 'phone_numbers') {
      const own = Object.entries(world.numbers).filter(([, { wabaId }]) => wabaId === id);
      return { data: own.map(([number]) => ({ id: number, display_phone_number: '+54 9 11 2345-6789' })) };
    }
    if (edge === 'register') {
      const number = world.numbers[id];
      if (number) number.fields = { ...number.fields, status: 'CONNECTED' };
      return { success: true };
    }
    return world.leads[id] ?? (world.pages[id] && { id, ...world.pages[id] }) ?? numberOf(id);
  };

  const assertProof = (token: string, proof: string | null) => {
    const appId = world.tokens[token]?.appId ?? token.split('|')[0] ?? '';
    const wanted = createHmac('sha256', world.apps[appId] ?? '')
      .update(token)
      .digest('hex');
    if (proof === null && world.requireProof.includes(appId)) {
      throw new Refusal(100, undefined, 'API calls from the server require an appsecret_proof argument');
    }
    if (proof !== null && proof !== wanted) throw new Refusal(100, undefined, 'Invalid appsecret_proof provided');
  };

  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const url = new URL(request.url ?? '', 'http://graph');
    const { method = 'GET', headers } = request;
    const body = method === 'GET' ? {} : await bodyOf(request);
    const token = headers.authorization?.replace(/^Bearer /, '') ?? url.searchParams.get('access_token') ?? '';
    calls.push({ method, path: url.pathname, token });
    assertProof(token, url.searchParams.get('appsecret_proof'));
    const [, , id = '', edge] = url.pathname.split('/');
    if (id === 'debug_token') return debugToken(url.searchParams.get('input_token') ?? '', token);
    if (id === 'oauth') return exchange(method === 'GET' ? url.searchParams : new URLSearchParams(body as never));
    return node(id, edge, method, token);
  };
  const server = createServer((request, response) => {
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    answer(request).then(
      (body) => send(200, body),
      ({ code = 1, subcode, message }: Refusal) =>
        send(400, { error: { message, type: 'OAuthException', code, error_subcode: subcode } }),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    world,
    calls,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
