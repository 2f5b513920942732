import { setTimeout } from 'node:timers/promises';
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { findJob } from '../functions/jobs/find-job.ts';
import { jobStore } from '../functions/jobs/job.store.ts';
import { isUnfinished, type Job } from '../functions/jobs/job.ts';
import { type ShopStore, shopStore } from '../functions/shops/shop.store.ts';
import type { Shop } from '../functions/shops/shop.ts';
import { CommandError, type Io, type Target } from './operator.ts';
import { findBucket } from './replay.ts';

/** The shop of this address, if it has a CRM. Throws `CommandError`. */
export const crmShopOf = async (shops: ShopStore, slug: string | undefined): Promise<Shop> => {
  if (slug === undefined) throw new CommandError('--shop is needed');
  const shop = await shops.findBySlug(slug);
  if (shop === undefined) throw new CommandError(`--shop: there is no shop ${slug}`);
  if (shop.nicheType === 'crm_sales') return shop;
  throw new CommandError(`--shop: ${slug} has no CRM: its niche is ${shop.nicheType}`);
};

/** The bucket of what shops bring in and take out, with the SDK: an operator's credentials may be of any kind. */
export const openShopFiles = async ({ config, deployment, filesBucket }: Target) => {
  const s3 = new S3Client({ ...config, forcePathStyle: config.endpoint !== undefined });
  const which = { prefix: 'shopfiles', what: 'files bucket', howToName: 'the account (output FilesBucketName' };
  const Bucket = filesBucket ?? (await findBucket(s3, deployment, which));
  return {
    put: async (Key: string, Body: NodeJS.ReadableStream, bytes: number): Promise<void> => {
      const body = Body as PutObjectCommand['input']['Body'];
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: body, ContentLength: bytes, ContentType: 'text/csv' }));
    },

    get: async (Key: string): Promise<Buffer> => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },

    getRange: async (Key: string, from: number, length: number) => {
      try {
        const Range = `bytes=${from}-${from + length - 1}`;
        const { Body, ContentRange = '', ETag = '' } = await s3.send(new GetObjectCommand({ Bucket, Key, Range }));
        const body = Buffer.from((await Body?.transformToByteArray()) ?? []);
        return { body, bytes: Number(ContentRange.split('/')[1]), etag: ETag };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    remove: async (Key: string): Promise<void> => {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    },
  };
};

export type ShopFiles = Awaited<ReturnType<typeof openShopFiles>>;

/** What commands of imports and exports work on. */
export const openGround = async (target: Target) => ({
  shops: shopStore(target.table),
  jobs: jobStore(target.table),
  files: await openShopFiles(target),
});

const LOOK_MS = 500;

/** Follows a job to its end, and shows how far it is. */
export const followJob = async (
  job: Job,
  { jobs, show, io }: { jobs: ReturnType<typeof jobStore>; show: (job: Job) => string; io: Io },
): Promise<Job> => {
  let shown = '';
  for (;;) {
    const now = await findJob(job, { jobs });
    const line = now.state === 'queued' ? 'waiting for a worker' : show(now);
    if (line !== shown) io.progress?.(line);
    shown = line;
    if (!isUnfinished(now)) return now;
    await setTimeout(LOOK_MS);
  }
};
