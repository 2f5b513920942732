import { toEpochSeconds } from '#core/clock.ts';
import type { Currency } from '#core/money.ts';
import { missing } from '#platform/expression.ts';
import { ConditionFailed, type Item, type Table, WriteConflict } from '#platform/table.ts';
import { funnelShards, type Key, keys, ranges } from '#table/schema.ts';
import { type DayCounts, isStage, type Stage, stages } from './funnel.ts';
import type { Counted } from './record-event.ts';
import { CheckoutEvent } from './timeline.ts';

const GARBAGE_DAYS = 400;

/** The first of its kind for a checkout has this cause in its key: with it the stage is reached, and counted. */
const FIRST = 'first';

const REVENUE = 'revenue_';

const toItem = (key: Key, event: CheckoutEvent): Item => ({
  ...key,
  ...event,
  ttl: toEpochSeconds(new Date(event.at)) + GARBAGE_DAYS * 86_400,
});

/** Puts the first of its kind and counts it, together. */
const recordFirst = (table: Table, { shopId, code, event, day, sale }: Counted, stage: Stage): Promise<void> =>
  table.transact([
    { put: toItem(keys.checkoutEvent(code, stage, FIRST), event), if: [missing] },
    {
      update: keys.funnelDay(shopId, day, code),
      add: { [stage]: 1, ...(sale && { [`${REVENUE}${sale.currency}`]: sale.total }) },
    },
  ]);

/** Runs a write; false when its condition did not hold. */
const held = async (write: Promise<void>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
};

const recordEvent = async (table: Table, counted: Counted): Promise<'recorded' | 'repeated'> => {
  const { code, event } = counted;
  const { kind, cause } = event;
  if (isStage(kind)) {
    if (await held(recordFirst(table, counted, kind))) return 'recorded';
    const first = await table.get(keys.checkoutEvent(code, kind, FIRST), { consistent: true });
    if (first?.cause === cause) return 'repeated';
  }
  const again = toItem(keys.checkoutEvent(code, kind, cause), event);
  return (await held(table.put(again, [missing]))) ? 'recorded' : 'repeated';
};

const toCounts = (item: Record<string, unknown>): DayCounts => ({
  day: String(item.sk),
  counts: Object.fromEntries(stages.map((stage) => [stage, Number(item[stage] ?? 0)])),
  revenue: Object.fromEntries(
    Object.entries(item)
      .filter(([name]) => name.startsWith(REVENUE))
      .map(([name, amount]) => [name.slice(REVENUE.length) as Currency, Number(amount)]),
  ),
});

/** What happened to checkouts, and how many came how far. */
export const timelineStore = (table: Table) => ({
  /** Notes an event and counts the stage it reaches, once each whatever is repeated. `conflict`: try again. */
  record: async (counted: Counted): Promise<'recorded' | 'repeated' | 'conflict'> => {
    try {
      return await recordEvent(table, counted);
    } catch (error) {
      if (error instanceof WriteConflict) return 'conflict';
      throw error;
    }
  },

  /** True when an event of this kind has been noted. */
  hasReached: async (code: string, stage: Stage): Promise<boolean> =>
    (await table.get(keys.checkoutEvent(code, stage, FIRST))) !== undefined,

  events: async (code: string): Promise<CheckoutEvent[]> =>
    (await Array.fromAsync(table.queryAll(ranges.checkoutEvents(code)))).map((item) => CheckoutEvent().parse(item)),

  /** The counts of a shop by day and shard. */
  counts: async (shopId: string, from: string, to: string): Promise<DayCounts[]> => {
    const shards = funnelShards.map((shard) =>
      Array.fromAsync(table.queryAll(ranges.funnelDays(shopId, shard, from, to))),
    );
    return (await Promise.all(shards)).flat().map(toCounts);
  },
});
