import { createCheckout } from '../functions/checkouts/create-checkout.ts';
import { cancelCheckout, confirmCheckout, expireCheckout } from '../functions/checkouts/end-checkout.ts';
import type { Finding } from './report.ts';
import { openBenchShop } from './shop.ts';
import { measureUnits, openBenchTable, type Units } from './table.ts';

const finding = (work: string, units: Units, budget: { write: number; read: number }): Finding[] => [
  { name: `${work}: write units`, value: units.write, unit: 'WCU', budget: { atMost: budget.write } },
  { name: `${work}: read units`, value: units.read, unit: 'RCU', budget: { atMost: budget.read } },
];

/** Capacity units of each use case of a checkout with one line, its shop already in memory. */
export const benchCapacity = async (): Promise<Finding[]> => {
  const { table, units, close } = await openBenchTable();
  let now = new Date();
  const { shop, addProduct, ports, checkoutPorts } = await openBenchShop(table, () => now);
  const { productId } = await addProduct('Vela de soja con lavanda y romero', 1000);
  let phone = 2_000_000;
  const create = (idempotencyKey?: string) => {
    phone += 1;
    const input = {
      shop: shop.slug,
      lines: [{ productId, quantity: 2 }],
      customerName: 'María de los Ángeles Fernández',
      phone: `+54911${phone}0`,
    };
    return createCheckout({ input, idempotencyKey }, checkoutPorts);
  };
  await create();
  const findings: Finding[] = [];
  const measure = async (work: string, budget: { write: number; read: number }, run: () => Promise<unknown>) => {
    findings.push(...finding(work, await measureUnits(units, run), budget));
  };

  await measure('create checkout', { write: 10, read: 2 }, () => create('bench-key-0000000001'));
  const { checkout: sold } = await create();
  const key = 'bench-confirm-key-01';
  await measure('confirm checkout', { write: 10, read: 2 }, () =>
    confirmCheckout({ code: sold.code, by: 'shopper', idempotencyKey: key }, ports),
  );
  const { checkout: cancelled } = await create();
  await measure('cancel checkout', { write: 10, read: 2 }, () =>
    cancelCheckout({ code: cancelled.code, by: 'shopper' }, ports),
  );
  const { checkout: late } = await create();
  now = new Date(now.getTime() + 25 * 3_600_000);
  await measure('expire checkout', { write: 9, read: 2 }, () =>
    expireCheckout({ code: late.code, by: 'schedule' }, ports),
  );
  await close();
  return findings;
};
