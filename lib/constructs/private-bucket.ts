import { Duration } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CorsRule,
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

  /** Lets the function do this to the objects of these paths. */
  protected allow(fn: ServiceFunction, actions: string | readonly string[], paths: readonly string[]): void {
    fn.allow({ actions: [actions].flat(), resources: paths.map((path) => this.arnForObjects(path)) });
    const reason = 'objects come and go: their names are not known here, the bucket is';
    acknowledge(
      fn.role,
      Object.fromEntries(paths.map((path) => [wildcardBehind(this, this.bucketArn, `/${path}`), reason])),
    );
  }

  /** Lets the function learn that an object is missing: without the listing S3 says 403, and not 404. */
  protected allowMissing(fn: ServiceFunction): void {
    fn.allow({ actions: ['s3:ListBucket'], resources: [this.bucketArn] });
  }
}

/**
 * What was received, as it came: bodies of webhooks for 90 days, messages too big for a queue for 30, which is longer than
 * queue and dead letters keep them together.
 */
export class ArchiveBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, { stage }: PrivateBucketProps) {
    super(scope, id, {
      lifecycleRules: [
        { id: 'webhooks', prefix: 'webhooks/', expiration: Duration.days(90) },
        { id: 'claims', prefix: 'claims/', expiration: Duration.days(30) },
      ],
      removalPolicy: stage.removalPolicy,
    });
  }

  /**
   * Lets the function read messages that were put aside and look whether a body is there, or add to the archive, and
   * tells it the bucket's name.
   */
  bind(fn: ServiceFunction, access: 'read' | 'write'): void {
    fn.tell('ARCHIVE_BUCKET', this.bucketName);
    this.allow(fn, access === 'read' ? 's3:GetObject' : 's3:PutObject', ['claims/*', 'webhooks/*']);
    if (access === 'read') this.allowMissing(fn);
  }
}

/** The site's pages may put files here and read them, with addresses that our functions give them. */
const fromTheSite = (stage: StageConfig): CorsRule => ({
  allowedHeaders: ['content-type'],
  allowedMethods: [HttpMethods.GET, HttpMethods.PUT],
  allowedOrigins: [`https://${stage.domainName ?? '*.cloudfront.net'}`],
  maxAge: 3600,
});

/**
 * What shops bring in and take out: files to import, rows of them that were refused, exports. Nothing stays longer than
 * 30 days, for it is full of people.
 */
export class FilesBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, { stage }: PrivateBucketProps) {
    super(scope, id, {
      cors: [fromTheSite(stage)],
      lifecycleRules: [{ id: 'everything', expiration: Duration.days(30) }],
      removalPolicy: stage.removalPolicy,
    });
  }

  /** Lets the function read files, or also put and delete them, and tells it the bucket's name. */
  bind(fn: ServiceFunction, access: 'read' | 'write'): void {
    fn.tell('FILES_BUCKET', this.bucketName);
    this.allow(fn, access === 'read' ? 's3:GetObject' : ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'], ['*']);
    this.allowMissing(fn);
  }
}

const mediaVerbs = { read: 'Get', write: 'Put', erase: 'Delete' } as const;

/**
 * The files of all conversations: of customers, and below `uploads/` of sellers, who put them there with presigned
 * addresses. Many of those are never sent, and nobody knows which: they all go after 400 days.
 */
export class MediaBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, { stage }: PrivateBucketProps) {
    super(scope, id, {
      cors: [fromTheSite(stage)],
      lifecycleRules: [
        { id: 'uploads', prefix: 'uploads/', expiration: Duration.days(400) },
        ...(stage.versionedPictures ? [{ id: 'removed-files', noncurrentVersionExpiration: Duration.days(30) }] : []),
      ],
      removalPolicy: stage.removalPolicy,
      versioned: stage.versionedPictures,
    });
  }

  /** Lets the function read files, put them there, or delete them, and tells it the bucket's name. */
  bind(fn: ServiceFunction, access: 'read' | 'write' | 'erase'): void {
    fn.tell('MEDIA_BUCKET', this.bucketName);
    this.allow(fn, `s3:${mediaVerbs[access]}Object`, ['*']);
    if (access === 'read') this.allowMissing(fn);
  }
}
