import * as z from 'zod/mini';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { scheduledJob } from '#platform/job.ts';
import { logger } from '#platform/logger.ts';
import { publishMetric } from '#platform/metrics.ts';
import { openTable } from '#platform/table.ts';
import { shopStore } from '../shops/shop.store.ts';
import { reconcileShops } from './reconcile-shops.ts';
import { reconcileStock } from './reconcile-stock.ts';
import { reconcilePorts } from './reconciliation.store.ts';

const { TABLE_NAME } = readEnv('TABLE_NAME');
const table = openTable(documentClient(), TABLE_NAME);
const clock = () => new Date();
const ports = reconcilePorts(table, clock);
const report = (shopId: string, drifts: object[]) => logger.error('stock drift', { shopId, drifts });
const failed = (shopId: string, error: unknown) => logger.error('a proof failed', { shopId, error });
const NIGHT_MS = 14 * 60_000;

export const handler = scheduledJob(
  'reconcile-stock',
  () => z.unknown(),
  async () => {
    const reconcile = (shopId: string) => reconcileStock(shopId, ports);
    const until = new Date(clock().getTime() + NIGHT_MS);
    const night = await reconcileShops(until, { shops: shopStore(table).all(), reconcile, report, failed, clock });
    publishMetric('StockDrift', night.drifts);
    publishMetric('ShopsNotReconciled', night.unchecked);
    return night;
  },
);
