import * as z from 'zod/mini';
import { invalidField } from '#core/errors.ts';
import { currencyField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Currency } from '#core/money.ts';
import type { EventKind } from './timeline.ts';

/** What is counted: each stage once for each checkout, on the day on which it was reached. */
export const stages = [
  'created',
  'sent',
  'delivered',
  'read',
  'opened',
  'replied',
  'confirmed',
  'cancelled',
  'expired',
] as const satisfies readonly EventKind[];
export type Stage = (typeof stages)[number];

/** True for what happens to a checkout that the funnel counts. */
export const isStage = (kind: EventKind): kind is Stage => (stages as readonly EventKind[]).includes(kind);

/** The counts of one day. Money is in minor units, by currency: a shop may change its own. */
export interface DayCounts {
  day: string;
  counts: Partial<Record<Stage, number>>;
  revenue: Partial<Record<Currency, number>>;
}

const counters = () => ({
  created: z.int(),
  sent: z.int(),
  delivered: z.int(),
  read: z.int(),
  opened: z.int(),
  replied: z.int(),
  confirmed: z.int(),
  cancelled: z.int(),
  expired: z.int(),
  /** Totals of what was confirmed. */
  revenue: z.array(z.object({ currency: currencyField(), amount: z.int() })),
});

export const Funnel = lazy(() =>
  z.object({
    /** Days are those of the shop's own time zone. */
    timeZone: z.string(),
    from: z.string(),
    to: z.string(),
    total: z.object(counters()),
    days: z.array(z.object({ day: z.string(), ...counters() })),
  }),
);
export type Funnel = z.infer<Lazy<typeof Funnel>>;

/** The day of a moment in a time zone: `2026-11-21`. */
export const dayIn = (timeZone: string, at: Date): string =>
  // Canada writes dates the ISO way
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MOST_DAYS = 366;

const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

/**
 * The days asked for, both inclusive; without them the last thirty. Throws `request.invalid` for a span that ends before
 * it begins or is longer than a year.
 */
export const spanOf = (
  { from, to }: { from?: string | undefined; to?: string | undefined },
  today: string,
): { from: string; to: string } => {
  const last = to ?? today;
  const first = from ?? new Date(Date.parse(last) - (DEFAULT_DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  const length = daysBetween(first, last) + 1;
  if (length < 1) throw invalidField('from', 'invalid', 'from must not be after to');
  if (length > MOST_DAYS) throw invalidField('from', 'too_long', `at most ${MOST_DAYS} days can be asked for`);
  return { from: first, to: last };
};

const summed = (rows: readonly DayCounts[]) => {
  const currencies = [...new Set(rows.flatMap(({ revenue }) => Object.keys(revenue)))].sort() as Currency[];
  const sum = (read: (row: DayCounts) => number | undefined) => rows.reduce((all, row) => all + (read(row) ?? 0), 0);
  return {
    ...(Object.fromEntries(stages.map((stage) => [stage, sum(({ counts }) => counts[stage])])) as Record<
      Stage,
      number
    >),
    revenue: currencies.map((currency) => ({ currency, amount: sum(({ revenue }) => revenue[currency]) })),
  };
};

/** A shop's funnel from the counts of all shards: days without any are left out. */
export const funnelOf = (rows: readonly DayCounts[], span: { timeZone: string; from: string; to: string }): Funnel => ({
  ...span,
  total: summed(rows),
  days: [...Map.groupBy(rows, ({ day }) => day)]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([day, some]) => ({ day, ...summed(some) })),
});
