import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  ListUserPoolsCommand,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { keys } from '#table/schema.ts';
import { reconcileCommand } from '../../bin/reconcile.ts';
import { shopCommand } from '../../bin/shop.ts';
import { shopStore } from '../../functions/shops/shop.store.ts';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { anOrder, givenShop } from './given.ts';

let lambdas: Lambdas;
let data: string;
let printed: string;
let complained: string;

const io = {
  print: (text: string) => {
    printed += `${text}\n`;
  },
  complain: (text: string) => {
    complained += `${text}\n`;
  },
};

const announce = (change: object = {}) => {
  const owner = { accessKeyId: 'OWNER', secretAccessKey: 'owner' };
  const running = { pid: process.pid, port: 1, url: lambdas.endpoint, tableName: lambdas.tableName, owner };
  writeFileSync(join(data, 'cloud.json'), JSON.stringify({ ...running, ...change }));
};

beforeAll(async () => {
  lambdas = await openLambdas();
  data = mkdtempSync(join(tmpdir(), 'vidriera-data-'));
});

beforeEach(() => {
  printed = '';
  complained = '';
  announce();
});

afterAll(async () => {
  await lambdas.close();
  rmSync(data, { recursive: true });
});

const flagsOf = (values: Record<string, string>) =>
  Object.entries(values).flatMap(([flag, value]) => [`--${flag}`, value]);
const admin = { 'admin-email': 'yo@example.com', 'admin-name': 'Yo' };
const shop = (verb: string, values: Record<string, string> = {}) =>
  shopCommand([verb, ...flagsOf({ data, ...values })], io);
const create = (values: Record<string, string>) => shop('create', { ...admin, ...values });
const reconcile = (values: Record<string, string>) => reconcileCommand(flagsOf({ data, ...values }), io);

const usersOf = async (shopId: string) => Array.fromAsync(shopStore(lambdas.table).users(shopId));

describe('arguments', () => {
  it.each<[string, Record<string, string>, string]>([
    ['no slug', { name: 'Tienda' }, '--slug is needed'],
    ['no name', { slug: 'tienda' }, '--name is needed'],
    ['a slug with capitals', { slug: 'Mi Tienda', name: 'x' }, '--slug: must be lower-case letters and digits'],
    ['a currency nobody has', { slug: 'tienda', name: 'x', currency: 'XTS' }, '--currency: Invalid option'],
    ['a time zone nobody lives in', { slug: 'tienda', name: 'x', 'time-zone': 'Mars/Olympus' }, '--time-zone: must be'],
    ['a number without its plus', { slug: 'tienda', name: 'x', whatsapp: '11 5555' }, '--whatsapp: must be in E.164'],
    ['an address that is none', { slug: 'tienda', name: 'x', 'admin-email': 'yo' }, '--admin-email: Invalid email'],
    ['a blank admin', { slug: 'tienda', name: 'x', 'admin-name': ' ' }, '--admin-name: Too small'],
    ['a stage with capitals', { slug: 'tienda', name: 'x', stage: 'Prod' }, '--stage: must be 2 to 21'],
  ])('with %s are refused, naming the flag', async (_, values, complaint) => {
    const before = await lambdas.rows();
    expect(await create(values)).toBe(2);
    expect(complained).toContain(complaint);
    expect(printed).toBe('');
    expect(await lambdas.rows()).toEqual(before);
  });

  it('without an admin are refused', async () => {
    expect(await shop('create', { slug: 'tienda', name: 'x' })).toBe(2);
    expect(complained).toBe('--admin-email is needed\n--admin-name is needed\n');
  });

  it.each([[['create', '--nonsense', 'x']], [['create', '--slug']]])(
    'that do not exist are named: %j',
    async (args) => {
      expect(await shopCommand(args, io)).toBe(2);
      expect(complained).toContain(args[1]);
    },
  );

  it.each([[[]], [['delete']], [['list', 'more']]])('of another verb show how it is used: %j', async (args) => {
    expect(await shopCommand(args, io)).toBe(2);
    expect(complained).toContain('npm run shop -- create');
  });

  it('ask for help', async () => {
    expect([await shopCommand(['--help'], io), await reconcileCommand(['--help'], io)]).toEqual([0, 0]);
    expect(printed).toContain('npm run shop -- create');
    expect(printed).toContain('npm run reconcile -- --shop');
    expect(complained).toBe('');
  });

  it('of reconcile need a shop that is there', async () => {
    expect(await reconcile({})).toBe(2);
    expect(await reconcile({ shop: 'nowhere' })).toBe(2);
    expect(complained).toBe('--shop is needed\n--shop: there is no shop nowhere\n');
  });
});

describe('the local cloud', () => {
  it.each([
    ['is not running', () => rmSync(join(data, 'cloud.json'))],
    ['left its file behind', () => announce({ url: 'http://127.0.0.1:9' })],
    ['wrote something else', () => announce({ owner: undefined })],
  ])('that %s is named as the cause', async (_, given) => {
    given();
    expect(await shop('list')).toBe(2);
    expect(complained).toContain('the local cloud is not running: start it with "npm start"');
  });
});

describe('npm run shop', () => {
  it('opens a shop with its first admin', async () => {
    const more = { whatsapp: '+5491123456789', language: 'pt', currency: 'BRL', country: 'BR', tagline: 'Tudo' };
    const zone = { 'time-zone': 'America/Sao_Paulo' };
    expect(await create({ slug: 'primeira', name: 'Primeira Loja', ...more, ...zone })).toBe(0);
    const made = await shopStore(lambdas.table).findBySlug('primeira');
    expect(made).toMatchObject({
      name: 'Primeira Loja',
      tagline: 'Tudo',
      timeZone: 'America/Sao_Paulo',
      holdMinutes: 1440,
    });
    expect(made).toMatchObject({ whatsappNumber: '+5491123456789', currency: 'BRL', country: 'BR', language: 'pt' });
    expect(await usersOf(made?.shopId ?? '')).toEqual([
      expect.objectContaining({ name: 'Yo', email: 'yo@example.com', role: 'admin' }),
    ]);
    expect(printed).toContain(`${lambdas.endpoint}/s/primeira`);
  });

  it('gives a shop of few words the usual settings', async () => {
    expect(await create({ slug: 'escueta', name: 'Escueta' })).toBe(0);
    const made = await shopStore(lambdas.table).findBySlug('escueta');
    expect(made).toMatchObject({ language: 'es', currency: 'ARS', country: 'AR', whatsappNumber: null, tagline: '' });
  });

  it('refuses a slug that is taken, and leaves nothing behind', async () => {
    await create({ slug: 'tomada', name: 'Tomada' });
    const before = await lambdas.rows();
    expect(await create({ slug: 'tomada', name: 'Otra' })).toBe(2);
    expect(complained).toBe('--slug: another shop has the slug tomada\n');
    expect(await lambdas.rows()).toEqual(before);
  });

  it('lists the shops in columns', async () => {
    await create({ slug: 'zz-ultima', name: 'La Última' });
    printed = '';
    expect(await shop('list')).toBe(0);
    const lines = printed.trim().split('\n');
    expect(lines[0]).toMatch(/^SLUG +NAME +LANGUAGE +CURRENCY +COUNTRY +SINCE$/);
    expect(lines.at(-1)).toMatch(/^zz-ultima +La Última +es +ARS +AR +\d{4}-\d\d-\d\d$/);
  });
});

describe('npm run shop -- --stage', () => {
  const cognito = mockClient(CognitoIdentityProviderClient);
  const attributes = (sub: string) => [{ Name: 'sub', Value: sub }];

  beforeEach(() => {
    cognito.reset();
    cognito.on(ListUserPoolsCommand).resolvesOnce({ UserPools: [{ Name: 'another', Id: 'pool-0' }], NextToken: 'x' });
    cognito
      .on(ListUserPoolsCommand, { NextToken: 'x' })
      .resolves({ UserPools: [{ Name: 'vidriera-test', Id: 'pool-1' }] });
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'operator');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'operator');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', lambdas.endpoint);
  });

  const inStage = (slug: string) => create({ slug, name: slug, stage: 'test' });

  it('invites the admin by e-mail and ties them to the shop by their subject', async () => {
    cognito.on(AdminCreateUserCommand).resolves({ User: { Attributes: attributes('sub-1') } });
    expect([await inStage('nube'), complained]).toEqual([0, '']);
    const [call] = cognito.commandCalls(AdminCreateUserCommand);
    expect(call?.args[0].input).toEqual({
      UserPoolId: 'pool-1',
      Username: 'yo@example.com',
      DesiredDeliveryMediums: ['EMAIL'],
      UserAttributes: [
        { Name: 'email', Value: 'yo@example.com' },
        { Name: 'email_verified', Value: 'true' },
        { Name: 'name', Value: 'Yo' },
      ],
    });
    expect(await shopStore(lambdas.table).findUser('sub-1')).toMatchObject({ role: 'admin', email: 'yo@example.com' });
    expect(printed).toContain('invited by e-mail');
  });

  it('goes on with a user whom an earlier try has invited', async () => {
    cognito.on(AdminCreateUserCommand).rejects(new UsernameExistsException({ $metadata: {}, message: 'exists' }));
    cognito.on(AdminGetUserCommand).resolves({ Username: 'yo', UserAttributes: attributes('sub-2') });
    expect([await inStage('segunda'), complained]).toEqual([0, '']);
    expect(await shopStore(lambdas.table).findUser('sub-2')).toBeDefined();
  });

  it('refuses a user of another shop', async () => {
    cognito.on(AdminCreateUserCommand).rejects(new UsernameExistsException({ $metadata: {}, message: 'exists' }));
    cognito.on(AdminGetUserCommand).resolves({ Username: 'yo', UserAttributes: attributes('sub-1') });
    expect(await inStage('tercera')).toBe(2);
    expect(complained).toBe('--admin-email: this user belongs to another shop already\n');
    expect(await shopStore(lambdas.table).findBySlug('tercera')).toBeUndefined();
  });

  it('invites nobody for a slug that is taken', async () => {
    await inStage('nube');
    expect(cognito.commandCalls(AdminCreateUserCommand)).toEqual([]);
  });

  it('says when the stage has not been deployed', async () => {
    cognito.reset();
    cognito.on(ListUserPoolsCommand).resolves({ UserPools: [] });
    expect(await inStage('cuarta')).toBe(2);
    expect(complained).toContain('there is no user pool vidriera-test');
  });
});

describe('npm run reconcile', () => {
  it('says that all agrees, with exit code 0', async () => {
    const given = await givenShop(lambdas.table, 'exacta');
    await lambdas.call('createCheckout', { body: anOrder(given.shop, given.products[0] as never) });
    expect(await reconcile({ shop: 'exacta' })).toBe(0);
    expect(printed).toMatch(
      /^Shop +exacta \(exacta shop\)\nProducts +2\nMovements +3\nDrifts +0\n\nStock.* agree\.\n$/,
    );
  });

  it('shows each drift with its product, with exit code 1, and repairs nothing', async () => {
    const given = await givenShop(lambdas.table, 'inexacta');
    const productId = given.products[1]?.productId ?? '';
    const key = keys.stockLevel(given.shop.shopId, productId, 0);
    await lambdas.table.update(key, { add: { onHand: 1, available: 1 } });
    expect(await reconcile({ shop: 'inexacta' })).toBe(1);
    expect(printed).toMatch(/Drifts +3\n\nPRODUCT +NAME +BUCKET +PROBLEM\n/);
    expect(printed).toMatch(new RegExp(`${productId} +inexacta vase +00 +onHand is 4, the ledger says 3\n`));
    expect(await lambdas.table.get(key, { consistent: true })).toMatchObject({ onHand: 4 });
  });
});
