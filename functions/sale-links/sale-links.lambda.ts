import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { readHosts, refusalOf } from '#platform/guarded-https.ts';
import { httpApi } from '#platform/http.ts';
import { logger } from '#platform/logger.ts';
import { patience } from '#platform/patience.ts';
import { openTable } from '#platform/table.ts';
import { openVault } from '#platform/vault.ts';
import { assigneeStore } from '../contacts/assignee.store.ts';
import { checkoutSales } from './checkout-sales.store.ts';
import { customerStore } from './customer.store.ts';
import { httpSales } from './find-sales.ts';
import { openHttpSales } from './http-sales.client.ts';
import { saleLinkStore } from './sale-link.store.ts';
import { saleLinkHandlers } from './sale-link-handlers.ts';
import { saleLinkRoutes } from './sale-links.routes.ts';
import { saleSourceStore } from './sale-source.store.ts';
import { saleSummaryStore } from './sale-summary.store.ts';

const env = readEnv('TABLE_NAME', 'SALES_VAULT', 'PRIVATE_HOSTS');
const hosts = readHosts(env.PRIVATE_HOSTS);
const table = openTable(documentClient(), env.TABLE_NAME);
const clock = () => new Date();
const secrets = openVault(env.SALES_VAULT);
const report = (error: unknown) => logger.error('the secret of a source of sales could not be read', { error });
const asking = { sources: saleSourceStore(table), secrets, http: openHttpSales(hosts), report, clock };

export const handler = httpApi(
  saleLinkRoutes,
  saleLinkHandlers({
    ...asking,
    ...customerStore(table),
    ...assigneeStore(table),
    ...saleSummaryStore(table),
    links: saleLinkStore(table),
    sales: { checkouts: checkoutSales(table), http: httpSales(asking) },
    refusalOf: (url) => refusalOf(url, hosts),
    patience: patience(),
  }),
);
