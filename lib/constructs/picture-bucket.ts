import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods, type LifecycleRule } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import { acknowledge, wildcardBehind } from './acknowledge.ts';
import type { ServiceFunction } from './service-function.ts';

/** What decides who may upload from where, and how long pictures stay. */
export interface PictureBucketProps {
  stage: StageConfig;
}

const abandonedUploads: LifecycleRule = {
  id: 'abandoned-uploads',
  abortIncompleteMultipartUploadAfter: Duration.days(1),
};
const replacedPictures: LifecycleRule = { id: 'replaced-pictures', noncurrentVersionExpiration: Duration.days(30) };

/** The pictures of all shops: written with presigned addresses, read by the public through CloudFront alone. */
export class PictureBucket extends Bucket {
  constructor(scope: Construct, id: string, { stage }: PictureBucketProps) {
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      cors: [
        {
          allowedHeaders: ['*'],
          allowedMethods: [HttpMethods.GET, HttpMethods.PUT],
          allowedOrigins: [`https://${stage.domainName ?? '*.cloudfront.net'}`],
          maxAge: 3600,
        },
      ],
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [abandonedUploads, ...(stage.versionedPictures ? [replacedPictures] : [])],
      removalPolicy: stage.removalPolicy,
      versioned: stage.versionedPictures,
    });
    this.#letCloudFrontRead();
    acknowledge(this, {
      'AwsSolutions-S1': 'its content is public by purpose, and an access log would keep the addresses of shoppers',
    });
  }

  /** Lets the function put, look at and delete pictures; with the listing, a missing one is 404 and not 403. */
  bind(fn: ServiceFunction): void {
    fn.tell('PICTURE_BUCKET', this.bucketName);
    fn.allow({ actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'], resources: [this.arnForObjects('*')] });
    fn.allow({ actions: ['s3:ListBucket'], resources: [this.bucketArn] });
    acknowledge(fn.role, {
      [wildcardBehind(this, this.bucketArn, '/*')]:
        'pictures come and go: their names are not known here, the bucket is',
    });
  }

  /** Any distribution of this account, for naming ours would make this stack depend on the last one. */
  #letCloudFrontRead(): void {
    const { account, partition } = Stack.of(this);
    this.addToResourcePolicy(
      new PolicyStatement({
        actions: ['s3:GetObject'],
        principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
        resources: [this.arnForObjects('*')],
        conditions: { ArnLike: { 'AWS:SourceArn': `arn:${partition}:cloudfront::${account}:distribution/*` } },
      }),
    );
  }
}
