import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { keys } from '#table/schema.ts';
import { type Answer, type Lambdas, openLambdas } from '../support/lambdas.ts';
import { anOrder, aPhone, type GivenShop, givenShop } from './given.ts';

let lambdas: Lambdas;
let given: GivenShop;
let shops = 0;

beforeAll(async () => {
  lambdas = await openLambdas();
});

beforeEach(async () => {
  shops += 1;
  given = await givenShop(lambdas.table, `tienda-${shops}`);
  lambdas.coldStart();
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(() => lambdas.close());

const HOUR = 3_600_000;
const lamp = () => given.products[0] as never;
const vase = () => given.products[1] as never;
const lines = (...wanted: [product: { productId: string; name: string }, quantity: number][]) =>
  wanted.map(([{ productId }, quantity]) => ({ productId, quantity }));

const create = (more: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  lambdas.call('createCheckout', { body: { ...anOrder(given.shop, lamp()), ...more }, headers });

const codeOf = async (answer: Promise<Answer>): Promise<string> => String((await answer).json['code']);

const advance = (milliseconds: number) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds });
};

const stockOf = async (product: { productId: string }) =>
  (await lambdas.table.get(keys.stockLevel(given.shop.shopId, product.productId, 0), { consistent: true })) ?? {};

describe('creating', () => {
  it('reserves every line and says what was frozen', async () => {
    const { status, json } = await create({ lines: lines([lamp(), 2], [vase(), 1], [lamp(), 1]) });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      code: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{16}$/),
      displayCode: expect.stringMatching(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/),
      state: 'active',
      lines: [
        { name: `${given.shop.slug} lamp`, quantity: 3, unitPrice: 1500, amount: 4500 },
        { name: `${given.shop.slug} vase`, quantity: 1, unitPrice: 1500, amount: 1500 },
      ],
      total: 6000,
      secondsLeft: 86_400,
      url: `https://tienda.example/c/${json['code']}`,
    });
    expect(await stockOf(lamp())).toMatchObject({ onHand: 10, reserved: 3, available: 7 });
    expect(await stockOf(vase())).toMatchObject({ onHand: 3, reserved: 1, available: 2 });
  });

  it('takes a body in Base64 and content types of the JSON family', async () => {
    const body = anOrder(given.shop, lamp());
    const request = { body, base64: true, headers: { 'content-type': 'application/vnd.api+json; charset=utf-8' } };
    expect((await lambdas.call('createCheckout', request)).status).toBe(201);
  });

  it('names each short product with what is left, and holds nothing', async () => {
    const before = await lambdas.rows();
    const { status, headers, json } = await create({ lines: lines([lamp(), 11], [vase(), 4]) });
    expect([status, headers['content-type']]).toEqual([409, 'application/problem+json']);
    expect(json).toMatchObject({
      code: 'stock.short',
      short: [
        { productId: given.products[0]?.productId, name: `${given.shop.slug} lamp`, requested: 11, available: 10 },
        { productId: given.products[1]?.productId, name: `${given.shop.slug} vase`, requested: 4, available: 3 },
      ],
    });
    expect(await lambdas.rows()).toEqual(before);
  });

  it('names only what is short of several, and leaves the others free', async () => {
    const { json } = await create({ lines: lines([lamp(), 1], [vase(), 4]) });
    expect(json['short']).toEqual([expect.objectContaining({ requested: 4, available: 3 })]);
    expect(await stockOf(lamp())).toMatchObject({ reserved: 0, available: 10 });
  });

  it('gives the same checkout for the same key and content, and refuses other content', async () => {
    const headers = { 'idempotency-key': 'order-0001-of-a-shopper' };
    const phone = aPhone();
    const first = await create({ phone }, headers);
    const rows = await lambdas.rows();
    const again = await create({ phone }, headers);
    expect(again.json['code']).toBe(first.json['code']);
    const other = await create({ phone, customerName: 'Somebody Else' }, headers);
    expect([other.status, other.json['code']]).toEqual([422, 'idempotency.key-reused']);
    expect(await lambdas.rows()).toEqual(rows);
  });

  it('repeats the answer even once everything is sold out', async () => {
    const headers = { 'idempotency-key': 'order-0002-of-a-shopper' };
    const order = { phone: aPhone(), lines: lines([vase(), 3]) };
    const first = await create(order, headers);
    const again = await create(order, headers);
    expect([again.status, again.json['code']]).toEqual([201, first.json['code']]);
  });

  it('limits what one phone may hold, however it is written', async () => {
    for (const phone of ['011 15-2345-6789', '+54 9 11 2345-6789', '+541123456789']) {
      expect((await create({ phone })).status).toBe(201);
    }
    const { status, json } = await create({ phone: '11 2345 6789' });
    expect([status, json['code'], json['limit']]).toEqual([429, 'checkout.phone-limit', 3]);
  });

  it('limits the units of a product that one phone may hold', async () => {
    const limits = { ...given.shop.limits, maxUnitsPerProductPerPhone: 2 };
    await given.settle({ limits });
    const { status, json } = await create({ lines: lines([lamp(), 3]) });
    expect([status, json['code'], json['limit']]).toEqual([429, 'checkout.phone-limit', 2]);
  });

  it('limits the share of a product on hold', async () => {
    await given.settle({ limits: { ...given.shop.limits, maxHeldShare: 50 } });
    expect((await create({ lines: lines([lamp(), 5]) })).status).toBe(201);
    const { status, json } = await create();
    expect([status, json['code'], json['maxHeldShare']]).toEqual([429, 'checkout.product-limit', 50]);
  });

  it('limits the active checkouts of a shop, and says that it may be tried again', async () => {
    await given.settle({ limits: { ...given.shop.limits, maxActivePerShop: 1 } });
    expect((await create()).status).toBe(201);
    lambdas.coldStart();
    const { status, json, headers } = await create();
    expect([status, json['code'], headers['retry-after']]).toEqual([429, 'checkout.shop-limit', '1']);
  });
});

describe('looking at a checkout', () => {
  it('reads the code as people write it', async () => {
    const { json } = await create();
    const typed = String(json['displayCode']).toLowerCase().replaceAll('-', ' ');
    expect((await lambdas.call('viewCheckout', { params: { code: typed } })).json['code']).toBe(json['code']);
  });

  it('shows no name and no phone to whoever has the link', async () => {
    const code = await codeOf(create({ customerName: 'Zenobia Quispe', phone: '+5491144445555' }));
    for (const name of ['viewCheckout', 'showCheckout', 'confirmCheckout'] as const) {
      const { status, body } = await lambdas.call(name, { params: { code } });
      expect(status).toBe(200);
      expect(body).not.toMatch(/Zenobia|Quispe|44445555|requestDigest|holds/);
    }
  });

  it('shows name and phone to a seller', async () => {
    const code = await codeOf(create({ customerName: 'Zenobia Quispe', phone: '+5491144445555' }));
    const { json } = await lambdas.call('getCheckout', { as: given.as('seller'), params: { code } });
    expect(json).toMatchObject({ customerName: 'Zenobia Quispe', phone: '+5491144445555', endedBy: null });
  });

  it('says expired from the very moment, before anything has freed it', async () => {
    const code = await codeOf(create());
    const rows = await lambdas.rows();
    advance(24 * HOUR);
    const { json } = await lambdas.call('viewCheckout', { params: { code } });
    expect(json).toMatchObject({ state: 'expired', secondsLeft: 0 });
    expect(await lambdas.rows()).toEqual(rows);
  });

  it('lists by state: the active ones soonest first, the ended ones latest first', async () => {
    const codes = [await codeOf(create()), await codeOf(create()), await codeOf(create()), await codeOf(create())];
    const as = given.as('seller');
    const list = async (state: string) => {
      const { json } = await lambdas.call('listCheckouts', { as, query: { state } });
      return (json['items'] as { code: string }[]).map(({ code }) => code);
    };
    expect(await list('active')).toEqual(codes);
    await lambdas.call('cancelCheckout', { params: { code: codes[1] ?? '' } });
    await lambdas.call('cancelCheckout', { params: { code: codes[0] ?? '' } });
    expect(await list('active')).toEqual(codes.slice(2));
    expect(await list('cancelled')).toEqual([codes[0], codes[1]]);
    expect(await list('confirmed')).toEqual([]);
  });
});

describe('confirming', () => {
  const confirm = (code: string, headers: Record<string, string> = {}) =>
    lambdas.call('confirmCheckout', { params: { code }, headers });

  it('sells what is held', async () => {
    const code = await codeOf(create({ lines: lines([lamp(), 4]) }));
    const { status, json } = await confirm(code);
    expect([status, json['state'], json['secondsLeft']]).toEqual([200, 'confirmed', 0]);
    expect(await stockOf(lamp())).toMatchObject({ onHand: 6, reserved: 0, available: 6, sold: 4 });
  });

  it('answers a repeat with the same key as the first time, and changes nothing more', async () => {
    const code = await codeOf(create());
    const headers = { 'idempotency-key': 'confirm-once-and-for-all' };
    const first = await confirm(code, headers);
    const rows = await lambdas.rows();
    expect(await confirm(code, headers)).toEqual(first);
    expect(await lambdas.rows()).toEqual(rows);
  });

  it.each<[string, Record<string, string>]>([
    ['another key', { 'idempotency-key': 'confirm-once-but-another' }],
    ['no key', {}],
  ])('says that it has ended to a repeat with %s', async (_, headers) => {
    const code = await codeOf(create());
    await confirm(code, { 'idempotency-key': 'confirm-once-and-for-all' });
    const { status, json } = await confirm(code, headers);
    expect([status, json['code'], json['state']]).toEqual([409, 'checkout.ended', 'confirmed']);
  });

  it('is refused from the moment of expiry on', async () => {
    const code = await codeOf(create());
    advance(24 * HOUR);
    const { status, json } = await confirm(code);
    expect([status, json['code'], json['state']]).toEqual([409, 'checkout.ended', 'expired']);
    expect(await stockOf(lamp())).toMatchObject({ onHand: 10, reserved: 1, sold: 0 });
  });

  it('is the seller’s where the shop says so', async () => {
    await given.settle({ shopperConfirms: false });
    const code = await codeOf(create());
    const refused = await confirm(code);
    expect([refused.status, refused.json['code']]).toEqual([403, 'checkout.seller-confirms']);
    const as = given.as('seller');
    const sold = await lambdas.call('sellCheckout', { as, params: { code } });
    expect(sold.json).toMatchObject({ state: 'confirmed', endedBy: `user:${as.userId}` });
  });

  it('has one winner among a confirmation, a cancellation and an expiry at once', async () => {
    const code = await codeOf(create({ lines: lines([lamp(), 2]) }));
    const params = { code };
    const { run } = lambdas;
    const answers = await Promise.all([
      lambdas.call('confirmCheckout', { params }),
      lambdas.call('cancelCheckout', { params }),
      lambdas.call('sellCheckout', { params, as: given.as('admin') }),
      run('expireCheckout', { code }) as Promise<never>,
    ]);
    const won = answers.slice(0, 3).filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const { reserved, available, onHand } = await stockOf(lamp());
    expect([reserved, Number(available) - Number(onHand)]).toEqual([0, 0]);
  });
});

describe('cancelling', () => {
  it('gives everything back, once', async () => {
    const code = await codeOf(create({ lines: lines([lamp(), 4]) }));
    const { status, json } = await lambdas.call('cancelCheckout', { params: { code } });
    expect([status, json['state']]).toEqual([200, 'cancelled']);
    const again = await lambdas.call('cancelCheckout', { params: { code } });
    expect([again.status, again.json['state']]).toEqual([409, 'cancelled']);
    expect(await stockOf(lamp())).toMatchObject({ onHand: 10, reserved: 0, available: 10, sold: 0 });
  });

  it('keeps a seller’s reason', async () => {
    const code = await codeOf(create());
    const request = { as: given.as('seller'), params: { code }, body: { reason: 'changed her mind' } };
    const { json } = await lambdas.call('releaseCheckout', request);
    expect(json).toMatchObject({ state: 'cancelled', endReason: 'changed her mind' });
  });

  it('needs no reason', async () => {
    const code = await codeOf(create());
    const { status, json } = await lambdas.call('releaseCheckout', { as: given.as('seller'), params: { code } });
    expect([status, json['endReason']]).toEqual([200, null]);
  });
});

describe('extending', () => {
  it('gives a short first hold its full length, once', async () => {
    await given.settle({ firstHoldMinutes: 30 });
    const { json: made } = await create();
    expect(made['secondsLeft']).toBe(1800);
    const request = { as: given.as('seller'), params: { code: String(made['code']) } };
    const { json } = await lambdas.call('extendCheckout', request);
    expect(json).toMatchObject({ state: 'active', fullHoldUntil: null });
    expect(Number(json['secondsLeft'])).toBeGreaterThan(86_000);
    const again = await lambdas.call('extendCheckout', request);
    expect([again.status, again.json['code']]).toEqual([409, 'checkout.not-extendable']);
  });

  it('comes too late after the first hold', async () => {
    await given.settle({ firstHoldMinutes: 30 });
    const code = await codeOf(create());
    advance(HOUR);
    const { status, json } = await lambdas.call('extendCheckout', { as: given.as('seller'), params: { code } });
    expect([status, json['code'], json['state']]).toEqual([409, 'checkout.ended', 'expired']);
  });
});

describe('logs', () => {
  it('carry no phone, name, code, key or token, whatever happens', async () => {
    lambdas.clear();
    const secrets = ['Zenobia', 'Quispe', '44445555', 'confirm-once-and-for-all', 'because she said so'];
    const order = { customerName: 'Zenobia Quispe', phone: '+5491144445555' };
    const headers = { 'idempotency-key': 'confirm-once-and-for-all', authorization: 'Bearer token-nobody-may-see' };
    const first = await create(order, headers);
    const code = String(first.json['code']);
    const params = { code };
    const as = given.as('seller');
    await create({ ...order, customerName: 'Zenobia Quispe II' }, headers);
    await create({ ...order, lines: lines([lamp(), 11]) });
    await create({ ...order, phone: 'Zenobia' });
    await lambdas.call('createCheckout', { text: '{"customerName": "Zenobia' });
    await lambdas.call('viewCheckout', { params, headers });
    await lambdas.call('showCheckout', { params });
    await lambdas.call('getCheckout', { params, as });
    await lambdas.call('listCheckouts', { as });
    await lambdas.call('releaseCheckout', { params, as, body: { reason: 'because she said so' } });
    await lambdas.call('confirmCheckout', { params, headers });
    await lambdas.call('extendCheckout', { params, as });
    await lambdas.run('expireCheckout', { code });
    const log = lambdas.logText();
    expect(lambdas.logs().length).toBeGreaterThan(12);
    for (const secret of [...secrets, code, String(first.json['displayCode']), 'token-nobody-may-see']) {
      expect(log).not.toContain(secret);
    }
  });

  it('carry no rows, even when an invariant turns out to be broken', async () => {
    const code = await codeOf(create({ customerName: 'Zenobia Quispe' }));
    const at = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: at });
    const movementId = `${new Date(at).toISOString()}#${code}#sell#0`;
    const productId = given.products[0]?.productId ?? '';
    const key = keys.stockMovement(given.shop.shopId, productId, 0, movementId);
    await lambdas.table.put({ ...key, code, note: 'Zenobia Quispe' });
    lambdas.clear();
    const { status } = await lambdas.call('confirmCheckout', { params: { code } });
    expect(status).toBe(500);
    expect(lambdas.logs().map(({ message }) => message)).toContain('request failed');
    expect(lambdas.logText()).not.toContain('Zenobia');
    expect(lambdas.logText()).not.toContain(code);
  });

  it('have one line for each request: route, status and time, but no path', async () => {
    const code = await codeOf(create());
    lambdas.clear();
    await lambdas.call('viewCheckout', { params: { code } });
    expect(lambdas.logs()).toEqual([
      expect.objectContaining({
        message: 'request',
        route: 'GET /api/checkouts/{code}',
        status: 200,
        requestId: 'invocation-1',
        milliseconds: expect.any(Number),
      }),
    ]);
  });
});
