import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '#core/page.ts';
import type { CategoryView } from '../../functions/catalog/category.ts';
import type { ProductView } from '../../functions/catalog/product.ts';
import type { CheckoutView } from '../../functions/checkouts/checkout.ts';
import { asSeller, newKey, openTarget, reserve } from '../support/target.ts';

const target = openTarget();

describe('a shopper', () => {
  let seller: ReturnType<typeof asSeller>;
  let categoryId = '';

  beforeAll(async () => {
    seller = asSeller(target, await target.tokenFor('admin'));
    ({ categoryId } = await seller.addCategory('Historias de compradores'));
  });

  it('sees categories, and products with what is available of each', async () => {
    const product = await seller.addProduct(categoryId, 'Farol de papel', 4);
    const categories = await target.ask<Page<CategoryView>>('GET', `/api/categories?shop=${target.shop}`);
    expect(categories.body.items.map(({ name }) => name)).toContain('Historias de compradores');

    const products = await target.ask<Page<ProductView>>(
      'GET',
      `/api/products?shop=${target.shop}&category=${categoryId}`,
    );
    const seen = products.body.items.find(({ productId }) => productId === product.productId);
    expect(seen).toMatchObject({ name: 'Farol de papel', price: 1_250_000, available: 4 });

    const one = await target.ask<ProductView>('GET', `/api/products/${product.productId}?shop=${target.shop}`);
    expect(one.body).toEqual(seen);
  });

  it('pages through products and sees each once', async () => {
    const { categoryId: own } = await seller.addCategory('Muchos productos');
    for (let number = 0; number < 5; number += 1) await seller.addProduct(own, `Cinta ${number}`, 1);
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const path = `/api/products?shop=${target.shop}&category=${own}&limit=2${cursor ? `&cursor=${cursor}` : ''}`;
      const { body } = await target.ask<Page<ProductView>>('GET', path);
      names.push(...body.items.map(({ name }) => name));
      cursor = body.nextCursor;
    } while (cursor);
    expect(names).toEqual(['Cinta 0', 'Cinta 1', 'Cinta 2', 'Cinta 3', 'Cinta 4']);
  });

  it('reserves several products, sees them with frozen prices, and buys them', async () => {
    const candle = await seller.addProduct(categoryId, 'Vela azul', 5, 1_000_000);
    const bowl = await seller.addProduct(categoryId, 'Cuenco', 2, 2_500_000);
    const created = await reserve(target, [
      { productId: candle.productId, quantity: 2 },
      { productId: bowl.productId, quantity: 1 },
      { productId: candle.productId, quantity: 1 },
    ]);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ state: 'active', total: 5_500_000, currency: 'ARS' });
    expect(created.body.lines.map(({ name, quantity, amount }) => ({ name, quantity, amount }))).toEqual([
      { name: 'Vela azul', quantity: 3, amount: 3_000_000 },
      { name: 'Cuenco', quantity: 1, amount: 2_500_000 },
    ]);
    expect(created.body.secondsLeft).toBeGreaterThan(0);
    expect(created.text).not.toContain('Ana Compradora');

    const { code } = created.body;
    expect(await seller.product(candle.productId)).toMatchObject({ stock: { onHand: 5, reserved: 3, available: 2 } });
    expect((await target.ask<CheckoutView>('GET', `/api/checkouts/${code}`)).body).toMatchObject({
      code,
      total: 5_500_000,
    });

    const confirmed = await target.ask<CheckoutView>('POST', `/api/checkouts/${code}/confirm`);
    expect(confirmed.body).toMatchObject({ state: 'confirmed', secondsLeft: 0 });
    expect(await seller.product(candle.productId)).toMatchObject({
      stock: { onHand: 2, reserved: 0, available: 2, sold: 3 },
    });
  });

  it('gets all or nothing, and learns which product is short and how much is left', async () => {
    const plenty = await seller.addProduct(categoryId, 'Abundante', 10);
    const scarce = await seller.addProduct(categoryId, 'Escaso', 1);
    const refused = await reserve(target, [
      { productId: plenty.productId, quantity: 2 },
      { productId: scarce.productId, quantity: 2 },
    ]);
    expect(refused.status).toBe(409);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.body).toMatchObject({
      code: 'stock.short',
      short: [{ productId: scarce.productId, name: 'Escaso', requested: 2, available: 1 }],
    });
    expect((await seller.product(plenty.productId)).stock.reserved).toBe(0);
  });

  it('sends the same request twice and has one checkout', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Una vez', 5);
    const key = newKey();
    const phone = '011 15-4444-3333';
    const answers = await Promise.all(
      [1, 2, 3].map(() => reserve(target, [{ productId, quantity: 1 }], { key, phone })),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.code}`)).size).toBe(1);
    expect((await seller.product(productId)).stock.reserved).toBe(1);

    const other = await reserve(target, [{ productId, quantity: 2 }], { key, phone });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency.key-reused' } });
  });

  it('confirms once: a repeat with the same key is answered alike, another try learns the state', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Confirmable', 2);
    const { code } = (await reserve(target, [{ productId, quantity: 1 }])).body;
    const headers = { 'idempotency-key': newKey() };
    const first = await target.ask('POST', `/api/checkouts/${code}/confirm`, { headers });
    const again = await target.ask('POST', `/api/checkouts/${code}/confirm`, { headers });
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(await target.ask('POST', `/api/checkouts/${code}/confirm`)).toMatchObject({
      status: 409,
      body: { code: 'checkout.ended', state: 'confirmed' },
    });
    expect((await seller.product(productId)).stock).toMatchObject({ onHand: 1, sold: 1 });
  });

  it('cancels and the stock is free again', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Cancelable', 1);
    const { code } = (await reserve(target, [{ productId, quantity: 1 }])).body;
    const cancelled = await target.ask<CheckoutView>('POST', `/api/checkouts/${code}/cancel`);
    expect(cancelled.body.state).toBe('cancelled');
    expect((await seller.product(productId)).stock).toMatchObject({ reserved: 0, available: 1 });
    expect(await target.ask('POST', `/api/checkouts/${code}/confirm`)).toMatchObject({
      status: 409,
      body: { state: 'cancelled' },
    });
  });

  it('may not hold more checkouts at once than the shop allows', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Codiciado', 20);
    const phone = '+5491177778888';
    for (let number = 0; number < 3; number += 1) {
      expect((await reserve(target, [{ productId, quantity: 1 }], { phone })).status).toBe(201);
    }
    const refused = await reserve(target, [{ productId, quantity: 1 }], { phone: '011 15-7777-8888' });
    expect(refused).toMatchObject({ status: 429, body: { code: 'checkout.phone-limit' } });
  });

  it('opens the pages of shop and checkout, and a HEAD request has them too', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Con página', 3);
    const { code, url } = (await reserve(target, [{ productId, quantity: 1 }])).body;
    expect(url).toBe(`${target.url}/c/${code}`);
    const page = await target.ask('GET', `/c/${code}`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).toContain('og:title');
    expect(page.text).not.toContain('Ana Compradora');
    expect((await target.ask('HEAD', `/c/${code}`)).status).toBe(200);
    expect((await target.ask('GET', `/s/${target.shop}`)).text).toContain('page-data');
  });

  it('is told the same of every shop, product and code that does not exist', async () => {
    const answers = await Promise.all([
      target.ask('GET', '/api/products?shop=no-such-shop'),
      target.ask('GET', `/api/products/01ARZ3NDEKTSV4RRFFQ69G5FAV?shop=${target.shop}`),
      target.ask('GET', '/api/checkouts/AAAA-BBBB-CCCC-DDDD'),
      target.ask('GET', '/api/checkouts/nonsense'),
      target.ask('POST', '/api/checkouts/AAAABBBBCCCCDDDD/confirm'),
    ]);
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
    expect((await target.ask('GET', '/c/AAAABBBBCCCCDDDD')).status).toBe(404);
    expect((await target.ask('GET', '/s/no-such-shop')).status).toBe(404);
  });
});
