import { actorOf } from '#core/actor.ts';
import type { RouteHandlers } from '#core/contract.ts';
import { notFound } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { present } from '../catalog/catalog-handlers.ts';
import type { Product } from '../catalog/product.ts';
import type { StockLevels } from '../catalog/product-with-stock.ts';
import { type ChangeStockPorts, changeStock } from './change-stock.ts';
import type { Reconciliation } from './reconcile-stock.ts';
import { type SpreadStockPorts, spreadStock } from './spread-stock.ts';
import type { stockRoutes } from './stock.routes.ts';
import type { StockMovement } from './stock.ts';

/** Everything that counting stock needs. */
export interface StockPorts extends Pick<ChangeStockPorts, 'patience'> {
  products: ChangeStockPorts['products'] & SpreadStockPorts['products'];
  stock: StockLevels &
    ChangeStockPorts['stock'] & {
      movements: (shopId: string, product: Product, page: PageRequest) => Promise<Page<StockMovement>>;
    };
  reconciliations: { list: (shopId: string, page: PageRequest) => Promise<Page<Reconciliation>> };
}

/** What answers each route about stock. */
export const stockHandlers = (ports: StockPorts): RouteHandlers<typeof stockRoutes> => ({
  receiveStock: async ({ caller, params, body, idempotencyKey }) => {
    const change = { kind: 'receive', change: body.quantity, ...(body.reason && { reason: body.reason }) } as const;
    const input = { shopId: caller.shopId, ...params, ...change, by: actorOf(caller), idempotencyKey };
    return present(await changeStock(input, ports), ports.stock);
  },
  adjustStock: async ({ caller, params, body, idempotencyKey }) => {
    const input = { shopId: caller.shopId, ...params, ...body, by: actorOf(caller), idempotencyKey };
    return present(await changeStock({ ...input, kind: 'adjust' }, ports), ports.stock);
  },
  listMovements: async ({ caller, params, query }) => {
    const product = await ports.products.find(caller.shopId, params.productId);
    if (product === undefined) throw notFound();
    return ports.stock.movements(caller.shopId, product, query);
  },
  spreadStock: async ({ caller, params, body }) =>
    present(await spreadStock({ shopId: caller.shopId, ...params, ...body, by: actorOf(caller) }, ports), ports.stock),
  listReconciliations: ({ caller, query }) => ports.reconciliations.list(caller.shopId, query),
});
