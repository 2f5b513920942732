import { Duration } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginRequestPolicy,
  OriginSslPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import { acknowledge } from './acknowledge.ts';
import { findPage, forwardHost, stripMedia } from './edge-functions.ts';
import { SecurityHeaders } from './security-headers.ts';

/** What stands behind the one host of the site. */
export interface SiteProps {
  stage: StageConfig;
  pages: IBucket;
  pictures: IBucket;
  /** Where the files of conversations are: sellers upload to it, and see and hear what is in it. */
  filesOrigin: string;
  /** Where pages put files to import, and fetch exports. */
  uploadOrigin: string;
  /** Host of the API. */
  apiHost: string;
  /** Origin of the sign-in page. */
  signInUrl: string;
}

const CACHE_MOST = Duration.minutes(5);
/** Failures that CloudFront would keep for ten seconds by itself. */
const failures = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504];

/** CloudFront's functions and cache policies have one name space for the whole account. */
const nameOf = (stage: StageConfig, what: string): string => `vidriera-${stage.stage}-${what}`;

const edgeFunction = (scope: Construct, id: string, code: string, functionName: string) => [
  {
    eventType: FunctionEventType.VIEWER_REQUEST,
    function: new EdgeFunction(scope, id, {
      code: FunctionCode.fromInline(code),
      functionName,
      runtime: FunctionRuntime.JS_2_0,
    }),
  },
];

const apiBehaviors = (scope: Construct, { stage, apiHost }: SiteProps, headers: SecurityHeaders) => {
  const common: BehaviorOptions = {
    allowedMethods: AllowedMethods.ALLOW_ALL,
    functionAssociations: edgeFunction(scope, 'ForwardHost', forwardHost, nameOf(stage, 'forward-host')),
    origin: new HttpOrigin(apiHost, { originSslProtocols: [OriginSslPolicy.TLS_V1_2] }),
    originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    responseHeadersPolicy: headers,
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
  };
  const asTheApiSays = new CachePolicy(scope, 'AsTheApiSays', {
    cachePolicyName: nameOf(stage, 'as-the-api-says'),
    comment: 'keeps what the API marks as shared, for as long as it says',
    defaultTtl: Duration.seconds(0),
    enableAcceptEncodingBrotli: true,
    enableAcceptEncodingGzip: true,
    headerBehavior: CacheHeaderBehavior.allowList('x-forwarded-host'),
    maxTtl: CACHE_MOST,
    minTtl: Duration.seconds(0),
    queryStringBehavior: CacheQueryStringBehavior.all(),
  });
  return {
    cached: { ...common, cachePolicy: asTheApiSays },
    fresh: { ...common, cachePolicy: CachePolicy.CACHING_DISABLED },
  };
};

const pageBehavior = (
  pages: IBucket,
  functionAssociations: ReturnType<typeof edgeFunction>,
  headers: SecurityHeaders,
) => ({
  cachePolicy: CachePolicy.CACHING_OPTIMIZED,
  functionAssociations,
  origin: S3BucketOrigin.withOriginAccessControl(pages),
  responseHeadersPolicy: headers,
  viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
});

const behaviorsOf = (scope: Construct, props: SiteProps) => {
  const { stage, pages, pictures, filesOrigin, uploadOrigin, signInUrl } = props;
  const headers = new SecurityHeaders(scope, 'Headers', {
    connectTo: [signInUrl, `https://${pictures.bucketRegionalDomainName}`, filesOrigin, uploadOrigin],
    showFrom: [filesOrigin],
  });
  const docsHeaders = new SecurityHeaders(scope, 'DocsHeaders', { connectTo: [], inlineStyles: true });
  const { cached, fresh } = apiBehaviors(scope, props, headers);
  const findsPage = edgeFunction(scope, 'FindPage', findPage, nameOf(stage, 'find-page'));
  const page = pageBehavior(pages, findsPage, headers);
  return {
    defaultBehavior: page,
    additionalBehaviors: {
      '/api/*': cached,
      '/s/*': cached,
      '/admin/*': fresh,
      '/c/*': fresh,
      '/webhooks/*': fresh,
      '/docs*': { ...page, responseHeadersPolicy: docsHeaders },
      '/media/*': pageBehavior(
        pictures,
        edgeFunction(scope, 'StripMedia', stripMedia, nameOf(stage, 'strip-media')),
        headers,
      ),
    },
  };
};

const hostOf = (scope: Construct, { domainName, certificateArn }: StageConfig) =>
  domainName !== undefined && certificateArn !== undefined
    ? {
        domainNames: [domainName],
        certificate: Certificate.fromCertificateArn(scope, 'Certificate', certificateArn),
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      }
    : {};

/** Pages, pictures and API under one host, at CloudFront's edge. */
export class Site extends Construct {
  readonly distribution: Distribution;
  /** Scheme and host, without a trailing slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: SiteProps) {
    super(scope, id);
    const { stage } = props;
    this.distribution = new Distribution(this, 'Distribution', {
      ...behaviorsOf(this, props),
      ...hostOf(this, stage),
      comment: `vidriera-${stage.stage}`,
      errorResponses: failures.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      httpVersion: HttpVersion.HTTP2_AND_3,
      ...(stage.webAclArn && { webAclId: stage.webAclArn }),
    });
    this.url = `https://${stage.domainName ?? this.distribution.distributionDomainName}`;
    this.#acknowledge(stage);
  }

  #acknowledge({ domainName, webAclArn }: StageConfig): void {
    acknowledge(this.distribution, {
      '@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac':
        'the policy of the picture bucket stands in the data stack, which makes the bucket',
      'AwsSolutions-CFR1': 'shoppers may be anywhere; who must shut out countries sets it on the web ACL',
      'AwsSolutions-CFR3':
        'the path of a checkout carries its code, and an access log would keep it: the API logs routes instead',
      ...(webAclArn === undefined && {
        'AwsSolutions-CFR2': 'a web ACL costs money every month and lives in us-east-1: the operator may name one',
      }),
      ...(domainName === undefined && {
        'AwsSolutions-CFR4':
          "CloudFront's own host takes no other certificate or TLS policy; a stage with a domain has both",
      }),
    });
  }
}
