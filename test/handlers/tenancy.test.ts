import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { roles } from '#core/actor.ts';
import { keys } from '#table/schema.ts';
import { connectionRoutes } from '../../functions/connections/connections.routes.ts';
import { leadFileRoutes } from '../../functions/lead-files/lead-files.routes.ts';
import { leadCaptureRoutes } from '../../functions/lead-sources/lead-capture.routes.ts';
import { pipelineRoutes } from '../../functions/pipelines/pipelines.routes.ts';
import type { Shop } from '../../functions/shops/shop.ts';
import { userRoutes } from '../../functions/shops/users.routes.ts';
import { type RouteName, routeNames, servedRoutes, type TestRequest } from '../support/events.ts';
import { startGraph } from '../support/graph-server.ts';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { signatureOf } from '../support/whatsapp-webhooks.ts';
import { auditAttacks } from './audit-attacks.ts';
import { connectionAttacks, connectNumbers, prepareMeta, secretsOf } from './connection-attacks.ts';
import { contactAttacks, openPeople, type People } from './contact-attacks.ts';
import { type Chats, conversationAttacks, openChats } from './conversation-attacks.ts';
import { anOrder, aPhone, type GivenShop, givenShop } from './given.ts';
import { type Leads, leadAttacks, openLeads } from './lead-attacks.ts';
import { type LeadCapture, leadCaptureAttacks, openLeadCapture } from './lead-capture-attacks.ts';
import { type LeadFiles, leadFileAttacks, openLeadFiles } from './lead-file-attacks.ts';
import { type LeadLife, leadLifeAttacks, openLeadLife } from './lead-life-attacks.ts';
import { openSaleLinks, type SaleLinks, saleLinkAttacks } from './sale-link-attacks.ts';
import { openAccounts, userAttacks } from './user-attacks.ts';

/** One shop with one of everything, and cursors into its lists. */
interface Tenant extends GivenShop {
  code: string;
  pictureId: string;
  chats: Chats;
  people: People;
  leads: Leads;
  life: LeadLife;
  files: LeadFiles;
  capture: LeadCapture;
  saleLinks: SaleLinks;
  phoneNumberId: string;
  cursors: Record<
    'products' | 'shown' | 'checkouts' | 'movements' | 'reconciliations' | 'connections' | 'users' | 'audit',
    string
  >;
}

/** One call with A's identity or at A's window, that names something of B. */
interface Attack {
  what: string;
  request: TestRequest;
  status: 200 | 201 | 204 | 400 | 401 | 403 | 404 | 409;
}

const SHARED_KEY = 'the-same-key-in-both-shops';
const SHARED_PHONE = '+5491150009999';
const B_NAMES = ['bravo', 'Bruno Bravo'];

let graph: Awaited<ReturnType<typeof startGraph>>;
let lambdas: Lambdas;
let a: Tenant;
let b: Tenant;

const product = ({ products: [first] }: GivenShop): string => first?.productId ?? '';
const asSeller = (request: TestRequest = {}): TestRequest => ({ as: a.as('admin'), ...request });

/** What B's rows, cursors and identifiers look like to somebody of shop A, for each route. */
const attacks: Record<RouteName, () => Attack[]> = {
  verifyWebhook: () => [{ what: 'no token', request: {}, status: 403 }],
  receiveWebhook: () => [
    { what: 'no signature', request: { text: '{}' }, status: 401 },
    { what: 'a forged one', request: { text: '{}', headers: signatureOf('{}', 'forged') }, status: 401 },
  ],
  verifyOwnWebhook: () => [
    { what: 'nobody’s key', request: { params: { connectionKey: 'f'.repeat(32) } }, status: 403 },
  ],
  receiveOwnWebhook: () => [
    { what: 'no signature', request: { params: { connectionKey: 'f'.repeat(32) }, text: '{}' }, status: 401 },
    {
      what: 'nobody’s key',
      request: { params: { connectionKey: 'f'.repeat(32) }, text: '{}', headers: signatureOf('{}', 'forged') },
      status: 404,
    },
  ],
  ...connectionAttacks(() => ({
    a,
    b: { phoneNumberId: b.phoneNumberId, connectionCursor: b.cursors.connections },
    graph,
  })),
  ...conversationAttacks(() => ({ a: { given: a, ...a }, b: { given: b, ...b } })),
  ...contactAttacks(() => ({
    a: { given: a, contactId: a.chats.contactId, people: a.people },
    b: { given: b, contactId: b.chats.contactId, people: b.people },
  })),
  ...auditAttacks(() => ({ a, b: { given: b, auditCursor: b.cursors.audit } })),
  ...leadAttacks(() => ({ a: { given: a, ...a }, b: { given: b, ...b } })),
  ...leadCaptureAttacks(() => ({ a: { given: a, ...a }, b: { given: b, ...b } })),
  ...leadFileAttacks(() => ({ a: { given: a, ...a }, b: { given: b, ...b } })),
  ...leadLifeAttacks(() => ({ a: { given: a, ...a }, b: { given: b, ...b } })),
  ...saleLinkAttacks(() => ({ a: { given: a, ...a }, b: { given: b, ...b } })),
  ...userAttacks(() => ({ a, b: { given: b, usersCursor: b.cursors.users } })),
  showShop: () => [{ what: 'own window', request: { params: { slug: a.shop.slug } }, status: 200 }],
  viewShop: () => [{ what: 'own shop', request: { query: { shop: a.shop.slug } }, status: 200 }],
  viewCategories: () => [{ what: 'own categories', request: { query: { shop: a.shop.slug } }, status: 200 }],
  viewProducts: () => [
    { what: 'own products', request: { query: { shop: a.shop.slug } }, status: 200 },
    {
      what: "B's category",
      request: { query: { shop: a.shop.slug, category: b.category.categoryId } },
      status: 200,
    },
    { what: "B's cursor", request: { query: { shop: a.shop.slug, cursor: b.cursors.shown } }, status: 400 },
    {
      what: "B's cursor of sellers",
      request: { query: { shop: a.shop.slug, cursor: b.cursors.products } },
      status: 400,
    },
  ],
  viewProduct: () => [
    {
      what: "B's product",
      request: { query: { shop: a.shop.slug }, params: { productId: product(b) } },
      status: 404,
    },
  ],
  showCheckout: () => [{ what: 'own code', request: { params: { code: a.code } }, status: 200 }],
  createCheckout: () => [
    { what: "B's product", request: { body: orderOf(a.shop, [product(b)]) }, status: 404 },
    { what: "B's product among own", request: { body: orderOf(a.shop, [product(a), product(b)]) }, status: 404 },
    {
      what: "B's shop id as the shop",
      request: { body: { ...orderOf(a.shop, [product(a)]), shop: b.shop.shopId } },
      status: 404,
    },
    {
      what: 'the phone and key of a checkout of B',
      request: {
        body: { ...orderOf(a.shop, [product(a)]), phone: SHARED_PHONE },
        headers: { 'idempotency-key': SHARED_KEY },
      },
      status: 201,
    },
  ],
  viewCheckout: () => [{ what: 'own code', request: { params: { code: a.code } }, status: 200 }],
  confirmCheckout: () => [{ what: 'own code', request: { params: { code: a.code } }, status: 200 }],
  cancelCheckout: () => [{ what: 'own code', request: { params: { code: a.code } }, status: 200 }],
  openCheckout: () => [{ what: 'own code', request: { params: { code: a.code } }, status: 204 }],
  listCheckouts: () => [
    { what: 'own checkouts', request: asSeller(), status: 200 },
    {
      what: "B's shop in the query",
      request: asSeller({ query: { shop: 'bravo', shopId: b.shop.shopId } }),
      status: 200,
    },
    { what: "B's cursor", request: asSeller({ query: { cursor: b.cursors.checkouts } }), status: 400 },
  ],
  getCheckout: () => [{ what: "B's code", request: asSeller({ params: { code: b.code } }), status: 404 }],
  viewTimeline: () => [{ what: "B's code", request: asSeller({ params: { code: b.code } }), status: 404 }],
  viewFunnel: () => [
    { what: "B's shop in the query", request: asSeller({ query: { shopId: b.shop.shopId } }), status: 200 },
  ],
  sellCheckout: () => [{ what: "B's code", request: asSeller({ params: { code: b.code } }), status: 404 }],
  releaseCheckout: () => [
    { what: "B's code", request: asSeller({ params: { code: b.code }, body: { reason: 'mine' } }), status: 404 },
  ],
  extendCheckout: () => [{ what: "B's code", request: asSeller({ params: { code: b.code } }), status: 404 }],
  listCategories: () => [{ what: 'own categories', request: asSeller(), status: 200 }],
  createCategory: () => [
    {
      what: 'the key of a category of B',
      request: asSeller({ body: { name: 'Shared name' }, headers: { 'idempotency-key': SHARED_KEY } }),
      status: 201,
    },
    { what: "B's shop id", request: asSeller({ body: { name: 'x', shopId: b.shop.shopId } }), status: 400 },
  ],
  updateCategory: () => [
    {
      what: "B's category",
      request: asSeller({ params: { categoryId: b.category.categoryId }, body: { name: 'Mine' } }),
      status: 404,
    },
  ],
  deleteCategory: () => [
    { what: "B's category", request: asSeller({ params: { categoryId: b.category.categoryId } }), status: 404 },
  ],
  listProducts: () => [
    { what: 'own products', request: asSeller(), status: 200 },
    { what: "B's category", request: asSeller({ query: { category: b.category.categoryId } }), status: 200 },
    { what: "B's cursor", request: asSeller({ query: { cursor: b.cursors.products } }), status: 400 },
  ],
  createProduct: () => [
    {
      what: "B's category",
      request: asSeller({ body: { categoryId: b.category.categoryId, name: 'Mine', price: 1 } }),
      status: 400,
    },
    {
      what: 'the key of a product of B',
      request: asSeller({
        body: { categoryId: a.category.categoryId, name: 'Shared name', price: 1 },
        headers: { 'idempotency-key': SHARED_KEY },
      }),
      status: 201,
    },
  ],
  getProduct: () => [{ what: "B's product", request: asSeller({ params: { productId: product(b) } }), status: 404 }],
  updateProduct: () => [
    { what: "B's product", request: asSeller({ params: { productId: product(b) }, body: { price: 1 } }), status: 404 },
    {
      what: "B's category for an own product",
      request: asSeller({ params: { productId: product(a) }, body: { categoryId: b.category.categoryId } }),
      status: 400,
    },
  ],
  deleteProduct: () => [{ what: "B's product", request: asSeller({ params: { productId: product(b) } }), status: 404 }],
  requestUpload: () => [
    {
      what: "B's product",
      request: asSeller({ params: { productId: product(b) }, body: { contentType: 'image/jpeg', bytes: 10 } }),
      status: 404,
    },
  ],
  attachPicture: () => {
    const body = { pictureId: b.pictureId, contentType: 'image/jpeg' };
    const climbing = `../../${b.shop.shopId}/products/${product(b)}`;
    return [
      { what: "B's product", request: asSeller({ params: { productId: product(b) }, body }), status: 404 },
      { what: "a path to B's files", request: asSeller({ params: { productId: climbing }, body }), status: 400 },
      { what: "B's picture", request: asSeller({ params: { productId: product(a) }, body }), status: 409 },
    ];
  },
  orderPictures: () => [
    {
      what: "B's product",
      request: asSeller({ params: { productId: product(b) }, body: { pictureIds: [b.pictureId] } }),
      status: 404,
    },
    {
      what: "B's picture",
      request: asSeller({ params: { productId: product(a) }, body: { pictureIds: [b.pictureId] } }),
      status: 400,
    },
  ],
  removePicture: () => [
    {
      what: "B's product",
      request: asSeller({ params: { productId: product(b), pictureId: b.pictureId } }),
      status: 404,
    },
    {
      what: "B's picture",
      request: asSeller({ params: { productId: product(a), pictureId: b.pictureId } }),
      status: 404,
    },
  ],
  receiveStock: () => [
    {
      what: "B's product",
      request: asSeller({ params: { productId: product(b) }, body: { quantity: 5 } }),
      status: 404,
    },
    {
      what: 'the key of a receipt of B',
      request: asSeller({
        params: { productId: product(a) },
        body: { quantity: 5 },
        headers: { 'idempotency-key': SHARED_KEY },
      }),
      status: 201,
    },
  ],
  adjustStock: () => [
    {
      what: "B's product",
      request: asSeller({ params: { productId: product(b) }, body: { change: -1, reason: 'mine' } }),
      status: 404,
    },
  ],
  listMovements: () => [
    { what: "B's product", request: asSeller({ params: { productId: product(b) } }), status: 404 },
    {
      what: "B's cursor",
      request: asSeller({ params: { productId: product(a) }, query: { cursor: b.cursors.movements } }),
      status: 400,
    },
  ],
  spreadStock: () => [
    { what: "B's product", request: asSeller({ params: { productId: product(b) }, body: { hot: true } }), status: 404 },
  ],
  listReconciliations: () => [
    { what: 'own proofs', request: asSeller(), status: 200 },
    { what: "B's cursor", request: asSeller({ query: { cursor: b.cursors.reconciliations } }), status: 400 },
  ],
  getShop: () => [{ what: 'own shop', request: asSeller({ query: { shopId: b.shop.shopId } }), status: 200 }],
  updateShop: () => [
    { what: "B's shop id", request: asSeller({ body: { name: 'Mine', shopId: b.shop.shopId } }), status: 400 },
    { what: 'own name', request: asSeller({ body: { name: 'Mine' } }), status: 200 },
  ],
};

const orderOf = (shop: Shop, productIds: string[]) => ({
  shop: shop.slug,
  lines: productIds.map((productId) => ({ productId, quantity: 1 })),
  customerName: 'Ana Buyer',
  phone: aPhone(),
});

const cursorOf = async (name: RouteName, request: TestRequest): Promise<string> => {
  const { json } = await lambdas.call(name, { ...request, query: { limit: '1', ...request.query } });
  return String(json['nextCursor']);
};

const openTenant = async (slug: string, customerName: string): Promise<Tenant> => {
  const given = await givenShop(lambdas.table, slug);
  const as = given.as('admin');
  const productId = product(given);
  const keyed: Record<string, string> = slug === 'bravo' ? { 'idempotency-key': SHARED_KEY } : {};
  const order = { ...anOrder(given.shop, given.products[0] as never), customerName, phone: SHARED_PHONE };
  const { json: checkout } = await lambdas.call('createCheckout', { body: order, headers: keyed });
  await lambdas.call('createCheckout', { body: { ...order, phone: aPhone() } });
  await lambdas.call('createCategory', { as, body: { name: `${slug} two` }, headers: keyed });
  await lambdas.call('receiveStock', { as, params: { productId }, body: { quantity: 2 }, headers: keyed });
  for (const at of ['2026-11-20T06:00:00.000Z', '2026-11-21T06:00:00.000Z']) {
    const key = keys.reconciliation(given.shop.shopId, at);
    await lambdas.table.put({ ...key, at, products: 2, movements: 2, drifts: [] });
  }
  const pictureId = '01JD000000000000000000000A';
  if (slug === 'bravo') {
    const file = `shops/${given.shop.shopId}/products/${productId}/${pictureId}.jpg`;
    lambdas.files.set(file, { contentType: 'image/jpeg', bytes: 10 });
    const body = { pictureId, contentType: 'image/jpeg', alt: 'bravo picture' };
    await lambdas.call('attachPicture', { as, params: { productId }, body });
  }
  const phoneNumberId = await connectNumbers(lambdas.table, given, { graph, services: lambdas.services });
  const cursors = {
    products: await cursorOf('listProducts', { as }),
    shown: await cursorOf('viewProducts', { query: { shop: slug } }),
    checkouts: await cursorOf('listCheckouts', { as }),
    movements: await cursorOf('listMovements', { as, params: { productId } }),
    reconciliations: await cursorOf('listReconciliations', { as }),
    connections: await cursorOf('listConnections', { as }),
    users: await cursorOf('listUsers', { as }),
    audit: await cursorOf('listAudit', { as }),
  };
  openAccounts(lambdas, given);
  const chats = await openChats(lambdas, given, phoneNumberId);
  const leads = await openLeads(lambdas, given);
  const life = await openLeadLife(lambdas, given, leads.leadId);
  const saleLinks = await openSaleLinks(lambdas, given, chats);
  const capture = await openLeadCapture(lambdas, given, graph);
  const files = await openLeadFiles(lambdas, given);
  const people = await openPeople(lambdas, given, chats.contactId);
  return {
    ...given,
    code: String(checkout['code']),
    pictureId,
    phoneNumberId,
    cursors,
    chats,
    people,
    files,
    leads,
    life,
    saleLinks,
    capture,
  };
};

const rowsOf = async ({ shop }: GivenShop): Promise<string[]> =>
  (await lambdas.rows()).filter((row) => row.includes(shop.shopId));

beforeAll(async () => {
  graph = await startGraph();
  lambdas = await openLambdas({ graphUrl: graph.url });
  prepareMeta(graph, lambdas);
  b = await openTenant('bravo', 'Bruno Bravo');
});

let tenants = 0;

const openA = async () => {
  tenants += 1;
  a = await openTenant(`alfa-${tenants}`, 'Ana Alfa');
};

/** Every test reads the whole table: what those before it left behind would make each slower than the last. */
const closeA = async (): Promise<void> => {
  const rows = (await lambdas.rows()).filter((row) => row.includes(a.shop.shopId) && !row.includes(b.shop.shopId));
  const gone = rows.map((row) => JSON.parse(row) as { pk: string; sk: string });
  await Promise.all(gone.map(({ pk, sk }) => lambdas.table.delete({ pk, sk })));
};

afterAll(async () => {
  await lambdas.close();
  await graph.close();
});

it('has a case for every route of the manifest', () => {
  expect(Object.keys(attacks).sort()).toEqual([...routeNames].sort());
  expect(routeNames.length).toBeGreaterThan(30);
});

it('gives both shops cursors to steal', async () => {
  await openA();
  expect(Object.values(b.cursors)).not.toContain('undefined');
  expect(Object.values(a.cursors)).not.toContain('undefined');
});

describe('no route reads or writes the rows of another shop', () => {
  beforeEach(openA);
  afterEach(closeA);

  it.each(routeNames)('%s', async (name) => {
    const before = await rowsOf(b);
    const secrets = secretsOf(lambdas, b);
    const files = [...lambdas.files.keys()].filter((key) => key.includes(b.shop.shopId));
    expect(attacks[name]().length).toBeGreaterThan(0);
    for (const { what, request, status } of attacks[name]()) {
      const answer = await lambdas.call(name, request);
      expect({ what, status: answer.status, body: answer.body }).toMatchObject({ what, status });
      for (const marker of [...B_NAMES, b.shop.shopId, b.code, 'bravo picture']) {
        expect({ what, body: answer.body }).not.toMatchObject({ body: expect.stringContaining(marker) });
      }
    }
    expect(await rowsOf(b)).toEqual(before);
    expect(secretsOf(lambdas, b)).toEqual(secrets);
    expect([...lambdas.files.keys()].filter((key) => key.includes(b.shop.shopId))).toEqual(files);
  });
});

describe("what is another shop's is answered like what does not exist", () => {
  beforeAll(openA);

  const unknown = {
    code: '0000000000000000',
    productId: '01JD000000000000000000000Z',
    categoryId: 'nothing',
    phoneNumberId: '100000000',
    userId: 'nobody',
  };

  it.each(routeNames)('%s', async (name) => {
    for (const { request, status } of attacks[name]()) {
      if (status !== 404 || !request.params) continue;
      const params = Object.fromEntries(
        Object.entries(request.params).map(([param, value]) => [param, unknown[param as 'code'] ?? value]),
      );
      const [foreign, nothing] = [await lambdas.call(name, request), await lambdas.call(name, { ...request, params })];
      expect(foreign).toEqual(nothing);
    }
  });
});

describe('who may call', () => {
  beforeAll(openA);

  const signedIn = routeNames.filter((name) => servedRoutes[name].route.access !== 'public');

  it('is anyone outside of /admin, users inside of it, and admins alone for what changes a shop as a whole', () => {
    for (const { route } of Object.values(servedRoutes)) {
      expect([route.path, route.access === 'public']).toEqual([route.path, !route.path.startsWith('/admin/')]);
    }
    const adminsOnly = signedIn.filter((name) => !servedRoutes[name].route.access.includes('seller'));
    const changes = (routes: object) => Object.keys(routes).filter((name) => !/^(list|get)/.test(name));
    expect(adminsOnly.sort()).toEqual(
      [
        ...changes(connectionRoutes),
        ...changes(userRoutes),
        ...changes(pipelineRoutes),
        ...Object.keys({ ...leadCaptureRoutes, ...leadFileRoutes }),
        ...['erasePerson', 'exportPerson', 'getErasure', 'getPersonExport', 'listErasures', 'repeatErasure'],
        'listAccountEvents',
        'listAudit',
        'listReconciliations',
        ...['getSaleSource', 'removeSaleSource', 'setSaleSource', 'trySaleSource'],
        'spreadStock',
        'updateShop',
      ].sort(),
    );
  });

  it.each(signedIn.flatMap((name) => roles.map((role) => [name, role] as const)))('%s as %s', async (name, role) => {
    const { access } = servedRoutes[name].route;
    const [attack] = attacks[name]();
    const { status, json } = await lambdas.call(name, { ...attack?.request, as: a.as(role) });
    if (access !== 'public' && access.includes(role)) expect([401, 403]).not.toContain(status);
    else expect([status, json['code']]).toEqual([403, 'request.forbidden']);
  });

  it.each(signedIn)('%s without a token', async (name) => {
    const before = await lambdas.rows();
    const [attack] = attacks[name]();
    const { status, json } = await lambdas.call(name, { ...attack?.request, as: undefined });
    expect([status, json['code']]).toEqual([401, 'request.unauthenticated']);
    expect(await lambdas.rows()).toEqual(before);
  });

  const odd: [string, Record<string, unknown>][] = [
    ['no claims', {}],
    ['an id token', { token_use: 'id' }],
    ['no shop', { shop_id: undefined }],
    ['a shop that is no text', { shop_id: ['x'] }],
    ['no role', { role: undefined }],
    ['a role nobody has', { role: 'owner' }],
    ['no subject', { sub: undefined }],
  ];

  it.each(odd)('refuses a token with %s', async (what, claims) => {
    const whole = { sub: 'x', shop_id: a.shop.shopId, role: 'admin', token_use: 'access' };
    const { status } = await lambdas.call('getShop', { claims: what === 'no claims' ? {} : { ...whole, ...claims } });
    expect(status).toBe(401);
    expect((await lambdas.call('getShop', { claims: whole })).status).toBe(200);
  });
});
