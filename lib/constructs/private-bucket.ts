import { Duration } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  HttpMethods,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import { acknowledge, wildcardBehind } from './acknowledge.ts';
import type { ServiceFunction } from './service-function.ts';

/** What decides how long things stay. */
export interface PrivateBucketProps {
  stage: StageConfig;
}

const abandonedUploads: LifecycleRule = {
  id: 'abandoned-uploads',
  abortIncompleteMultipartUploadAfter: Duration.days(1),
};

/** A bucket that nobody reads but our functions, and whom they give an address for some minutes. */
class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      ...props,
      lifecycleRules: [abandonedUploads, ...(props.lifecycleRules ?? [])],
    });
    acknowledge(this, {
      'AwsSolutions-S1':
        'only our functions come here, and their own logs tell what they did; addresses they give out live for minutes',
    });
  }

  /** Lets the function do this to every object; with the listing, a missing one is 404 and not 403. */
  protected allow(fn: ServiceFunction, variable: string, actions: readonly string[]): void {
    fn.tell(variable, this.bucketName);
    fn.allow({ actions, resources: [this.arnForObjects('*')] });
    fn.allow({ actions: ['s3:ListBucket'], resources: [this.bucketArn] });
    acknowledge(fn.role, {
      [wildcardBehind(this, this.bucketArn, '/*')]:
        'objects come and go: their names are not known here, the bucket is',
    });
  }
}

/** What was received, as it came: bodies of webhooks for 90 days, messages too big for a queue for 14. */
export class ArchiveBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, { stage }: PrivateBucketProps) {
    super(scope, id, {
      lifecycleRules: [
        { id: 'webhooks', prefix: 'webhooks/', expiration: Duration.days(90) },
        { id: 'claims', prefix: 'claims/', expiration: Duration.days(14) },
      ],
      removalPolicy: stage.removalPolicy,
    });
  }

  /** Lets the function read, or add, and tells it the bucket's name. */
  bind(fn: ServiceFunction, access: 'read' | 'write'): void {
    this.allow(fn, 'ARCHIVE_BUCKET', [access === 'read' ? 's3:GetObject' : 's3:PutObject']);
  }
}

/** The files of all conversations: of customers, and of sellers, who upload with presigned addresses. */
export class MediaBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, { stage }: PrivateBucketProps) {
    super(scope, id, {
      cors: [
        {
          allowedHeaders: ['content-type'],
          allowedMethods: [HttpMethods.GET, HttpMethods.PUT],
          allowedOrigins: [`https://${stage.domainName ?? '*.cloudfront.net'}`],
          maxAge: 3600,
        },
      ],
      lifecycleRules: stage.versionedPictures
        ? [{ id: 'removed-files', noncurrentVersionExpiration: Duration.days(30) }]
        : [],
      removalPolicy: stage.removalPolicy,
      versioned: stage.versionedPictures,
    });
  }

  /** Lets the function read, or put, read and delete, and tells it the bucket's name. */
  bind(fn: ServiceFunction, access: 'read' | 'write'): void {
    const write = ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'];
    this.allow(fn, 'MEDIA_BUCKET', access === 'read' ? ['s3:GetObject'] : write);
  }
}
