import { AppError } from '#core/errors.ts';
import type { Currency } from '#core/money.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import type { Shop } from '../shops/shop.ts';
import { dayIn } from './funnel.ts';
import type { CheckoutEvent } from './timeline.ts';

/** An event, and where it is counted. */
export interface Counted {
  shopId: string;
  code: string;
  event: CheckoutEvent;
  /** The day of the shop on which it happened. */
  day: string;
  /** What a confirmation brings. */
  sale?: { currency: Currency; total: number } | undefined;
}

export interface RecordPorts {
  timeline: { record: (counted: Counted) => Promise<'recorded' | 'repeated' | 'conflict'> };
  patience: Patience;
}

/**
 * Notes on a checkout's timeline what happened, and counts it in the shop's funnel on the day it happened, in the shop's
 * time zone. Safe to repeat: the same kind and cause is noted once, and a checkout reaches a stage once. Throws
 * `change.conflict` when the counter stayed contended for as long as our patience lasts.
 */
export const recordEvent = async (
  shop: Pick<Shop, 'shopId' | 'timeZone'>,
  code: string,
  event: CheckoutEvent,
  { timeline, patience }: RecordPorts,
  sale?: Counted['sale'],
): Promise<void> => {
  const day = dayIn(shop.timeZone, new Date(event.at));
  const done = await withPatience(patience, async () => {
    const outcome = await timeline.record({ shopId: shop.shopId, code, event, day, sale });
    return outcome === 'conflict' ? undefined : outcome;
  });
  if (done === undefined) throw new AppError('change.conflict', 'the counters of this shop are contended; try again');
};
