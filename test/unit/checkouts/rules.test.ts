import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_AMOUNT } from '#core/money.ts';
import {
  Checkout,
  CheckoutForSeller,
  CheckoutView,
  checkoutEnded,
  checkoutForSeller,
  checkoutStates,
  checkoutView,
  holdTimes,
  stateAt,
  totalOf,
} from '../../../functions/checkouts/checkout.ts';
import { fullShops } from '../../../functions/checkouts/full-shops.ts';
import { addHold, brokenLimit, dropEnded, freshHolder, type Holder } from '../../../functions/checkouts/holder.ts';
import { soldOutGate } from '../../../functions/checkouts/sold-out-gate.ts';
import { whatsappUrl } from '../../../functions/checkouts/whatsapp-link.ts';
import { aCheckout, aLine, aProduct, aShop, wideLimits } from '../../support/builders.ts';
import { MINUTE, movedClock, NOON } from '../../support/clock.ts';

const now = new Date(NOON);
const after = (milliseconds: number) => new Date(now.getTime() + milliseconds).toISOString();

describe('the state that counts', () => {
  it('of an active checkout is expired from the very moment it runs out', () => {
    expect(stateAt({ state: 'active', expiresAt: after(1) }, now)).toBe('active');
    expect(stateAt({ state: 'active', expiresAt: after(0) }, now)).toBe('expired');
    expect(stateAt({ state: 'active', expiresAt: after(-1) }, now)).toBe('expired');
  });

  it('of an ended one is how it ended, at any time', () => {
    for (const state of checkoutStates.filter((one) => one !== 'active')) {
      expect([-1, 0, 1].map((ms) => stateAt({ state, expiresAt: after(ms) }, now))).toEqual([state, state, state]);
    }
  });
});

describe('the times of a hold', () => {
  it('run to the full length, or first to a shorter one that can be extended to it', () => {
    expect(holdTimes({ holdMinutes: 1440, firstHoldMinutes: null }, now)).toEqual({ expiresAt: after(1440 * MINUTE) });
    expect(holdTimes({ holdMinutes: 1440, firstHoldMinutes: 15 }, now)).toEqual({
      expiresAt: after(15 * MINUTE),
      fullHoldUntil: after(1440 * MINUTE),
    });
  });

  it('are never longer at first than in full', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_080 }),
        fc.integer({ min: 1, max: 1440 }),
        (holdMinutes, firstHoldMinutes) => {
          const { expiresAt, fullHoldUntil = expiresAt } = {
            fullHoldUntil: undefined,
            ...holdTimes({ holdMinutes, firstHoldMinutes }, now),
          };
          expect(fullHoldUntil).toBe(after(holdMinutes * MINUTE));
          expect(expiresAt <= fullHoldUntil).toBe(true);
        },
      ),
    );
  });
});

describe('views of a checkout', () => {
  const shop = aShop({ shopperConfirms: false });
  const pictured = { ...aLine(aProduct(), 2), pictureKey: 'shops/1/2.webp' };
  const checkout = aCheckout({ shopId: shop.shopId, lines: [pictured, aLine(aProduct())], code: 'K7QM2WTX9F3AZB6C' });
  const view = checkoutView(checkout, shop, { now, siteUrl: 'https://x.example', whatsappUrl: null });

  it('for whoever has the link hide name, phone, digests and where stock is held', () => {
    const text = JSON.stringify(view);
    for (const hidden of [
      checkout.customerName,
      checkout.phone,
      checkout.phone.slice(3),
      checkout.requestDigest,
      'holds',
    ]) {
      expect(text).not.toContain(hidden);
    }
    expect(CheckoutView().parse(view)).toEqual(view);
  });

  it('say what is reserved, for how much and how long', () => {
    expect(view).toMatchObject({
      displayCode: 'K7QM-2WTX-9F3A-ZB6C',
      state: 'active',
      lines: [{ quantity: 2, pictureUrl: '/media/shops/1/2.webp' }, { pictureUrl: null }],
      total: totalOf(checkout.lines),
      secondsLeft: 86_400,
      url: 'https://x.example/c/K7QM2WTX9F3AZB6C',
      shopperConfirms: false,
      endedAt: null,
    });
  });

  it('have no time left once ended or run out', () => {
    const late = { now: new Date(checkout.expiresAt), siteUrl: '', whatsappUrl: null };
    expect(checkoutView(checkout, shop, late)).toMatchObject({ state: 'expired', secondsLeft: 0 });
    const sold = { ...checkout, state: 'confirmed' as const, endedAt: NOON };
    expect(checkoutView(sold, shop, { ...late, now })).toMatchObject({
      state: 'confirmed',
      secondsLeft: 0,
      endedAt: NOON,
    });
  });

  it('for sellers have the customer and who ended it, but no digests', () => {
    const cancelled = { ...checkout, state: 'cancelled' as const, endedAt: NOON, endedBy: 'user:ana', endReason: '' };
    const seen = checkoutForSeller(cancelled, { now, siteUrl: 'https://x.example' });
    expect(seen).toMatchObject({
      customerName: checkout.customerName,
      phone: checkout.phone,
      endedBy: 'user:ana',
      endReason: null,
    });
    expect(JSON.stringify(seen)).not.toContain(checkout.requestDigest);
    expect(CheckoutForSeller().parse(seen)).toEqual(seen);
  });

  it('lead to a chat that carries the code, when the shop has a number', () => {
    const url = new URL(whatsappUrl('https://wa.me', checkout, shop) ?? '');
    expect(url.origin + url.pathname).toBe('https://wa.me/5491123456789');
    expect(url.searchParams.get('text')).toContain('K7QM-2WTX-9F3A-ZB6C');
    expect(url.searchParams.get('text')).toContain(shop.name);
    expect(whatsappUrl('https://wa.me', checkout, { ...shop, whatsappNumber: null })).toBeNull();
  });

  it('the failure of acting on an ended one says its state', () => {
    expect(checkoutEnded('expired')).toMatchObject({ code: 'checkout.ended', details: { state: 'expired' } });
  });
});

describe('what a phone holds', () => {
  const entry = (code: string, expiresAt: string, units: Record<string, number> = {}) => ({ code, expiresAt, units });
  const holding = (...holds: Holder['holds']): Holder => ({ version: holds.length, holds });

  it('is counted up to the limit of checkouts', () => {
    const two = holding(entry('a', after(1)), entry('b', after(1)));
    expect(brokenLimit(two, {}, wideLimits({ maxActivePerPhone: 3 }))).toBeUndefined();
    expect(brokenLimit(two, {}, wideLimits({ maxActivePerPhone: 2 }))).toMatchObject({
      code: 'checkout.phone-limit',
      details: { limit: 2 },
    });
  });

  it('is counted per product, over all its checkouts', () => {
    const holder = holding(entry('a', after(1), { p: 3 }), entry('b', after(1), { p: 2, q: 9 }));
    const limits = wideLimits({ maxUnitsPerProductPerPhone: 9 });
    expect(brokenLimit(holder, { p: 4 }, limits)).toBeUndefined();
    expect(brokenLimit(holder, { p: 5 }, limits)).toMatchObject({ details: { limit: 9, productId: 'p' } });
    expect(brokenLimit(holder, { q: 1 }, limits)).toMatchObject({ details: { productId: 'q' } });
    expect(brokenLimit(freshHolder, { r: 10 }, limits)).toMatchObject({ details: { productId: 'r' } });
  });

  it('is dropped when it has run out or ended, and only then', () => {
    const holder = holding(entry('late', after(0)), entry('sold', after(9)), entry('open', after(1)));
    expect(dropEnded(holder, now, new Set(['sold'])).holds.map(({ code }) => code)).toEqual(['open']);
    expect(dropEnded(holder, now).version).toBe(3);
  });

  it('grows by one entry and one version with each checkout', () => {
    const one = addHold(freshHolder, entry('a', after(1)));
    expect(addHold(one, entry('b', after(1)))).toEqual(holding(entry('a', after(1)), entry('b', after(1))));
    expect(freshHolder).toEqual({ version: 0, holds: [] });
  });
});

describe('the gate of what is sold out', () => {
  it('remembers for a moment how many were left', () => {
    const gate = soldOutGate();
    gate.remember('p', 2, now);
    expect(gate.recall('p', new Date(after(1499)))).toBe(2);
    expect(gate.recall('p', new Date(after(1500)))).toBeUndefined();
    expect(gate.recall('q', now)).toBeUndefined();
  });

  it('takes the latest word, and does not grow without end', () => {
    const gate = soldOutGate();
    gate.remember('first', 2, now);
    gate.remember('first', 0, now);
    expect(gate.recall('first', now)).toBe(0);
    for (let index = 0; index < 1000; index += 1) gate.remember(`p${index}`, 0, now);
    expect([gate.recall('first', now), gate.recall('p999', now)]).toEqual([undefined, 0]);
  });
});

describe('a full shop', () => {
  it('is counted once in half a minute, each shop for itself', async () => {
    const clock = movedClock();
    const counted: string[] = [];
    const active: Record<string, number> = {};
    const isFull = fullShops(async (shopId, enough) => {
      counted.push(shopId);
      return Math.min(active[shopId] ?? 0, enough);
    }, clock);
    const [one, other] = [aShop({ limits: wideLimits({ maxActivePerShop: 2 }) }), aShop()];
    expect([await isFull(one), await isFull(other)]).toEqual([false, false]);
    active[one.shopId] = 2;
    expect(await isFull(one)).toBe(false);
    clock.advance(30_000);
    expect([await isFull(one), await isFull(other)]).toEqual([true, false]);
    expect(counted).toEqual([one.shopId, other.shopId, one.shopId, other.shopId]);
  });
});

describe('the dearest checkout there can be', () => {
  it('can be read again after it was written', () => {
    const line = {
      ...aLine(aProduct()),
      name: 'Cara',
      unitPrice: MAX_AMOUNT,
      quantity: 1000,
      amount: MAX_AMOUNT * 1000,
    };
    const lines = Array.from({ length: 40 }, () => ({ ...line, holds: [{ bucket: 0, quantity: 1000 }] }));
    const total = totalOf(lines);
    expect(Number.isSafeInteger(total)).toBe(true);
    expect(Checkout().parse(aCheckout({ lines, total }))).toMatchObject({ total });
  });
});
