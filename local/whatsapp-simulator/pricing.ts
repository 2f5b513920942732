import type { MessageRow, NumberRow } from './world-rows.ts';

const FREE_A_MONTH = 1000;

/** How many service messages a number has sent this month. */
const counts = new WeakMap<NumberRow, { month: string; sent: number }>();

const countService = (number: NumberRow, now: number): number => {
  const month = new Date(now).toISOString().slice(0, 7);
  const before = counts.get(number);
  const sent = before?.month === month ? before.sent + 1 : 1;
  counts.set(number, { month, sent });
  return sent;
};

/**
 * What Meta charges for a message: templates by their category; anything else is service, of which each number has
 * 1,000 free a month; all is free for 72 hours after the answer to an advertisement.
 * Source: Meta, "Pricing", as of October 2026.
 */
export const priceOf = (
  number: NumberRow,
  category: string | undefined,
  isFreeEntry: boolean,
  now: number,
): MessageRow['pricing'] => {
  const named = category === undefined ? 'service' : category.toLowerCase();
  if (isFreeEntry) return { category: named, type: 'free_entry_point', billable: false };
  const isFree = named === 'service' && countService(number, now) <= FREE_A_MONTH;
  return { category: named, type: isFree ? 'free_customer_service' : 'regular', billable: !isFree };
};
