import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCatalogue } from '#core/errors.ts';
import { keys } from '#table/schema.ts';
import { anEvent, type RouteName, routeNames, servedRoutes, type TestRequest } from '../support/events.ts';
import { type Answer, type Lambdas, openLambdas } from '../support/lambdas.ts';
import { anOrder, type GivenShop, givenShop } from './given.ts';

let lambdas: Lambdas;
let given: GivenShop;

beforeAll(async () => {
  lambdas = await openLambdas();
  given = await givenShop(lambdas.table, 'tienda');
});

afterAll(() => lambdas.close());

const [first, second] = [0, 1].map((index) => () => given.products[index]?.productId ?? '');
const productId = () => first?.() ?? '';

const fieldsOf = ({ json }: Answer) => (json['errors'] as { field: string }[]).map(({ field }) => field);

/** A raw route reads its body itself. */
const withBody = routeNames.filter(
  (name) => servedRoutes[name].route.body !== undefined && !servedRoutes[name].route.raw,
);
const idempotent = routeNames.filter((name) => servedRoutes[name].route.idempotent);
const reading = routeNames.filter((name) => {
  const { method, raw } = servedRoutes[name].route;
  return method === 'GET' && !raw;
});

/** Parameters that are ids of ours. */
const ids = [
  ...['messageId', 'contactId', 'leadId', 'noteId', 'pipelineId', 'linkId', 'jobId', 'submissionId'],
  ...['importId', 'exportId'],
];

/** Valid parameters and caller for any route. */
const basics = (name: RouteName): TestRequest => ({
  as: given.as('admin'),
  params: {
    slug: given.shop.slug,
    productId: productId(),
    categoryId: given.category.categoryId,
    pictureId: '01JD000000000000000000000A',
    code: '0000-0000-0000-0000',
    phoneNumberId: '106540352242922',
    conversationId: '106540352242922-01JD000000000000000000000A',
    ...Object.fromEntries(ids.map((id) => [id, '01JD000000000000000000000A'])),
    ...{ pageId: '700000000000001', formId: '600000000000001', formKey: '0'.repeat(32), userId: 'nobody' },
  },
  query: {
    ...(servedRoutes[name].route.path.startsWith('/api/') && { shop: given.shop.slug }),
    ...(name === 'linkToMedia' && { at: '2026-05-04T12:00:00.000Z' }),
  },
});

/** What every problem document has. */
const expectProblem = (answer: Answer, code: keyof typeof errorCatalogue) => {
  const { status, title } = errorCatalogue[code];
  expect(answer).toMatchObject({
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    json: { type: `/docs#problem-${code}`, title, status, code, detail: expect.any(String) },
  });
};

describe.each(withBody)('the body of %s', (name) => {
  it('must be JSON', async () => {
    expectProblem(await lambdas.call(name, { ...basics(name), text: '{"name": ' }), 'request.malformed');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'may not be %s',
    async (type) => {
      const request = { ...basics(name), text: '{}', headers: { 'content-type': type } };
      expectProblem(await lambdas.call(name, request), 'request.wrong-content-type');
    },
  );

  it('may not be of no declared type', async () => {
    const request = { ...basics(name), text: '{}', headers: { 'content-type': '' } };
    expectProblem(await lambdas.call(name, request), 'request.wrong-content-type');
  });

  it('may not be larger than 64 KiB, counted in bytes', async () => {
    const request = { ...basics(name), text: JSON.stringify({ name: 'ñ'.repeat(33_000) }) };
    expectProblem(await lambdas.call(name, request), 'request.too-large');
    expectProblem(await lambdas.call(name, { ...request, base64: true }), 'request.too-large');
  });

  it.each(['[]', '"text"', '7', 'null'])('may not be %s', async (text) => {
    expectProblem(await lambdas.call(name, { ...basics(name), text }), 'request.invalid');
  });

  it('may not have a field nobody knows', async () => {
    const answer = await lambdas.call(name, { ...basics(name), body: { surprise: 1, admin: true } });
    expectProblem(answer, 'request.invalid');
    expect(fieldsOf(answer)).toEqual(expect.arrayContaining(['surprise', 'admin']));
  });
});

describe('fields of a request', () => {
  const order = (more: object) => ({ ...anOrder(given.shop, given.products[0] as never), ...more });

  it.each<[string, () => object, string[]]>([
    ['no lines', () => order({ lines: [] }), ['lines']],
    [
      'more lines than anyone may send',
      () => order({ lines: Array.from({ length: 101 }, () => ({ productId: 'x', quantity: 1 })) }),
      ['lines'],
    ],
    [
      'more products than the shop takes',
      () => order({ lines: Array.from({ length: 21 }, (_, index) => ({ productId: `x${index}`, quantity: 1 })) }),
      ['lines'],
    ],
    ['no units', () => order({ lines: [{ productId: productId(), quantity: 0 }] }), ['lines.0.quantity']],
    ['half a unit', () => order({ lines: [{ productId: productId(), quantity: 1.5 }] }), ['lines.0.quantity']],
    ['units as text', () => order({ lines: [{ productId: productId(), quantity: '2' }] }), ['lines.0.quantity']],
    [
      'more units than the shop takes, over two lines',
      () =>
        order({
          lines: [
            { productId: second?.(), quantity: 1 },
            { productId: productId(), quantity: 15 },
            { productId: productId(), quantity: 6 },
          ],
        }),
      ['lines.1.quantity'],
    ],
    [
      'a price of their own',
      () => order({ lines: [{ productId: productId(), quantity: 1, price: 1 }] }),
      ['lines.0.price'],
    ],
    ['a blank name', () => order({ customerName: '   ' }), ['customerName']],
    ['a name too long', () => order({ customerName: 'n'.repeat(81) }), ['customerName']],
    ['no phone', () => order({ phone: undefined }), ['phone']],
    ['a phone that is none', () => order({ phone: '12345678' }), ['phone']],
    ['a language nobody speaks', () => order({ language: 'tlh' }), ['language']],
    ['several at once', () => order({ customerName: '', phone: 1 }), ['customerName', 'phone']],
  ])('names what is wrong with %s', async (_, body, fields) => {
    const before = await lambdas.rows();
    const answer = await lambdas.call('createCheckout', { body: body() });
    expectProblem(answer, 'request.invalid');
    expect(fieldsOf(answer)).toEqual(fields);
    expect(await lambdas.rows()).toEqual(before);
  });

  it.each<[RouteName, Record<string, string>, string]>([
    ['viewProducts', { shop: 'Not A Slug' }, 'shop'],
    ['viewProducts', {}, 'shop'],
    ['viewProducts', { shop: 'tienda', limit: '0' }, 'limit'],
    ['viewProducts', { shop: 'tienda', limit: '101' }, 'limit'],
    ['viewProducts', { shop: 'tienda', limit: 'ten' }, 'limit'],
    ['viewProducts', { shop: 'tienda', available: 'maybe' }, 'available'],
    ['viewProducts', { shop: 'tienda', category: 'candles' }, 'category'],
    ['viewProducts', { shop: 'tienda', cursor: 'x'.repeat(1001) }, 'cursor'],
    ['listCheckouts', { state: 'lost' }, 'state'],
    ['listProducts', { listing: 'secret' }, 'listing'],
    ['listReconciliations', { limit: '51' }, 'limit'],
  ])('%s refuses the query %j', async (name, query, field) => {
    const answer = await lambdas.call(name, { ...basics(name), query });
    expectProblem(answer, 'request.invalid');
    expect(fieldsOf(answer)).toEqual([field]);
  });

  it.each<[RouteName, object, string]>([
    ['createProduct', { name: '', price: 1 }, 'name'],
    ['createProduct', { name: 'x', price: -1 }, 'price'],
    ['createProduct', { name: 'x', price: 10.5 }, 'price'],
    ['createProduct', { name: 'x', price: 1_000_000_000_001 }, 'price'],
    ['createProduct', { name: 'x', price: 1, description: 'd'.repeat(2001) }, 'description'],
    ['receiveStock', { quantity: 0 }, 'quantity'],
    ['receiveStock', { quantity: 1_000_001 }, 'quantity'],
    ['adjustStock', { change: 0, reason: 'count' }, 'change'],
    ['adjustStock', { change: -1, reason: '' }, 'reason'],
    ['requestUpload', { contentType: 'image/svg+xml', bytes: 10 }, 'contentType'],
    ['requestUpload', { contentType: 'image/png', bytes: 5_000_001 }, 'bytes'],
    ['updateShop', { timeZone: 'Mars/Olympus' }, 'timeZone'],
    ['updateShop', { whatsappNumber: '11 5555' }, 'whatsappNumber'],
    ['updateShop', { holdMinutes: 0 }, 'holdMinutes'],
    ['updateShop', { limits: { maxHeldShare: 101 } }, 'limits.maxHeldShare'],
    ['updateShop', { limits: { maxLine: 1 } }, 'limits.maxLine'],
    ['updateShop', { slug: 'another' }, 'slug'],
  ])('%s refuses %j', async (name, body, field) => {
    const category = name === 'createProduct' ? { categoryId: given.category.categoryId } : {};
    const answer = await lambdas.call(name, { ...basics(name), body: { ...category, ...body } });
    expectProblem(answer, 'request.invalid');
    expect(fieldsOf(answer)).toEqual([field]);
  });
});

describe('a cursor', () => {
  const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const partition = () => `S#${given.shop.shopId}#PRODUCTS`;

  it.each<[string, () => string]>([
    ['empty', () => ''],
    ['no base 64', () => '***'],
    ['no JSON', () => Buffer.from('text').toString('base64url')],
    ['a list', () => json([])],
    ['a number', () => json(7)],
    ['of no partition', () => json({})],
    ['without a position', () => json({ gsi1pk: partition() })],
    ['with more than a position', () => json({ gsi1pk: partition(), gsi1sk: 'a', pk: 'a', sk: 'META', extra: 'x' })],
    ['with an empty key', () => json({ gsi1pk: partition(), gsi1sk: 'a', pk: '', sk: 'META' })],
    ['with a number', () => json({ gsi1pk: partition(), gsi1sk: 1, pk: 'a', sk: 'META' })],
  ])('that is %s is refused', async (_, cursor) => {
    const answer = await lambdas.call('listProducts', { as: given.as('admin'), query: { cursor: cursor() } });
    expectProblem(answer, 'request.invalid');
    expect(fieldsOf(answer)).toEqual(['cursor']);
  });

  it('of the whole list is refused within another category', async () => {
    const as = given.as('admin');
    const { json: page } = await lambdas.call('listProducts', { as, query: { limit: '1' } });
    const query = { cursor: String(page['nextCursor']), category: '01JD000000000000000000000Z' };
    expectProblem(await lambdas.call('listProducts', { as, query }), 'request.invalid');
  });

  it('leads through a list without a gap or a repeat', async () => {
    const as = given.as('seller');
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const { json: page } = await lambdas.call('listProducts', { as, query: { limit: '1', cursor } });
      seen.push(...(page['items'] as { productId: string }[]).map((product) => product.productId));
      cursor = page['nextCursor'] as string | undefined;
    } while (cursor);
    expect(seen).toEqual(given.products.map((product) => product.productId));
  });
});

describe('the Idempotency-Key', () => {
  const hello = { type: 'text', text: { body: 'hola' } };
  const body: Partial<Record<RouteName, object>> = {
    createCategory: { name: 'x' },
    createProduct: { categoryId: '01JD000000000000000000000Z', name: 'x', price: 1 },
    receiveStock: { quantity: 1 },
    adjustStock: { change: 1, reason: 'count' },
    createConnection: { name: 'x', phoneNumberId: '106540352242922', wabaId: '102290129340398', token: 'x'.repeat(20) },
    signUpConnection: { name: 'x', phoneNumberId: '106540352242922', wabaId: '102290129340398', code: 'x' },
    startConversation: { phoneNumberId: '106540352242922', phone: '+5491122334455', content: hello },
    writeMessage: { content: hello },
    inviteUser: { email: 'nadia@example.com', name: 'Nadia', role: 'seller' },
    createLead: { phone: '+5491122334455' },
    addNote: { text: 'llamar' },
    createPipeline: { name: 'x', stages: [{ name: 'x', status: 'new' }] },
    createLeadForm: { name: 'x' },
  };

  it.each(
    idempotent.flatMap((name) =>
      [
        ['too short', 'x'.repeat(15)],
        ['too long', 'x'.repeat(129)],
        ['with a space', 'sixteen or more but spaced'],
        ['with an accent', 'clave-repetición-larga'],
      ].map(([what, key]) => [name, what, key] as const),
    ),
  )('of %s is refused when %s', async (name, _, key) => {
    const order = anOrder(given.shop, given.products[0] as never);
    const request = { ...basics(name), body: name === 'createCheckout' ? order : body[name] };
    const answer = await lambdas.call(name, { ...request, headers: { 'idempotency-key': key ?? '' } });
    expectProblem(answer, 'request.invalid');
    expect(fieldsOf(answer)).toEqual(['Idempotency-Key']);
  });
});

describe('what does not exist', () => {
  it('has one answer, byte for byte, whatever was asked for', async () => {
    const hidden = await given.addProduct('hidden', 1, { active: false });
    const order = (id: string, shop = given.shop.slug) => ({
      body: { ...anOrder(given.shop, given.products[0] as never), shop, lines: [{ productId: id, quantity: 1 }] },
    });
    const as = given.as('admin');
    const asked: [RouteName, TestRequest][] = [
      ['viewShop', { query: { shop: 'nowhere' } }],
      ['viewCategories', { query: { shop: 'nowhere' } }],
      ['viewProducts', { query: { shop: 'nowhere' } }],
      ['viewProduct', { query: { shop: 'nowhere' }, params: { productId: productId() } }],
      ['viewProduct', { query: { shop: given.shop.slug }, params: { productId: 'nothing' } }],
      ['viewProduct', { query: { shop: given.shop.slug }, params: { productId: hidden.productId } }],
      ['createCheckout', order(productId(), 'nowhere')],
      ['createCheckout', order('nothing')],
      ['createCheckout', order(hidden.productId)],
      ['viewCheckout', { params: { code: '0000-0000-0000-0000' } }],
      ['viewCheckout', { params: { code: 'short' } }],
      ['viewCheckout', { params: { code: '%00../../' } }],
      ['confirmCheckout', { params: { code: '0000-0000-0000-0000' } }],
      ['cancelCheckout', { params: { code: '0000-0000-0000-0000' } }],
      ['getCheckout', { as, params: { code: '0000-0000-0000-0000' } }],
      ['sellCheckout', { as, params: { code: '0000-0000-0000-0000' } }],
      ['releaseCheckout', { as, params: { code: '0000-0000-0000-0000' } }],
      ['extendCheckout', { as, params: { code: '0000-0000-0000-0000' } }],
      ['getProduct', { as, params: { productId: 'nothing' } }],
      ['deleteProduct', { as, params: { productId: 'nothing' } }],
      ['updateProduct', { as, params: { productId: 'nothing' }, body: { price: 1 } }],
      ['updateCategory', { as, params: { categoryId: 'nothing' }, body: { name: 'x' } }],
      ['deleteCategory', { as, params: { categoryId: 'nothing' } }],
      ['receiveStock', { as, params: { productId: 'nothing' }, body: { quantity: 1 } }],
      ['adjustStock', { as, params: { productId: 'nothing' }, body: { change: 1, reason: 'x' } }],
      ['listMovements', { as, params: { productId: 'nothing' } }],
      ['spreadStock', { as, params: { productId: 'nothing' }, body: { hot: true } }],
      ['requestUpload', { as, params: { productId: 'nothing' }, body: { contentType: 'image/png', bytes: 1 } }],
      [
        'attachPicture',
        {
          as,
          params: { productId: 'nothing' },
          body: { pictureId: '01JD000000000000000000000A', contentType: 'image/png' },
        },
      ],
      ['orderPictures', { as, params: { productId: 'nothing' }, body: { pictureIds: [] } }],
      ['removePicture', { as, params: { productId: 'nothing', pictureId: 'nothing' } }],
      ['removePicture', { as, params: { productId: productId(), pictureId: 'nothing' } }],
      ['getShop', { as: { ...as, shopId: '01JD000000000000000000000Z' } }],
    ];
    const before = await lambdas.rows();
    const answers = await asked.reduce(
      async (all, [name, request]) => [...(await all), await lambdas.call(name, request)],
      Promise.resolve<Answer[]>([]),
    );
    for (const answer of answers) {
      expectProblem(answer, 'not-found');
      expect(answer).toEqual(answers[0]);
    }
    expect(await lambdas.rows()).toEqual(before);
  });

  it('is also what a route nobody knows answers', async () => {
    const event = { ...anEvent(servedRoutes.viewShop.route), routeKey: 'GET /api/nothing' };
    const { statusCode, body } = (await lambdas.run('storefront', event)) as { statusCode: number; body: string };
    expect([statusCode, JSON.parse(body).code]).toEqual([404, 'not-found']);
  });
});

describe('reading', () => {
  it.each(reading.flatMap((name) => ['GET', 'HEAD'].map((method) => [method, name] as const)))(
    '%s %s leaves the table as it is',
    async (method, name) => {
      const before = await lambdas.rows();
      const answer = await lambdas.call(name, { ...basics(name), method });
      expect([200, 404]).toContain(answer.status);
      expect(await lambdas.rows()).toEqual(before);
    },
  );

  it('answers HEAD as it answers GET', async () => {
    const query = { shop: given.shop.slug };
    const head = await lambdas.call('viewProducts', { query, method: 'HEAD' });
    expect(head).toEqual(await lambdas.call('viewProducts', { query }));
  });

  it('never confirms, cancels or creates on GET', async () => {
    for (const name of ['createCheckout', 'confirmCheckout', 'cancelCheckout'] as const) {
      expectProblem(await lambdas.call(name, { ...basics(name), method: 'GET' }), 'not-found');
    }
  });
});

describe('caches', () => {
  it.each(routeNames)('keep %s only if its contract says so', async (name) => {
    const { cacheSeconds } = servedRoutes[name].route;
    const { status, headers } = await lambdas.call(name, { ...basics(name), body: {} });
    const shared = cacheSeconds !== undefined && status < 400;
    expect(headers['cache-control']).toBe(shared ? `public, max-age=0, s-maxage=${cacheSeconds}` : 'no-store');
  });

  it('may keep what shoppers see for two seconds at most, and nothing else', () => {
    const kept = routeNames.filter((name) => servedRoutes[name].route.cacheSeconds !== undefined);
    expect(kept.sort()).toEqual(['showShop', 'viewCategories', 'viewProduct', 'viewProducts', 'viewShop']);
    for (const name of kept) expect(servedRoutes[name].route.cacheSeconds).toBeLessThanOrEqual(2);
  });
});

describe('our own failures', () => {
  it('answer 500 and say nothing of their cause, which the log has', async () => {
    const key = keys.shop('01JD000000000000000000000Q');
    await lambdas.table.put({ ...key, shopId: 'broken', secretNote: 'do not tell' });
    lambdas.clear();
    const answer = await lambdas.call('getShop', {
      as: { ...given.as('admin'), shopId: '01JD000000000000000000000Q' },
    });
    expectProblem(answer, 'internal');
    expect(answer.headers['retry-after']).toBeUndefined();
    expect(answer.body).not.toMatch(/zod|expected|slug|do not tell/i);
    expect(lambdas.logs()).toContainEqual(
      expect.objectContaining({ level: 'ERROR', message: 'request failed', route: 'GET /admin/shop' }),
    );
    expect(lambdas.logText()).not.toContain('do not tell');
  });
});
