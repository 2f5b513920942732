import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckoutView } from '../../functions/checkouts/checkout.ts';
import { asSeller, eventually, openTarget, reserve } from '../support/target.ts';

const target = openTarget();
const DAY = 24 * 3600;
const movable = await target.isLocal();

describe.runIf(movable)('a checkout nobody settles', () => {
  let categoryId = '';

  const seller = async () => asSeller(target, await target.tokenFor('admin'));

  beforeAll(async () => {
    ({ categoryId } = await (await seller()).addCategory('Vencimientos'));
  });

  it('expires after 24 hours by its schedule, and its stock is free again', async () => {
    const { productId } = await (await seller()).addProduct(categoryId, 'Efímero', 2);
    const { code, secondsLeft } = (await reserve(target, [{ productId, quantity: 2 }])).body;
    expect(secondsLeft).toBeGreaterThan(DAY - 60);

    await target.moveClock(DAY - 120);
    expect((await target.ask<CheckoutView>('GET', `/api/checkouts/${code}`)).body.state).toBe('active');

    await target.moveClock(180);
    expect((await target.ask<CheckoutView>('GET', `/api/checkouts/${code}`)).body.state).toBe('expired');
    const stock = await eventually(async () => {
      const { stock: now } = await (await seller()).product(productId);
      return now.reserved === 0 && now;
    });
    expect(stock).toMatchObject({ onHand: 2, available: 2, sold: 0 });
    expect(await target.ask('POST', `/api/checkouts/${code}/confirm`)).toMatchObject({
      status: 409,
      body: { code: 'checkout.ended', state: 'expired' },
    });
  });

  it('follows a shorter hold of the shop, and a seller who extends a short first hold', async () => {
    const token = await target.tokenFor('admin');
    const { productId } = await (await seller()).addProduct(categoryId, 'Breve', 2);
    const set = async (body: object) =>
      target.ask('PATCH', '/admin/shop', { token: await target.tokenFor('admin'), body });
    expect((await set({ holdMinutes: 60, firstHoldMinutes: 10 })).status).toBe(200);
    await target.moveClock(10);

    const { code, secondsLeft } = (await reserve(target, [{ productId, quantity: 1 }])).body;
    expect(secondsLeft).toBeLessThanOrEqual(600);
    const extended = await target.ask<{ secondsLeft: number }>('POST', `/admin/checkouts/${code}/extend`, { token });
    expect(extended.body.secondsLeft).toBeGreaterThan(3000);

    await target.moveClock(20 * 60);
    expect((await target.ask<CheckoutView>('GET', `/api/checkouts/${code}`)).body.state).toBe('active');
    await target.moveClock(45 * 60);
    expect((await target.ask<CheckoutView>('GET', `/api/checkouts/${code}`)).body.state).toBe('expired');
    expect((await set({ holdMinutes: 1440, firstHoldMinutes: null })).status).toBe(200);
    await target.moveClock(10);
  });
});
