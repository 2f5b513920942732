import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { inWords, only, resourcesOf, templatesOf } from './templates.ts';

const templates = templatesOf('dev');
const { web } = templates;
const domain = {
  domainName: 'shop.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/a',
  webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/vidriera/a',
};
const configOf = (template: typeof web) => only(template, 'AWS::CloudFront::Distribution')['DistributionConfig'];
const config = configOf(web);

interface Behavior {
  PathPattern: string;
  TargetOriginId: string;
  AllowedMethods?: string[];
  CachePolicyId: unknown;
  OriginRequestPolicyId?: string;
  ResponseHeadersPolicyId: unknown;
  ViewerProtocolPolicy: string;
  FunctionAssociations: { EventType: string; FunctionARN: unknown }[];
}

const behaviors: Behavior[] = [{ PathPattern: '*', ...config.DefaultCacheBehavior }, ...config.CacheBehaviors];
const behavior = (pattern: string): Behavior => {
  const found = behaviors.find(({ PathPattern }) => PathPattern === pattern);
  if (found === undefined) throw new Error(`no behavior for ${pattern}`);
  return found;
};
const originOf = ({ TargetOriginId }: Behavior) => {
  const origin = config.Origins.find(({ Id }: { Id: string }) => Id === TargetOriginId);
  return inWords(templates, origin.DomainName);
};
const apiHost = '<HttpApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>';
const managedCaching = {
  disabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  optimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
};
const allViewerExceptHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const codeOf = (idPart: string): string => only(web, 'AWS::CloudFront::Function', idPart)['FunctionCode'];
const atEdge = (idPart: string, request: object) => {
  const context = createContext({ event: { request } });
  runInContext(`${codeOf(idPart)}\nresult = handler(event);`, context);
  return JSON.parse(JSON.stringify(context['result']));
};

describe('addresses', () => {
  it.each([
    ['*', '<Pages.RegionalDomainName>'],
    ['/docs*', '<Pages.RegionalDomainName>'],
    ['/media/*', '<Pictures.RegionalDomainName>'],
    ['/api/*', apiHost],
    ['/s/*', apiHost],
    ['/admin/*', apiHost],
    ['/c/*', apiHost],
    ['/webhooks/*', apiHost],
  ])('%s is answered by %s, over TLS', (pattern, origin) => {
    expect(originOf(behavior(pattern))).toBe(origin);
    expect(behavior(pattern).ViewerProtocolPolicy).toBe('redirect-to-https');
  });

  it('are these and no others', () => {
    expect(behaviors).toHaveLength(8);
  });

  it.each(['/api/*', '/s/*', '/admin/*', '/c/*', '/webhooks/*'])(
    '%s takes every method and passes all but the host',
    (pattern) => {
      expect(behavior(pattern).AllowedMethods).toHaveLength(7);
      expect(behavior(pattern).OriginRequestPolicyId).toBe(allViewerExceptHost);
      expect(inWords(templates, behavior(pattern).FunctionAssociations)).toEqual([
        { EventType: 'viewer-request', FunctionARN: '<SiteForwardHost.FunctionARN>' },
      ]);
    },
  );

  it('reach buckets only through access control of CloudFront', () => {
    const buckets = config.Origins.filter(({ S3OriginConfig }: { S3OriginConfig?: object }) => S3OriginConfig);
    expect(buckets).toHaveLength(2);
    for (const { OriginAccessControlId } of buckets) expect(OriginAccessControlId).toBeDefined();
  });
});

describe('caching', () => {
  it.each(['/api/*', '/s/*'])('of %s does what the API says, for five minutes at most', (pattern) => {
    expect(inWords(templates, behavior(pattern).CachePolicyId)).toBe('<SiteAsTheApiSays>');
    expect(only(web, 'AWS::CloudFront::CachePolicy')['CachePolicyConfig']).toMatchObject({
      DefaultTTL: 0,
      MaxTTL: 300,
      MinTTL: 0,
      ParametersInCacheKeyAndForwardedToOrigin: {
        CookiesConfig: { CookieBehavior: 'none' },
        HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['x-forwarded-host'] },
        QueryStringsConfig: { QueryStringBehavior: 'all' },
      },
    });
  });

  it.each(['/admin/*', '/c/*', '/webhooks/*'])('of %s is off', (pattern) => {
    expect(behavior(pattern).CachePolicyId).toBe(managedCaching.disabled);
  });

  it.each(['*', '/docs*', '/media/*'])('of %s is what the files say', (pattern) => {
    expect(behavior(pattern).CachePolicyId).toBe(managedCaching.optimized);
  });

  it('never keeps a failure', () => {
    const kept = config.CustomErrorResponses.map((one: object) => one);
    expect(kept).toContainEqual({ ErrorCachingMinTTL: 0, ErrorCode: 404 });
    for (const { ErrorCachingMinTTL, ResponsePagePath } of kept) {
      expect([ErrorCachingMinTTL, ResponsePagePath]).toEqual([0, undefined]);
    }
  });

  it('keeps no log of paths, which carry checkout codes', () => {
    expect(config).not.toHaveProperty('Logging');
  });
});

describe('edge functions', () => {
  it('tell the API the host that the viewer sees, whatever the viewer claims', () => {
    const headers = { host: { value: 'shop.example.com' }, 'x-forwarded-host': { value: 'evil.example' } };
    expect(atEdge('ForwardHost', { uri: '/api/shop', headers }).headers['x-forwarded-host']).toEqual({
      value: 'shop.example.com',
    });
  });

  it.each([
    ['/console', '/console.html'],
    ['/console/products/1', '/console.html'],
    ['/consoles', '/consoles'],
    ['/docs', '/docs.html'],
    ['/assets/a.js', '/assets/a.js'],
  ])('find for %s the file %s', (uri, file) => {
    expect(atEdge('FindPage', { uri, headers: {} })).toMatchObject({ uri: file });
  });

  it('send the root to the API document, until the console has its page', () => {
    expect(atEdge('FindPage', { uri: '/', headers: {} })).toMatchObject({
      statusCode: 302,
      headers: { location: { value: '/docs' } },
    });
  });

  it.each([
    ['/media/shops/s/products/p/x.jpg', '/shops/s/products/p/x.jpg'],
    ['/media/media/x', '/media/x'],
  ])('take the prefix off %s', (uri, key) => {
    expect(atEdge('StripMedia', { uri, headers: {} }).uri).toBe(key);
  });
});

describe('security headers', () => {
  const headersOf = (pattern: string) => {
    const { Ref: id } = behavior(pattern).ResponseHeadersPolicyId as { Ref: string };
    return web.Resources[id]?.Properties?.['ResponseHeadersPolicyConfig'];
  };
  const signIn = 'https://vidriera-dev-<AWS::AccountId>.auth.<AWS::Region>.amazoncognito.com';

  const files = 'https://<MediaFiles.RegionalDomainName>';

  it('let pages load from their own origin, call it, the sign-in and the buckets, and show files of chats', () => {
    const { ContentSecurityPolicy } = headersOf('*').SecurityHeadersConfig.ContentSecurityPolicy;
    expect(inWords(templates, ContentSecurityPolicy)).toBe(
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        `img-src 'self' data: ${files}`,
        `media-src 'self' ${files}`,
        "font-src 'self'",
        `connect-src 'self' ${signIn} https://<Pictures.RegionalDomainName> ${files} https://<ShopFiles.RegionalDomainName>`,
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ].join('; '),
    );
  });

  it('loosen only the styles, and only of the API documents', () => {
    const { ContentSecurityPolicy } = headersOf('/docs*').SecurityHeadersConfig.ContentSecurityPolicy;
    expect(ContentSecurityPolicy).toContain("style-src 'self' 'unsafe-inline'");
    expect(ContentSecurityPolicy).toContain("script-src 'self';");
    const loose = behaviors.filter(({ PathPattern }) => JSON.stringify(headersOf(PathPattern)).includes('unsafe'));
    expect(loose.map(({ PathPattern }) => PathPattern)).toEqual(['/docs*']);
  });

  it.each(behaviors.map(({ PathPattern }) => PathPattern))('stand on every answer of %s', (pattern) => {
    expect(headersOf(pattern)).toMatchObject({
      CustomHeadersConfig: { Items: [{ Header: 'permissions-policy', Override: true }] },
      SecurityHeadersConfig: {
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'DENY' },
        ReferrerPolicy: { ReferrerPolicy: 'same-origin' },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 63_072_000, IncludeSubdomains: true },
      },
    });
  });
});

describe('a stage without a domain', () => {
  it('tells the app client the address that CloudFront made up', () => {
    const { Update } = only(web, 'Custom::AWS');
    expect(JSON.parse(String(inWords(templates, Update)))).toMatchObject({
      action: 'UpdateUserPoolClient',
      parameters: {
        ClientId: '<UsersConsoleClient>',
        CallbackURLs: ['https://<SiteDistribution.DomainName>/console'],
        LogoutURLs: ['https://<SiteDistribution.DomainName>/console'],
      },
    });
  });

  it('sends with it every other setting of the client, for an update resets what it leaves out', () => {
    const { parameters } = JSON.parse(String(inWords(templates, only(web, 'Custom::AWS')['Update'])));
    const { CallbackURLs, LogoutURLs, ...same } = parameters;
    const { GenerateSecret, UserPoolId, ...client } = only(templates.service, 'AWS::Cognito::UserPoolClient');
    expect({ ...client, UserPoolId: '<UsersPool>', ClientId: '<UsersConsoleClient>' }).toMatchObject(same);
    expect(Object.keys(parameters).sort()).toEqual([...Object.keys(client), 'ClientId', 'UserPoolId'].sort());
  });
});

describe('a stage with a domain', () => {
  const own = configOf(templatesOf('dev', domain).web);

  it('answers to it with its certificate and TLS 1.2 at least', () => {
    expect(own.Aliases).toEqual([domain.domainName]);
    expect(own.ViewerCertificate).toEqual({
      AcmCertificateArn: domain.certificateArn,
      MinimumProtocolVersion: 'TLSv1.2_2021',
      SslSupportMethod: 'sni-only',
    });
  });

  it('stands behind the web ACL that the operator names', () => {
    expect(own.WebACLId).toBe(domain.webAclArn);
    expect(config).not.toHaveProperty('WebACLId');
  });
});

describe('without pages', () => {
  it('nothing is copied, so that synthesis needs no build', () => {
    expect(resourcesOf(web, 'Custom::CDKBucketDeployment')).toEqual([]);
  });
});
