import { isAppError } from '#core/errors.ts';
import { createCheckout } from '../functions/checkouts/create-checkout.ts';
import { reconcileStock } from '../functions/stock/reconcile-stock.ts';
import { reconcilePorts } from '../functions/stock/reconciliation.store.ts';
import type { Finding } from './report.ts';
import { openBenchShop } from './shop.ts';
import { measureUnits, openBenchTable } from './table.ts';

const BUYERS = 1000;
const UNITS = 10;

type Outcome = 'sold' | 'short' | 'other';

const outcomeOf = async (attempt: Promise<unknown>): Promise<Outcome> => {
  try {
    await attempt;
    return 'sold';
  } catch (error) {
    return isAppError(error, 'stock.short') ? 'short' : 'other';
  }
};

/** With conflicts, transactions that are under way at the same time on one item cancel each other, as in AWS. */
const rush = async ({ hot, conflicts }: { hot: boolean; conflicts: boolean }): Promise<Finding[]> => {
  const { table, units, faults, close } = await openBenchTable();
  const { shop, addProduct, checkoutPorts } = await openBenchShop(table);
  const { productId } = await addProduct('Edición limitada', UNITS, { hot });
  const buyers = Array.from({ length: BUYERS }, (_, buyer) => ({
    shop: shop.slug,
    lines: [{ productId, quantity: 1 }],
    customerName: `Comprador ${buyer}`,
    phone: `+54911${2_000_000 + buyer}0`,
  }));
  if (conflicts) faults.conflictInFlight();
  const outcomes: Outcome[] = [];
  const used = await measureUnits(units, async () => {
    const attempts = buyers.map((input) =>
      outcomeOf(createCheckout({ input, idempotencyKey: undefined }, checkoutPorts)),
    );
    outcomes.push(...(await Promise.all(attempts)));
  });
  faults.stop();
  const { drifts } = await reconcileStock(
    shop.shopId,
    reconcilePorts(table, () => new Date()),
  );
  await close();
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  const name = `flash sale, ${hot ? 'hot' : 'ordinary'} product${conflicts ? ', conflicts' : ''}`;
  return [
    { name: `${name}: checkouts for ${UNITS} units`, value: count('sold'), unit: '', budget: { exactly: UNITS } },
    { name: `${name}: told it is sold out`, value: count('short'), unit: '', budget: { exactly: BUYERS - UNITS } },
    { name: `${name}: any other answer`, value: count('other'), unit: '', budget: { exactly: 0 } },
    { name: `${name}: drifts found after`, value: drifts.length, unit: '', budget: { exactly: 0 } },
    { name: `${name}: conflicts met`, value: faults.met.get('conflict') ?? 0, unit: '' },
    { name: `${name}: write units`, value: used.write, unit: 'WCU' },
  ];
};

/** A thousand buyers at once for ten units. */
export const benchFlashSale = async (): Promise<Finding[]> => [
  ...(await rush({ hot: false, conflicts: false })),
  ...(await rush({ hot: false, conflicts: true })),
  ...(await rush({ hot: true, conflicts: true })),
];
