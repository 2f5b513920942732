import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '#core/page.ts';
import type { Upload } from '../../functions/catalog/picture.ts';
import type { ProductView, ProductWithStock } from '../../functions/catalog/product.ts';
import type { CheckoutForSeller } from '../../functions/checkouts/checkout.ts';
import type { StockMovement } from '../../functions/stock/stock.ts';
import { asSeller, eventually, newKey, openTarget, reserve } from '../support/target.ts';

const target = openTarget();

/** The smallest PNG there is: one transparent pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('a seller', () => {
  let token = '';
  let seller: ReturnType<typeof asSeller>;
  let categoryId = '';

  beforeAll(async () => {
    token = await target.tokenFor('admin');
    seller = asSeller(target, token);
    ({ categoryId } = await seller.addCategory('Historias de vendedores'));
  });

  const ask = <Body>(method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    target.ask<Body>(method, path, { token, ...(body !== undefined && { body }), ...(headers && { headers }) });

  it('adds a product, changes it, hides it, and shoppers see just that', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Manta', 3);
    const changed = await ask<ProductWithStock>('PATCH', `/admin/products/${productId}`, {
      name: 'Manta de lana',
      price: 9_900_000,
    });
    expect(changed.body).toMatchObject({ name: 'Manta de lana', price: 9_900_000, stock: { available: 3 } });
    const path = `/api/products/${productId}?shop=${target.shop}`;
    const shown = await target.ask<ProductView>('GET', path);
    expect(shown.body).toMatchObject({ name: 'Manta de lana', price: 9_900_000 });
    await ask('PATCH', `/admin/products/${productId}`, { active: false });
    expect((await target.ask('GET', path)).status).toBe(404);
    expect((await reserve(target, [{ productId, quantity: 1 }])).status).toBe(404);
  });

  it('uploads pictures straight to storage, orders them and takes one away', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Retratado', 1);
    const upload = async () => {
      const wanted = { contentType: 'image/png', bytes: PIXEL.length };
      const { body } = await ask<Upload>('POST', `/admin/products/${productId}/uploads`, wanted);
      const put = await fetch(body.url, { method: 'PUT', headers: { 'content-type': 'image/png' }, body: PIXEL });
      expect(put.status).toBe(200);
      return body.pictureId;
    };
    const attach = (pictureId: string) =>
      ask<ProductWithStock>('POST', `/admin/products/${productId}/pictures`, {
        pictureId,
        contentType: 'image/png',
        alt: 'De frente',
      });

    expect((await attach('01ARZ3NDEKTSV4RRFFQ69G5FAV')).status).toBe(409);
    const first = await upload();
    const second = await upload();
    await attach(first);
    const { body: both } = await attach(second);
    expect(both.pictures.map(({ pictureId }) => pictureId)).toEqual([first, second]);

    const ordered = await ask<ProductWithStock>('PUT', `/admin/products/${productId}/pictures`, {
      pictureIds: [second, first],
    });
    expect(ordered.body.pictures[0]?.pictureId).toBe(second);
    const picture = await fetch(`${target.url}${ordered.body.pictures[0]?.url}`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer())).toEqual(PIXEL);

    const left = await ask<ProductWithStock>('DELETE', `/admin/products/${productId}/pictures/${second}`);
    expect(left.body.pictures.map(({ pictureId }) => pictureId)).toEqual([first]);
  });

  it('is refused an upload larger than it was said to be', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Tramposo', 0);
    const { body } = await ask<Upload>('POST', `/admin/products/${productId}/uploads`, {
      contentType: 'image/png',
      bytes: 10,
    });
    const put = await fetch(body.url, { method: 'PUT', headers: { 'content-type': 'image/png' }, body: PIXEL });
    expect(put.status).toBe(403);
  });

  it('receives and adjusts stock, never below what is reserved, and finds it all in the ledger', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Contado', 5);
    const { code } = (await reserve(target, [{ productId, quantity: 3 }])).body;
    const adjust = (change: number, headers?: Record<string, string>) =>
      ask<ProductWithStock>('POST', `/admin/products/${productId}/stock/adjust`, { change, reason: 'rotura' }, headers);

    expect(await adjust(-3)).toMatchObject({
      status: 409,
      body: { code: 'stock.below-reserved', available: 2, reserved: 3 },
    });
    const key = { 'idempotency-key': newKey() };
    expect((await adjust(-2, key)).body.stock).toMatchObject({ onHand: 3, available: 0, reserved: 3 });
    expect((await adjust(-2, key)).body.stock).toMatchObject({ onHand: 3, available: 0, reserved: 3 });
    expect((await ask<ProductWithStock>('POST', `/admin/checkouts/${code}/confirm`)).status).toBe(200);

    const rows: StockMovement[] = [];
    let cursor: string | undefined;
    do {
      const path = `/admin/products/${productId}/stock/movements?limit=2${cursor ? `&cursor=${cursor}` : ''}`;
      const { body } = await ask<Page<StockMovement>>('GET', path);
      rows.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor);
    expect(rows.map(({ kind, quantity }) => `${kind} ${quantity}`)).toEqual([
      'sell 3',
      'adjust -2',
      'reserve 3',
      'receive 5',
    ]);
    expect(rows[1]).toMatchObject({ reason: 'rotura' });
    expect(rows[0]).toMatchObject({ code });
    expect(rows[0]?.by).toMatch(/^user:/);
    expect(rows[2]?.by).toBe('shopper');
  });

  it('sees the active checkouts, soonest expiry first, with the customer, and sells or releases them', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Pendiente', 4);
    const one = (await reserve(target, [{ productId, quantity: 1 }])).body.code;
    const two = (await reserve(target, [{ productId, quantity: 1 }])).body.code;
    const { body } = await ask<Page<CheckoutForSeller>>('GET', '/admin/checkouts?state=active&limit=100');
    const times = body.items.map(({ expiresAt }) => expiresAt);
    expect(times).toEqual([...times].sort());
    expect(body.items.find(({ code }) => code === one)).toMatchObject({
      customerName: 'Ana Compradora',
      state: 'active',
    });

    expect((await ask('POST', `/admin/checkouts/${one}/confirm`)).body).toMatchObject({ state: 'confirmed' });
    const released = await ask('POST', `/admin/checkouts/${two}/cancel`, { reason: 'no contesta' });
    expect(released.body).toMatchObject({ state: 'cancelled', endReason: 'no contesta' });
    const sold = await ask<Page<CheckoutForSeller>>('GET', '/admin/checkouts?state=confirmed');
    expect(sold.body.items[0]?.code).toBe(one);
    expect((await seller.product(productId)).stock).toMatchObject({ onHand: 3, reserved: 0, available: 3, sold: 1 });
  });

  it('sees a sold-out product leave the list of what is available, and come back', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Único', 1);
    const listed = async () => {
      const path = `/api/products?shop=${target.shop}&category=${categoryId}&available=true&limit=100`;
      const { body } = await target.ask<Page<ProductView>>('GET', path);
      return body.items.some((product) => product.productId === productId);
    };
    await eventually(listed);
    const { code } = (await reserve(target, [{ productId, quantity: 1 }])).body;
    await eventually(async () => !(await listed()));
    await target.ask('POST', `/api/checkouts/${code}/cancel`);
    await eventually(listed);
  });

  it('spreads a product that many will want, of which half at most is on hold at once', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Furor', 20);
    const hot = await ask<ProductWithStock>('PUT', `/admin/products/${productId}/hot`, { hot: true });
    expect(hot.body).toMatchObject({ hot: true, stock: { onHand: 20, available: 20 } });
    const statuses: number[] = [];
    // one after the other: at one moment the limit holds for each bucket alone, so that a few more may come through
    for (let buyer = 0; buyer < 15; buyer += 1)
      statuses.push((await reserve(target, [{ productId, quantity: 1 }])).status);
    expect(statuses).toEqual([...Array(10).fill(201), ...Array(5).fill(429)]);
    expect((await seller.product(productId)).stock).toMatchObject({ reserved: 10, available: 10 });
  });

  it('deletes what is empty and is told why what is not stays', async () => {
    const { categoryId: own } = await seller.addCategory('Pasajera');
    const { productId } = await seller.addProduct(own, 'Pasajero', 1);
    expect((await ask('DELETE', `/admin/categories/${own}`)).body).toMatchObject({ code: 'category.not-empty' });
    expect((await ask('DELETE', `/admin/products/${productId}`)).body).toMatchObject({ code: 'product.has-stock' });
    await ask('POST', `/admin/products/${productId}/stock/adjust`, { change: -1, reason: 'fuera de catálogo' });
    expect((await ask('DELETE', `/admin/products/${productId}`)).status).toBe(204);
    expect((await ask('DELETE', `/admin/categories/${own}`)).status).toBe(204);
  });
});

describe('shops side by side', () => {
  it('do not see each other', async () => {
    const own = await target.tokenFor('admin');
    if (!(await target.isLocal())) return;
    const other = await target.tokenFor('admin', 'luz');
    const seller = asSeller(target, own);
    const { categoryId } = await seller.addCategory('Solo nuestro');
    const { productId } = await seller.addProduct(categoryId, 'Solo nuestro', 1);
    expect((await target.ask('GET', `/admin/products/${productId}`, { token: other })).status).toBe(404);
    expect((await target.ask('GET', `/api/products/${productId}?shop=luz`)).status).toBe(404);
    expect((await reserve(target, [{ productId, quantity: 1 }], { shop: 'luz' })).status).toBe(404);
    const { code } = (await reserve(target, [{ productId, quantity: 1 }])).body;
    expect((await target.ask('POST', `/admin/checkouts/${code}/confirm`, { token: other })).status).toBe(404);
  });

  it('let a seller work, but not change the settings', async () => {
    if (!(await target.isLocal())) return;
    const token = await target.tokenFor('seller');
    expect((await target.ask('GET', '/admin/shop', { token })).status).toBe(200);
    expect(await target.ask('PATCH', '/admin/shop', { token, body: { holdMinutes: 5 } })).toMatchObject({
      status: 403,
      body: { code: 'request.forbidden' },
    });
  });
});
