import { setTimeout } from 'node:timers/promises';
import type { Bucket } from '#platform/bucket.ts';
import { patience } from '#platform/patience.ts';
import type { Table } from '#platform/table.ts';
import { contactStore } from '../contacts/contact.store.ts';
import { erasureStore } from '../contacts/erasure.store.ts';
import { personFileStore } from '../contacts/person-file.store.ts';
import { erasureRunner } from '../contacts/run-erasure.ts';
import { personExportRunner } from '../contacts/run-person-export.ts';
import { runExport } from '../leads/export-run.ts';
import { importStore } from '../leads/import.store.ts';
import { runImport } from '../leads/import-run.ts';
import { leadStore } from '../leads/lead.store.ts';
import { pipelineStore } from '../leads/pipeline.store.ts';
import { shopStore } from '../shops/shop.store.ts';
import { jobStore } from './job.store.ts';
import type { Runners } from './run-job.ts';

/** What jobs work on. */
export interface JobGround {
  table: Table;
  secret: () => Promise<string>;
  /** What shops bring in and take out. */
  files: Bucket;
  /** The files of conversations. */
  media: Bucket;
}

/**
 * Every lead of a shop stands in one list, and a list of an index takes a thousand writes a second. Source: Amazon
 * DynamoDB developer guide, "Designing partition keys to distribute your workload".
 */
const MOST_ROWS_PER_SECOND = 700;

/** How long a row insists while others hold its person. */
const ROW_PATIENCE_MS = 20_000;

/** The runner of each kind of job. */
export const jobRunners = ({ table, secret, files, media }: JobGround): Runners => {
  const shops = shopStore(table);
  const shared = { contacts: contactStore(table, secret), pipelines: pipelineStore(table), users: shops.users, files };
  const leads = leadStore(table, secret);
  const rows = { ...personFileStore(table), ...erasureStore(table, secret) };
  const person = { ...shared, leads, rows, media, secret, jobs: jobStore(table) };
  return {
    import: runImport({
      ...shared,
      people: importStore(table, secret),
      patience: patience(ROW_PATIENCE_MS),
      mostRowsPerSecond: MOST_ROWS_PER_SECOND,
    }),
    'lead-export': runExport({ ...shared, leads, findShop: shops.find }),
    'person-export': personExportRunner(person),
    erasure: erasureRunner({ ...person, pause: (milliseconds) => setTimeout(milliseconds) }),
  };
};
