import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type QueueName, queues } from '../../functions/manifest.ts';
import { AppSecret } from '../constructs/app-secret.ts';
import { MetaAppSecret } from '../constructs/meta-app-secret.ts';
import { PictureBucket } from '../constructs/picture-bucket.ts';
import { ArchiveBucket, FilesBucket, MediaBucket } from '../constructs/private-bucket.ts';
import { SecretVault } from '../constructs/secret-vault.ts';
import { SingleTable } from '../constructs/single-table.ts';
import { WorkQueue } from '../constructs/work-queue.ts';
import type { StageConfig } from '../stages.ts';

/** What every stack is told. */
export interface VidrieraStackProps extends StackProps {
  stage: StageConfig;
}

const queueNames = Object.keys(queues) as QueueName[];

/** Everything that must outlive a deployment: the table and its key, files, secrets, and the work that waits. */
export class DataStack extends Stack {
  readonly table: SingleTable;
  readonly pictures: PictureBucket;
  readonly media: MediaBucket;
  readonly archive: ArchiveBucket;
  readonly files: FilesBucket;
  readonly secret: AppSecret;
  readonly metaApp: MetaAppSecret;
  readonly tokens: SecretVault;
  readonly apps: SecretVault;
  readonly pages: SecretVault;
  readonly sales: SecretVault;
  readonly queues: Readonly<Record<QueueName, WorkQueue>>;

  constructor(scope: Construct, id: string, { stage, ...props }: VidrieraStackProps) {
    super(scope, id, { ...props, terminationProtection: stage.deletionProtection });
    this.table = new SingleTable(this, 'Data', { stage });
    this.pictures = new PictureBucket(this, 'Pictures', { stage });
    this.media = new MediaBucket(this, 'MediaFiles', { stage });
    this.archive = new ArchiveBucket(this, 'Archive', { stage });
    this.files = new FilesBucket(this, 'ShopFiles', { stage });
    this.secret = new AppSecret(this, 'AppSecret', { stage });
    this.metaApp = new MetaAppSecret(this, 'MetaApp', { stage });
    this.tokens = new SecretVault(this, 'TokenVault', { stage, kind: 'tokens', variable: 'TOKEN_VAULT' });
    this.apps = new SecretVault(this, 'AppVault', { stage, kind: 'apps', variable: 'APP_VAULT' });
    this.pages = new SecretVault(this, 'PageVault', { stage, kind: 'pages', variable: 'PAGE_VAULT' });
    this.sales = new SecretVault(this, 'SalesVault', { stage, kind: 'sales', variable: 'SALES_VAULT' });
    // A queue holds what nobody sends twice, such as a webhook that Meta has its answer to: it is data.
    this.queues = Object.fromEntries(
      queueNames.map((name) => [
        name,
        new WorkQueue(this, `${name.charAt(0).toUpperCase()}${name.slice(1)}`, { name, stage }),
      ]),
    ) as Record<QueueName, WorkQueue>;
    new CfnOutput(this, 'TableName', { value: this.table.table.tableName });
    new CfnOutput(this, 'PictureBucketName', { value: this.pictures.bucketName });
    new CfnOutput(this, 'MediaBucketName', { value: this.media.bucketName });
    new CfnOutput(this, 'ArchiveBucketName', { value: this.archive.bucketName });
    new CfnOutput(this, 'FilesBucketName', { value: this.files.bucketName });
  }
}
