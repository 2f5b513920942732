import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkoutStore } from '../../functions/checkouts/checkout.store.ts';
import type { Counted } from '../../functions/checkouts/record-event.ts';
import { timelineStore } from '../../functions/checkouts/timeline.store.ts';
import type { CheckoutEvent } from '../../functions/checkouts/timeline.ts';
import { aCheckout, aCode, anId } from '../support/builders.ts';
import { movedClock, NOON } from '../support/clock.ts';
import { openStockedShop, type StockedShop } from '../support/stocked-shop.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let timeline: ReturnType<typeof timelineStore>;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  timeline = timelineStore(world.table);
});

const shopId = anId();
const anEvent = (change: Partial<CheckoutEvent> = {}): CheckoutEvent => ({
  kind: 'sent',
  cause: anId(),
  at: NOON,
  ...change,
});
const counted = (event: CheckoutEvent, change: Partial<Counted> = {}): Counted => ({
  shopId,
  code: aCode(),
  event,
  day: '2026-11-21',
  ...change,
});
const totalOf = async (stage: 'sent' | 'confirmed' | 'replied') =>
  (await timeline.counts(shopId, '2026-11-01', '2026-11-30')).reduce(
    (sum, { counts }) => sum + (counts[stage] ?? 0),
    0,
  );

describe('an event', () => {
  it('is noted once and counted once, however often the stream tells it', async () => {
    const one = counted(anEvent());
    expect(await timeline.record(one)).toBe('recorded');
    expect(await timeline.record(one)).toBe('repeated');
    expect(await timeline.events(one.code)).toEqual([one.event]);
    expect(await totalOf('sent')).toBe(1);
  });

  it('of a second message is noted too, but a checkout reaches a stage once', async () => {
    const code = aCode();
    const events = [anEvent(), anEvent(), anEvent()];
    for (const event of [...events, ...events]) await timeline.record(counted(event, { code }));
    expect(await timeline.events(code)).toHaveLength(3);
    expect(await totalOf('sent')).toBe(1);
  });

  it('told by many at once is counted once', async () => {
    const one = counted(anEvent({ kind: 'replied' }));
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => timeline.record(one)));
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1);
    expect(await totalOf('replied')).toBe(1);
  });

  it('that is no stage stands on the timeline and in no count', async () => {
    const one = counted(anEvent({ kind: 'not-sent', cause: 'created', reason: 'window-closed' }));
    await timeline.record(one);
    expect(await timeline.record(one)).toBe('repeated');
    expect(await timeline.events(one.code)).toEqual([one.event]);
    expect(await timeline.counts(shopId, '2026-01-01', '2026-12-31')).toEqual([]);
  });

  it('tells what has been reached', async () => {
    const one = counted(anEvent({ kind: 'opened', cause: 'once' }));
    expect(await timeline.hasReached(one.code, 'opened')).toBe(false);
    await timeline.record(one);
    expect(await timeline.hasReached(one.code, 'opened')).toBe(true);
  });
});

describe('the counts of a shop', () => {
  it('are by day, with money by currency, and nobody else’s', async () => {
    const sale = { currency: 'ARS', total: 1500 } as const;
    const confirmed = (change: Partial<Counted> = {}) =>
      timeline.record(counted(anEvent({ kind: 'confirmed', cause: 'once' }), { sale, ...change }));
    for (let made = 0; made < 12; made += 1) await confirmed();
    await confirmed({ day: '2026-11-22', sale: { currency: 'USD', total: 7 } });
    await confirmed({ day: '2026-12-01' });
    await confirmed({ shopId: anId() });
    const rows = await timeline.counts(shopId, '2026-11-21', '2026-11-30');
    const revenue = (currency: 'ARS' | 'USD') => rows.reduce((sum, row) => sum + (row.revenue[currency] ?? 0), 0);
    expect([await totalOf('confirmed'), revenue('ARS'), revenue('USD')]).toEqual([13, 18_000, 7]);
    expect([...new Set(rows.map(({ day }) => day))].sort()).toEqual(['2026-11-21', '2026-11-22']);
  });
});

describe('a checkout', () => {
  let given: StockedShop;
  beforeEach(async () => {
    given = await openStockedShop(world, movedClock());
  });

  it('is tied to the first who comes, and keeps that through a longer hold', async () => {
    const { checkouts } = given;
    const checkout = aCheckout({ expiresAt: '2026-11-21T12:15:00.000Z', fullHoldUntil: '2026-11-22T12:00:00.000Z' });
    const now = new Date(NOON);
    await checkouts.reserve({
      checkout: { ...checkout, lines: [] },
      holder: { version: 1, holds: [{ code: checkout.code, expiresAt: checkout.expiresAt, units: {} }] },
      phoneDigest: 'digest',
      by: 'shopper',
      mostReserved: new Map(),
    });
    const ties = [anId(), anId()].map((contactId) => ({ contactId, phoneNumberId: '106540352242922' }));
    const outcomes = await Promise.all(ties.map((tie) => checkouts.tie(checkout.code, tie)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    // as it was read before somebody was tied to it
    expect(await checkouts.extend(checkout, '2026-11-22T12:00:00.000Z', now)).toBe(true);
    expect(await checkouts.extend(checkout, '2026-11-22T12:00:00.000Z', now)).toBe(false);
    const stored = await checkouts.find(checkout.code);
    expect(stored?.tie).toEqual(ties[outcomes.indexOf(true)]);
    expect([stored?.expiresAt, stored?.fullHoldUntil]).toEqual(['2026-11-22T12:00:00.000Z', undefined]);
    const listed = await checkouts.list(checkout.shopId, 'active', { limit: 5 });
    expect(listed.items.map(({ code, expiresAt }) => [code, expiresAt])).toEqual([[checkout.code, stored?.expiresAt]]);
    expect(await checkouts.due(new Date('2026-11-21T13:00:00.000Z'), 5)).toEqual([]);
  });

  it('that nobody has made is tied to nobody', async () => {
    const tie = { contactId: anId(), phoneNumberId: '106540352242922' };
    expect(await checkoutStore(world.table).tie(aCode(), tie)).toBe(false);
  });
});
