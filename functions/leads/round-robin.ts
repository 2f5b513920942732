import * as z from 'zod/mini';
import { invalidField } from '#core/errors.ts';
import { timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

/** When a seller was last given a lead in turn, and how many times in all. */
export const Turn = lazy(() => z.object({ userId: z.string(), at: timeField(), number: z.int() }));
export type Turn = z.infer<Lazy<typeof Turn>>;

/** A turn that is taken, and the same seller's one before. */
export interface TurnTaken {
  turn: Turn;
  before: Turn | undefined;
}

/** How much a seller has to do, and their last turn, if they ever had one. */
export interface Workload {
  userId: string;
  openLeads: number;
  turn: Turn | undefined;
}

/** How far a first look counts: enough where the least busy has little to do. */
const FIRST_COUNT = 20;
/** Beyond so many open leads all sellers have enough to do. */
const MOST_COUNTED = 1000;

/**
 * How much each of these sellers has to do, counted only so far that the least busy are told from the others: all in
 * small steps, until one has fewer than the step.
 */
export const compareLoads = async (
  sellers: readonly string[],
  count: (userId: string, enough: number) => Promise<number>,
): Promise<Map<string, number>> => {
  for (let enough = FIRST_COUNT; ; enough = Math.min(enough * 4, MOST_COUNTED)) {
    const bound = enough;
    const counts = await Promise.all(sellers.map((userId) => count(userId, bound)));
    const isTold = enough === MOST_COUNTED || counts.some((one) => one < bound);
    if (isTold) return new Map(sellers.map((userId, index) => [userId, counts[index] ?? 0]));
  }
};

/** Smaller for who comes sooner: never had a turn, had it longer ago, had fewer. */
const byTurn = (one: Workload, other: Workload): number =>
  (one.turn?.at ?? '').localeCompare(other.turn?.at ?? '') ||
  (one.turn?.number ?? 0) - (other.turn?.number ?? 0) ||
  one.userId.localeCompare(other.userId);

/**
 * Whose turn it is: the seller with the fewest open leads; of several, the one whose last turn was the longest ago.
 * Throws `request.invalid` when there is nobody.
 */
export const chooseSeller = (sellers: readonly Workload[]): Workload => {
  const [chosen] = sellers.toSorted((one, other) => one.openLeads - other.openLeads || byTurn(one, other));
  if (chosen) return chosen;
  throw invalidField('roundRobin', 'no-sellers', 'the shop has no seller who may sign in');
};
