import * as z from 'zod/mini';
import { slugField } from '../functions/core/fields.ts';
import { shopStore } from '../functions/shops/shop.store.ts';
import type { Shop } from '../functions/shops/shop.ts';
import { type Reconciliation, reconcileStock } from '../functions/stock/reconcile-stock.ts';
import { reconcilePorts } from '../functions/stock/reconciliation.store.ts';
import {
  CommandError,
  checkFlags,
  columns,
  commonOptions,
  commonUsage,
  type Io,
  openTarget,
  readArguments,
  runCommand,
  type Target,
  terminal,
} from './operator.ts';

const usage = `npm run reconcile -- --shop <slug> [options]

Proves that the stock of a shop, its ledger and its checkouts agree. Changes nothing but the list of proofs.
Exit code: 0 when they agree, 1 when they do not, 2 when it could not be told.

  --shop <slug>            whose stock
${commonUsage}`;

const options = { ...commonOptions, shop: { type: 'string' } } as const;

const summary = (shop: Shop, { products, movements, drifts }: Reconciliation): string =>
  columns([
    ['Shop', `${shop.slug} (${shop.name})`],
    ['Products', String(products)],
    ['Movements', String(movements)],
    ['Drifts', String(drifts.length)],
  ]);

const driftTable = ({ drifts }: Reconciliation, names: ReadonlyMap<string, string>): string =>
  columns([
    ['PRODUCT', 'NAME', 'BUCKET', 'PROBLEM'],
    ...drifts.map(({ productId, bucket, problem }) => [
      productId,
      names.get(productId) ?? '',
      String(bucket).padStart(2, '0'),
      problem,
    ]),
  ]);

const prove = async (slug: string, { table }: Target, io: Io): Promise<number> => {
  const shop = await shopStore(table).findBySlug(slug);
  if (shop === undefined) throw new CommandError(`--shop: there is no shop ${slug}`);
  const ports = reconcilePorts(table, () => new Date());
  const outcome = await reconcileStock(shop.shopId, ports);
  io.print(summary(shop, outcome));
  if (outcome.drifts.length === 0) {
    io.print('\nStock, ledger and checkouts agree.');
    return 0;
  }
  const products = await Array.fromAsync(ports.products.all(shop.shopId));
  io.print(`\n${driftTable(outcome, new Map(products.map(({ productId, name }) => [productId, name])))}`);
  return 1;
};

/** `npm run reconcile`: proves invariant 1 for one shop. Gives the exit code. */
export const reconcileCommand = (args: string[], io: Io): Promise<number> =>
  runCommand(io, async () => {
    const { values, positionals } = readArguments(args, options);
    if (values.help) {
      io.print(usage);
      return 0;
    }
    if (positionals.length > 0) throw new CommandError(usage);
    const { shop } = checkFlags(z.object({ shop: slugField() }), { shop: values.shop }, {});
    return prove(shop, openTarget(values), io);
  });

if (import.meta.main) process.exitCode = await reconcileCommand(process.argv.slice(2), terminal);
