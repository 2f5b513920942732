import type { CloudModel } from './template.ts';

type Headers = Record<string, string | string[]>;

interface EdgeHeader {
  name: string;
  value: string;
  /** Does it replace what the origin says? */
  override: boolean;
}

interface Behavior {
  PathPattern?: string;
  ResponseHeadersPolicyId?: string;
}

interface Policy {
  SecurityHeadersConfig?: Record<string, Record<string, unknown>>;
  CustomHeadersConfig?: { Items?: { Header: string; Value: string; Override: boolean }[] };
}

/** Source: CloudFormation template reference, "AWS::CloudFront::ResponseHeadersPolicy SecurityHeadersConfig". */
const securityHeaders: Readonly<Record<string, [name: string, value: (setting: Record<string, unknown>) => string]>> = {
  ContentSecurityPolicy: ['content-security-policy', (setting) => String(setting.ContentSecurityPolicy)],
  ContentTypeOptions: ['x-content-type-options', () => 'nosniff'],
  FrameOptions: ['x-frame-options', (setting) => String(setting.FrameOption)],
  ReferrerPolicy: ['referrer-policy', (setting) => String(setting.ReferrerPolicy)],
  XSSProtection: [
    'x-xss-protection',
    (setting) => `${setting.Protection ? 1 : 0}${setting.ModeBlock ? '; mode=block' : ''}`,
  ],
  StrictTransportSecurity: [
    'strict-transport-security',
    (setting) =>
      [
        `max-age=${setting.AccessControlMaxAgeSec}`,
        ...(setting.IncludeSubdomains ? ['includeSubDomains'] : []),
        ...(setting.Preload ? ['preload'] : []),
      ].join('; '),
  ],
};

const toHeaders = ({ SecurityHeadersConfig = {}, CustomHeadersConfig }: Policy): EdgeHeader[] => [
  ...Object.entries(SecurityHeadersConfig).map(([kind, setting]) => {
    const [name, value] = securityHeaders[kind] ?? [];
    if (!name || !value) throw new Error(`the local cloud does not know the security header ${kind}`);
    return { name, value: value(setting), override: Boolean(setting.Override) };
  }),
  ...(CustomHeadersConfig?.Items ?? []).map(({ Header, Value, Override }) => ({
    name: Header.toLowerCase(),
    value: Value,
    override: Override,
  })),
];

/** A path pattern of CloudFront: `*` any text, `?` one character. */
const matcher = (pattern: string): RegExp => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source.startsWith('/') ? '' : '/'}${source}$`);
};

const behaviorsOf = ({ distributions }: Pick<CloudModel, 'distributions'>): { fits: RegExp; policy?: string }[] =>
  distributions.flatMap(({ properties }) => {
    const config = properties.DistributionConfig as { CacheBehaviors?: Behavior[]; DefaultCacheBehavior?: Behavior };
    const all = [...(config.CacheBehaviors ?? []), { ...config.DefaultCacheBehavior, PathPattern: '/*' }];
    return all.map(({ PathPattern = '/*', ResponseHeadersPolicyId: policy }) => ({
      fits: matcher(PathPattern),
      policy,
    }));
  });

/** Adds to an answer the headers that the distribution of the template adds for that path. */
export const createEdgeHeaders = (model: Pick<CloudModel, 'distributions' | 'responseHeaders'>) => {
  const policies = new Map(
    model.responseHeaders.map(({ ref, properties }) => [
      ref,
      toHeaders(properties.ResponseHeadersPolicyConfig as Policy),
    ]),
  );
  const behaviors = behaviorsOf(model);
  return (path: string, headers: Headers): Headers => {
    const behavior = behaviors.find(({ fits }) => fits.test(path));
    const added = policies.get(behavior?.policy ?? '') ?? [];
    const wanted = added.filter(({ name, override }) => override || !(name in headers));
    return { ...headers, ...Object.fromEntries(wanted.map(({ name, value }) => [name, value])) };
  };
};
