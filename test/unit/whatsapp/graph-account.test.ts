import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { logger } from '#platform/logger.ts';
import { graphAccounts } from '../../../functions/whatsapp/graph-account.client.ts';
import { type CallGraph, type GraphRequest, graphCaller } from '../../../functions/whatsapp/graph-call.client.ts';
import { GraphError } from '../../../functions/whatsapp/graph-error.ts';

const app = { appId: '900000000000001', appSecret: 'the-secret-of-the-app' };

/** Answers in turn, and what was asked. */
const answering = (...answers: Record<string, unknown>[]) => {
  const asked: ({ path: string } & GraphRequest)[] = [];
  const call: CallGraph = async (path, request) => {
    asked.push({ path, ...request });
    return answers.shift() ?? {};
  };
  return { asked, graph: graphAccounts(call) };
};

describe('a token', () => {
  it('is inspected by its app, and every part of the answer is read', async () => {
    const { asked, graph } = answering({
      data: {
        app_id: '900000000000001',
        type: 'SYSTEM_USER',
        application: 'Vidriera',
        data_access_expires_at: 1795000000,
        expires_at: 1795348800,
        is_valid: true,
        scopes: ['whatsapp_business_management'],
        granular_scopes: [
          { scope: 'whatsapp_business_management', target_ids: ['200000000000222'] },
          { scope: 'business_management' },
        ],
      },
    });
    expect(await graph.inspect('the-token', app)).toEqual({
      isValid: true,
      appId: '900000000000001',
      type: 'SYSTEM_USER',
      expiresAt: new Date('2026-11-22T12:00:00.000Z'),
      scopes: ['whatsapp_business_management'],
      granular: [
        { scope: 'whatsapp_business_management', targetIds: ['200000000000222'] },
        { scope: 'business_management' },
      ],
    });
    expect(asked).toEqual([
      {
        path: 'debug_token',
        token: '900000000000001|the-secret-of-the-app',
        query: { input_token: 'the-token' },
      },
    ]);
  });

  it('that is over or never ends is told apart', async () => {
    const { graph } = answering(
      { data: { app_id: 1, is_valid: false, expires_at: 1, error: { code: 190, subcode: 463, message: 'x' } } },
      { data: { is_valid: true, expires_at: 0, scopes: [] } },
    );
    expect(await graph.inspect('t', app)).toMatchObject({ isValid: false, subcode: 463, appId: '1', scopes: [] });
    expect((await graph.inspect('t', app)).expiresAt).toBeUndefined();
  });

  it('comes for the code of an Embedded Signup', async () => {
    const { asked, graph } = answering({ access_token: 'the-token', token_type: 'bearer' });
    expect(await graph.exchangeCode(app, 'the-code')).toBe('the-token');
    const query = { client_id: app.appId, client_secret: app.appSecret, code: 'the-code' };
    expect(asked).toEqual([expect.objectContaining({ path: 'oauth/access_token', query })]);
  });
});

describe('what travels in an address', () => {
  const secrets = ['token-to-inspect', 'code-to-exchange', app.appSecret];

  /** A server that does as it is told with each call. */
  const serverThat = async (does: (response: ServerResponse) => void) => {
    const server = createServer((_, response) => does(response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, graphUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  };

  it.each<[string, (response: ServerResponse) => void]>([
    ['breaks off', (response) => response.destroy()],
    ['answers no JSON', (response) => response.writeHead(502).end('<html>')],
    ['refuses', (response) => response.writeHead(400).end('{"error":{"code":190,"message":"Malformed access token"}}')],
  ])('is in no error, nor in the log of one, when Meta %s', async (_, does) => {
    const { server, graphUrl } = await serverThat(does);
    const graph = graphAccounts(graphCaller({ graphUrl, version: 'v25.0' }));
    const lines: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    const calls = [() => graph.inspect('token-to-inspect', app), () => graph.exchangeCode(app, 'code-to-exchange')];
    for (const call of calls) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(GraphError);
      logger.error('a call failed', { error });
      lines.push(inspect(error, { depth: 9, showHidden: true }));
    }
    write.mockRestore();
    server.close();
    expect(lines).toHaveLength(4);
    expect(secrets.filter((secret) => lines.some((line) => line.includes(secret)))).toEqual([]);
  });

  it('is in no error when Meta can’t be reached', async () => {
    const { server, graphUrl } = await serverThat(() => undefined);
    server.close();
    await once(server, 'close');
    const graph = graphAccounts(graphCaller({ graphUrl, version: 'v25.0' }));
    const error = await graph.inspect('token-to-inspect', app).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ mayHaveArrived: false });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/token-to-inspect|the-secret/);
  });
});

describe('a number', () => {
  it('is read whole', async () => {
    const { graph } = answering({
      id: '100000000000111',
      display_phone_number: '+54 9 11 2345-6789',
      verified_name: 'Rara y Mágica',
      name_status: 'APPROVED',
      quality_rating: 'GREEN',
      status: 'CONNECTED',
      platform_type: 'CLOUD_API',
      throughput: { level: 'STANDARD' },
      whatsapp_business_manager_messaging_limit: 'TIER_2K',
      is_on_biz_app: true,
      webhook_configuration: { application: 'https://x.example/a', phone_number: '' },
      health_status: {
        can_send_message: 'BLOCKED',
        entities: [
          { entity_type: 'PHONE_NUMBER', id: '1', can_send_message: 'AVAILABLE' },
          {
            entity_type: 'WABA',
            id: '2',
            can_send_message: 'BLOCKED',
            errors: [{ error_code: 141006, error_description: 'no card', possible_solution: 'add one' }],
          },
        ],
      },
    });
    expect(await graph.number('t', '100000000000111')).toEqual({
      displayNumber: '+54 9 11 2345-6789',
      verifiedName: 'Rara y Mágica',
      nameStatus: 'APPROVED',
      quality: 'GREEN',
      status: 'CONNECTED',
      platform: 'CLOUD_API',
      throughput: 'STANDARD',
      messagingLimit: 'TIER_2K',
      onPhoneApp: true,
      webhooks: { application: 'https://x.example/a', number: '' },
      health: {
        canSend: 'BLOCKED',
        entities: [
          { type: 'PHONE_NUMBER', id: '1', canSend: 'AVAILABLE', errorCodes: [] },
          { type: 'WABA', id: '2', canSend: 'BLOCKED', errorCodes: [141006] },
        ],
      },
    });
  });

  it('of which Meta tells little, or something odd, is read as far as it goes', async () => {
    const { graph } = answering({ display_phone_number: '+1 555', health_status: 'fine', quality_rating: 7 });
    expect(await graph.number('t', '1')).toEqual({ displayNumber: '+1 555', webhooks: {} });
  });

  it('is registered with its PIN', async () => {
    const { asked, graph } = answering({ success: true });
    await graph.register('t', '1', '123456');
    const json = { messaging_product: 'whatsapp', pin: '123456' };
    expect(asked).toEqual([{ method: 'POST', path: '1/register', token: 't', json }]);
  });
});

describe('an account', () => {
  it('lists its numbers over all pages', async () => {
    const next = { cursors: { after: 'p2' }, next: 'https://graph/next' };
    const { asked, graph } = answering(
      { data: [{ id: '1' }, { id: '2' }], paging: next },
      { data: [{ id: '3' }], paging: { cursors: { after: 'p3' } } },
    );
    expect(await graph.numbersOf('t', '9')).toEqual(['1', '2', '3']);
    expect(asked.map(({ query }) => query?.['after'])).toEqual([undefined, 'p2']);
  });

  it('tells which apps hear of it', async () => {
    const { asked, graph } = answering(
      { data: [{ whatsapp_business_api_data: { id: '67084', name: 'x', link: 'y' } }] },
      { success: true },
      { success: true },
    );
    expect(await graph.subscribedApps('t', '9')).toEqual(['67084']);
    await graph.subscribe('t', '9');
    await graph.unsubscribe('t', '9');
    expect(asked.map(({ method = 'GET', path }) => `${method} ${path}`)).toEqual([
      'GET 9/subscribed_apps',
      'POST 9/subscribed_apps',
      'DELETE 9/subscribed_apps',
    ]);
  });
});

describe('an app', () => {
  const page = { object: 'page', callback_url: 'https://x.example/page', active: true, fields: [{ name: 'leadgen' }] };

  it('tells where its webhooks go and which fields it hears', async () => {
    const own = {
      object: 'whatsapp_business_account',
      callback_url: 'https://x.example/webhooks/whatsapp',
      active: true,
      fields: [{ name: 'messages', version: 'v25.0' }, 'account_update'],
    };
    const { graph } = answering({ data: [page, own] });
    expect(await graph.subscriptionOf(app)).toEqual({
      callbackUrl: 'https://x.example/webhooks/whatsapp',
      active: true,
      fields: ['messages', 'account_update'],
    });
  });

  it('without one for WhatsApp has none', async () => {
    const { graph } = answering({ data: [page] }, {});
    expect([await graph.subscriptionOf(app), await graph.subscriptionOf(app)]).toEqual([undefined, undefined]);
  });
});
