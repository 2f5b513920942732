import { describe, expect, it } from 'vitest';
import { dayIn, funnelOf, spanOf } from '../../../functions/checkouts/funnel.ts';
import { markOpened } from '../../../functions/checkouts/mark-opened.ts';
import { type Counted, recordEvent } from '../../../functions/checkouts/record-event.ts';
import { timelineOf } from '../../../functions/checkouts/timeline.ts';
import { aCheckout, aShop } from '../../support/builders.ts';
import { movedClock, NOON } from '../../support/clock.ts';
import { failureOf, quickPatience } from '../../support/ports.ts';

describe('a timeline', () => {
  const later = '2026-11-21T12:00:05.000Z';
  const about = { messageId: 'M', conversationId: 'C' };

  it('runs from the beginning to the end, what came at once in its natural order', () => {
    const checkout = aCheckout({
      state: 'cancelled',
      endedAt: '2026-11-21T13:00:00.000Z',
      endedBy: 'user:ana',
      endReason: 'sin stock',
    });
    const { items } = timelineOf(checkout, [
      { kind: 'read', cause: 'M', at: later, ...about },
      { kind: 'delivered', cause: 'M', at: later, ...about },
      { kind: 'created', cause: 'once', at: NOON },
      { kind: 'cancelled', cause: 'once', at: '2026-11-21T13:00:00.000Z' },
    ]);
    expect(items.map(({ kind }) => kind)).toEqual(['created', 'delivered', 'read', 'cancelled']);
    expect(items.at(-1)).toMatchObject({ by: 'user:ana', reason: 'sin stock', messageId: null });
    expect(items[1]).toMatchObject({ by: null, ...about });
  });

  it('has a beginning even where none was noted', () => {
    expect(timelineOf(aCheckout(), []).items).toMatchObject([{ kind: 'created', at: NOON, by: 'shopper' }]);
  });
});

describe('a funnel', () => {
  it('counts in the days of the shop', () => {
    const late = new Date('2026-11-22T02:30:00.000Z');
    expect(dayIn('America/Argentina/Buenos_Aires', late)).toBe('2026-11-21');
    expect(dayIn('Europe/Madrid', late)).toBe('2026-11-22');
  });

  it('sums the shards of each day, and the days', () => {
    const rows = [
      { day: '2026-11-22', counts: { created: 1 }, revenue: {} },
      { day: '2026-11-21', counts: { created: 2, confirmed: 1 }, revenue: { ARS: 500 } },
      { day: '2026-11-21', counts: { created: 3 }, revenue: { USD: 7, ARS: 1 } },
    ];
    const funnel = funnelOf(rows, { timeZone: 'UTC', from: '2026-11-01', to: '2026-11-30' });
    expect(funnel.days.map(({ day, created, confirmed }) => [day, created, confirmed])).toEqual([
      ['2026-11-21', 5, 1],
      ['2026-11-22', 1, 0],
    ]);
    expect(funnel.total).toMatchObject({ created: 6, confirmed: 1, expired: 0 });
    expect(funnel.total.revenue).toEqual([
      { currency: 'ARS', amount: 501 },
      { currency: 'USD', amount: 7 },
    ]);
  });

  it('is of the last thirty days unless asked otherwise, and of no more than a year', async () => {
    expect(spanOf({}, '2026-11-21')).toEqual({ from: '2026-10-23', to: '2026-11-21' });
    expect(spanOf({ from: '2026-11-20' }, '2026-11-21')).toEqual({ from: '2026-11-20', to: '2026-11-21' });
    const failing = async (from: string, to: string) => spanOf({ from, to }, '2026-11-21');
    expect(await failureOf(failing('2026-11-22', '2026-11-21'))).toMatchObject({ code: 'request.invalid' });
    expect(await failureOf(failing('2025-11-01', '2026-11-21'))).toMatchObject({ code: 'request.invalid' });
  });
});

const given = () => {
  const shop = aShop();
  const checkout = aCheckout({ shopId: shop.shopId });
  const recorded: Counted[] = [];
  const outcomes: ('recorded' | 'repeated' | 'conflict')[] = [];
  const clock = movedClock();
  const ports = {
    checkouts: { find: async (code: string) => (code === checkout.code ? checkout : undefined) },
    findShop: async () => shop,
    timeline: {
      hasReached: async () => recorded.length > 0,
      record: async (counted: Counted) => {
        recorded.push(counted);
        return outcomes.shift() ?? 'recorded';
      },
    },
    patience: quickPatience(clock),
  };
  return { shop, checkout, recorded, outcomes, ports };
};

describe('looking at a checkout', () => {
  it('is noted the first time, and costs no write after that', async () => {
    const { ports, checkout, recorded, shop } = given();
    await markOpened(checkout.code, ports);
    await markOpened(checkout.code, ports);
    expect(recorded).toMatchObject([
      { shopId: shop.shopId, day: '2026-11-21', event: { kind: 'opened', cause: 'once', at: NOON } },
    ]);
  });

  it('that is not there is not found', async () => {
    const { ports } = given();
    expect(await failureOf(markOpened('NONE', ports))).toMatchObject({ code: 'not-found' });
  });
});

describe('an event', () => {
  const event = { kind: 'created', cause: 'once', at: NOON } as const;

  it('is tried again while its counter is contended, then given up for another time', async () => {
    const { ports, shop, checkout, recorded, outcomes } = given();
    outcomes.push('conflict', 'conflict');
    await recordEvent(shop, checkout.code, event, ports);
    expect(recorded).toHaveLength(3);
    outcomes.push(...Array.from({ length: 1000 }, () => 'conflict' as const));
    expect(await failureOf(recordEvent(shop, checkout.code, event, ports))).toMatchObject({ code: 'change.conflict' });
  });
});
