import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { type FunctionEntry, manifest } from '../../functions/manifest.ts';
import { acknowledge } from '../constructs/acknowledge.ts';
import { ConsoleCallback } from '../constructs/console-callback.ts';
import { PageDeployment } from '../constructs/page-deployment.ts';
import { Site } from '../constructs/site.ts';
import type { DataStack, VidrieraStackProps } from './data-stack.ts';
import type { ServiceStack } from './service-stack.ts';

/** What stands behind the site. */
export interface WebStackProps extends VidrieraStackProps {
  data: DataStack;
  service: ServiceStack;
  /**
   * Folder of the built pages.
   * @default - none are deployed
   */
  pages?: string;
}

/** Pages that functions serve, and the ones of the local cloud. */
const notFromTheBucket: readonly string[] = [
  ...Object.values<FunctionEntry>(manifest).flatMap(({ pages = [] }) => pages),
  'index.html',
  'simulator.html',
];

/** What the site's host answers: pages, pictures, and the API behind it. */
export class WebStack extends Stack {
  readonly site: Site;

  constructor(scope: Construct, id: string, { stage, data, service, pages, ...props }: WebStackProps) {
    super(scope, id, props);
    const bucket = this.#makeBucket();
    const { users, api } = service;
    this.site = new Site(this, 'Site', {
      stage,
      pages: bucket,
      pictures: Bucket.fromBucketAttributes(this, 'Pictures', {
        bucketArn: data.pictures.bucketArn,
        bucketRegionalDomainName: data.pictures.bucketRegionalDomainName,
      }),
      filesOrigin: `https://${data.media.bucketRegionalDomainName}`,
      uploadOrigin: `https://${data.files.bucketRegionalDomainName}`,
      apiHost: api.hostName,
      signInUrl: users.signInUrl,
    });
    if (stage.domainName === undefined) {
      const { pool, clientId } = users;
      new ConsoleCallback(this, 'ConsoleCallback', { pool, clientId, siteUrl: this.site.url });
    }
    if (pages !== undefined) {
      const config = { stage: stage.stage, signIn: users.signIn };
      new PageDeployment(this, 'PageDeployment', { bucket, directory: pages, exclude: notFromTheBucket, config });
    }
    this.#acknowledge();
    new CfnOutput(this, 'SiteUrl', { value: this.site.url });
    new CfnOutput(this, 'DistributionHost', { value: this.site.distribution.distributionDomainName });
  }

  #acknowledge(): void {
    const runtime = "the CDK's own function for copying pages runs on the version the CDK ships and tests it with";
    const deployTime =
      "the stack's only functions are the CDK's own: they run during a deployment, which shows their failures";
    acknowledge(this, {
      'AwsSolutions-L1': runtime,
      'Serverless-LambdaLatestVersion': runtime,
      'Serverless-LambdaDLQ': deployTime,
      'Serverless-LambdaTracing': deployTime,
    });
  }

  #makeBucket(): Bucket {
    const bucket = new Bucket(this, 'Pages', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(bucket, { 'AwsSolutions-S1': 'it holds built pages only, which every visitor gets to see' });
    return bucket;
  }
}
