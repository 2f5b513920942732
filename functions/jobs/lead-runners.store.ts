import type { Bucket } from '#platform/bucket.ts';
import { patience } from '#platform/patience.ts';
import type { Table } from '#platform/table.ts';
import { contactStore } from '../contacts/contact.store.ts';
import { runExport } from '../leads/export-run.ts';
import { importStore } from '../leads/import.store.ts';
import { runImport } from '../leads/import-run.ts';
import { leadStore } from '../leads/lead.store.ts';
import { pipelineStore } from '../leads/pipeline.store.ts';
import { shopStore } from '../shops/shop.store.ts';
import type { Runners } from './run-job.ts';

/** What imports and exports of leads work on. */
export interface LeadGround {
  table: Table;
  secret: () => Promise<string>;
  /** What shops bring in and take out. */
  files: Bucket;
}

/**
 * Every lead of a shop stands in one list, and a list of an index takes a thousand writes a second. Source: Amazon
 * DynamoDB developer guide, "Designing partition keys to distribute your workload".
 */
const MOST_ROWS_PER_SECOND = 700;

/** How long a row insists while others hold its person. */
const ROW_PATIENCE_MS = 20_000;

/** The runners of jobs that bring leads in and take them out. */
export const leadRunners = ({ table, secret, files }: LeadGround): Runners => {
  const shops = shopStore(table);
  const shared = { pipelines: pipelineStore(table), users: shops.users, files };
  return {
    import: runImport({
      ...shared,
      people: importStore(table, secret),
      patience: patience(ROW_PATIENCE_MS),
      mostRowsPerSecond: MOST_ROWS_PER_SECOND,
    }),
    'lead-export': runExport({
      ...shared,
      contacts: contactStore(table, secret),
      leads: leadStore(table, secret),
      findShop: shops.find,
    }),
  };
};
