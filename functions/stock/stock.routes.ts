import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { pageFields, pageOf } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import { ProductWithStock } from '../catalog/product.ts';
import { Reconciliation } from './reconcile-stock.ts';
import { AdjustStock, ReceiveStock, StockMovement } from './stock.ts';

const ProductParams = lazy(() => z.object({ productId: z.string().check(z.maxLength(64)) }));

/** Counting what there is: receive, adjust, the ledger, and the spread of a hot product. */
export const stockRoutes = {
  receiveStock: {
    method: 'POST',
    path: '/admin/products/{productId}/stock/receive',
    access: ['admin', 'seller'],
    summary: 'Goods have come in',
    params: ProductParams,
    body: ReceiveStock,
    answer: { status: 201, schema: ProductWithStock },
    errors: ['stock.busy', 'idempotency.key-reused'],
    idempotent: true,
  },
  adjustStock: {
    method: 'POST',
    path: '/admin/products/{productId}/stock/adjust',
    access: ['admin', 'seller'],
    summary: 'Correct the stock by a difference, with the reason; never below what is reserved',
    params: ProductParams,
    body: AdjustStock,
    answer: { status: 201, schema: ProductWithStock },
    errors: ['stock.below-reserved', 'stock.busy', 'idempotency.key-reused'],
    idempotent: true,
  },
  listMovements: {
    method: 'GET',
    path: '/admin/products/{productId}/stock/movements',
    access: ['admin', 'seller'],
    summary: 'The stock ledger of a product, newest first',
    params: ProductParams,
    query: lazy(() => z.object(pageFields(50, 100))),
    answer: { status: 200, schema: lazy(() => pageOf(StockMovement())) },
  },
  spreadStock: {
    method: 'PUT',
    path: '/admin/products/{productId}/hot',
    access: ['admin'],
    summary: 'Spread the stock of a product that many will buy at once over buckets, or gather it again',
    params: ProductParams,
    body: lazy(() => z.strictObject({ hot: z.boolean() })),
    answer: { status: 200, schema: ProductWithStock },
    errors: ['stock.busy'],
  },
  listReconciliations: {
    method: 'GET',
    path: '/admin/stock/reconciliations',
    access: ['admin'],
    summary: 'The nightly proofs that stock, ledger and checkouts agree, newest first',
    query: lazy(() => z.object(pageFields(10, 50))),
    answer: {
      status: 200,
      schema: lazy(() => pageOf(Reconciliation())),
    },
  },
} as const satisfies Routes;
