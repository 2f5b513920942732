import { newId } from '#core/ids.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { phoneKey } from '#core/phone-key.ts';
import {
  decideRow,
  type ImportContext,
  type ImportRow,
  type KnownPerson,
  type RowDecision,
  type RowOutcome,
} from './import-decision.ts';
import type { RowReason } from './import-reasons.ts';

interface Decided {
  number: number;
  decision: RowDecision;
}

type Which = Pick<ImportContext, 'shopId' | 'importId'>;

export interface ImportRowsPorts {
  people: {
    /** Whom the shop knows under each of these phones, by the phone's key. */
    known: (
      shopId: string,
      phones: readonly string[],
      options: { consistent: boolean },
    ) => Promise<Map<string, KnownPerson>>;
    /** What became of the rows from `first` to `last` that the import wrote; the others wrote nothing. */
    doneRows: (which: Which, first: number, last: number) => Promise<Map<number, RowOutcome>>;
    /** Writes each row whole or not at all, and what became of it; gives those that others were faster at. */
    commit: (which: Which, decided: readonly Decided[], now: Date) => Promise<readonly Decided[]>;
  };
  patience: Patience;
}

/** `insistUntil`: milliseconds since 1970. */
type SlicePorts = ImportRowsPorts & { insistUntil: number };

/** What became of a row: an outcome, or why it was not taken. */
export type RowResult = RowOutcome | RowReason;

/** Splits rows into the first of each person and those that wait for them. */
const firstOfEach = (rows: readonly ImportRow[]): [ImportRow[], ImportRow[]] => {
  const seen = new Set<string>();
  const [first, later]: [ImportRow[], ImportRow[]] = [[], []];
  for (const row of rows) {
    const key = phoneKey(row.facts.phone);
    (seen.has(key) ? later : first).push(row);
    seen.add(key);
  }
  return [first, later];
};

/** Two phones may lead to one person: of such rows the first goes, the others wait. */
const withoutSamePerson = (rows: readonly ImportRow[], known: ReadonlyMap<string, KnownPerson>) => {
  const seen = new Set<string>();
  const [first, later]: [ImportRow[], ImportRow[]] = [[], []];
  for (const row of rows) {
    const { contact, lead } = known.get(phoneKey(row.facts.phone)) ?? {};
    const ids = [contact?.contactId, lead?.leadId].filter((id) => id !== undefined);
    (ids.some((id) => seen.has(id)) ? later : first).push(row);
    for (const id of ids) seen.add(id);
  }
  return [first, later] as const;
};

const decide = (
  rows: readonly ImportRow[],
  known: ReadonlyMap<string, KnownPerson>,
  context: ImportContext,
  now: Date,
): Decided[] =>
  rows.map((row) => ({
    number: row.number,
    decision: decideRow(row, known.get(phoneKey(row.facts.phone)) ?? {}, context, { newId: newId(now), now }),
  }));

const writes = ({ decision: { outcome } }: Decided): boolean => outcome === 'created' || outcome === 'updated';

/** How long the rows of a slice insist in all while others are at their people: behind that each is tried once. */
const SLICE_PATIENCE_MS = 60_000;

/** One row by itself, until nobody else is faster. */
const importOne = async (row: ImportRow, context: ImportContext, ports: ImportRowsPorts): Promise<RowResult> => {
  const { people, patience } = ports;
  const result = await withPatience(patience, async (): Promise<RowResult | undefined> => {
    const done = (await people.doneRows(context, row.number, row.number)).get(row.number);
    if (done) return done;
    const known = await people.known(context.shopId, [row.facts.phone], { consistent: true });
    const now = patience.clock();
    const [decided] = decide([row], known, context, now);
    if (decided === undefined || !writes(decided)) return decided?.decision.outcome;
    const refused = await people.commit(context, [decided], now);
    return refused.length === 0 ? decided.decision.outcome : undefined;
  });
  return result ?? 'busy';
};

const patienceLeft = ({ patience, insistUntil }: SlicePorts): Patience => {
  const left = insistUntil - patience.clock().getTime();
  return { ...patience, budgetMs: Math.max(0, Math.min(patience.budgetMs, left)) };
};

/** Rows of different people, all at once; those at which others were faster, one by one. */
const importWave = async (
  rows: readonly ImportRow[],
  results: Map<number, RowResult>,
  context: ImportContext,
  ports: SlicePorts,
): Promise<ImportRow[]> => {
  const phones = rows.map(({ facts }) => facts.phone);
  const known = await ports.people.known(context.shopId, phones, { consistent: false });
  const [wave, later] = withoutSamePerson(rows, known);
  const now = ports.patience.clock();
  const decided = decide(wave, known, context, now);
  for (const { number, decision } of decided) results.set(number, decision.outcome);
  if (context.plan.dryRun) return later;
  const refused = await ports.people.commit(context, decided.filter(writes), now);
  const numbers = new Set(refused.map(({ number }) => number));
  for (const row of wave.filter(({ number }) => numbers.has(number))) {
    results.set(row.number, await importOne(row, context, { ...ports, patience: patienceLeft(ports) }));
  }
  return later;
};

/** Phones that a dry run has met: nobody was made of them, and yet they would be there. */
export type SeenPhones = Set<number>;

/** A phone has fifteen digits at most, which a number holds, in a quarter of the memory. */
const digitsOf = (phone: string): number => Number(phoneKey(phone));

const tryRows = async (
  rows: readonly ImportRow[],
  context: ImportContext,
  seen: SeenPhones,
  ports: SlicePorts,
): Promise<Map<number, RowResult>> => {
  const results = new Map<number, RowResult>();
  const [fresh, repeated] = firstOfEach(rows);
  for (const { number } of repeated) results.set(number, repeatOutcome(context));
  const met = fresh.filter(({ facts }) => seen.has(digitsOf(facts.phone)));
  for (const { number } of met) results.set(number, repeatOutcome(context));
  await importWave(
    fresh.filter((row) => !met.includes(row)),
    results,
    context,
    ports,
  );
  for (const { facts } of fresh) seen.add(digitsOf(facts.phone));
  return results;
};

/** What becomes of a person who stands in the file again: whether it would say anything new is not looked at. */
const repeatOutcome = ({ plan }: ImportContext): RowOutcome => (plan.duplicates === 'skip' ? 'skipped' : 'updated');

/**
 * Imports some hundred rows in their order, or, in a dry run, tells what would become of them. A row whose import was
 * written before, by this worker or one that died, is not done again and counts as what it was. Who stands in the rows
 * twice is one person. Gives what became of each; throws what the ports throw, when all may be done again.
 */
export const importRows = async (
  rows: readonly ImportRow[],
  context: ImportContext,
  seen: SeenPhones,
  allPorts: ImportRowsPorts,
): Promise<Map<number, RowResult>> => {
  const ports = { ...allPorts, insistUntil: allPorts.patience.clock().getTime() + SLICE_PATIENCE_MS };
  const [first, last] = [rows.at(0)?.number ?? 0, rows.at(-1)?.number ?? 0];
  if (context.plan.dryRun) return tryRows(rows, context, seen, ports);
  const results = new Map<number, RowResult>(await ports.people.doneRows(context, first, last));
  let waiting = rows.filter(({ number }) => !results.has(number));
  while (waiting.length > 0) {
    const [wave, later] = firstOfEach(waiting);
    const undone = await importWave(wave, results, context, ports);
    waiting = [...undone, ...later].toSorted((one, other) => one.number - other.number);
  }
  // what nothing was written for may have been written meanwhile by a worker that was thought dead
  for (const [number, outcome] of await ports.people.doneRows(context, first, last)) results.set(number, outcome);
  return results;
};
