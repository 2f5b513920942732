import { beforeAll, describe, expect, it } from 'vitest';
import { asSeller, newPhone, openTarget } from '../support/target.ts';

const target = openTarget();

describe('a request that can not be served', () => {
  let productId = '';
  let seller: ReturnType<typeof asSeller>;

  beforeAll(async () => {
    seller = asSeller(target, await target.tokenFor('admin'));
    const { categoryId } = await seller.addCategory('Pedidos malos');
    ({ productId } = await seller.addProduct(categoryId, 'Intacto', 7));
  });

  const order = (change: object = {}) => ({
    shop: target.shop,
    lines: [{ productId, quantity: 1 }],
    customerName: 'Ana',
    phone: newPhone(),
    ...change,
  });

  const cases: [string, () => Parameters<typeof target.ask>[2], number, string, string?][] = [
    ['is not JSON', () => ({ body: '{"shop":' }), 400, 'request.malformed'],
    [
      'has another content type',
      () => ({ body: '{}', headers: { 'content-type': 'text/plain' } }),
      415,
      'request.wrong-content-type',
    ],
    ['is too large', () => ({ body: { pad: 'x'.repeat(70_000) } }), 413, 'request.too-large'],
    ['has no lines', () => ({ body: order({ lines: [] }) }), 400, 'request.invalid', 'lines'],
    [
      'has a quantity of zero',
      () => ({ body: order({ lines: [{ productId, quantity: 0 }] }) }),
      400,
      'request.invalid',
      'lines.0.quantity',
    ],
    [
      'has half a unit',
      () => ({ body: order({ lines: [{ productId, quantity: 1.5 }] }) }),
      400,
      'request.invalid',
      'lines.0.quantity',
    ],
    ['has no name', () => ({ body: order({ customerName: '  ' }) }), 400, 'request.invalid', 'customerName'],
    ['has a phone that is none', () => ({ body: order({ phone: '12 34 56' }) }), 400, 'request.invalid', 'phone'],
    ['has a field nobody knows', () => ({ body: order({ discount: 50 }) }), 400, 'request.invalid', 'discount'],
    ['has too many products', () => ({ body: order({ lines: manyLines() }) }), 400, 'request.invalid', 'lines'],
    [
      'has too short a key',
      () => ({ body: order(), headers: { 'idempotency-key': 'short' } }),
      400,
      'request.invalid',
      'Idempotency-Key',
    ],
    ['names a shop that is not', () => ({ body: order({ shop: 'no-such-shop' }) }), 404, 'not-found'],
    [
      'names a product that is not',
      () => ({ body: order({ lines: [{ productId: 'X', quantity: 1 }] }) }),
      404,
      'not-found',
    ],
  ];

  const manyLines = () =>
    Array.from({ length: 21 }, (_, index) => ({
      productId: `01ARZ3NDEKTSV4RRFFQ69G5F${String(index).padStart(2, '0')}`,
      quantity: 1,
    }));

  it.each(cases)('%s: says so and reserves nothing', async (_, request, status, code, field) => {
    const answer = await target.ask<{ code: string; errors?: { field: string }[] }>(
      'POST',
      '/api/checkouts',
      request(),
    );
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    if (field) expect(answer.body.errors?.map((error) => error.field)).toContain(field);
    expect((await seller.product(productId)).stock).toMatchObject({ onHand: 7, reserved: 0, available: 7 });
  });

  it('asks for a token where one is needed', async () => {
    expect((await target.ask('GET', '/admin/products')).status).toBe(401);
    expect((await target.ask('GET', '/admin/products', { token: 'nonsense' })).status).toBe(401);
  });
});
