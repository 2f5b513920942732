import { cached } from '#core/cache.ts';
import { openBucket } from '#platform/bucket.ts';
import { patience } from '#platform/patience.ts';
import type { Table } from '#platform/table.ts';
import { jobStore } from '../jobs/job.store.ts';
import { pipelineStore } from '../pipelines/pipeline.store.ts';
import { shopStore } from '../shops/shop.store.ts';

/** Every store and the bucket that imports and exports need; a shop is remembered for a few seconds. */
export const leadFileStores = (table: Table, bucketName: string) => {
  const shops = shopStore(table);
  const clock = () => new Date();
  return {
    jobs: jobStore(table),
    files: openBucket(bucketName),
    patience: patience(),
    pipelines: pipelineStore(table),
    users: shops.users,
    findShop: cached(shops.find, { ttlMs: 5000, clock }),
    clock,
  };
};
