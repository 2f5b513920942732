import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE_ALPHABET } from '#core/code.ts';
import type { Product } from '../../../functions/catalog/product.ts';
import { type Change, expiryScheduleName, relayChange } from '../../../functions/relay/relay-change.ts';
import { aCheckout, aLevel, aProduct } from '../../support/builders.ts';
import { HOUR, movedClock, SECOND } from '../../support/clock.ts';
import { failureOf } from '../../support/ports.ts';

const given = (product: Product | undefined = aProduct(), available: number[] = [0]) => {
  const clock = movedClock();
  const calls: [name: string, at: string, input: object][] = [];
  const saved: Product[] = [];
  const levels = available.map((onHand, bucket) => aLevel(product, { bucket, onHand }));
  const ports = {
    clock,
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
  };
  return { ports, clock, calls, saved, product };
};

describe('a new checkout', () => {
  it('gets one schedule at the moment it runs out', async () => {
    const { ports, calls } = given();
    const checkout = aCheckout();
    await relayChange({ kind: 'checkout', after: checkout }, ports);
    expect(calls).toEqual([[expiryScheduleName(checkout), checkout.expiresAt, { code: checkout.code }]]);
  });

  it('gets another when it is extended, but none when it ends or stays', async () => {
    const { ports, calls } = given();
    const before = aCheckout();
    const extended = { ...before, expiresAt: '2026-11-23T12:00:00.000Z' };
    await relayChange({ kind: 'checkout', before, after: extended }, ports);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.[0]).not.toBe(expiryScheduleName(before));
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

  it('has a schedule name that EventBridge takes and no other checkout or expiry shares', () => {
    const code = fc.string({ unit: fc.constantFrom(...CODE_ALPHABET), minLength: 16, maxLength: 16 });
    const at = fc.date({ min: new Date('2026-01-01'), max: new Date('2126-01-01'), noInvalidDate: true });
    const named = fc.tuple(code, at).map(([code, date]) => ({ code, expiresAt: date.toISOString() }));
    fc.assert(
      fc.property(named, named, (one, other) => {
        expect(expiryScheduleName(one)).toMatch(/^[0-9a-zA-Z-_.]{1,64}$/);
        const same = one.code === other.code && one.expiresAt === other.expiresAt;
        expect(expiryScheduleName(one) === expiryScheduleName(other)).toBe(same);
      }),
    );
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
  const { ports, calls, saved } = given();
  await relayChange({ kind: 'other', before: {}, after: {} }, ports);
  expect([calls, saved]).toEqual([[], []]);
});
