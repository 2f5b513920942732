import type { Bucket } from '#platform/bucket.ts';
import type { Table } from '#platform/table.ts';
import { contactStore } from '../contacts/contact.store.ts';
import { erasureStore } from '../contacts/erasure.store.ts';
import { personFileStore } from '../contacts/person-file.store.ts';
import { erasureRunner } from '../contacts/run-erasure.ts';
import { personExportRunner } from '../contacts/run-person-export.ts';
import { leadStore } from '../leads/lead.store.ts';
import { pipelineStore } from '../pipelines/pipeline.store.ts';
import { shopStore } from '../shops/shop.store.ts';
import { jobStore } from './job.store.ts';
import type { Runners } from './run-job.ts';

/** What exports and erasures of persons work on. */
export interface PersonGround {
  table: Table;
  secret: () => Promise<string>;
  /** What shops bring in and take out. */
  files: Bucket;
  /** The files of conversations. */
  media: Bucket;
}

/** The runners of jobs that a person has a right to. */
export const personRunners = ({ table, secret, files, media }: PersonGround): Runners => {
  const person = {
    contacts: contactStore(table, secret),
    pipelines: pipelineStore(table),
    users: shopStore(table).users,
    leads: leadStore(table, secret),
    rows: { ...personFileStore(table), ...erasureStore(table, secret) },
    jobs: jobStore(table),
    ...{ files, media, secret },
  };
  return {
    'person-export': personExportRunner(person),
    erasure: erasureRunner(person),
  };
};
