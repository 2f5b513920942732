import { Checkout } from '../../functions/checkouts/checkout.ts';
import { StockLevel, StockMovement } from '../../functions/stock/stock.ts';

/** What a whole table says about stock and checkouts, read past all stores. */
export interface StockState {
  levels: StockLevel[];
  movements: StockMovement[];
  checkouts: (Checkout & { indexed: boolean })[];
}

type Row = Record<string, unknown> & { pk: string; sk: string };

/** Sorts the rows of a table. */
export const readState = (rows: readonly Row[]): StockState => ({
  levels: rows.filter(({ sk }) => sk === 'LEVEL').map((row) => StockLevel().parse(row)),
  movements: rows.filter(({ sk }) => sk.startsWith('MOVEMENT#')).map((row) => StockMovement().parse(row)),
  checkouts: rows
    .filter(({ pk }) => pk.startsWith('CHECKOUT#'))
    .map((row) => ({ ...Checkout().parse(row), indexed: row['gsi3pk'] !== undefined })),
});

const bucketOf = ({ productId, bucket }: { productId: string; bucket: number }): string => `${productId}/${bucket}`;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/**
 * Invariant 1, bucket by bucket, in arithmetic of its own: figures as the ledger adds up, nothing below zero, and what
 * is reserved is what active checkouts hold.
 */
export const stockProblems = ({ levels, movements, checkouts }: StockState): string[] => {
  const ledgers = Map.groupBy(movements, bucketOf);
  const holds = Map.groupBy(
    checkouts
      .filter(({ state }) => state === 'active')
      .flatMap(({ lines }) =>
        lines.flatMap((line) => line.holds.map((hold) => ({ ...hold, productId: line.productId }))),
      ),
    bucketOf,
  );
  const known = new Set(levels.map(bucketOf));
  const orphans = [...ledgers.keys(), ...holds.keys()].filter((bucket) => !known.has(bucket));
  return [
    ...orphans.map((bucket) => `${bucket} has a ledger or a hold, but no level`),
    ...levels.flatMap((level) => {
      const rows = ledgers.get(bucketOf(level)) ?? [];
      const total = (...kinds: StockMovement['kind'][]) =>
        sum(rows.filter(({ kind }) => kinds.includes(kind)).map(({ quantity }) => quantity));
      const adjusted = total('receive', 'adjust');
      const sold = total('sell');
      const reserved = total('reserve') - total('release') - sold;
      const expected = { adjusted, sold, onHand: adjusted - sold, reserved, available: adjusted - sold - reserved };
      const held = sum((holds.get(bucketOf(level)) ?? []).map(({ quantity }) => quantity));
      const figures = Object.entries(expected)
        .filter(([name, value]) => level[name as keyof typeof expected] !== value)
        .map(([name, value]) => `${name} is ${level[name as keyof typeof expected]}, its ledger says ${value}`);
      return [
        ...figures,
        ...(level.available < 0 ? [`available is ${level.available}`] : []),
        ...(level.reserved === held ? [] : [`reserved is ${level.reserved}, active checkouts hold ${held}`]),
      ].map((problem) => `${bucketOf(level)}: ${problem}`);
    }),
  ];
};

const endKind = { active: undefined, confirmed: 'sell', expired: 'release', cancelled: 'release' } as const;

/** Where a checkout's rows in the ledger are not one reserve for each hold and, once ended, one end for each. */
const ledgerProblems = ({ state, lines }: Checkout, rows: readonly StockMovement[]): string[] => {
  const holds = lines.flatMap(({ productId, holds }) => holds.map((hold) => ({ ...hold, productId })));
  const name = (
    kind: string,
    { productId, bucket, quantity }: { productId: string; bucket: number; quantity: number },
  ) => `${kind} ${quantity} of ${bucketOf({ productId, bucket })}`;
  const kinds = ['reserve', endKind[state] ?? []].flat();
  const expected = holds.flatMap((hold) => kinds.map((kind) => name(kind, hold))).sort();
  const found = rows.map((row) => name(row.kind, row)).sort();
  return JSON.stringify(expected) === JSON.stringify(found)
    ? []
    : [`its ledger says [${found.join(', ')}] instead of [${expected.join(', ')}]`];
};

const timeProblems = (checkout: Checkout, { now, mostLateMs }: { now: Date; mostLateMs: number }): string[] => {
  const { state, expiresAt, endedAt = '' } = checkout;
  const late = (state === 'active' ? now : new Date(endedAt)).getTime() - new Date(expiresAt).getTime();
  if (state === 'expired' && late < 0) return [`it expired at ${endedAt}, before ${expiresAt}`];
  if (state === 'expired' || state === 'active') return late > mostLateMs ? [`it was freed ${late} ms late`] : [];
  return late >= 0 ? [`it was ${state} at ${endedAt}, though it ran out at ${expiresAt}`] : [];
};

/** Invariant 2: every line held or none, one end, in time. */
export const checkoutProblems = (
  { checkouts, movements }: StockState,
  time: { now: Date; mostLateMs: number },
): string[] => {
  const rows = Map.groupBy(
    movements.filter(({ code }) => code !== undefined),
    ({ code }) => code ?? '',
  );
  const known = new Set(checkouts.map(({ code }) => code));
  const strangers = [...rows.keys()].filter((code) => !known.has(code));
  return [
    ...strangers.map((code) => `the ledger knows ${code}, but there is no such checkout`),
    ...checkouts.flatMap((checkout) =>
      [
        ...ledgerProblems(checkout, rows.get(checkout.code) ?? []),
        ...timeProblems(checkout, time),
        ...(checkout.indexed === (checkout.state === 'active') ? [] : ['it stands wrong in the index of expiries']),
      ].map((problem) => `${checkout.code} (${checkout.state}): ${problem}`),
    ),
  ];
};
