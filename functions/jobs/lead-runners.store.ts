import type { Bucket } from '#platform/bucket.ts';
import { patience } from '#platform/patience.ts';
import type { Table } from '#platform/table.ts';
import { writePace } from '#platform/write-pace.ts';
import { contactStore } from '../contacts/contact.store.ts';
import { runExport } from '../lead-files/export-run.ts';
import { importStore } from '../lead-files/import.store.ts';
import { runImport } from '../lead-files/import-run.ts';
import { leadStore } from '../leads/lead.store.ts';
import { pipelineStore } from '../pipelines/pipeline.store.ts';
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
 * What one worker writes: all of them together leave a thousand units a second of a new table to others. A list of an
 * index, as that of all leads of a shop is, takes no more either. Sources: Amazon DynamoDB developer guide, "On-demand
 * capacity mode" (4,000 write units a second at first) and "Designing partition keys to distribute your workload".
 */
export const MOST_UNITS_PER_SECOND = 1000;

/** How long a write insists while the table has no room. */
const WRITE_PATIENCE_MS = 30_000;

/** How long a row insists while others hold its person. */
const ROW_PATIENCE_MS = 20_000;

/** The runners of jobs that bring leads in and take them out. */
export const leadRunners = ({ table, secret, files }: LeadGround): Runners => {
  const shops = shopStore(table);
  const pace = writePace(MOST_UNITS_PER_SECOND, patience(WRITE_PATIENCE_MS));
  const shared = { pipelines: pipelineStore(table), users: shops.users, files };
  return {
    import: runImport({
      ...shared,
      people: importStore(table, secret, pace),
      patience: patience(ROW_PATIENCE_MS),
    }),
    'lead-export': runExport({
      ...shared,
      contacts: contactStore(table, secret),
      leads: leadStore(table, secret),
      findShop: shops.find,
      clock: () => new Date(),
    }),
  };
};
