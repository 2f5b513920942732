import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

const copyRights =
  "the CDK's own copy of built pages: it reads the deployment's assets and writes the bucket of the pages";

/** What goes to the bucket of the pages. */
export interface PageDeploymentProps {
  bucket: Bucket;
  /** Folder of the built pages. */
  directory: string;
  /** Pages that no browser gets from the bucket. */
  exclude: readonly string[];
  /** What the console reads as `/config.json`. */
  config: object;
}

/**
 * Copies the built pages to their bucket: first the assets, whose names change with their content, to be kept for a
 * year; then the pages that name them, to be asked for anew each time. Old assets stay for the pages still open.
 */
export class PageDeployment extends Construct {
  constructor(scope: Construct, id: string, { bucket, directory, exclude, config }: PageDeploymentProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    const common = { destinationBucket: bucket, logGroup, memoryLimit: 512, prune: false, role };
    const assets = new BucketDeployment(this, 'Assets', {
      ...common,
      sources: [Source.asset(directory)],
      exclude: ['*'],
      include: ['assets/*'],
      cacheControl: [CacheControl.setPublic(), CacheControl.maxAge(Duration.days(365)), CacheControl.immutable()],
    });
    const pages = new BucketDeployment(this, 'Pages', {
      ...common,
      sources: [Source.asset(directory), Source.jsonData('config.json', config)],
      exclude: ['assets/*', ...exclude],
      cacheControl: [CacheControl.noCache()],
    });
    pages.node.addDependency(assets);
    this.#acknowledge(role, Stack.of(this).getLogicalId(bucket.node.defaultChild as CfnBucket));
  }

  #acknowledge(role: Role, bucketId: string): void {
    const actions = ['Abort*', 'DeleteObject*', 'GetBucket*', 'GetObject*', 'List*'].map(
      (action) => `Action::s3:${action}`,
    );
    const assets = 'arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>';
    const findings = [...actions, `Resource::${assets}/*`, `Resource::<${bucketId}.Arn>/*`];
    acknowledge(role, Object.fromEntries(findings.map((finding) => [`AwsSolutions-IAM5[${finding}]`, copyRights])));
  }
}
