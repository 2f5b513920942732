import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Lambdas, openLambdas } from '../support/lambdas.ts';
import { anOrder, type GivenShop, givenShop } from './given.ts';

let lambdas: Lambdas;
let given: GivenShop;
let shops = 0;

beforeAll(async () => {
  lambdas = await openLambdas();
});

beforeEach(async () => {
  shops += 1;
  given = await givenShop(lambdas.table, `tienda-${shops}`);
});

afterAll(() => lambdas.close());

const lampId = () => given.products[0]?.productId ?? '';
const admin = () => given.as('admin');
const items = ({ json }: Answer) => json['items'] as Record<string, unknown>[];
const onLamp = (body?: object) => ({ as: admin(), params: { productId: lampId() }, ...(body && { body }) });

describe('categories', () => {
  it('are made once for one key, listed in order, renamed and deleted while empty', async () => {
    const headers = { 'idempotency-key': 'a-category-of-its-own' };
    const request = { as: admin(), body: { name: 'Aromas', position: 1 }, headers };
    const made = await lambdas.call('createCategory', request);
    expect([made.status, made.json['name'], made.json['products']]).toEqual([201, 'Aromas', 0]);
    expect((await lambdas.call('createCategory', request)).json).toEqual(made.json);
    const reused = await lambdas.call('createCategory', { ...request, body: { name: 'Other' } });
    expect([reused.status, reused.json['code']]).toEqual([422, 'idempotency.key-reused']);
    const params = { categoryId: String(made.json['categoryId']) };
    const renamed = await lambdas.call('updateCategory', { as: admin(), params, body: { name: 'Sahumerios' } });
    expect(renamed.json).toMatchObject({ name: 'Sahumerios', position: 1 });
    const list = items(await lambdas.call('listCategories', { as: admin() }));
    expect(list.map(({ name }) => name)).toEqual([`${given.shop.slug} candles`, 'Sahumerios']);
    const gone = await lambdas.call('deleteCategory', { as: admin(), params });
    expect([gone.status, gone.body, gone.headers]).toEqual([204, '', { 'cache-control': 'no-store' }]);
  });

  it('stay while they have products', async () => {
    const params = { categoryId: given.category.categoryId };
    const { status, json } = await lambdas.call('deleteCategory', { as: admin(), params });
    expect([status, json['code']]).toEqual([409, 'category.not-empty']);
  });
});

describe('products', () => {
  it('are made with no stock, changed, hidden and deleted', async () => {
    const body = { categoryId: given.category.categoryId, name: 'Espejo', price: 990_000 };
    const made = await lambdas.call('createProduct', { as: admin(), body });
    const stock = { onHand: 0, reserved: 0, available: 0, sold: 0 };
    expect(made).toMatchObject({ status: 201, json: { name: 'Espejo', active: true, description: '', stock } });
    const params = { productId: String(made.json['productId']) };
    const change = { price: 880_000, active: false };
    const changed = await lambdas.call('updateProduct', { as: admin(), params, body: change });
    expect(changed.json).toMatchObject({ name: 'Espejo', price: 880_000, active: false, description: '' });
    const { slug } = given.shop;
    expect((await lambdas.call('viewProduct', { params, query: { shop: slug } })).status).toBe(404);
    expect((await lambdas.call('deleteProduct', { as: admin(), params })).status).toBe(204);
    expect((await lambdas.call('getProduct', { as: admin(), params })).status).toBe(404);
  });

  it('keep every field that a change does not name', async () => {
    const before = await lambdas.call('getProduct', onLamp());
    await lambdas.call('updateProduct', onLamp({ position: 7 }));
    const { updatedAt: _, version: __, ...after } = (await lambdas.call('getProduct', onLamp())).json;
    expect({ ...before.json }).toMatchObject({ ...after, position: 0 });
    expect(after['position']).toBe(7);
  });

  it('stay while they have stock', async () => {
    const { status, json } = await lambdas.call('deleteProduct', onLamp());
    expect([status, json['code']]).toEqual([409, 'product.has-stock']);
  });

  it('need a category of the shop', async () => {
    const body = { categoryId: '01JD000000000000000000000Z', name: 'x', price: 1 };
    const { status, json } = await lambdas.call('createProduct', { as: admin(), body });
    expect([status, json['errors']]).toEqual([
      400,
      [expect.objectContaining({ field: 'categoryId', code: 'unknown' })],
    ]);
  });
});

describe('stock', () => {
  it('comes in, once for one key', async () => {
    const headers = { 'idempotency-key': 'goods-came-in-on-monday' };
    const request = { ...onLamp({ quantity: 5, reason: 'Monday' }), headers };
    for (const _ of [1, 2]) {
      const { status, json } = await lambdas.call('receiveStock', request);
      expect([status, json['stock']]).toEqual([201, { onHand: 15, reserved: 0, available: 15, sold: 0 }]);
    }
    const { status } = await lambdas.call('receiveStock', { ...request, ...onLamp({ quantity: 6 }) });
    expect(status).toBe(422);
  });

  it('is corrected by a difference, never below what is reserved', async () => {
    const order = anOrder(given.shop, given.products[0] as never, { lines: [{ productId: lampId(), quantity: 4 }] });
    await lambdas.call('createCheckout', { body: order });
    const { status, json } = await lambdas.call('adjustStock', onLamp({ change: -7, reason: 'broken' }));
    expect([status, json['code'], json['onHand'], json['reserved'], json['available']]).toEqual([
      409,
      'stock.below-reserved',
      10,
      4,
      6,
    ]);
    const done = await lambdas.call('adjustStock', onLamp({ change: -6, reason: 'broken' }));
    expect(done.json['stock']).toEqual({ onHand: 4, reserved: 4, available: 0, sold: 0 });
  });

  it('tells every movement, newest first, in pages', async () => {
    for (const change of [1, 2, 3]) await lambdas.call('adjustStock', onLamp({ change, reason: `count ${change}` }));
    const first = await lambdas.call('listMovements', { ...onLamp(), query: { limit: '3' } });
    const query = { limit: '3', cursor: String(first.json['nextCursor']) };
    const second = await lambdas.call('listMovements', { ...onLamp(), query });
    expect(items(first).map(({ quantity }) => quantity)).toEqual([3, 2, 1]);
    expect(items(second)).toEqual([expect.objectContaining({ kind: 'receive', quantity: 10, by: 'operator' })]);
    expect(second.json['nextCursor']).toBeUndefined();
  });

  it('is spread over buckets for a hot product and gathered again, with nothing lost', async () => {
    const spread = await lambdas.call('spreadStock', onLamp({ hot: true }));
    expect(spread.json).toMatchObject({ hot: true, stockBuckets: 16, stock: { onHand: 10, available: 10 } });
    const order = anOrder(given.shop, given.products[0] as never, { lines: [{ productId: lampId(), quantity: 7 }] });
    expect((await lambdas.call('createCheckout', { body: order })).status).toBe(201);
    const gathered = await lambdas.call('spreadStock', onLamp({ hot: false }));
    expect(gathered.json['stock']).toEqual({ onHand: 10, reserved: 7, available: 3, sold: 0 });
    const page = await lambdas.call('listMovements', { ...onLamp(), query: { limit: '5' } });
    const cursor = String(page.json['nextCursor']);
    const rest = await lambdas.call('listMovements', { ...onLamp(), query: { limit: '100', cursor } });
    const quantities = [...items(page), ...items(rest)].filter(({ kind }) => kind === 'adjust');
    expect(quantities.reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBe(0);
  });
});

describe('pictures', () => {
  const upload = async (bytes = 1000) => {
    const { status, json } = await lambdas.call('requestUpload', onLamp({ contentType: 'image/png', bytes }));
    expect(status).toBe(201);
    return json as { pictureId: string; url: string; method: string; headers: Record<string, string> };
  };
  const arrive = ({ pictureId }: { pictureId: string }, file = { contentType: 'image/png', bytes: 1000 }) =>
    lambdas.files.set(`shops/${given.shop.shopId}/products/${lampId()}/${pictureId}.png`, file);
  const attach = (pictureId: string) =>
    lambdas.call('attachPicture', onLamp({ pictureId, contentType: 'image/png', alt: 'a lamp' }));

  it('get an address that takes one file of that type and size', async () => {
    const { url, method, headers, pictureId } = await upload();
    expect([method, headers]).toEqual(['PUT', { 'content-type': 'image/png', 'content-length': '1000' }]);
    const address = new URL(url);
    expect(address.pathname).toContain(`shops/${given.shop.shopId}/products/${lampId()}/${pictureId}.png`);
    expect(address.searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host');
    expect(address.searchParams.get('X-Amz-Expires')).toBe('600');
  });

  it('show once they have arrived, are put in order and taken off with their file', async () => {
    const [one, two] = [await upload(), await upload()];
    const early = await attach(one.pictureId);
    expect([early.status, early.json['code']]).toEqual([409, 'picture.not-uploaded']);
    for (const picture of [one, two]) {
      arrive(picture);
      expect((await attach(picture.pictureId)).status).toBe(201);
    }
    expect((await attach(two.pictureId)).json['pictures']).toHaveLength(2);
    const pictureIds = [two.pictureId, one.pictureId];
    const ordered = await lambdas.call('orderPictures', onLamp({ pictureIds }));
    expect(ordered.json['pictures']).toEqual([
      expect.objectContaining({ pictureId: two.pictureId }),
      expect.objectContaining({ pictureId: one.pictureId }),
    ]);
    const partial = await lambdas.call('orderPictures', onLamp({ pictureIds: [one.pictureId] }));
    expect(partial.status).toBe(400);
    const params = { productId: lampId(), pictureId: two.pictureId };
    const removed = await lambdas.call('removePicture', { as: admin(), params });
    expect(removed.json['pictures']).toHaveLength(1);
    expect([...lambdas.files.keys()].filter((key) => key.includes(two.pictureId))).toEqual([]);
  });

  it.each([
    { contentType: 'image/svg+xml', bytes: 1000 },
    { contentType: 'image/png', bytes: 5_000_001 },
  ])('are not taken as %j', async (file) => {
    const picture = await upload();
    arrive(picture, file);
    expect((await attach(picture.pictureId)).json['code']).toBe('picture.not-uploaded');
  });

  it('are eight at most', async () => {
    for (let count = 0; count < 8; count += 1) {
      const picture = await upload();
      arrive(picture);
      await attach(picture.pictureId);
    }
    const { status, json } = await lambdas.call('requestUpload', onLamp({ contentType: 'image/png', bytes: 1 }));
    expect([status, json['code']]).toEqual([409, 'product.too-many-pictures']);
  });
});

describe('settings', () => {
  const settings = async () => (await lambdas.call('getShop', { as: given.as('seller') })).json;

  it('keep what a change does not name', async () => {
    await lambdas.call('updateShop', { as: admin(), body: { tagline: 'Things with a soul', holdMinutes: 60 } });
    const before = await settings();
    const { status, json } = await lambdas.call('updateShop', { as: admin(), body: { limits: { maxLines: 5 } } });
    expect(status).toBe(200);
    expect(await settings()).toEqual(json);
    const { limits, version: _, updatedAt: __, ...others } = before as { limits: object; version: 1; updatedAt: 1 };
    expect(json).toMatchObject({ ...others, tagline: 'Things with a soul', limits: { ...limits, maxLines: 5 } });
  });

  it('may all be changed at once', async () => {
    const body = {
      name: 'Vitrine',
      tagline: '',
      language: 'pt',
      currency: 'BRL',
      country: 'BR',
      timeZone: 'America/Sao_Paulo',
      whatsappNumber: '+5511987654321',
      holdMinutes: 120,
      firstHoldMinutes: 15,
      shopperConfirms: false,
    };
    expect((await lambdas.call('updateShop', { as: admin(), body })).json).toMatchObject(body);
  });
});

describe('the shop window', () => {
  it('leaves out what is hidden, and what is sold out when asked for what is available', async () => {
    await given.addProduct('hidden', 5, { active: false });
    const none = await given.addProduct('none left', 0);
    const query = { shop: given.shop.slug };
    const all = items(await lambdas.call('viewProducts', { query }));
    expect(all.map(({ name, available }) => [name, available])).toEqual([
      ['none left', 0],
      [`${given.shop.slug} lamp`, 10],
      [`${given.shop.slug} vase`, 3],
    ]);
    const available = items(await lambdas.call('viewProducts', { query: { ...query, available: 'true' } }));
    expect(available.map(({ productId }) => productId)).not.toContain(none.productId);
  });

  it('shows shoppers no figures but what is available, and no settings but what they need', async () => {
    const query = { shop: given.shop.slug };
    const [product] = items(await lambdas.call('viewProducts', { query }));
    expect(Object.keys(product ?? {}).sort()).toEqual(
      ['available', 'categoryId', 'currency', 'description', 'name', 'pictures', 'price', 'productId'].sort(),
    );
    const { json: shop } = await lambdas.call('viewShop', { query });
    expect(Object.keys(shop)).not.toEqual(expect.arrayContaining(['limits']));
    expect(JSON.stringify(shop)).not.toContain(given.shop.shopId);
  });
});
