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
