import { openBucket } from '#platform/bucket.ts';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { httpApi } from '#platform/http.ts';
import { patience } from '#platform/patience.ts';
import { openTable } from '#platform/table.ts';
import { reconciliationStore } from '../stock/reconciliation.store.ts';
import { stockRoutes } from '../stock/stock.routes.ts';
import { stockStore } from '../stock/stock.store.ts';
import { stockHandlers } from '../stock/stock-handlers.ts';
import { catalogRoutes } from './catalog.routes.ts';
import { catalogHandlers } from './catalog-handlers.ts';
import { categoryStore } from './category.store.ts';
import { productStore } from './product.store.ts';

const { TABLE_NAME, PICTURE_BUCKET } = readEnv('TABLE_NAME', 'PICTURE_BUCKET');
const table = openTable(documentClient(), TABLE_NAME);
const ports = {
  categories: categoryStore(table),
  products: productStore(table),
  stock: stockStore(table),
  reconciliations: reconciliationStore(table),
  bucket: openBucket(PICTURE_BUCKET),
  clock: () => new Date(),
  patience: patience(),
};

export const handler = httpApi(
  { ...catalogRoutes, ...stockRoutes },
  { ...catalogHandlers(ports), ...stockHandlers(ports) },
);
