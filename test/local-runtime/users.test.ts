import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTable } from '../../functions/platform/table.ts';
import { shopStore } from '../../functions/shops/shop.store.ts';
import { defaultSettings } from '../../functions/shops/shop.ts';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import { aUser } from '../support/builders.ts';
import { NOON } from '../support/clock.ts';
import { createApplication } from './web-session.ts';

const SHOP_ID = '01JD000000000000000000000A';
const sol = { email: 'sol@example.com', name: 'Sol Invitada', role: 'seller' };
const dataDir = mkdtempSync(join(tmpdir(), 'vidriera-users-'));

let cloud: Cloud;
let application: ReturnType<typeof createApplication>;

const start = async (port?: number) => {
  cloud = await startCloud({ dataDir, demo: false, quiet: true, ...(port && { port }) });
  const config = await (await fetch(`${cloud.url}/config.json`)).json();
  application = createApplication(cloud.url, config.signIn.clientId);
};

const openShop = async () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.adminClientConfig()));
  const stamps = { version: 1, createdAt: NOON, updatedAt: NOON };
  await shopStore(openTable(client, cloud.tableName)).create(
    { shopId: SHOP_ID, slug: 'demo', name: 'Demo', ...defaultSettings, ...stamps },
    aUser({ shopId: SHOP_ID, userId: 'ana', name: 'Ana Primera' }),
  );
  client.destroy();
};

beforeAll(async () => {
  await start();
  await openShop();
});
afterAll(async () => {
  await cloud.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const api = async (token: string, method: string, path: string, body?: object) => {
  const answer = await fetch(`${cloud.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? {} : JSON.parse(text) };
};

/** The tokens of somebody who signs in, or undefined when the page refuses them. */
const signIn = async (userId: string) => {
  const { page, back } = await application.signIn(userId);
  if (!back) return { page };
  const tokens = await (await application.redeem(back.searchParams.get('code') ?? '')).json();
  return { page, tokens: tokens as { access_token: string; refresh_token: string } };
};

const tokenOf = async (userId: string): Promise<string> => (await signIn(userId)).tokens?.access_token ?? '';

describe('on the laptop', () => {
  let userId: string;

  it('somebody who is invited signs in, with the rights of their role', async () => {
    const admin = await tokenOf('ana');
    const invited = await api(admin, 'POST', '/admin/users', sol);
    expect(invited).toMatchObject({ status: 201, json: sol });
    userId = invited.json.userId;
    const { page, tokens } = await signIn(userId);
    expect(page).toContain(sol.name);
    const token = tokens?.access_token ?? '';
    expect((await api(token, 'GET', '/admin/users')).json.items).toHaveLength(2);
    expect((await api(token, 'POST', '/admin/users', sol)).status).toBe(403);
    expect((await api(admin, 'POST', '/admin/users', sol)).json).toMatchObject({ code: 'user.exists' });
  });

  it('somebody who is disabled neither signs in nor goes on, not even after a restart, until enabled', async () => {
    const admin = await tokenOf('ana');
    const { tokens } = await signIn(userId);
    expect((await api(admin, 'POST', `/admin/users/${userId}/disable`)).status).toBe(200);
    expect((await application.renew(tokens?.refresh_token ?? '')).status).toBe(400);
    await cloud.stop();
    await start(Number(new URL(cloud.url).port));
    const refused = await signIn(userId);
    expect(refused.tokens).toBeUndefined();
    expect(refused.page).not.toContain(sol.name);
    const again = await tokenOf('ana');
    expect((await api(again, 'POST', `/admin/users/${userId}/enable`)).status).toBe(200);
    expect((await signIn(userId)).tokens).toBeDefined();
  });

  it('somebody who is removed does not come back, but by a new invitation, as somebody else', async () => {
    const admin = await tokenOf('ana');
    expect((await api(admin, 'DELETE', `/admin/users/${userId}`)).status).toBe(204);
    expect((await signIn(userId)).tokens).toBeUndefined();
    const invited = await api(admin, 'POST', '/admin/users', sol);
    expect(invited.status).toBe(201);
    expect(invited.json.userId).not.toBe(userId);
    expect((await signIn(invited.json.userId)).tokens).toBeDefined();
  });
});
