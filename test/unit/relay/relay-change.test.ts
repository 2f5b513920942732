import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE_ALPHABET } from '#core/code.ts';
import type { Product } from '../../../functions/catalog/product.ts';
import type { Checkout } from '../../../functions/checkouts/checkout.ts';
import type { Counted } from '../../../functions/checkouts/record-event.ts';
import { readConversation } from '../../../functions/conversations/conversation.store.ts';
import type { Change } from '../../../functions/relay/change.ts';
import type { Posting, RelayQueue } from '../../../functions/relay/outbox.ts';
import { relayChange } from '../../../functions/relay/relay-change.ts';
import { scheduleName } from '../../../functions/relay/relay-checkout.ts';
import type { Shop } from '../../../functions/shops/shop.ts';
import { defaultWhatsApp } from '../../../functions/shops/whatsapp-settings.ts';
import { aCheckout, aLevel, anId, aProduct, aShop } from '../../support/builders.ts';
import { HOUR, movedClock, NOON, SECOND } from '../../support/clock.ts';
import { failureOf, quickPatience } from '../../support/ports.ts';

const given = (product: Product | undefined = aProduct(), available: number[] = [0], shop: Shop = aShop()) => {
  const clock = movedClock();
  const calls: [name: string, at: string, input: object][] = [];
  const saved: Product[] = [];
  const posted: [RelayQueue, Posting][] = [];
  const recorded: Counted[] = [];
  const levels = available.map((onHand, bucket) => aLevel(product, { bucket, onHand }));
  const ports = {
    clock,
    patience: quickPatience(clock),
    scheduler: {
      callOnce: async (name: string, at: Date, input: object) => {
        calls.push([name, at.toISOString(), input]);
      },
    },
    products: {
      find: async (): Promise<Product | undefined> => product,
      save: async (changed: Product) => {
        saved.push(changed);
      },
    },
    stock: { levels: async () => new Map([[product.productId, levels]]) },
    findShop: async (shopId: string): Promise<Shop | undefined> => (shopId === shop.shopId ? shop : undefined),
    readConversation,
    post: (queue: RelayQueue, posting: Posting) => {
      posted.push([queue, posting]);
    },
    timeline: {
      record: async (counted: Counted) => {
        recorded.push(counted);
        return 'recorded' as const;
      },
    },
  };
  return { ports, clock, calls, saved, product, shop, posted, recorded };
};

const talking = (change: Partial<Shop['whatsapp']> = {}) =>
  aShop({ whatsapp: { ...defaultWhatsApp, phoneNumberId: '106540352242922', ...change } });

describe('a new checkout', () => {
  it('gets one schedule at the moment it runs out', async () => {
    const { ports, calls } = given();
    const checkout = aCheckout();
    await relayChange({ kind: 'checkout', after: checkout }, ports);
    expect(calls).toEqual([[scheduleName('expiry', checkout), checkout.expiresAt, { code: checkout.code }]]);
  });

  it('gets another when it is extended, but none when it ends or stays', async () => {
    const { ports, calls } = given();
    const before = aCheckout();
    const extended = { ...before, expiresAt: '2026-11-23T12:00:00.000Z' };
    await relayChange({ kind: 'checkout', before, after: extended }, ports);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.[0]).not.toBe(scheduleName('expiry', before));
    await relayChange({ kind: 'checkout', before, after: { ...before, customerName: 'Eva' } }, ports);
    await relayChange({ kind: 'checkout', before, after: { ...before, state: 'confirmed' } }, ports);
    await relayChange({ kind: 'checkout', before }, ports);
    expect(calls).toHaveLength(1);
  });

  it('whose time is nearly up is scheduled a little later, never in the past', async () => {
    const { ports, calls, clock } = given();
    const checkout = aCheckout();
    clock.advance(24 * HOUR - 5 * SECOND);
    await relayChange({ kind: 'checkout', after: checkout }, ports);
    expect(calls[0]?.[1]).toBe('2026-11-22T12:00:10.000Z');
  });

  it('whose time is up already is left to the sweeper', async () => {
    const { ports, calls, clock } = given();
    clock.advance(24 * HOUR);
    await relayChange({ kind: 'checkout', after: aCheckout() }, ports);
    expect(calls).toEqual([]);
  });

  it('has a schedule name that EventBridge takes, no other checkout or expiry shares, and nobody reads a code from', () => {
    const code = fc.string({ unit: fc.constantFrom(...CODE_ALPHABET), minLength: 16, maxLength: 16 });
    const at = fc.date({ min: new Date('2026-01-01'), max: new Date('2126-01-01'), noInvalidDate: true });
    const named = fc.tuple(code, at).map(([code, date]) => ({ code, expiresAt: date.toISOString() }));
    fc.assert(
      fc.property(named, named, (one, other) => {
        expect(scheduleName('expiry', one)).toMatch(/^[0-9a-zA-Z-_.]{1,64}$/);
        expect(scheduleName('expiry', one)).not.toContain(one.code);
        expect(scheduleName('expiry', one)).not.toBe(scheduleName('reminder', one));
        const same = one.code === other.code && one.expiresAt === other.expiresAt;
        expect(scheduleName('expiry', one) === scheduleName('expiry', other)).toBe(same);
      }),
    );
  });

  it('is called to mind before its expiry where the shop wants so, unless its hold is too short for that', async () => {
    const { ports, calls, shop } = given(undefined, undefined, talking({ reminderMinutes: 60 }));
    const checkout = aCheckout({ shopId: shop.shopId });
    await relayChange({ kind: 'checkout', after: checkout }, ports);
    expect(calls).toContainEqual([
      scheduleName('reminder', checkout),
      '2026-11-22T11:00:00.000Z',
      { code: checkout.code, occasion: 'reminder', expiresAt: checkout.expiresAt },
    ]);
    calls.length = 0;
    const short = aCheckout({ shopId: shop.shopId, expiresAt: '2026-11-21T12:30:00.000Z' });
    await relayChange({ kind: 'checkout', after: short }, ports);
    expect(calls.map(([name]) => name)).toEqual([scheduleName('expiry', short)]);
  });
});

describe('what the customer hears', () => {
  const turns: [string, Partial<Checkout> | undefined, Partial<Checkout>][] = [
    ['created', undefined, {}],
    ['confirmed', {}, { state: 'confirmed', endedAt: NOON, endedBy: 'shopper' }],
    ['expired', {}, { state: 'expired', endedAt: NOON, endedBy: 'sweeper' }],
    ['cancelled', {}, { state: 'cancelled', endedAt: NOON, endedBy: 'user:ana' }],
  ];

  it.each(turns)('%s: one notice, one event', async (occasion, before, after) => {
    const { ports, posted, recorded, shop } = given(undefined, undefined, talking());
    const checkout = aCheckout({ shopId: shop.shopId });
    const change: Change = { kind: 'checkout', after: { ...checkout, ...after } };
    if (before) change.before = { ...checkout, ...before };
    await relayChange(change, ports);
    const told = posted.filter(([queue]) => queue === 'notices');
    expect(told).toEqual([
      ['notices', { body: { code: checkout.code, occasion }, group: expect.any(String), dedupId: expect.any(String) }],
    ]);
    expect(JSON.stringify([told[0]?.[1].group, told[0]?.[1].dedupId])).not.toContain(checkout.code);
    expect(recorded).toEqual([
      {
        shopId: shop.shopId,
        code: checkout.code,
        day: '2026-11-21',
        event: { kind: occasion, cause: 'once', at: NOON, by: after.endedBy ?? 'shopper' },
        sale: occasion === 'confirmed' ? { currency: 'ARS', total: checkout.total } : undefined,
      },
    ]);
  });

  it('is nothing new when somebody is tied to it or its hold is lengthened, which the timeline shows', async () => {
    const { ports, posted, recorded, shop } = given(undefined, undefined, talking());
    const before = aCheckout({ shopId: shop.shopId });
    const tie = { contactId: anId(), phoneNumberId: '106540352242922' };
    await relayChange({ kind: 'checkout', before, after: { ...before, tie } }, ports);
    expect(recorded).toEqual([]);
    await relayChange({ kind: 'checkout', before, after: { ...before, expiresAt: '2026-11-23T12:00:00.000Z' } }, ports);
    expect(recorded.map(({ event }) => event.kind)).toEqual(['extended']);
    expect(posted.filter(([queue]) => queue === 'notices')).toEqual([]);
  });
});

describe('a stock level that comes to zero or back', () => {
  const change = (product: Product, before: number | undefined, after: number | undefined): Change => ({
    kind: 'stock-level',
    ...(before !== undefined && { before: aLevel(product, { onHand: before }) }),
    ...(after !== undefined && { after: aLevel(product, { onHand: after }) }),
  });

  it('marks its product as sold out when no bucket has any, and back when one has', async () => {
    const gone = given(aProduct({ soldOut: false, stockBuckets: 2 }), [0, 0]);
    await relayChange(change(gone.product, 1, 0), gone.ports);
    expect(gone.saved).toMatchObject([{ soldOut: true, version: 2 }]);
    const back = given(aProduct({ soldOut: true, stockBuckets: 2 }), [0, 3]);
    await relayChange(change(back.product, 0, 3), back.ports);
    expect(back.saved).toMatchObject([{ soldOut: false, version: 2 }]);
  });

  it('believes what is there, not what the change says', async () => {
    const { ports, product, saved } = given(aProduct({ soldOut: false }), [0, 5]);
    await relayChange(change(product, 1, 0), ports);
    expect(saved).toEqual([]);
  });

  it('looks again after it has saved, for another bucket may have come back meanwhile', async () => {
    const { ports, product, saved } = given(aProduct({ soldOut: false, stockBuckets: 2 }), [0, 0]);
    const { save } = ports.products;
    ports.products.save = async (changed) => {
      await save(changed);
      ports.stock.levels = async () => new Map([[product.productId, [aLevel(product, { onHand: 4 })]]]);
    };
    await relayChange(change(product, 1, 0), ports);
    expect(saved).toMatchObject([
      { soldOut: true, version: 2 },
      { soldOut: false, version: 3 },
    ]);
  });

  it('changes nothing between one and many, the second time, or for a product that has gone', async () => {
    const { ports, product, saved } = given(aProduct({ soldOut: true }), [0]);
    await relayChange(change(product, 5, 2), ports);
    await relayChange(change(product, 1, 0), ports);
    ports.products.find = async () => undefined;
    await relayChange(change(product, 1, undefined), ports);
    expect(saved).toEqual([]);
  });

  it('fails with what it could not do, to be relayed again', async () => {
    const { ports, product } = given(aProduct({ soldOut: false }), [0]);
    ports.products.save = async () => Promise.reject(new Error('conflict'));
    expect(String(await failureOf(relayChange(change(product, 1, 0), ports)))).toContain('conflict');
  });
});

it('any other change of the table is nobody’s business', async () => {
  const { ports, calls, saved, posted, recorded } = given();
  await relayChange({ kind: 'other', before: {}, after: {} }, ports);
  expect([calls, saved, posted, recorded]).toEqual([[], [], [], []]);
});
